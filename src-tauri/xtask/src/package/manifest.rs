//! What the app reads to know of a newer version: `latest.json`, beside the packages of a release.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{VERSION, broken};
use crate::{
    process::{Failure, output},
    repository::Repository,
};

/// Both halves of the universal app, as the updater calls them.
const PLATFORMS: &[&str] = &["darwin-aarch64", "darwin-x86_64"];

/// Prints the manifest for a package that lies beside its signature, and where releases are found, as `https://HOST/OWNER/NAME`.
pub(super) fn print(repository: &Repository, package: &Path, home: &str) -> Result<(), Failure> {
    let signature = signature_of(package);
    let signed = fs::read_to_string(&signature).map_err(|error| broken(&signature, &error))?;
    let opened = File::open(&signature).map_err(|error| broken(&signature, &error))?;
    let said = output(Command::new("base64").arg("--decode").stdin(opened))?;
    if !names_version(&said, VERSION) {
        // No app would take it: see `Config::require_signed_version` of the updater.
        return Err(Failure::new(format!("{} does not name version {VERSION}", signature.display())));
    }
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

/// Whether a signature binds the package to this version, by the comment that it signs, too.
fn names_version(signature: &str, version: &str) -> bool {
    let trusted = signature.lines().find_map(|line| line.strip_prefix("trusted comment: "));
    let named =
        trusted.and_then(|comment| comment.split('\t').find_map(|part| part.strip_prefix("version:")));
    named == Some(version)
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
    fn a_signature_that_names_no_version_or_another_one_is_of_no_use() {
        let signature = |comment: &str| {
            format!("untrusted comment: version:1.0.0\nRUS\ntrusted comment: {comment}\nMEL\n")
        };
        assert!(names_version(&signature("timestamp:1\tfile:f\tversion:1.0.0"), "1.0.0"));
        for other in ["timestamp:1\tfile:f", "timestamp:1\tversion:1.0.01", "", "x version:1.0.0"] {
            assert!(!names_version(&signature(other), "1.0.0"), "{other}");
        }
    }
}
