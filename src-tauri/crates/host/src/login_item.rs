//! Whether this program starts when its user logs in: SMAppService on macOS, an autostart entry (XDG) elsewhere.

#[cfg(not(target_os = "macos"))]
mod entry;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(target_os = "macos"))]
mod xdg;

use std::path::PathBuf;

#[cfg(target_os = "macos")]
pub use self::macos::LoginItem;
#[cfg(not(target_os = "macos"))]
pub use self::xdg::LoginItem;

/// Has the program start without its window, where it is given arguments at all: macOS gives none.
pub const HIDDEN: &str = "--hidden";

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
