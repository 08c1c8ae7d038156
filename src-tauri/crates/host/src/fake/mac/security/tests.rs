use super::*;
use crate::trust::samples;

const LOGIN: &str = "/Users/u/Library/Keychains/login.keychain-db";

struct Desk {
    mac: Mac,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { mac: Mac::new(), folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> String {
        let path = self.folder.path().join("ca.pem");
        fs::write(&path, samples::mitmproxy().pem).unwrap();
        path.display().to_string()
    }

    fn run(&mut self, words: &str) -> Answer {
        let words = words.replace("FILE", &self.file()).replace("LOGIN", LOGIN);
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        self.mac.run("/usr/bin/security", &words, false)
    }
}

const ADD: &str = "add-trusted-cert -r trustRoot -p ssl -p basic -k LOGIN FILE";

#[test]
fn what_is_added_is_found_verified_and_dumped() {
    let mut desk = Desk::new();
    assert_eq!(desk.run("find-certificate -a -Z LOGIN"), Answer::default());
    assert_eq!(desk.run(ADD), Answer::default());
    let hash = samples::mitmproxy().sha256;
    let found = desk.run("find-certificate -a -Z LOGIN").stdout;
    assert!(found.starts_with(&format!("SHA-256 hash: {hash}\nSHA-1 hash: ")), "{found}");
    assert!(found.ends_with(&format!(
        "keychain: \"{LOGIN}\"\nversion: 512\nclass: 0x80001000 \nattributes:\n    \"labl\"<blob>=\"mitmproxy\"\n"
    )));
    for policy in ["ssl", "basic"] {
        let said = desk.run(&format!("verify-cert -c FILE -p {policy} -l -L"));
        assert_eq!(said, Answer::printed("...certificate verification successful.\n"));
    }
    assert_eq!(desk.run("verify-cert -c FILE -p smime").status, 1);
    assert_eq!(
        desk.run("dump-trust-settings").stdout,
        "Number of trusted certs = 1\nCert 0: mitmproxy\n   Number of trust settings : 2\n   Trust Setting 0:\n      \
         Policy OID            : SSL\n      Result Type            : kSecTrustSettingsResultTrustRoot\n   Trust Setting 1:\n      \
         Policy OID            : Apple X509 Basic\n      Result Type            : kSecTrustSettingsResultTrustRoot\n"
    );
    assert_eq!(desk.run("dump-trust-settings -d").status, 1);
    desk.run(ADD);
    assert_eq!((desk.mac.security.certificates.len(), desk.mac.security.trusted.len()), (1, 1));
}

#[test]
fn what_is_not_there_is_told_in_the_words_of_each_command() {
    let mut desk = Desk::new();
    let told = |answer: Answer| (answer.status, answer.stderr);
    let remove = desk.run("remove-trusted-cert FILE");
    assert_eq!(
        told(remove),
        (1, "SecTrustSettingsRemoveTrustSettings: No Trust Settings were found.\n".into())
    );
    let dump = desk.run("dump-trust-settings");
    assert_eq!(told(dump), (1, "SecTrustSettingsCopyCertificates: No Trust Settings were found.\n".into()));
    assert_eq!(
        told(desk.run("delete-certificate -Z ABCD LOGIN")),
        (1, "Unable to delete certificate matching \"ABCD\"".into())
    );
    assert_eq!(
        told(desk.run("find-certificate -c mitmproxy LOGIN")),
        (
            44,
            "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n"
                .into()
        )
    );
    assert_eq!(
        told(desk.run("verify-cert -c FILE")),
        (1, "Cert Verify Result: CSSMERR_TP_NOT_TRUSTED\n".into())
    );
    assert_eq!(told(desk.run("add-trusted-cert /missing")), (1, "Error reading file /missing\n".into()));
    assert_eq!(desk.run("add-trusted-cert -z FILE").status, 2);
    assert_eq!(desk.run("unlock-keychain").status, 2);
}

#[test]
fn whoever_is_asked_and_says_no_leaves_the_certificate_without_trust() {
    let no_ui = "The authorization was denied since no user interaction was possible.";
    let cases = [
        (true, None, "The authorization was canceled by the user."),
        (false, Some(Silence::NoInteraction), no_ui),
        (false, Some(Silence::NoSession), "errSecInternalComponent"),
    ];
    for (cancels, silence, text) in cases {
        let mut desk = Desk::new();
        desk.mac.cancels = cancels;
        desk.mac.security.silence = silence;
        let said = desk.run(ADD);
        assert_eq!((said.status, said.stderr), (1, format!("SecTrustSettingsSetTrustSettings: {text}\n")));
        assert_eq!((desk.mac.security.certificates.len(), desk.mac.security.trusted.len()), (1, 0));
    }
}

#[test]
fn trust_without_its_certificate_is_a_corrupt_record() {
    let mut desk = Desk::new();
    desk.run(ADD);
    let hash = samples::mitmproxy().sha256;
    assert_eq!(desk.run(&format!("delete-certificate -Z {hash} LOGIN")), Answer::default());
    let said = desk.run("dump-trust-settings");
    assert_eq!(
        (said.status, said.stderr.as_str()),
        (1, "SecTrustSettingsCopyCertificates: The Trust Settings Record was corrupted.\n")
    );
    assert_eq!(desk.run("remove-trusted-cert FILE"), Answer::default());
    assert!(desk.mac.security.trusted.is_empty());
}

#[test]
fn a_certificate_is_deleted_by_either_hash_and_with_its_trust_where_asked() {
    for hash in [0, 1] {
        let mut desk = Desk::new();
        desk.run(ADD);
        let found = desk.run("find-certificate -a -Z").stdout;
        let hash = found.lines().nth(hash).unwrap().rsplit(' ').next().unwrap();
        desk.run(&format!("delete-certificate -Z {hash} -t LOGIN"));
        assert_eq!(desk.mac.security, Security::default());
    }
}
