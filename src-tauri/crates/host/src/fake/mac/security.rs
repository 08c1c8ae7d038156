use std::{fs, path::Path};

use ring::digest;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, Serialize};

use super::{Answer, Mac};
use crate::trust::{hexadecimal, sha256};

/// What the keychains of a Mac hold, and what is trusted on it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Security {
    /// The certificates, in the order in which they came.
    pub certificates: Vec<Certificate>,
    /// Records of trust; one may be there without its certificate.
    pub trusted: Vec<Trusted>,
    /// Why nobody can be asked.
    pub silence: Option<Silence>,
}

/// A certificate in a keychain.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Certificate {
    /// The keychain's file.
    pub keychain: String,
    /// The certificate.
    pub der: Vec<u8>,
}

/// A record of trust.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Trusted {
    /// The SHA-256 of the certificate.
    pub sha256: String,
    /// What for: `ssl`, `basic`; for everything where there is none.
    pub policies: Vec<String>,
    /// Whether an administrator's settings say so, which hold for every user.
    pub admin: bool,
}

/// Why nobody can be asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// No window may be opened.
    NoInteraction,
    /// There is no session of a desktop.
    NoSession,
}

/// The words of a call, told apart.
#[derive(Default)]
struct Given<'a> {
    flags: Vec<&'a str>,
    values: Vec<(&'a str, &'a str)>,
    rest: Vec<&'a str>,
}

pub(super) fn answer(mac: &mut Mac, words: &[&str]) -> Answer {
    let Some((verb, rest)) = words.split_first() else { return usage("security") };
    let (flags, valued) = match *verb {
        "add-trusted-cert" => ("d", "rpk"),
        "remove-trusted-cert" | "dump-trust-settings" => ("d", ""),
        "delete-certificate" => ("t", "cZ"),
        "find-certificate" => ("aZ", "c"),
        "verify-cert" => ("lLq", "cps"),
        _ => return usage("security"),
    };
    let Some(given) = Given::read(rest, flags, valued) else { return usage(verb) };
    match *verb {
        "add-trusted-cert" => add_trusted(mac, &given),
        "remove-trusted-cert" => remove_trusted(mac, &given),
        "delete-certificate" => delete(&mut mac.security, &given),
        "find-certificate" => find(&mac.security, &given),
        "verify-cert" => verify(&mac.security, &given),
        _ => dump(&mac.security, &given),
    }
}

fn add_trusted(mac: &mut Mac, given: &Given<'_>) -> Answer {
    const CALL: &str = "SecTrustSettingsSetTrustSettings";
    let Some(file) = given.rest.first() else { return usage("add-trusted-cert") };
    let der = match read(file) {
        Ok(Some(der)) => der,
        Ok(None) => return complaint(CALL, "One or more parameters passed to a function were not valid."),
        Err(answer) => return answer,
    };
    let (hash, admin) = (sha256(&der), given.flags.contains(&"-d"));
    // The certificate is in the keychain before anybody is asked about its trust, and stays there whatever is said.
    if let Some(keychain) = given.value("-k") {
        let known = |kept: &Certificate| kept.keychain == keychain && kept.der == der;
        if !mac.security.certificates.iter().any(known) {
            mac.security.certificates.push(Certificate { keychain: keychain.to_owned(), der });
        }
    }
    if let Some(refusal) = ask(mac, CALL) {
        return refusal;
    }
    let policies =
        given.values.iter().filter(|(flag, _)| *flag == "-p").map(|(_, value)| (*value).to_owned());
    let record = Trusted { sha256: hash, policies: policies.collect(), admin };
    mac.security.trusted.retain(|other| other.sha256 != record.sha256 || other.admin != admin);
    mac.security.trusted.push(record);
    Answer::default()
}

