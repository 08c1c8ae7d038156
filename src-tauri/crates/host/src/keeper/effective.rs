use super::line::without_credentials;
use crate::proxies::{Place, Proxies};

/// What programs are told, a line each: `https 127.0.0.1:7890`, `pac http://…`, `discovery`.
pub(super) fn lines(proxies: Option<&Proxies>) -> Vec<String> {
    let Some(proxies) = proxies else { return Vec::new() };
    let places = [("http", &proxies.http), ("https", &proxies.https), ("socks", &proxies.socks)];
    let places =
        places.into_iter().filter_map(|(kind, place)| Some(format!("{kind} {}", written(place.as_ref()?))));
    let script = proxies.pac.as_ref().map(|url| format!("pac {}", without_credentials(url)));
    let discovery = proxies.auto_discovery.then(|| "discovery".to_owned());
    places.chain(script).chain(discovery).collect()
}

fn written(place: &Place) -> String {
    if place.host.contains(':') {
        format!("[{}]:{}", place.host, place.port)
    } else {
        format!("{}:{}", place.host, place.port)
    }
}
