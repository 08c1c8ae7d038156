use std::{fs, path::Path};

use crate::{
    process::{Failure, say},
    repository::Repository,
};

/// A file that is made from the contract, and never by hand.
struct Made {
    path: &'static str,
    text: fn() -> String,
}

const MADE: [Made; 2] = [
    Made { path: "ui/src/backend/contract.gen.ts", text: longwire_contract::typescript },
    Made { path: "src-tauri/crates/contract/doctor.schema.json", text: longwire_contract::doctor_schema },
];

/// Writes what is made from the contract, where it is not what it should be.
pub(crate) fn write(repository: &Repository) -> Result<(), Failure> {
    for made in MADE.iter().filter(|made| !made.is_true(&repository.root)) {
        let Made { path, text } = made;
        say(format_args!("writing {path}"));
        fs::write(repository.root.join(path), text())
            .map_err(|error| Failure::new(format!("{path}: {error}")))?;
    }
    Ok(())
}

/// Fails where something is not what the contract says.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    match MADE.iter().find(|made| !made.is_true(&repository.root)) {
        Some(made) => {
            Err(Failure::new(format!("{} is not what the contract says: run cargo xtask codegen", made.path)))
        }
        None => Ok(()),
    }
}

impl Made {
    fn is_true(&self, root: &Path) -> bool {
        fs::read_to_string(root.join(self.path)).is_ok_and(|written| written == (self.text)())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_found_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository { root: folder.path().into(), target: folder.path().into() };
        for made in &MADE {
            fs::create_dir_all(folder.path().join(made.path).parent().unwrap()).unwrap();
        }
        assert!(check(&repository).is_err(), "the files are missing");
        write(&repository).unwrap();
        check(&repository).unwrap();
        for made in &MADE {
            fs::write(folder.path().join(made.path), "{}").unwrap();
            assert!(check(&repository).unwrap_err().to_string().contains("cargo xtask codegen"));
            write(&repository).unwrap();
        }
    }
}
