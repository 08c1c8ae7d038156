//! Whose terms the parts are under, as Debian's machine-readable copyright file has it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use super::{broken, packaging};
use crate::{
    process::{Failure, output},
    repository::Repository,
};

/// Longer texts that every Debian has, and that its packages name instead of bringing them.
const COMMON: &[(&str, &str)] = &[
    ("Apache-2.0", "/usr/share/common-licenses/Apache-2.0"),
    ("MPL-2.0", "/usr/share/common-licenses/MPL-2.0"),
];

/// The one whose text debian/copyright gives.
const GIVEN: &str = "MIT";

/// What cargo-about finds out.
#[derive(Deserialize)]
struct Found {
    licenses: Vec<License>,
}

#[derive(Deserialize)]
struct License {
    id: String,
    text: String,
    used_by: Vec<UsedBy>,
}

#[derive(Deserialize)]
struct UsedBy {
    #[serde(rename = "crate")]
    krate: Crate,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    authors: Vec<String>,
}

/// The paragraphs for the crates that the crate of this manifest is linked with.
pub(super) fn of_crates(repository: &Repository, manifest: &Path) -> Result<String, Failure> {
    let mut about = Command::new(program(repository)?);
    about.current_dir(&repository.root).args([
        "generate",
        "--format",
        "json",
        "--locked",
        "--offline",
        "--fail",
    ]);
    about.arg("--config").arg(packaging(repository).join("about.toml")).arg("--manifest-path").arg(manifest);
    let found: Found = serde_json::from_str(&output(&mut about)?)
        .map_err(|error| Failure::new(format!("cargo about: {error}")))?;
    Ok(found.licenses.iter().fold(String::new(), |mut text, license| {
        let files: Vec<_> = license
            .used_by
            .iter()
            .map(|used| format!("crates/{}-{}/*", used.krate.name, used.krate.version))
            .collect();
        let authors: Vec<_> = license.used_by.iter().flat_map(|used| used.krate.authors.clone()).collect();
        text.push_str(&paragraph(&files, &authors, &license.id, &license.text));
        text
    }))
}

/// The paragraphs for the packages that the window's files are made of.
pub(super) fn of_window(repository: &Repository) -> Result<String, Failure> {
    let mut text = String::new();
    for package in window_packages(&repository.ui())? {
        let (name, version, license) = (package.name, package.version, package.license);
        // Without a text of its own it is under the one that stands above.
        let terms = match terms(&package.folder, &license)? {
            None if license != GIVEN => {
                return Err(Failure::new(format!("{} has no text of its licence", package.folder.display())));
            }
            terms => terms.unwrap_or_default(),
        };
        text.push_str(&paragraph(&[format!("window/{name}-{version}/*")], &[], &license, &terms));
    }
    Ok(text)
}

struct Package {
    folder: PathBuf,
    name: String,
    version: String,
    license: String,
}

/// Those of the lock file that are not for building alone, and are installed.
fn window_packages(ui: &Path) -> Result<Vec<Package>, Failure> {
    let file = ui.join("package-lock.json");
    let lock = fs::read_to_string(&file).map_err(|error| broken(&file, &error))?;
    let lock: serde_json::Value =
        serde_json::from_str(&lock).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let packages = lock["packages"].as_object().into_iter().flatten();
    let shipped = packages
        .filter(|(place, about)| !place.is_empty() && about["dev"] != true && about["optional"] != true);
    Ok(shipped
        .map(|(place, about)| {
            let text = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
            let name = place.rsplit("node_modules/").next().unwrap_or(place).to_owned();
            // The first that is accepted, where there is a choice.
            let license = text("license");
            let chosen = license.split(" OR ").find(|one| one.trim_matches(['(', ')']) == GIVEN);
            let license = chosen.map_or(license.clone(), |_| GIVEN.to_owned());
            Package { folder: ui.join(place), name, version: text("version"), license }
        })
        .filter(|package| package.folder.is_dir())
        .collect())
}

/// The texts of a package's licence, one after the other where there are several.
fn terms(folder: &Path, license: &str) -> Result<Option<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| broken(folder, &error))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let other = license == GIVEN && name.contains("APACHE");
            name.starts_with("LICENSE") && !name.ends_with(".SPDX") && !other
        })
        .collect();
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).map_err(|error| broken(file, &error)));
    let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
    Ok((!texts.is_empty()).then(|| texts.join("\n")))
}

