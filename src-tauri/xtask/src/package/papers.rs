use std::fs;

use super::{copyright, packaging, sbom, tree::Tree};
use crate::{
    process::{Failure, say},
    repository::Repository,
};

/// What travels with a package that is given away: whose terms its parts are under, and which parts they are.
pub(super) struct Papers(Vec<Paper>);

struct Paper {
    /// The Debian package.
    package: &'static str,
    copyright: String,
    sbom: String,
    /// The window's parts, which npm knows.
    window: Option<String>,
}

/// The Debian packages, and the crate each is made of.
const PACKAGES: &[(&str, &str)] =
    &[("longwire", "src-tauri/crates/cli/Cargo.toml"), ("longwire-app", "src-tauri/Cargo.toml")];

impl Papers {
    pub(super) fn gather(repository: &Repository) -> Result<Self, Failure> {
        say("gathering the licences and the list of all parts (some minutes)");
        let head = packaging(repository).join("debian/copyright");
        let own = fs::read_to_string(&head).map_err(|error| super::broken(&head, &error))?;
        let paper = |(package, manifest): &(&'static str, &str)| {
            let manifest = repository.root.join(manifest);
            let mut copyright = format!("{own}{}", copyright::of_crates(repository, &manifest)?);
            let window = *package == "longwire-app";
            if window {
                copyright.push_str(&copyright::of_window(repository)?);
            }
            let sbom = sbom::of_crate(repository, &manifest)?;
            let window = window.then(|| sbom::of_window(repository)).transpose()?;
            Ok(Paper { package, copyright, sbom, window })
        };
        PACKAGES.iter().map(paper).collect::<Result<_, _>>().map(Self)
    }

    /// Lays them where debhelper takes them from.
    pub(super) fn lay(&self, tree: &Tree) -> Result<(), Failure> {
        for Paper { package, copyright, sbom, window } in &self.0 {
            tree.write(&format!("debian/{package}.copyright"), copyright)?;
            let file = format!("built/sbom/{package}.cdx.json");
            tree.write(&file, sbom)?;
            let mut docs = format!("{file}\n");
            if let Some(window) = window {
                let file = format!("built/sbom/{package}-window.cdx.json");
                tree.write(&file, window)?;
                docs.push_str(&format!("{file}\n"));
            }
            tree.write(&format!("debian/{package}.docs"), &docs)?;
        }
        Ok(())
    }

    /// Lays those of the app, as they travel in a bundle of macOS.
    pub(super) fn lay_for_macos(&self, tree: &Tree) -> Result<(), Failure> {
        for Paper { copyright, sbom, window, .. } in self.0.iter().filter(|paper| paper.window.is_some()) {
            tree.write("copyright.txt", copyright)?;
            tree.write("sbom.cdx.json", sbom)?;
            tree.write("sbom-window.cdx.json", window.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}
