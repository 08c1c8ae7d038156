use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    process::{Failure, say},
    repository::Repository,
};

const MODULE: &str = "ui/src/backend/contract.gen.ts";

/// Writes the TypeScript of the contract, where it is not what it should be.
pub(crate) fn write(repository: &Repository) -> Result<(), Failure> {
    let file = file(&repository.root);
    if is(&file, &longwire_contract::typescript()) {
        return Ok(());
    }
    say(format_args!("writing {MODULE}"));
    fs::write(&file, longwire_contract::typescript())
        .map_err(|error| Failure::new(format!("{MODULE}: {error}")))
}

/// Fails where the TypeScript is not that of the contract.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    if is(&file(&repository.root), &longwire_contract::typescript()) {
        Ok(())
    } else {
        Err(Failure::new(format!("{MODULE} is not what the contract says: run cargo xtask codegen")))
    }
}

fn file(root: &Path) -> PathBuf {
    root.join(MODULE)
}

fn is(file: &Path, wanted: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|written| written == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_found_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository { root: folder.path().into(), target: folder.path().into() };
        fs::create_dir_all(file(folder.path()).parent().unwrap()).unwrap();
        assert!(check(&repository).is_err(), "the file is missing");
        write(&repository).unwrap();
        check(&repository).unwrap();
        fs::write(file(folder.path()), "export type AppId = number;").unwrap();
        assert!(check(&repository).unwrap_err().to_string().contains("cargo xtask codegen"));
    }
}
