use std::path::PathBuf;

/// Why a secret was not kept, read or forgotten. No variant holds a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// This machine or session has no secret store.
    #[error("this system has no secret store ({0}): set LONGWIRE_APP_SECRET or use --app-secret-file")]
    Unavailable(String),
    /// The user, or a rule of the store, said no.
    #[error("the secret store refused access: allow Longwire when the system asks, or unlock the keychain")]
    Denied,
    /// The store is locked and nobody could be asked to unlock it.
    #[error("the secret store is locked: unlock it, then try again")]
    Locked,
    /// The store did not answer in time; perhaps its question to the user is still open.
    #[error("the secret store did not answer in time: is a prompt waiting for you?")]
    TimedOut,
    /// The service was handed this one, and cannot change it.
    #[error("the secret in {} was handed to this service by the system: change it there, and start the service again", .0.display())]
    HandedIn(PathBuf),
    /// What stands there is not UTF-8.
    #[error("{0} holds no App Secret: it is not text")]
    NotText(String),
    /// Nothing stands there.
    #[error("{0} holds no App Secret: it is empty")]
    Empty(String),
    /// More stands there than in any App Secret.
    #[error("{0} holds no App Secret: it is too long")]
    TooLong(String),
    /// Users other than its owner can read the file.
    #[error("{path} can be read by other users of this computer: chmod 600 {path}", path = .0.display())]
    OpenToOthers(PathBuf),
    /// The file cannot be read.
    #[error("{} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Anything else, in the store's own words.
    #[error("the secret store failed: {0}")]
    Other(String),
}
