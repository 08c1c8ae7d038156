//! What the app reads to know of a newer version: `latest.json`, beside the packages of a release.

use std::{
    env,
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use minisign_verify::{PublicKey, Signature};
use serde_json::{Value, json};

use super::{VERSION, broken};
use crate::{
    process::{Failure, output},
    repository::Repository,
};

/// Both halves of the universal app, as the updater calls them.
const PLATFORMS: &[&str] = &["darwin-aarch64", "darwin-x86_64"];

/// The public key that the apps of this release were built with, in the form of Tauri's: base64 of the file that minisign writes.
const KEY: &str = "LONGWIRE_UPDATE_KEY";

/// Prints the manifest for a package that lies beside its signature, and where releases are found, as `https://HOST/OWNER/NAME`. What
/// no app would take is not announced.
pub(super) fn print(repository: &Repository, package: &Path, home: &str) -> Result<(), Failure> {
    let signature = signature_of(package);
    let signed = fs::read_to_string(&signature).map_err(|error| broken(&signature, &error))?;
    let key = env::var(KEY).map_err(|_| Failure::new(format!("{KEY} is not set")))?;
    let bytes = fs::read(package).map_err(|error| broken(package, &error))?;
    verify(&key, &signed, &bytes, VERSION)
        .map_err(|error| Failure::new(format!("{}: {error}", signature.display())))?;
    let git = ["log", "-1", "--format=%cI"];
    let date = output(Command::new("git").args(git).current_dir(&repository.root))?;
    let changes = repository.root.join("CHANGELOG.md");
    let changes = fs::read_to_string(&changes).map_err(|error| broken(&changes, &error))?;
    let file = package.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let manifest = manifest(file, signed.trim(), home.trim_end_matches('/'), date.trim(), &changes);
    println!("{manifest:#}");
    Ok(())
}

fn signature_of(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// What is in a text of base64.
fn decoded(text: &str) -> Result<String, String> {
    let bytes = STANDARD.decode(text.trim()).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// As every app will: whether this key signed these bytes, and the version with them.
fn verify(key: &str, signature: &str, bytes: &[u8], version: &str) -> Result<(), String> {
    let unusable = |error: &dyn Display| format!("{KEY} is no public key: {error}");
    let key = decoded(key).map_err(|error| unusable(&error))?;
    let key = PublicKey::decode(&key).map_err(|error| unusable(&error))?;
    let unreadable = |error: &dyn Display| format!("it is no signature: {error}");
    let signature = decoded(signature).map_err(|error| unreadable(&error))?;
    let signature = Signature::decode(&signature).map_err(|error| unreadable(&error))?;
    key.verify(bytes, &signature, true).map_err(|error| format!("it is not that of {KEY}: {error}"))?;
    // Only a comment that is signed says anything, and without a version no app takes it: see `Config::require_signed_version`.
    let mut parts = signature.trusted_comment().split('\t');
    match parts.find_map(|part| part.strip_prefix("version:")) {
        Some(named) if named == version => Ok(()),
        named => Err(format!("it is signed as version {}", named.unwrap_or("none"))),
    }
}

fn manifest(file: &str, signature: &str, home: &str, date: &str, changes: &str) -> Value {
    let release = format!("{home}/releases/download/v{VERSION}/{file}");
    let platform = json!({ "url": release, "signature": signature });
    let platforms: serde_json::Map<_, _> =
        PLATFORMS.iter().map(|name| ((*name).to_owned(), platform.clone())).collect();
    let notes = notes(changes, VERSION).unwrap_or_else(|| format!("{home}/releases/tag/v{VERSION}"));
    json!({ "version": VERSION, "notes": notes, "pub_date": date, "platforms": platforms })
}

/// What the changelog says of a version.
fn notes(changes: &str, version: &str) -> Option<String> {
    let head = format!("## [{version}]");
    let lines = changes.lines().skip_while(|line| !line.starts_with(&head)).skip(1);
    let text: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
    let text = text.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use minisign::KeyPair;

    use super::*;

    const DATE: &str = "2026-11-23T04:05:06+00:00";

    /// The form that the updater reads: a version, a date of RFC 3339, and for each platform where its package is and its signature.
    #[test]
    fn a_manifest_has_the_form_that_the_updater_reads() {
        let home = "https://host.example/longwire/longwire";
        let made = manifest("Longwire.app.tar.gz", "c2ln", home, DATE, "## [9.0.0] - today\n- other\n");
        let package = json!({
            "url": format!("{home}/releases/download/v{VERSION}/Longwire.app.tar.gz"),
            "signature": "c2ln",
        });
        assert_eq!(
            made,
            json!({
                "version": VERSION,
                "notes": format!("{home}/releases/tag/v{VERSION}"),
                "pub_date": DATE,
                "platforms": { "darwin-aarch64": package.clone(), "darwin-x86_64": package },
            })
        );
    }

    #[test]
    fn its_notes_are_what_the_changelog_says_of_the_version() {
        let changes = "# Changelog\n\n## [Unreleased]\n\n- not yet\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- all of it\n\n## [0.1.0]\n\n- some\n";
        assert_eq!(notes(changes, "0.2.0").as_deref(), Some("### Added\n\n- all of it"));
        assert_eq!(notes(changes, "0.1.0").as_deref(), Some("- some"));
        assert_eq!(notes(changes, "0.2"), None);
    }

    #[test]
    fn what_no_app_would_take_is_not_announced() {
        let [ours, strangers] = [(); 2].map(|()| KeyPair::generate_unencrypted_keypair().unwrap());
        let public = STANDARD.encode(ours.pk.to_box().unwrap().into_string());
        let signed = |key: &KeyPair, comment: &str| {
            let signature = minisign::sign(Some(&key.pk), &key.sk, &b"bytes"[..], Some(comment), None);
            STANDARD.encode(signature.unwrap().into_string())
        };
        let comment = "timestamp:1\tfile:f\tversion:1.0.0";
        let genuine = signed(&ours, comment);
        let changed = decoded(&genuine).unwrap().replace("version:1.0.0", "version:2.0.0");
        let changed = STANDARD.encode(changed);
        assert_eq!(verify(&public, &genuine, b"bytes", "1.0.0"), Ok(()));
        for (case, signature, bytes, version, expected) in [
            ("another's", signed(&strangers, comment), "bytes", "1.0.0", "not that of"),
            ("of other bytes", genuine.clone(), "byte", "1.0.0", "not that of"),
            ("of another version", genuine.clone(), "bytes", "1.0.01", "as version 1.0.0"),
            ("of none", signed(&ours, "timestamp:1\tfile:f"), "bytes", "1.0.0", "as version none"),
            ("none at all", String::new(), "bytes", "1.0.0", "no signature"),
            ("not in base64", decoded(&genuine).unwrap(), "bytes", "1.0.0", "no signature"),
            ("changed in its comment", changed, "bytes", "2.0.0", "not that of"),
        ] {
            let told = verify(&public, &signature, bytes.as_bytes(), version).unwrap_err();
            assert!(told.contains(expected), "{case}: {told}");
        }
        for key in ["", &genuine] {
            let told = verify(key, &genuine, b"bytes", "1.0.0").unwrap_err();
            assert!(told.starts_with(KEY), "{told}");
        }
    }
}