fn remove_trusted(mac: &mut Mac, given: &Given<'_>) -> Answer {
    const CALL: &str = "SecTrustSettingsRemoveTrustSettings";
    let Some(file) = given.rest.first() else { return usage("remove-trusted-cert") };
    let hash = match read(file) {
        Ok(Some(der)) => sha256(&der),
        Ok(None) => return complaint(CALL, "One or more parameters passed to a function were not valid."),
        Err(answer) => return answer,
    };
    let admin = given.flags.contains(&"-d");
    if mac.security.trusted.iter().all(|record| record.admin != admin) {
        return complaint(CALL, "No Trust Settings were found.");
    }
    if !mac.security.trusted.iter().any(|record| record.admin == admin && record.sha256 == hash) {
        return complaint(CALL, "The specified item could not be found in the keychain.");
    }
    if let Some(refusal) = ask(mac, CALL) {
        return refusal;
    }
    mac.security.trusted.retain(|record| record.admin != admin || record.sha256 != hash);
    Answer::default()
}

fn delete(security: &mut Security, given: &Given<'_>) -> Answer {
    let wanted = given.value("-Z").or_else(|| given.value("-c")).unwrap_or_default();
    let found = security.certificates.iter().position(|kept| kept.is_in(given) && kept.matches(given));
    let Some(found) = found else {
        return Answer::complained(1, &format!("Unable to delete certificate matching \"{wanted}\""));
    };
    let gone = security.certificates.remove(found);
    if given.flags.contains(&"-t") {
        let hash = sha256(&gone.der);
        security.trusted.retain(|record| record.admin || record.sha256 != hash);
    }
    Answer::default()
}

fn find(security: &Security, given: &Given<'_>) -> Answer {
    let mut found: Vec<&Certificate> =
        security.certificates.iter().filter(|kept| kept.is_in(given) && kept.matches(given)).collect();
    if !given.flags.contains(&"-a") {
        found.truncate(1);
        if found.is_empty() {
            let text = "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n";
            return Answer::complained(44, text);
        }
    }
    let with_hashes = given.flags.contains(&"-Z");
    Answer::printed(&found.into_iter().map(|kept| kept.printed(with_hashes)).collect::<String>())
}

fn verify(security: &Security, given: &Given<'_>) -> Answer {
    let hash = match read(given.value("-c").unwrap_or_default()) {
        Ok(Some(der)) => sha256(&der),
        Ok(None) => return complaint("SecCertificateCreateFromData", "Unknown format in import."),
        Err(answer) => return answer,
    };
    let policy = given.value("-p").unwrap_or("basic");
    let trusts = |record: &Trusted| {
        record.sha256 == hash
            && (record.policies.is_empty() || record.policies.iter().any(|one| one == policy))
    };
    if security.trusted.iter().any(trusts) {
        return Answer::printed("...certificate verification successful.\n");
    }
    Answer::complained(1, "Cert Verify Result: CSSMERR_TP_NOT_TRUSTED\n")
}

fn dump(security: &Security, given: &Given<'_>) -> Answer {
    const CALL: &str = "SecTrustSettingsCopyCertificates";
    let admin = given.flags.contains(&"-d");
    let records: Vec<&Trusted> = security.trusted.iter().filter(|record| record.admin == admin).collect();
    if records.is_empty() {
        return complaint(CALL, "No Trust Settings were found.");
    }
    let mut printed = format!("Number of trusted certs = {}\n", records.len());
    for (number, record) in records.into_iter().enumerate() {
        let Some(kept) = security.certificates.iter().find(|kept| sha256(&kept.der) == record.sha256) else {
            return complaint(CALL, "The Trust Settings Record was corrupted.");
        };
        printed.push_str(&format!("Cert {number}: {}\n", kept.label()));
        let policies = &record.policies;
        printed.push_str(&format!("   Number of trust settings : {}\n", policies.len().max(1)));
        for (number, policy) in
            policies.iter().map(Some).chain(policies.is_empty().then_some(None)).enumerate()
        {
            printed.push_str(&format!("   Trust Setting {number}:\n"));
            if let Some(policy) = policy {
                let name = if policy == "ssl" { "SSL" } else { "Apple X509 Basic" };
                printed.push_str(&format!("      Policy OID            : {name}\n"));
            }
            printed.push_str("      Result Type            : kSecTrustSettingsResultTrustRoot\n");
        }
    }
    Answer::printed(&printed)
}

