use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Domain, Finding, Secret};

/// The App ID of a Feishu or Lark app: `cli_` and sixteen hexadecimal digits.
///
/// The official Node SDK refuses to start with any other form, and the platform answers such an ID with code
/// 10003, so the form is checked before anything is sent.
#[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[schemars(with = "String")]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct AppId(String);

impl AppId {
    /// The ID as the developer console shows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppId {
    type Err = AppIdError;

    fn from_str(text: &str) -> Result<Self, AppIdError> {
        let digits = text.strip_prefix("cli_").ok_or(AppIdError)?;
        if digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AppIdError)
        }
    }
}

impl TryFrom<String> for AppId {
    type Error = AppIdError;

    fn try_from(text: String) -> Result<Self, AppIdError> {
        text.parse()
    }
}

impl From<AppId> for String {
    fn from(id: AppId) -> Self {
        id.0
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not an App ID. The text itself is not repeated: people paste the secret into the wrong field.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an App ID is cli_ and 16 hexadecimal digits, such as cli_a1b2c3d4e5f60718")]
pub struct AppIdError;

/// An app to add.
#[derive(Debug, Deserialize, Serialize, TS)]
pub struct AppDraft {
    /// Its App ID.
    pub app_id: AppId,
    /// Its App Secret. It is kept in the secret store and never comes back.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub app_secret: Option<Secret>,
    /// A file to read the App Secret from at each start, in place of the secret store: for machines without one.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub secret_file: Option<String>,
    /// Where the app lives.
    pub domain: Domain,
    /// What the user calls it; the App ID where empty.
    #[serde(default)]
    pub name: String,
    /// Its proxy: `auto` (the environment's, else the system's), `direct`, a proxy's URL, or `pac+` and a script's URL.
    /// Credentials in it are kept in the secret store.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub proxy: Option<Secret>,
}

/// A change to an app that is there; what is absent stays.
#[derive(Debug, Deserialize, Serialize, TS)]
pub struct AppEdit {
    /// Which app.
    pub app_id: AppId,
    /// A new App Secret.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub app_secret: Option<Secret>,
    /// A file to read the App Secret from from now on, in place of the secret store, which forgets it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub secret_file: Option<String>,
    /// A new domain.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub domain: Option<Domain>,
    /// A new name.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub name: Option<String>,
    /// A new proxy, as in [`AppDraft`].
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub proxy: Option<Secret>,
}

/// One app.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
pub struct AppRef {
    /// Which app.
    pub app_id: AppId,
}

/// One app, or all of them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
pub struct Which {
    /// Which app; every app where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
}

/// Credentials to try against the platform.
#[derive(Debug, Deserialize, Serialize, TS)]
pub struct CheckDraft {
    /// The App ID.
    pub app_id: AppId,
    /// The App Secret; absent, the one that is kept for this app.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub app_secret: Option<Secret>,
    /// Where to try them.
    pub domain: Domain,
    /// Through which proxy, as in [`AppDraft`]; absent, the one that is set for this app.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub proxy: Option<Secret>,
}

/// What the platform said of a [`CheckDraft`].
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CheckReport {
    /// The App ID that was tried.
    pub app_id: AppId,
    /// The domain that was tried first.
    pub domain: Domain,
    /// Whether the platform accepts the credentials on `domain`.
    pub ok: bool,
    /// The domain on which the platform accepts them, where that is another one.
    #[ts(optional = nullable)]
    pub works_on: Option<Domain>,
    /// Why not, where it does not.
    #[ts(optional = nullable)]
    pub finding: Option<Finding>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_id_is_cli_and_sixteen_hex_digits() {
        for good in ["cli_0123456789abcdef", "cli_ABCDEFabcdef0123"] {
            assert_eq!(good.parse::<AppId>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "cli_",
            "cli_0123456789abcde",
            "cli_0123456789abcdef0",
            "cli_0123456789abcdeg",
            "CLI_0123456789abcdef",
            " cli_0123456789abcdef",
        ] {
            assert_eq!(bad.parse::<AppId>(), Err(AppIdError), "{bad:?}");
        }
    }

    #[test]
    fn a_malformed_app_id_is_not_repeated_in_the_error() {
        let pasted_secret = serde_json::json!({ "app_id": "the-secret-in-the-wrong-field" });
        let error = serde_json::from_value::<AppRef>(pasted_secret).unwrap_err().to_string();
        assert!(!error.contains("the-secret"), "{error}");
    }
}
