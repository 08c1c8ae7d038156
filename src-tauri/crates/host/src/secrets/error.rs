use std::time::Duration;

/// Why a secret store did not do as asked. No variant holds a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// This machine or session has no secret store.
    #[error("this system has no secret store ({cause}): set LONGWIRE_APP_SECRET or use --app-secret-file")]
    Unavailable {
        /// What the system says.
        cause: String,
    },
    /// The user, or a rule of the store, said no.
    #[error("the secret store refused access: allow Longwire when the system asks, or unlock the keychain")]
    Denied,
    /// It is locked and nobody could be asked to unlock it.
    #[error("the secret store is locked: unlock it, then try again")]
    Locked,
    /// It did not answer in time; perhaps a question to the user is still open.
    #[error("the secret store did not answer within {} s: is a prompt waiting?", .0.as_secs())]
    Timeout(Duration),
    /// What is kept is no text.
    #[error("the secret store holds something that is not text under this App ID")]
    NotText,
    /// Anything else, in the store's own words.
    #[error("the secret store failed: {text}")]
    Other {
        /// What the store says.
        text: String,
    },
}
