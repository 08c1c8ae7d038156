//! What keeps the system's proxy settings, as far as they can be changed: each network service of a Mac, the desktop
//! of a Linux user.
//!
//! [`crate::proxies`] reads what is in force; here every setting is read with what is stored behind it, switched off, and
//! put back. All of it waits for other programs: call it from a thread that may wait.

#[cfg(target_os = "linux")]
mod desktop;
mod effective;
#[cfg(target_os = "linux")]
mod gnome;
#[cfg(target_os = "linux")]
mod kde;
mod line;
mod networksetup;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use longwire_contract::{Language, ProxyEntry, ProxyTable, text::text};
pub(crate) use networksetup::{NetworkSetup, Tools};

#[cfg(target_os = "linux")]
use crate::proxies::{Desktop, DesktopKeeper};
use crate::{
    command::{Mute, Processes},
    locale,
};

/// What keeps proxy settings.
pub trait Keeper: fmt::Debug + Send + Sync {
    /// Every service with its settings, and what is in force.
    ///
    /// # Errors
    /// Where one of them cannot be read: half a table is no table.
    fn table(&self) -> Result<ProxyTable, KeeperError>;

    /// The settings of one service; `None` where it is gone.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn service(&self, name: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError>;

    /// The network location that the settings are of; `None` where there is no such thing.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn location(&self) -> Result<Option<String>, KeeperError> {
        Ok(None)
    }

    /// Whether there is a network location of this name.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn has_location(&self, _name: &str) -> Result<bool, KeeperError> {
        Ok(true)
    }

    /// The interface of each service by its name, empty where it has none; nothing where services never change their names.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn devices(&self) -> Result<BTreeMap<String, String>, KeeperError> {
        Ok(BTreeMap::new())
    }

    /// Carries out changes in their order, up to the first that fails. With [`Rights::Administrator`] the user is asked
    /// once for all of them.
    ///
    /// # Errors
    /// [`KeeperError::Denied`] where the user's own rights do not suffice; [`KeeperError::Cancelled`] where the user was
    /// asked and said no. Changes before the one that failed may have been made.
    fn carry_out(&self, changes: &[Change], rights: Rights) -> Result<(), KeeperError>;
}

/// One change to one setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// Switch it off; what is stored behind it stays.
    Off {
        /// Of which service.
        service: String,
        /// As it is before.
        entry: ProxyEntry,
    },
    /// Store what it was, then switch it on or off as it was.
    Back {
        /// Of which service.
        service: String,
        /// As it is to be.
        entry: ProxyEntry,
    },
}

/// With whose rights a change is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rights {
    /// The user's own; nobody is asked.
    User,
    /// An administrator's; the system asks for the password, once a call.
    Administrator,
}

/// Why settings could not be read or changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeeperError {
    /// The user's own rights do not suffice.
    #[error("the system wants an administrator's password for this change")]
    Denied,
    /// The user was asked and said no.
    #[error("the change was not allowed")]
    Cancelled,
    /// The program cannot be started, or fails.
    #[error("{} failed: {cause}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it, or the system, says.
        cause: String,
    },
    /// The program has not ended in time, and was killed.
    #[error("{} has not answered within {} s", .program.display(), .deadline.as_secs_f32())]
    TooSlow {
        /// The program.
        program: PathBuf,
        /// The time it had.
        deadline: Duration,
    },
    /// What it says is not understood.
    #[error("{} says what is not understood: {said}", .program.display())]
    NotUnderstood {
        /// The program, or the file.
        program: PathBuf,
        /// The first of it, cut to one harmless line.
        said: String,
    },
}

/// What keeps the proxy settings of this machine; `None` where nothing does.
///
/// A machine is a Mac where macOS's own tools are at their own places: nothing else decides, so that the same code can be
/// driven on any system by programs that stand in for them.
pub fn of_this_machine() -> Option<Box<dyn Keeper>> {
    let tools = Tools::of_macos();
    if tools.networksetup.is_file() {
        // The rest of the dialog is in the system's language.
        let prompt = text(Language::of_locale(&locale::system()), "prompt.proxies", &BTreeMap::new());
        return Some(Box::new(NetworkSetup::new(tools, prompt, Processes)));
    }
    #[cfg(target_os = "linux")]
    return of_desktop(Desktop::of_this_process());
    #[cfg(not(target_os = "linux"))]
    None
}

/// What keeps the proxy settings of a Linux user's desktop; `None` where nothing does.
#[cfg(target_os = "linux")]
pub fn of_desktop(desktop: Desktop) -> Option<Box<dyn Keeper>> {
    Some(match desktop.keeper()? {
        DesktopKeeper::Kde(file) => Box::new(kde::Kde::new(desktop, file)),
        DesktopKeeper::Gnome(gsettings) => Box::new(gnome::Gnome { desktop, gsettings }),
    })
}

impl KeeperError {
    /// That of a program which gave no answer.
    fn of_mute(program: &Path, mute: Mute, deadline: Duration) -> Self {
        let program = program.to_owned();
        match mute {
            Mute::Failed(error) => Self::Failed { program, cause: error.to_string() },
            Mute::TooSlow => Self::TooSlow { program, deadline },
        }
    }
}
