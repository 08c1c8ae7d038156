use std::{path::PathBuf, sync::Arc};

use longwire_contract::AppId;
use longwire_host::secrets::{self, InputError, SecretStore, StoreError};
use secrecy::SecretString;

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

/// Why a secret cannot be read, kept or forgotten. None of these repeats it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum SecretError {
    #[error(transparent)]
    File(#[from] InputError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the secret could not be read: {0}")]
    Panicked(String),
}

impl SecretSource {
    /// The secret; `None` where none is kept.
    pub(crate) async fn read(&self, id: &AppId) -> Result<Option<SecretString>, SecretError> {
        match self {
            Self::Given(secret) => Ok(Some(secret.clone())),
            Self::File(path) => {
                let path = path.clone();
                blocking(move || secrets::from_file(&path).map(Some)).await
            }
            Self::Store(store) => {
                let (store, id) = (store.clone(), id.clone());
                blocking(move || store.read(id.as_str())).await
            }
        }
    }
}

/// Runs a call that may wait for a person, off the runtime's own thread.
pub(crate) async fn blocking<T: Send + 'static, E: Into<SecretError> + Send + 'static>(
    call: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, SecretError> {
    match tokio::task::spawn_blocking(call).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(panicked) => Err(SecretError::Panicked(panicked.to_string())),
    }
}