/// What comes of asking the user; `None` where the user allows it.
fn ask(mac: &Mac, call: &str) -> Option<Answer> {
    match mac.security.silence {
        Some(Silence::NoInteraction) => {
            Some(complaint(call, "The authorization was denied since no user interaction was possible."))
        }
        Some(Silence::NoSession) => Some(complaint(call, "errSecInternalComponent")),
        None if mac.cancels => Some(complaint(call, "The authorization was canceled by the user.")),
        None => None,
    }
}

fn complaint(call: &str, text: &str) -> Answer {
    Answer::complained(1, &format!("{call}: {text}\n"))
}

fn usage(verb: &str) -> Answer {
    Answer::complained(2, &format!("Usage: {verb} [...]\n"))
}

/// The certificate in a file, which may be PEM or DER; `None` where it holds none.
fn read(file: &str) -> Result<Option<Vec<u8>>, Answer> {
    let missing = |_| Answer::complained(1, &format!("Error reading file {file}\n"));
    let content = fs::read(Path::new(file)).map_err(missing)?;
    let pem = CertificateDer::pem_slice_iter(&content).flatten().next().map(|der| der.to_vec());
    // The first byte of DER says that it is a sequence.
    Ok(pem.or_else(|| content.first().is_some_and(|first| *first == 0x30).then_some(content)))
}

impl Certificate {
    fn is_in(&self, given: &Given<'_>) -> bool {
        given.rest.is_empty() || given.rest.contains(&self.keychain.as_str())
    }

    fn matches(&self, given: &Given<'_>) -> bool {
        let hashes = |hash: &str| {
            hash.eq_ignore_ascii_case(&sha256(&self.der)) || hash.eq_ignore_ascii_case(&self.sha1())
        };
        given.value("-Z").is_none_or(hashes)
            && given.value("-c").is_none_or(|name| self.label().contains(name))
    }

    fn printed(&self, with_hashes: bool) -> String {
        let hashes = match with_hashes {
            true => format!("SHA-256 hash: {}\nSHA-1 hash: {}\n", sha256(&self.der), self.sha1()),
            false => String::new(),
        };
        let (keychain, label) = (&self.keychain, self.label());
        format!(
            "{hashes}keychain: \"{keychain}\"\nversion: 512\nclass: 0x80001000 \nattributes:\n    \"labl\"<blob>=\"{label}\"\n"
        )
    }

    fn sha1(&self) -> String {
        hexadecimal(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref())
    }

    /// The common name of whoever signed it, who is itself: what stands behind the first identifier of one.
    fn label(&self) -> String {
        const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
        let place = self.der.windows(COMMON_NAME.len()).position(|bytes| bytes == COMMON_NAME);
        let value = place.and_then(|place| {
            let (length, text) = self.der.get(place + COMMON_NAME.len() + 1..)?.split_first()?;
            text.get(..usize::from(*length))
        });
        value.map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }
}

impl<'a> Given<'a> {
    /// Each letter of `flags` stands for itself, each of `valued` takes the next word.
    fn read(words: &[&'a str], flags: &str, valued: &str) -> Option<Self> {
        let mut given = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix('-') {
                Some(letter) if letter.len() == 1 && flags.contains(letter) => given.flags.push(word),
                Some(letter) if letter.len() == 1 && valued.contains(letter) => {
                    given.values.push((word, words.next()?));
                }
                Some(_) => return None,
                None => given.rest.push(word),
            }
        }
        Some(given)
    }

    fn value(&self, flag: &str) -> Option<&'a str> {
        self.values.iter().find(|(one, _)| *one == flag).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests;
