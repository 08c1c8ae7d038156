//! What of a target is secret: its keys and the values of its headers. They are one entry of the secret store, or one file
//! of the user's.

use std::{collections::BTreeMap, sync::Arc};

use longwire_contract::{Fault, FaultCode, TargetSecrets as Change};
use longwire_host::secrets::{SecretStore, read_file};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{machine::unreadable, secret::blocking, settings::TargetSettings};

/// The secrets of a target.
#[derive(Clone, Debug, Default)]
pub struct TargetSecrets {
    /// The bot's Encrypt Key.
    pub encrypt_key: Option<SecretString>,
    /// The bot's Verification Token.
    pub verification_token: Option<SecretString>,
    /// The values of the extra headers, by name.
    pub headers: BTreeMap<String, SecretString>,
}

impl TargetSecrets {
    /// Those of a target: of its file where it has one, else of the store.
    pub(super) async fn of(store: &Arc<dyn SecretStore>, target: &TargetSettings) -> Result<Self, Fault> {
        let text = match &target.secrets_file {
            Some(path) => {
                let path = path.clone();
                blocking(move || read_file(&path).map(Some)).await
            }
            None => match &target.secrets {
                Some(id) => {
                    let (store, account) = (store.clone(), account(id));
                    blocking(move || store.read(&account)).await
                }
                None => return Ok(Self::default()),
            },
        };
        match text.map_err(unreadable)? {
            Some(text) => Self::parse(&text).ok_or_else(|| {
                let error = "the secrets of a target are JSON: {\"encrypt_key\": …, \"verification_token\": …, \"headers\": {…}}";
                Fault::new(FaultCode::TargetUnusable, error).with("error", error)
            }),
            None => {
                // Without them its events would go out as they are, to whoever listens there.
                let error = "its secrets are not in the secret store: enter them again";
                Err(Fault::new(FaultCode::TargetUnusable, error).with("error", error))
            }
        }
    }

    /// Keeps them in the store, or has the store forget them where there are none.
    pub(super) async fn keep(&self, store: &Arc<dyn SecretStore>, id: &str) -> Result<(), Fault> {
        let (store, account, text) = (store.clone(), account(id), self.text());
        let kept = blocking(move || match text {
            Some(text) => store.write(&account, text),
            None => store.delete(&account),
        });
        kept.await.map_err(unreadable)
    }

    /// With a change: what is absent stays, what is empty is removed.
    pub(super) fn changed(mut self, change: &Change) -> Self {
        let set = |old: &mut Option<SecretString>, new: &Option<longwire_contract::Secret>| {
            if let Some(new) = new {
                *old = (!new.is_blank()).then(|| new.clone().into_inner());
            }
        };
        set(&mut self.encrypt_key, &change.encrypt_key);
        set(&mut self.verification_token, &change.verification_token);
        if let Some(headers) = &change.headers {
            let mut old = std::mem::take(&mut self.headers);
            self.headers = headers
                .iter()
                .filter_map(|header| {
                    let value = header.value.clone().map(longwire_contract::Secret::into_inner);
                    Some((header.name.trim().to_owned(), value.or_else(|| old.remove(header.name.trim()))?))
                })
                .collect();
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.encrypt_key.is_none() && self.verification_token.is_none() && self.headers.is_empty()
    }

    fn parse(text: &SecretString) -> Option<Self> {
        let json: Value = serde_json::from_str(text.expose_secret()).ok()?;
        let root = json.as_object()?;
        let secret = |key: &str| root.get(key).and_then(Value::as_str).map(SecretString::from);
        let headers = root.get("headers").and_then(Value::as_object).into_iter().flatten();
        Some(Self {
            encrypt_key: secret("encrypt_key"),
            verification_token: secret("verification_token"),
            headers: headers
                .filter_map(|(name, value)| Some((name.clone(), SecretString::from(value.as_str()?))))
                .collect(),
        })
    }

    fn text(&self) -> Option<SecretString> {
        if self.is_empty() {
            return None;
        }
        let shown = |secret: &SecretString| secret.expose_secret().to_owned();
        let headers: BTreeMap<_, _> = self.headers.iter().map(|(name, value)| (name, shown(value))).collect();
        let mut json = json!({ "headers": headers });
        for (key, secret) in
            [("encrypt_key", &self.encrypt_key), ("verification_token", &self.verification_token)]
        {
            if let Some(secret) = secret {
                json[key] = shown(secret).into();
            }
        }
        Some(SecretString::from(json.to_string()))
    }
}

/// Has the store forget them.
pub(super) async fn forget(store: &Arc<dyn SecretStore>, id: &str) -> Result<(), Fault> {
    TargetSecrets::default().keep(store, id).await
}

/// What the store is to know the secrets of a new target by. No other has it, nor one of another data folder.
pub(super) fn new_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}

fn account(id: &str) -> String {
    format!("target {id}")
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Secret, TargetAddress, TargetHeader};
    use longwire_host::fake::MemoryStore;

    use super::*;

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::from(SecretString::from(text)))
    }

    #[tokio::test]
    async fn what_is_kept_is_read_again_and_nothing_is_kept_of_nothing() {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn SecretStore> = memory.clone();
        let change = Change {
            encrypt_key: secret("planted key"),
            headers: Some(vec![TargetHeader { name: "X-A".into(), value: secret("planted") }]),
            ..Change::default()
        };
        let kept = TargetSecrets::default().changed(&change);
        assert!(!format!("{kept:?}").contains("planted"));
        kept.keep(&store, "bot").await.unwrap();
        assert_eq!(memory.accounts(), ["target bot"]);
        let mut target = TargetSettings::new("bot".into(), TargetAddress::Command(vec![]));
        assert!(TargetSecrets::of(&store, &target).await.unwrap().is_empty(), "nobody asked the store");
        target.secrets = Some("bot".into());
        let read = TargetSecrets::of(&store, &target).await.unwrap();
        assert_eq!(read.encrypt_key.unwrap().expose_secret(), "planted key");
        assert_eq!(read.headers["X-A"].expose_secret(), "planted");
        forget(&store, "bot").await.unwrap();
        assert_eq!(memory.accounts(), [""; 0]);
        let lost = TargetSecrets::of(&store, &target).await.unwrap_err();
        assert_eq!(lost.code, FaultCode::TargetUnusable, "nothing goes out without them");
    }

    #[test]
    fn what_is_absent_stays_and_what_is_empty_goes() {
        let first = TargetSecrets::default().changed(&Change {
            encrypt_key: secret("k"),
            verification_token: secret("t"),
            headers: Some(vec![
                TargetHeader { name: "A".into(), value: secret("1") },
                TargetHeader { name: "B".into(), value: secret("2") },
            ]),
            file: None,
        });
        let next = first.changed(&Change {
            encrypt_key: secret(" "),
            headers: Some(vec![
                TargetHeader { name: "B".into(), value: None },
                TargetHeader { name: "C".into(), value: None },
            ]),
            ..Change::default()
        });
        assert!(next.encrypt_key.is_none());
        assert_eq!(next.verification_token.unwrap().expose_secret(), "t");
        assert_eq!(next.headers.keys().collect::<Vec<_>>(), ["B"]);
    }
}
