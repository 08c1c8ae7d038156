use std::{path::PathBuf, sync::Arc};

use longwire_contract::Release;
use serde_json::Value;

/// What knows the form of a release and puts it in the place of this program. It sends nothing.
pub trait Installer: Send + Sync {
    /// The version that a manifest announces for this machine, where it is newer than this one.
    ///
    /// # Errors
    /// Why the manifest cannot be understood, in a few words.
    fn offered(&self, manifest: &Value) -> Result<Option<Offer>, String>;

    /// Ends this process in good order and starts the one that is in its place by now.
    fn restart(&self);
}

/// A version that can be had.
#[derive(Clone)]
pub struct Offer {
    /// What there is to be said of it.
    pub release: Release,
    /// Where its package is.
    pub url: String,
    /// What its package has to be.
    pub package: Arc<dyn Package>,
}

/// What a manifest says of a package.
pub trait Package: Send + Sync {
    /// Whether these bytes are it: signed, whole, and of the version that was announced.
    ///
    /// # Errors
    /// What is wrong with them, in a few words.
    fn verify(&self, bytes: &[u8]) -> Result<(), String>;

    /// Puts it in the place of this program. It may take a while, and verifies once more.
    ///
    /// # Errors
    /// Why it is not there; the program is as it was, unless it says otherwise.
    fn install(&self, bytes: &[u8]) -> Result<(), NotInstalled>;
}

/// Why a package was not put in place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotInstalled {
    /// It is not what was announced.
    #[error("{0}")]
    NotGenuine(String),
    /// This machine does not let it.
    #[error("{0}")]
    Refused(String),
    /// Nor is the program in its place any more: it lies here.
    #[error("this version lies at {}", .0.display())]
    Aside(PathBuf),
}
