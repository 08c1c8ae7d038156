use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serializer};

/// An App Secret on its way in. It is redacted in `Debug`, wiped on drop and has no `Serialize`, so that no
/// view of the engine's state can hold one.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    /// The secret, for the room that keeps or sends it, without the white space that comes along when it is pasted.
    pub fn into_inner(self) -> SecretString {
        SecretString::from(self.0.expose_secret().trim())
    }

    /// Whether nothing, or only white space, was given.
    pub fn is_blank(&self) -> bool {
        self.0.expose_secret().trim().is_empty()
    }

    /// Writes the secret out: for a request on its way to the engine over the 0600 control socket, and for
    /// nothing else.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn danger_serialize_option<S: Serializer>(
        secret: &Option<Self>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => serializer.serialize_some(secret.0.expose_secret()),
            None => serializer.serialize_none(),
        }
    }
}

impl From<SecretString> for Secret {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let secret = Secret::from(SecretString::from("planted"));
        assert!(!format!("{secret:?}").contains("planted"));
    }
}
