use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::process::Failure;

/// Words that may stand in some places of the sources only.
struct Rule {
    /// The words; any of them.
    words: &'static [&'static str],
    /// The endings of the files they are sought in.
    endings: &'static [&'static str],
    /// Where they may stand: folders, with `/` at their end, and files.
    allowed: &'static [&'static str],
    /// Why nowhere else.
    reason: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        words: &["target_os", "target_vendor", "target_family"],
        endings: &["rs"],
        // Tauri's own API differs between systems; what does is in one file of the shell.
        allowed: &["src-tauri/crates/host/", "src-tauri/xtask/", "tests/", "src-tauri/src/platform.rs"],
        reason: "what differs between systems is asked of host",
    },
    Rule {
        words: &["process::Command", "extern \"C\"", "unsafe {", "unsafe fn", "unsafe impl"],
        endings: &["rs"],
        allowed: &["src-tauri/crates/host/", "src-tauri/xtask/", "tests/"],
        reason: "processes and foreign calls are host's",
    },
    Rule {
        words: &["SystemTime::now"],
        endings: &["rs"],
        // dial weighs the dates of certificates, link compares the platform's clock with ours when an answer arrives,
        // openplatform is a server with a clock of its own.
        allowed: &[
            "src-tauri/crates/dial/",
            "src-tauri/crates/host/",
            "src-tauri/crates/link/",
            "src-tauri/crates/openplatform/",
            "src-tauri/xtask/",
            "tests/",
        ],
        reason: "the time is host::clock's to tell",
    },
    Rule {
        words: &["@tauri-apps/"],
        endings: &["ts", "js", "svelte", "html"],
        allowed: &["ui/src/backend/tauri.ts", "ui/eslint.config.js"],
        reason: "the window speaks to Tauri in one file",
    },
];

/// Folders that hold no source of ours.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "gen"];

/// What the sources below `root` break, a line each.
pub(crate) fn check(root: &Path) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for folder in ["src-tauri", "ui", "tests"] {
        for file in files(&root.join(folder))? {
            let place = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
            let applying: Vec<_> = RULES.iter().filter(|rule| rule.applies(&place)).collect();
            if !applying.is_empty() {
                let source =
                    fs::read_to_string(&file).map_err(|error| Failure::new(format!("{place}: {error}")))?;
                wrong.extend(applying.into_iter().flat_map(|rule| rule.broken(&place, &source)));
            }
        }
    }
    Ok(wrong)
}

impl Rule {
    fn applies(&self, place: &str) -> bool {
        let ending = place.rsplit_once('.').is_some_and(|(_, ending)| self.endings.contains(&ending));
        let allowed = self.allowed.iter().any(|allowed| {
            if allowed.ends_with('/') { place.starts_with(allowed) } else { place == *allowed }
        });
        ending && !allowed
    }

    fn broken(&self, place: &str, source: &str) -> Vec<String> {
        let mut broken = Vec::new();
        for (number, line) in source.lines().enumerate() {
            // A comment may speak of what it must not do.
            let code = line.split("//").next().unwrap_or_default();
            // An address has two slashes too, but a module's name has none before it.
            let code = if self.words.iter().any(|word| word.starts_with('@')) { line } else { code };
            if let Some(word) = self.words.iter().find(|word| code.contains(**word)) {
                broken.push(format!("{place}:{}: {word}: {}", number + 1, self.reason));
            }
        }
        broken
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failure = |error| Failure::new(format!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(failure)?.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) && !name.starts_with('.') {
                found.extend(files(&entry.path())?);
            }
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(sources: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (place, source) in sources {
            let file = root.path().join(place);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, source).unwrap();
        }
        check(root.path()).unwrap()
    }

    #[test]
    fn the_system_is_touched_in_host_alone() {
        let source = "#[cfg(target_os = \"macos\")]\nuse std::process::Command;\n";
        assert_eq!(checked(&[("src-tauri/crates/host/src/lib.rs", source)]), [""; 0]);
        assert_eq!(
            checked(&[("src-tauri/crates/link/src/lib.rs", source)]),
            [
                "src-tauri/crates/link/src/lib.rs:1: target_os: what differs between systems is asked of host",
                "src-tauri/crates/link/src/lib.rs:2: process::Command: processes and foreign calls are host's",
            ]
        );
        assert_eq!(checked(&[("src-tauri/build.rs", "let now = SystemTime::now();")]).len(), 1);
    }

    #[test]
    fn a_comment_may_name_what_it_must_not_do() {
        assert_eq!(checked(&[("src-tauri/src/main.rs", "//! No `cfg(target_os)` here.")]), [""; 0]);
    }

    #[test]
    fn tauri_is_imported_in_one_file_of_the_window() {
        let import = "import { invoke } from '@tauri-apps/api/core'";
        assert_eq!(checked(&[("ui/src/backend/tauri.ts", import)]), [""; 0]);
        assert_eq!(checked(&[("ui/src/views/App.svelte", import)]).len(), 1);
        assert_eq!(checked(&[("ui/node_modules/x/index.js", import), ("ui/dist/a.js", import)]), [""; 0]);
    }
}
