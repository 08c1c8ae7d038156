//! The operating system's proxy settings and its news, as the engine needs them.

use std::sync::{Arc, Weak};

use longwire_dial::{
    Credentials,
    route::{Names, Place, SystemProxies},
};
use longwire_host::{
    news::{self, News},
    proxies::{self, Proxies, Source},
};
use longwire_link::Nudge;
use tokio::{sync::watch, task::spawn_blocking};
use tracing::{debug, info, warn};

use crate::{Engine, engine::Inner};

/// Reads the system's proxy settings. What cannot be read counts as not set, and is logged: a connection that could be
/// straight must not wait for a desktop that does not answer.
pub(crate) async fn read() -> Arc<SystemProxies> {
    let read = spawn_blocking(proxies::read).await;
    let proxies = match read {
        Ok(Ok(proxies)) => proxies,
        Ok(Err(error)) => {
            warn!(%error, "the system's proxy settings cannot be read and are left out");
            None
        }
        Err(_) => None,
    };
    Arc::new(proxies.map(understood).unwrap_or_default())
}

/// Follows what happens to the machine, and has the links hear of it, for as long as it is polled.
pub(crate) async fn follow(engine: Weak<Inner>, system: watch::Sender<Arc<SystemProxies>>) {
    let mut news = news::watch();
    loop {
        let nudge = match news.next().await {
            News::Woke => {
                info!("this computer woke up: looking whether the connections did");
                Nudge::Woke
            }
            News::NetworkChanged => {
                debug!("the network changed");
                // Another network may serve another PAC script: what was kept of the old one is dropped with these.
                system.send_modify(|known| *known = Arc::new(SystemProxies::clone(known)));
                Nudge::NetworkChanged
            }
            News::ProxiesChanged => {
                let read = read().await;
                let changed = system.send_if_modified(|known| {
                    let changed = **known != *read;
                    *known = read.clone();
                    changed
                });
                if !changed {
                    continue;
                }
                info!("the system's proxy settings changed");
                Nudge::NetworkChanged
            }
        };
        let Some(inner) = engine.upgrade() else { return };
        Engine { inner }.nudge(nudge).await;
    }
}

fn understood(proxies: Proxies) -> SystemProxies {
    let place = |place: proxies::Place| Place {
        host: place.host,
        port: place.port,
        credentials: place
            .user
            .map(|user| Credentials { user, password: place.password.unwrap_or_default() }),
    };
    SystemProxies {
        source: proxies.source.as_str().to_owned(),
        http: proxies.http.map(place),
        https: proxies.https.map(place),
        socks: proxies.socks.map(place),
        pac: proxies.pac,
        auto_discovery: proxies.auto_discovery,
        exceptions: proxies.exceptions,
        simple_names_direct: proxies.simple_names_direct,
        exceptions_reversed: proxies.exceptions_reversed,
        // Only macOS wants a star for the names below a domain.
        names: if proxies.source == Source::MacOs { Names::Exact } else { Names::Suffix },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_understood_whole() {
        let place = proxies::Place {
            host: "proxy.test".to_owned(),
            port: 8080,
            user: Some("me".to_owned()),
            password: Some("planted".into()),
        };
        let said = Proxies {
            source: Source::Kde,
            http: None,
            https: Some(place.clone()),
            socks: None,
            pac: Some("http://proxy.test/p.pac".to_owned()),
            auto_discovery: true,
            exceptions: vec!["*.local".to_owned()],
            exceptions_reversed: true,
            simple_names_direct: true,
        };
        let understood = understood(said);
        let credentials = Some(Credentials { user: "me".to_owned(), password: "planted".into() });
        let expected = SystemProxies {
            source: "KDE".to_owned(),
            http: None,
            https: Some(Place { host: place.host, port: place.port, credentials }),
            socks: None,
            pac: Some("http://proxy.test/p.pac".to_owned()),
            auto_discovery: true,
            exceptions: vec!["*.local".to_owned()],
            exceptions_reversed: true,
            simple_names_direct: true,
            names: Names::Suffix,
        };
        assert!(understood == expected, "{understood:?}");
        assert!(!format!("{understood:?}").contains("planted"));
    }
}
