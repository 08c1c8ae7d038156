//! What the command says of itself: a package brings it along.

use std::{path::Path, process::Command};

use super::tree::Tree;
use crate::process::{Failure, output};

/// The shells it is completed in, and what each calls the file.
pub(super) const COMPLETIONS: &[(&str, &str)] =
    &[("bash", "longwire"), ("zsh", "_longwire"), ("fish", "longwire.fish")];

/// Lays its completions and manual pages below a place of the tree.
pub(super) fn describe(command: &Path, tree: &Tree, place: &str) -> Result<(), Failure> {
    let says = |arguments: &[&str]| output(Command::new(command).args(arguments).env("LC_ALL", "C.UTF-8"));
    for (shell, file) in COMPLETIONS {
        tree.write(&format!("{place}completions/{file}"), &says(&["completions", shell])?)?;
    }
    let manual = tree.place(&format!("{place}man/longwire.1"))?;
    says(&["manual", &manual.with_file_name("").to_string_lossy()]).map(drop)
}
