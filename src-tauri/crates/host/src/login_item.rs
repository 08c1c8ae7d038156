//! Whether this program starts when its user logs in: SMAppService on macOS, an autostart entry (XDG) elsewhere.

mod entry;
#[cfg(target_os = "macos")]
mod macos;
mod xdg;

use std::path::PathBuf;

use longwire_contract::LoginState;

/// Has the program start without its window, where it is given arguments at all: macOS gives none.
pub const HIDDEN: &str = "--hidden";

/// The tray app's program, as the packages install it.
#[cfg(not(target_os = "macos"))]
const APP: &str = "longwire-app";

/// Whether the system says that it has started this program because its user logged in. To be asked on the main thread, right after
/// the start. Elsewhere than on macOS [`HIDDEN`] says so.
pub fn opened_at_login() -> bool {
    #[cfg(target_os = "macos")]
    return macos::opened_at_login();
    #[cfg(not(target_os = "macos"))]
    false
}

/// What starts a program at login.
#[derive(Clone, Debug)]
pub struct LoginItem(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Entry(xdg::Autostart),
    #[cfg(target_os = "macos")]
    Bundle(macos::Bundle),
}

impl LoginItem {
    /// That of the program that runs here; `None` where the system has no place for it: outside of a bundle or before macOS 13, and
    /// where there is no home folder.
    pub fn of_this_process() -> Option<Self> {
        #[cfg(target_os = "macos")]
        return macos::Bundle::of_this_process().map(Kind::Bundle).map(Self);
        #[cfg(not(target_os = "macos"))]
        return xdg::Autostart::of_this_process().map(Kind::Entry).map(Self);
    }

    /// That of the tray app, as another program of Longwire sees it; `None` where the system tells and changes it for the app
    /// alone, as macOS does.
    pub fn of_the_app() -> Option<Self> {
        #[cfg(target_os = "macos")]
        return None;
        #[cfg(not(target_os = "macos"))]
        return xdg::Autostart::of_program_beside(APP).map(Kind::Entry).map(Self);
    }

    /// An autostart entry for any program: in the user's own folder of entries, which comes before the system's.
    pub fn entry(program: PathBuf, own: PathBuf, system: Vec<PathBuf>) -> Self {
        Self(Kind::Entry(xdg::Autostart::new(program, own, system)))
    }

    /// Whether it starts at login.
    ///
    /// # Errors
    /// [`LoginError::Entry`] where the entry is there and cannot be read.
    pub fn state(&self) -> Result<LoginState, LoginError> {
        match &self.0 {
            Kind::Entry(entry) => entry.state(),
            #[cfg(target_os = "macos")]
            Kind::Bundle(bundle) => Ok(bundle.state()),
        }
    }

    /// Has it start at login, or not. Where its user has to allow that, the page of the system's settings is shown.
    ///
    /// # Errors
    /// Why it could not; nothing was changed then.
    pub fn change(&self, on: bool) -> Result<LoginState, LoginError> {
        match &self.0 {
            Kind::Entry(entry) => entry.change(on),
            #[cfg(target_os = "macos")]
            Kind::Bundle(bundle) => bundle.change(on),
        }
    }

    /// Has the entry name this program where it names one that is gone: it was moved, or installed anew elsewhere. Whether there was
    /// anything to mend; a bundle that is moved macOS follows by itself.
    ///
    /// # Errors
    /// Why it could not.
    pub fn mend(&self) -> Result<bool, LoginError> {
        match &self.0 {
            Kind::Entry(entry) => entry.mend(),
            #[cfg(target_os = "macos")]
            Kind::Bundle(_) => Ok(false),
        }
    }
}

/// Why it cannot be told or changed whether this program starts at login.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LoginError {
    /// An autostart entry is text, and this program's path is not.
    #[error("{} cannot be named in an autostart entry", .0.display())]
    Unnameable(PathBuf),
    /// The entry cannot be read or written.
    #[error("{}: {cause}", .path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The system refuses.
    #[error("{0}")]
    Refused(String),
}
