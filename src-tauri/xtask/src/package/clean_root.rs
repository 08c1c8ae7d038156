use std::{
    fs,
    path::{Path, PathBuf},
};

use super::packaging;
use crate::{
    debian,
    process::{Failure, find},
    repository::Repository,
};

/// Where a Debian says which mirrors it is installed from.
const SOURCES: &str = "/etc/apt";

/// Installs packages in a clean Debian, runs them there, purges them, and looks at what is left.
pub(super) fn verify(repository: &Repository, packages: &[PathBuf]) -> Result<(), Failure> {
    debian::ensure(debian::TO_VERIFY, || find("debootstrap").is_some())?;
    debian::ensure(debian::TO_TEST, || find("Xvfb").is_some() && find("xdotool").is_some())?;
    let mirror = mirror(Path::new(SOURCES))?;
    let script = packaging(repository).join("clean-root").display().to_string();
    let folder = repository.target.join("clean-root").display().to_string();
    let packages: Vec<_> = packages.iter().map(|package| package.display().to_string()).collect();
    let mut words = vec![script.as_str(), &folder, &mirror];
    words.extend(packages.iter().map(String::as_str));
    debian::as_root(&words)
}

/// The mirror that this machine takes its own packages from.
fn mirror(folder: &Path) -> Result<String, Failure> {
    let lists =
        fs::read_dir(folder.join("sources.list.d")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut lists: Vec<_> = lists.chain([folder.join("sources.list")]).collect();
    lists.sort();
    let texts: Vec<_> = lists.iter().filter_map(|list| fs::read_to_string(list).ok()).collect();
    let mirror = texts.iter().flat_map(|text| text.lines()).find_map(named);
    mirror.ok_or_else(|| Failure::new(format!("no mirror of Debian is named below {}", folder.display())))
}

/// The mirror that a line names, in the older form or in the newer one. That of the corrections has no whole Debian.
fn named(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let mut urls: Box<dyn Iterator<Item = &str>> = match words.next()? {
        "URIs:" => Box::new(words),
        "deb" => Box::new(words.skip_while(|word| !word.contains("://"))),
        _ => return None,
    };
    let is_debian = |url: &&str| url.trim_end_matches('/').ends_with("/debian");
    urls.find(is_debian).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_machines_own() {
        assert_eq!(
            named("URIs: http://mirror.example/debian"),
            Some("http://mirror.example/debian".to_owned())
        );
        let old = "deb [arch=amd64 signed-by=/x] https://mirror.example/debian/ bookworm main";
        assert_eq!(named(old), Some("https://mirror.example/debian/".to_owned()));
        for other in [
            "URIs: http://m.example/debian-security",
            "# deb http://m.example/debian",
            "deb https://m.example/x y z",
            "",
        ] {
            assert_eq!(named(other), None, "{other}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(mirror(folder.path()).is_err());
        fs::create_dir(folder.path().join("sources.list.d")).unwrap();
        let sources = folder.path().join("sources.list.d/debian.sources");
        fs::write(sources, "Types: deb\nURIs: http://mirror.example/debian\n").unwrap();
        assert_eq!(mirror(folder.path()), Ok("http://mirror.example/debian".to_owned()));
    }
}
