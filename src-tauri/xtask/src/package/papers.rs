use std::fs;

use super::{copyright, packaging, sbom, tree::Tree};
use crate::{
    process::{Failure, cargo, run, say},
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
        // Also those of other systems: what reads them does so offline, and a build has fetched its own alone.
        run(cargo(&repository.root).args(["fetch", "--locked"]))?;
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

    /// Lays them as they travel in a bundle of macOS.
    pub(super) fn lay_for_macos(&self, tree: &Tree) -> Result<(), Failure> {
        for Paper { package, copyright, sbom, window } in &self.0 {
            tree.write(&format!("licences/{package}.txt"), copyright)?;
            tree.write(&format!("licences/{package}.cdx.json"), sbom)?;
            if let Some(window) = window {
                tree.write(&format!("licences/{package}-window.cdx.json"), window)?;
            }
        }
        Ok(())
    }
}
