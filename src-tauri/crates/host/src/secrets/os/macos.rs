use std::{collections::HashMap, error::Error as StdError};

use security_framework::base::Error as Status;

use super::{Opened, status};
use crate::secrets::StoreError;

pub(super) fn open() -> Result<Opened, StoreError> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(super::told)?;
    Ok(store)
}

/// None: an entry stands in Keychain Access under its service.
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    None
}

pub(super) fn told(cause: &(dyn StdError + Send + Sync + 'static)) -> StoreError {
    match cause.downcast_ref::<Status>() {
        Some(error) => status::told(error.code(), &error.to_string()),
        None => StoreError::Other { text: cause.to_string() },
    }
}
