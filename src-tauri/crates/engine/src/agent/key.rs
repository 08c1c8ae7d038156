//! The agent's API key: kept in the secret store, or handed in with the environment. It is in no settings.

use std::sync::Arc;

use longwire_contract::{AgentKey, Fault, FaultCode, Secret};
use longwire_host::secrets::{self, Error, SecretStore};
use secrecy::{ExposeSecret, SecretString};
use tracing::warn;

use crate::{Options, machine::unreadable, secret::blocking};

/// What the store knows it by.
const ACCOUNT: &str = "agent";
/// Where it is looked for in the environment, in this order: Longwire's own, and the one that all examples of DashScope use.
const VARIABLES: [&str; 2] = ["LONGWIRE_AGENT_KEY", "DASHSCOPE_API_KEY"];
/// The longest key, in bytes: many times what there is.
const LONGEST: usize = 1000;

/// The key as it was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key {
    /// Where.
    pub(crate) place: AgentKey,
    pub(crate) secret: Option<SecretString>,
    /// Why it cannot be read, where it cannot.
    pub(crate) error: Option<String>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        let text = |key: &Self| key.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        self.place == other.place && text(self) == text(other)
    }
}

/// The key of the environment. What cannot be one is left out, and logged by its variable.
pub(crate) fn in_environment() -> Option<SecretString> {
    VARIABLES.into_iter().find_map(|variable| match secrets::read_variable(variable) {
        Ok(key) => key.filter(|key| is_key(key.expose_secret()) || warn_of(variable)),
        // Set and empty is not set.
        Err(Error::Empty(_)) => None,
        Err(error) => {
            warn!(%error, "an API key in the environment is left out");
            None
        }
    })
}

/// What of a key can be kept: without the blanks that come along when it is pasted; nothing where it is empty.
///
/// # Errors
/// [`FaultCode::AgentKey`], which does not repeat it.
pub(crate) fn checked(key: Secret) -> Result<Option<SecretString>, Fault> {
    let key = key.into_inner();
    match key.expose_secret().trim() {
        "" => Ok(None),
        text if is_key(text) => Ok(Some(text.into())),
        _ => Err(Fault::new(FaultCode::AgentKey, "an API key is ASCII without blanks")),
    }
}

/// Looks for the key: what its user entered goes before what the environment happens to have.
pub(crate) async fn read(options: &Options) -> Key {
    let store = options.secrets.clone();
    let kept = blocking(move || store.read(ACCOUNT)).await;
    let error = match kept {
        Ok(Some(key)) => return Key { place: AgentKey::Kept, secret: Some(key), error: None },
        // Where there is no store, nothing is kept.
        Ok(None) | Err(Error::Unavailable(_)) => None,
        Err(error) => Some(error.to_string()),
    };
    match (&options.agent_key, error) {
        (Some(key), _) => Key { place: AgentKey::Environment, secret: Some(key.clone()), error: None },
        (None, None) => Key::default(),
        (None, Some(error)) => {
            warn!(error, "the agent's API key cannot be read");
            Key { place: AgentKey::Unreadable, secret: None, error: Some(error) }
        }
    }
}

/// Keeps the key, or has the store forget it where there is none.
///
/// # Errors
/// [`FaultCode::AgentKeyStore`] where there is none, else those of the store.
pub(crate) async fn keep(store: &Arc<dyn SecretStore>, key: Option<SecretString>) -> Result<(), Fault> {
    let (store, forgotten) = (store.clone(), key.is_none());
    let kept = blocking(move || match key {
        Some(key) => store.write(ACCOUNT, key),
        None => store.delete(ACCOUNT),
    });
    match kept.await {
        // Where there is no store, nothing is kept.
        Err(Error::Unavailable(_)) if forgotten => Ok(()),
        Err(error @ Error::Unavailable(_)) => {
            Err(Fault::new(FaultCode::AgentKeyStore, &error).with("error", error))
        }
        kept => kept.map_err(unreadable),
    }
}

/// Whether it can be sent in a header, as every key can.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn warn_of(variable: &str) -> bool {
    warn!(variable, "what is in the environment is no API key, and is left out");
    false
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use longwire_host::fake::MemoryStore;

    use super::*;
    use crate::Machine;

    fn options(store: Arc<MemoryStore>, given: Option<&str>) -> Options {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::new(Some(Path::new(folder.path()))).unwrap();
        Options { secrets: store, agent_key: given.map(Into::into), ..Options::new(&machine, "test") }
    }

    fn secret(text: &str) -> Secret {
        Secret::from(SecretString::from(text))
    }

    #[tokio::test]
    async fn what_was_entered_goes_before_the_environment_and_can_be_taken_out_again() {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn SecretStore> = memory.clone();
        let options = options(memory.clone(), Some("sk-environment"));
        let shown = |key: Key| (key.place, key.secret.map(|key| key.expose_secret().to_owned()));
        assert_eq!(shown(read(&options).await), (AgentKey::Environment, Some("sk-environment".into())));
        keep(&store, checked(secret(" sk-kept\n")).unwrap()).await.unwrap();
        assert_eq!(shown(read(&options).await), (AgentKey::Kept, Some("sk-kept".into())));
        keep(&store, checked(secret(" ")).unwrap()).await.unwrap();
        assert_eq!(memory.accounts(), [""; 0]);
        let without = Options { agent_key: None, ..options };
        assert_eq!(shown(read(&without).await), (AgentKey::Absent, None));
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_another_thing_than_no_store() {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn SecretStore> = memory.clone();
        let options = options(memory.clone(), None);
        memory.fail_with(Some(Error::Locked));
        let key = read(&options).await;
        assert_eq!((key.place, key.error.is_some()), (AgentKey::Unreadable, true));
        memory.fail_with(Some(Error::Unavailable("none".into())));
        assert_eq!(read(&options).await.place, AgentKey::Absent);
        assert_eq!(keep(&store, None).await, Ok(()), "nothing is kept there");
        let kept = keep(&store, Some("sk-1".into())).await.unwrap_err();
        assert_eq!(kept.code, FaultCode::AgentKeyStore, "its advice is of an API key");
    }

    #[test]
    fn what_cannot_be_sent_is_no_key_and_is_not_repeated() {
        for text in ["sk planted", "sk-planted\r\nX: y", "sk-planted钥", &"k".repeat(LONGEST + 1)] {
            let fault = checked(secret(text)).unwrap_err();
            assert_eq!(fault.code, FaultCode::AgentKey);
            assert!(!format!("{fault:?}").contains("planted"));
        }
        assert!(
            !format!("{:?}", Key { secret: Some("planted".into()), ..Key::default() }).contains("planted")
        );
    }
}
