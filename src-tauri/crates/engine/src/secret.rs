use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use longwire_contract::AppId;
use longwire_host::secrets::{self, Error, SecretStore};
use secrecy::SecretString;

use crate::Options;

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

/// Runs a call that may wait for a person, off the runtime's own thread.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let outcome = tokio::task::spawn_blocking(call).await;
    outcome.unwrap_or_else(|panicked| Err(Error::Other(panicked.to_string())))
}
