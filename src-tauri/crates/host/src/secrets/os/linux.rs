use std::{collections::HashMap, error::Error as StdError};

use keyring_core::Error as KeyringError;
use secret_service::Error as ServiceError;
use zbus_secret_service_keyring_store::Store;

use super::Opened;
use crate::secrets::Error;

/// Whatever keeps us from a session with the service means to the user that there is none.
pub(super) fn open() -> Result<Opened, Error> {
    match Store::new() {
        Ok(store) => Ok(store),
        Err(KeyringError::PlatformFailure(cause)) => Err(Error::Unavailable(cause.to_string())),
        Err(error) => Err(super::told(error)),
    }
}

/// The name a user sees in Seahorse or KWalletManager.
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    Some(HashMap::from([("label", "Longwire: App Secret")]))
}

pub(super) fn told(cause: &(dyn StdError + Send + Sync + 'static)) -> Error {
    match cause.downcast_ref::<ServiceError>() {
        Some(ServiceError::Locked) => Error::Locked,
        Some(ServiceError::Prompt | ServiceError::PromptDisconnected) => Error::Denied,
        Some(ServiceError::Unavailable) => Error::Unavailable(cause.to_string()),
        _ => Error::Other(cause.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_can_mend_is_told_apart() {
        assert_eq!(told(&ServiceError::Locked), Error::Locked);
        assert_eq!(told(&ServiceError::Prompt), Error::Denied);
        assert!(matches!(told(&ServiceError::Unavailable), Error::Unavailable(_)));
        assert!(matches!(told(&ServiceError::Crypto("x")), Error::Other(_)));
    }
}
