use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    debian,
    process::{Failure, probe, run, say},
};

/// A virtual environment of Python with some packages, made and kept up to date as they change.
pub(crate) struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment in `folder` with the packages that `requirements`, lines of pip's, name.
    pub(crate) fn ensure(folder: &Path, requirements: &str) -> Result<Self, Failure> {
        let venv = Self { folder: folder.to_owned() };
        let stamp = folder.join("longwire-requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == requirements) && venv.works() {
            return Ok(venv);
        }
        if !venv.works() {
            let module = ["-c", "import ensurepip, venv"];
            if probe(Command::new("python3").args(module)).is_none() {
                let present = || probe(Command::new("python3").args(module)).is_some();
                debian::ensure(debian::FOR_PYTHON, present)?;
            }
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        }
        let names: Vec<_> = requirements
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        say(format_args!("installing {} from PyPI into {}", names.join(" "), folder.display()));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(venv.python()).args(pip).args(names))?;
        fs::write(&stamp, requirements)
            .map_err(|error| Failure::new(format!("{}: {error}", stamp.display())))?;
        Ok(venv)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    /// Whether the interpreter it was made from is still there.
    fn works(&self) -> bool {
        probe(Command::new(self.python()).args(["-m", "pip", "--version"])).is_some()
    }
}
