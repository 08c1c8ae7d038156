use std::{collections::HashMap, error::Error as StdError};

use keyring_core::Error;
use secret_service::Error as ServiceError;
use zbus_secret_service_keyring_store::Store;

use super::Opened;
use crate::secrets::StoreError;

/// Whatever keeps us from a session with the service means to the user that there is none.
pub(super) fn open() -> Result<Opened, StoreError> {
    match Store::new() {
        Ok(store) => Ok(store),
        Err(Error::PlatformFailure(cause)) => Err(StoreError::Unavailable { cause: cause.to_string() }),
        Err(error) => Err(super::told(error)),
    }
}

/// The name a user sees in Seahorse or KWalletManager.
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    Some(HashMap::from([("label", "Longwire: App Secret")]))
}

pub(super) fn told(cause: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    match cause.downcast_ref::<ServiceError>() {
        Some(ServiceError::Locked) => StoreError::Locked,
        Some(ServiceError::Prompt | ServiceError::PromptDisconnected) => StoreError::Denied,
        Some(ServiceError::Unavailable) => StoreError::Unavailable { cause: cause.to_string() },
        _ => StoreError::Other { text: cause.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_can_mend_is_told_apart() {
        assert_eq!(told(&ServiceError::Locked), StoreError::Locked);
        assert_eq!(told(&ServiceError::Prompt), StoreError::Denied);
        assert!(matches!(told(&ServiceError::Unavailable), StoreError::Unavailable { .. }));
        assert!(matches!(told(&ServiceError::Crypto("x")), StoreError::Other { .. }));
    }
}
