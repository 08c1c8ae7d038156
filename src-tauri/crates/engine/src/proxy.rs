//! An app's proxy setting: the settings file holds the address and the user's name, the secret store the password.

use std::sync::Arc;

use longwire_contract::{AppId, Fault, FaultCode, Secret};
use longwire_dial::{Credentials, Proxy, route::Choice};
use longwire_host::secrets::{Error, SecretStore};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use tracing::warn;

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
         or set HTTPS_PROXY or LONGWIRE_PROXY in the environment"
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
    if without_password(&choice) == choice { Ok(choice) } else { Err(Mistake::Password) }
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

/// Where an app's proxy comes from.
#[derive(Clone)]
pub(crate) enum ProxySource {
    /// Whoever started this gave it, whole: nothing that is kept is added.
    Given(Choice),
    /// The app's setting; a password that belongs to it is in the store.
    Kept(Choice),
}

impl ProxySource {
    /// The proxy, with its password. One that cannot be read is gone without: the proxy then says that it wants one.
    pub(crate) async fn read(&self, store: &Arc<dyn SecretStore>, id: &AppId) -> Choice {
        let choice = match self {
            Self::Given(choice) => return choice.clone(),
            Self::Kept(choice) => choice,
        };
        let Some(proxy) = proxy(choice).filter(|proxy| proxy.credentials().is_some()) else {
            return choice.clone();
        };
        let (store, account) = (store.clone(), account(id));
        match blocking(move || store.read(&account)).await {
            Ok(kept) => kept.and_then(|kept| whole(&kept, proxy)).unwrap_or_else(|| choice.clone()),
            Err(error) => {
                warn!(%error, "the proxy's password cannot be read");
                choice.clone()
            }
        }
    }
}

/// The setting without its password, as it is kept in the settings.
pub(crate) fn without_password(choice: &Choice) -> Choice {
    match choice {
        Choice::Proxy(proxy) => Choice::Proxy(without(proxy)),
        other => other.clone(),
    }
}

/// Keeps the password of a setting, with the place it is for; forgets the one that was kept where this one has none.
///
/// # Errors
/// [`FaultCode::ProxyPassword`]: why the store did not take it.
pub(crate) async fn keep(store: &Arc<dyn SecretStore>, id: &AppId, choice: &Choice) -> Result<(), Fault> {
    let Some(secret) = proxy(choice).and_then(secret) else {
        // Where the store cannot be asked, it holds nothing either.
        forget(store, id).await.ok();
        return Ok(());
    };
    let (store, account) = (store.clone(), account(id));
    let kept = blocking(move || store.write(&account, secret)).await;
    kept.map_err(|error| Fault::new(FaultCode::ProxyPassword, &error).with("error", error))
}

/// Has the store forget the password of an app's proxy.
pub(crate) async fn forget(store: &Arc<dyn SecretStore>, id: &AppId) -> Result<(), Error> {
    let (store, account) = (store.clone(), account(id));
    blocking(move || store.delete(&account)).await
}

/// Whether a password may belong to it, which is in the store once it is kept.
pub(crate) fn may_have_password(choice: &Choice) -> bool {
    user(choice).is_some()
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

fn without(proxy: &Proxy) -> Proxy {
    let credentials = proxy
        .credentials()
        .map(|credentials| Credentials { user: credentials.user.clone(), password: SecretString::default() });
    proxy.clone().with_credentials(credentials)
}

/// What the store keeps: the whole address, so that the password is never sent to another proxy.
fn secret(proxy: &Proxy) -> Option<SecretString> {
    let Credentials { user, password } = proxy.credentials()?;
    let password = password.expose_secret();
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let place = proxy.to_string();
    let (scheme, place) = place.split_once("://")?;
    let address = format!("{scheme}://{}:{}@{place}", encoded(user), encoded(password));
    (!password.is_empty()).then(|| address.into())
}

/// The proxy with the password that is kept, where that is for this very proxy and user.
fn whole(kept: &SecretString, proxy: &Proxy) -> Option<Choice> {
    let kept: Proxy = kept.expose_secret().parse().ok()?;
    (without(&kept) == without(proxy)).then_some(Choice::Proxy(kept))
}

#[cfg(test)]
mod tests {
    use longwire_host::fake::MemoryStore;

    use super::*;

    fn enter(text: &str) -> Result<Choice, Fault> {
        entered(Secret::from(SecretString::from(text)))
    }

    fn id() -> AppId {
        "cli_0123456789abcdef".parse().unwrap()
    }

    #[tokio::test]
    async fn a_password_is_kept_in_the_store_and_nowhere_else() {
        let memory = Arc::new(MemoryStore::default());
        let store: Arc<dyn SecretStore> = memory.clone();
        let entered = enter("http://zoë:planted%40@proxy.test:8080").unwrap();
        keep(&store, &id(), &entered).await.unwrap();
        let text = written(&without_password(&entered));
        assert!(!text.contains("planted") && !format!("{entered:?}").contains("planted"), "{text}");
        let kept = ProxySource::Kept(read(&text).unwrap());
        assert_eq!(kept.read(&store, &id()).await, entered);
        keep(&store, &id(), &Choice::Direct).await.unwrap();
        assert_eq!(memory.accounts(), [""; 0]);
    }

    #[tokio::test]
    async fn a_password_is_given_to_no_other_proxy() {
        let store: Arc<dyn SecretStore> = Arc::new(MemoryStore::default());
        keep(&store, &id(), &enter("http://me:planted@proxy.test:8080").unwrap()).await.unwrap();
        for other in [
            "http://me@other.test:8080",
            "http://me@proxy.test:8081",
            "http://you@proxy.test:8080",
            "socks5://me@proxy.test:8080",
        ] {
            let other = enter(other).unwrap();
            assert_eq!(ProxySource::Kept(other.clone()).read(&store, &id()).await, other);
        }
        let same = enter("http://me@proxy.test:8080").unwrap();
        assert_eq!(ProxySource::Given(same.clone()).read(&store, &id()).await, same, "given whole");
    }

    #[tokio::test]
    async fn without_a_store_a_proxy_goes_without_its_password() {
        let memory = Arc::new(MemoryStore::default());
        memory.fail_with(Some(Error::Unavailable("none".into())));
        let store: Arc<dyn SecretStore> = memory;
        let named = enter("http://me@proxy.test:8080").unwrap();
        assert_eq!(ProxySource::Kept(named.clone()).read(&store, &id()).await, named);
        let fault = keep(&store, &id(), &enter("http://me:planted@proxy.test").unwrap()).await.unwrap_err();
        assert_eq!(fault.code, FaultCode::ProxyPassword);
        assert!(!format!("{fault:?}").contains("planted"));
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
