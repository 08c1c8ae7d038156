use std::{collections::HashMap, error::Error as StdError};

use security_framework::base::Error as Status;

use super::{Opened, status};
use crate::secrets::Error;

pub(super) fn open() -> Result<Opened, Error> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(super::told)?;
    Ok(store)
}

/// None: an entry stands in Keychain Access under its service.
pub(super) fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    None
}

pub(super) fn told(cause: &(dyn StdError + Send + Sync + 'static)) -> Error {
    match cause.downcast_ref::<Status>() {
        Some(error) => status::told(error.code(), &error.to_string()),
        None => Error::Other(cause.to_string()),
    }
}
