//! An app's proxy setting: the settings file holds the address and the user's name, the secret store the password.

use std::sync::Arc;

use longwire_contract::{AppId, Fault, FaultCode, Secret};
use longwire_dial::{Credentials, Proxy, route::Choice};
use longwire_host::secrets::{Error, SecretStore};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use crate::secret::blocking;

/// Why a text of the settings file is no proxy setting.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum Mistake {
    /// It names no proxy.
    #[error("{0}")]
    Unusable(String),
    /// It holds a password, which others may read here.
    #[error(
        "a proxy's password does not belong in this file: remove it here and enter the proxy in the app's settings, \
         or set HTTPS_PROXY in the environment"
    )]
    Password,
}

/// Reads what a user entered, credentials and all.
///
/// # Errors
/// [`FaultCode::ProxyUnusable`], which does not repeat it.
pub(crate) fn entered(text: Secret) -> Result<Choice, Fault> {
    let text = text.into_inner();
    match text.expose_secret() {
        "" => Ok(Choice::Auto),
        text => text
            .parse::<Choice>()
            .map_err(|error| Fault::new(FaultCode::ProxyUnusable, error).with("error", error)),
    }
}

/// Reads the settings file's text.
pub(crate) fn read(text: &str) -> Result<Choice, Mistake> {
    let choice: Choice = text.parse().map_err(|error| Mistake::Unusable(format!("{error}")))?;
    match password(&choice) {
        Some(password) if !password.expose_secret().is_empty() => Err(Mistake::Password),
        _ => Ok(choice),
    }
}

/// The settings file's text: with the user's name, without the password; a script's URL whole.
pub(crate) fn written(choice: &Choice) -> String {
    if let Choice::Pac(place) = choice {
        return format!("pac+{}", place.danger_whole());
    }
    let shown = choice.to_string();
    match (user(choice), shown.split_once("://")) {
        (Some(user), Some((scheme, place))) => {
            let user = utf8_percent_encode(user, NON_ALPHANUMERIC);
            format!("{scheme}://{user}@{place}")
        }
        _ => shown,
    }
}

/// The setting without its password, as it is kept in the settings.
pub(crate) fn without_password(choice: &Choice) -> Choice {
    with_password(choice, SecretString::default())
}

/// Keeps the password of a setting, or forgets the one that was kept where it has none.
pub(crate) async fn keep(store: &Arc<dyn SecretStore>, id: &AppId, choice: &Choice) -> Result<(), Error> {
    let (store, account, password) = (store.clone(), account(id), password(choice).cloned());
    match password {
        Some(password) => blocking(move || store.write(&account, password)).await,
        None => Ok(()),
    }
}

/// Has the store forget the password of an app's proxy.
pub(crate) async fn forget(store: &Arc<dyn SecretStore>, id: &AppId) -> Result<(), Error> {
    let (store, account) = (store.clone(), account(id));
    blocking(move || store.delete(&account)).await
}

/// The setting with the password that is kept for it.
pub(crate) async fn complete(
    store: &Arc<dyn SecretStore>,
    id: &AppId,
    choice: Choice,
) -> Result<Choice, Error> {
    match password(&choice) {
        Some(password) if password.expose_secret().is_empty() => {
            let (store, account) = (store.clone(), account(id));
            let kept = blocking(move || store.read(&account)).await?;
            Ok(with_password(&choice, kept.unwrap_or_default()))
        }
        _ => Ok(choice),
    }
}

/// Whether a password belongs to it, which is in the store once it is kept.
pub(crate) fn has_password(choice: &Choice) -> bool {
    password(choice).is_some()
}

fn account(id: &AppId) -> String {
    format!("{id} proxy")
}

fn proxy(choice: &Choice) -> Option<&Proxy> {
    match choice {
        Choice::Proxy(proxy) => Some(proxy),
        _ => None,
    }
}

fn user(choice: &Choice) -> Option<&str> {
    Some(proxy(choice)?.credentials()?.user.as_str())
}

fn password(choice: &Choice) -> Option<&SecretString> {
    Some(&proxy(choice)?.credentials()?.password)
}

fn with_password(choice: &Choice, password: SecretString) -> Choice {
    match choice {
        Choice::Proxy(proxy) => {
            let credentials = proxy.credentials().map(|old| Credentials { user: old.user.clone(), password });
            Choice::Proxy(proxy.clone().with_credentials(credentials))
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use longwire_host::fake::MemoryStore;

    use super::*;

    fn enter(text: &str) -> Result<Choice, Fault> {
        entered(Secret::from(SecretString::from(text)))
    }

    #[tokio::test]
    async fn a_password_is_kept_in_the_store_and_nowhere_else() {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn SecretStore> = memory.clone();
        let id: AppId = "cli_0123456789abcdef".parse().unwrap();
        let whole = enter("http://zoë:planted%40@proxy.test:8080").unwrap();
        keep(&store, &id, &whole).await.unwrap();
        let text = written(&without_password(&whole));
        assert!(!text.contains("planted") && !format!("{whole:?}").contains("planted"), "{text}");
        let kept = read(&text).unwrap();
        assert_eq!(complete(&store, &id, kept).await.unwrap(), whole);
        forget(&store, &id).await.unwrap();
        assert_eq!(memory.accounts(), [""; 0]);
    }

    #[test]
    fn a_setting_is_written_as_it_is_read() {
        for text in [
            "auto",
            "direct",
            "http://127.0.0.1:7890",
            "socks5h://u@127.0.0.1:1080",
            "pac+http://127.0.0.1:1/p.pac",
        ] {
            assert_eq!(written(&read(text).unwrap()), text);
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_not_repeated() {
        assert_eq!(read("http://u:planted@h:1"), Err(Mistake::Password));
        for text in ["planted://h:1", "http://planted@", "http://u:planted@h:0"] {
            let fault = enter(text).unwrap_err();
            assert_eq!(fault.code, FaultCode::ProxyUnusable);
            assert!(!format!("{fault:?}").contains("planted"), "{fault:?}");
        }
        assert_eq!(enter(" "), Ok(Choice::Auto));
    }
}
