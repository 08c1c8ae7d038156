use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use longwire_contract::{AppId, Fault, FaultCode, Finding, FindingCode, Secret};
use longwire_diagnosis::finding;
use longwire_host::secrets::{self, Error, SecretStore};
use secrecy::SecretString;
use tracing::warn;

use crate::{Options, machine::unreadable};

/// Where an app's secret comes from.
#[derive(Clone)]
pub(crate) enum SecretSource {
    /// The place where the OS keeps secrets, under the App ID.
    Store(Arc<dyn SecretStore>),
    /// A file, read at each start.
    File(PathBuf),
    /// Handed to the engine by its caller.
    Given(SecretString),
}

impl SecretSource {
    /// The file where one is named, else the store.
    pub(crate) fn of(file: Option<&Path>, options: &Options) -> Self {
        match file {
            Some(path) => Self::File(path.to_owned()),
            None => Self::Store(options.secrets.clone()),
        }
    }

    /// The secret; `None` where none is kept.
    pub(crate) async fn read(&self, id: &AppId) -> Result<Option<SecretString>, Error> {
        match self {
            Self::Given(secret) => Ok(Some(secret.clone())),
            Self::File(path) => {
                let path = path.clone();
                blocking(move || secrets::read_file(&path).map(Some)).await
            }
            Self::Store(store) => {
                let (store, id) = (store.clone(), id.clone());
                blocking(move || store.read(id.as_str())).await
            }
        }
    }
}

/// A new secret, put where it is to be.
pub(crate) enum Placed {
    /// There is none.
    Nowhere,
    /// In a file of the user's, which was seen to hold one.
    File,
    /// In the store, in place of what was there before.
    Store { store: Arc<dyn SecretStore>, id: AppId, before: Option<SecretString> },
}

impl Placed {
    /// Sees that the file holds a secret, where one is named; else keeps the given one in the store.
    pub(crate) async fn new(
        store: &Arc<dyn SecretStore>,
        id: &AppId,
        file: Option<PathBuf>,
        secret: Option<Secret>,
    ) -> Result<Self, Fault> {
        if let Some(path) = file {
            blocking(move || secrets::read_file(&path)).await.map_err(unreadable)?;
            return Ok(Self::File);
        }
        let secret = secret.filter(|secret| !secret.is_blank()).ok_or_else(empty_secret)?;
        let (keeper, account) = (store.clone(), id.clone());
        let keep = move || {
            let before = keeper.read(account.as_str())?;
            keeper.write(account.as_str(), secret.into_inner())?;
            Ok(before)
        };
        let before = blocking(keep).await.map_err(unreadable)?;
        Ok(Self::Store { store: store.clone(), id: id.clone(), before })
    }

    /// Puts back what was there, for a command that failed afterwards.
    pub(crate) async fn undo(self) {
        let Self::Store { store, id, before } = self else { return };
        let undo = move || match before {
            Some(secret) => store.write(id.as_str(), secret),
            None => store.delete(id.as_str()),
        };
        if let Err(error) = blocking(undo).await {
            warn!(%error, "the App Secret that was there before could not be put back");
        }
    }
}

/// Has the store forget an app's secret.
pub(crate) async fn forget(store: &Arc<dyn SecretStore>, id: &AppId) -> Result<(), Error> {
    let (store, account) = (store.clone(), id.clone());
    blocking(move || store.delete(account.as_str())).await
}

/// What an app's state says where its secret cannot be read.
pub(crate) fn finding_of(error: &Error) -> Finding {
    let code = match error {
        Error::Unavailable(_) => FindingCode::NoSecretStore,
        _ => FindingCode::SecretUnreadable,
    };
    finding(code, error).with("error", error)
}

/// There is no secret to work with.
pub(crate) fn empty_secret() -> Fault {
    Fault::new(FaultCode::SecretEmpty, "no App Secret was given and none is kept")
}

/// Runs a call that may wait for a person, off the runtime's own thread.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let outcome = tokio::task::spawn_blocking(call).await;
    outcome.unwrap_or_else(|panicked| Err(Error::Other(panicked.to_string())))
}
