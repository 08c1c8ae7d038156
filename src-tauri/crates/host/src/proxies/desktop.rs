use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Error, Proxies};

/// Far above what `gsettings` needs (some 20 ms), and no longer than a user waits.
const DEADLINE: Duration = Duration::from_secs(3);

/// A Linux user's desktop, as far as its proxy settings go.
#[derive(Clone, Debug)]
pub struct Desktop {
    /// `XDG_CURRENT_DESKTOP`: names with colons between them.
    pub names: String,
    /// `XDG_CONFIG_HOME`, or `.config` in the home folder; `None` where there is no home.
    pub config: Option<PathBuf>,
    /// `PATH`, on which `gsettings` is looked for.
    pub path: OsString,
    /// How long another program may take.
    pub deadline: Duration,
}

impl Desktop {
    /// The one this process was started in.
    pub fn of_this_process() -> Self {
        // Both are to be ignored where they are not absolute, says the XDG base directory specification.
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            names: env::var("XDG_CURRENT_DESKTOP").unwrap_or_default(),
            config: folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config"))),
            path: env::var_os("PATH").unwrap_or_default(),
            deadline: DEADLINE,
        }
    }

    /// What its settings say now; see [`super::read`].
    ///
    /// # Errors
    /// Why they could not be read.
    pub fn read(&self) -> Result<Option<Proxies>, Error> {
        Ok(None)
    }
}