/// One paragraph: what, whose, under which terms.
fn paragraph(files: &[String], authors: &[String], id: &str, terms: &str) -> String {
    let mut text = format!("\nFiles: {}\n", files.join("\n "));
    let mut holders: Vec<String> =
        terms.lines().map(str::trim).filter(|line| names_holder(line)).map(str::to_owned).collect();
    if holders.is_empty() {
        holders = authors.to_vec();
    }
    holders.sort();
    holders.dedup();
    if holders.is_empty() {
        holders.push("The authors of these files".to_owned());
    }
    writeln!(text, "Copyright: {}", holders.join("\n ")).ok();
    // Names of licences are one word.
    writeln!(text, "License: {}", id.replace(' ', "-")).ok();
    match COMMON.iter().find(|(common, _)| *common == id) {
        Some((_, place)) => writeln!(text, " On Debian systems, the whole text is in {place}.").ok(),
        None => write!(text, "{}", indented(terms)).ok(),
    };
    text
}

/// Whether a line says whose the copyright is, and is not one of the terms.
fn names_holder(line: &str) -> bool {
    let lower = line.to_lowercase();
    let sign = ["copyright (c)", "copyright ©", "(c) ", "© "].iter().any(|start| lower.starts_with(start));
    let year =
        lower.strip_prefix("copyright ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (sign || year) && !line.contains('[') && !line.contains('<') | line.contains('@')
}

/// A text as the continuation of a field: each line behind a space, an empty one as a dot.
fn indented(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    lines[first..last].iter().fold(String::new(), |mut text, line| {
        writeln!(text, " {}", if line.is_empty() { "." } else { line }).ok();
        text
    })
}

/// cargo-about: the machine's own, else one built here, once.
fn program(repository: &Repository) -> Result<PathBuf, Failure> {
    super::tool(repository, "cargo-about", &["--version", "^0.9", "--features", "cli"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: &str =
        "\nMIT License\n\nCopyright (c) 2020 Somebody <a@b.example>  \n\nPermission is hereby granted\n\n";

    #[test]
    fn a_paragraph_says_what_is_whose_under_which_terms() {
        assert_eq!(
            paragraph(
                &["crates/a-1.0.0/*".into(), "crates/b-2.0.0/*".into()],
                &["Else".into()],
                "MIT",
                TERMS
            ),
            "\nFiles: crates/a-1.0.0/*\n crates/b-2.0.0/*\nCopyright: Copyright (c) 2020 Somebody <a@b.example>\nLicense: MIT\n \
             MIT License\n .\n Copyright (c) 2020 Somebody <a@b.example>\n .\n Permission is hereby granted\n"
        );
    }

    #[test]
    fn a_text_that_debian_has_is_named_and_authors_stand_in_for_a_holder() {
        let text =
            paragraph(&["x".into()], &["Ann".into(), "Ann".into()], "Apache-2.0", "Copyright [yyyy] [name]");
        assert!(
            text.contains("\nCopyright: Ann\n") && text.contains(" /usr/share/common-licenses/Apache-2.0.\n"),
            "{text}"
        );
        assert!(!text.contains("[yyyy]"));
        let nobody = paragraph(&["x".into()], &[], "Apache-2.0 WITH LLVM-exception", "terms");
        assert!(nobody.contains("License: Apache-2.0-WITH-LLVM-exception\n terms\n"), "{nobody}");
        assert!(nobody.contains("\nCopyright: The authors of these files\n"));
    }

    #[test]
    fn the_terms_of_the_window_are_of_what_it_ships() {
        let ui = tempfile::tempdir().unwrap();
        let lock = r#"{"packages":{"":{},"node_modules/a":{"version":"1.0.0","license":"MIT"},
            "node_modules/b":{"version":"2.0.0","license":"MIT","dev":true},"node_modules/gone":{"version":"1.0.0"}}}"#;
        fs::write(ui.path().join("package-lock.json"), lock).unwrap();
        for name in ["a", "b"] {
            fs::create_dir_all(ui.path().join("node_modules").join(name)).unwrap();
        }
        let names: Vec<_> =
            window_packages(ui.path()).unwrap().into_iter().map(|package| package.name).collect();
        assert_eq!(names, ["a"]);
        let folder = ui.path().join("node_modules/a");
        assert_eq!(terms(&folder, GIVEN), Ok(None));
        fs::write(folder.join("LICENSE.md"), TERMS).unwrap();
        fs::write(folder.join("LICENSE-APACHE"), "the other").unwrap();
        assert_eq!(terms(&folder, GIVEN), Ok(Some(TERMS.to_owned())));
    }
}
