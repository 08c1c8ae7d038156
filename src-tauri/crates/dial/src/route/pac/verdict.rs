//! What a script's answer means.

use super::PacFault;
use crate::proxy::Proxy;
use crate::route::Way;
use crate::text;

/// The most ways that are taken from one answer: each costs its deadline where it is dead.
const MOST: usize = 10;

/// The ways an answer names, in its order, each once. Words that are unknown are passed over, as browsers do; no answer
/// means straight.
pub(super) fn ways(answer: &str) -> Result<Vec<Way>, PacFault> {
    if answer.trim().is_empty() {
        return Ok(vec![Way::Direct]);
    }
    let mut ways = Vec::new();
    for way in answer.split(';').filter_map(|token| way(token.trim())) {
        if ways.len() < MOST && !ways.contains(&way) {
            ways.push(way);
        }
    }
    if !ways.is_empty() {
        return Ok(ways);
    }
    // A script may name a proxy with its password, although none is asked for one.
    let shown = if answer.contains('@') { "an answer with a password in it" } else { answer };
    Err(PacFault::Nonsense(text::line(shown)))
}

fn way(token: &str) -> Option<Way> {
    let mut words = token.split_whitespace();
    let kind = words.next()?.to_ascii_uppercase();
    let place = words.next();
    let scheme = match kind.as_str() {
        "DIRECT" => return Some(Way::Direct),
        "PROXY" | "HTTP" => "http",
        "HTTPS" => "https",
        // Netscape's SOCKS was version 4; what is called so today speaks 5.
        "SOCKS" | "SOCKS5" => "socks5h",
        "SOCKS4" => "socks4a",
        _ => return None,
    };
    format!("{scheme}://{}", place?).parse::<Proxy>().ok().map(Way::Through)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(answer: &str) -> String {
        match ways(answer) {
            Ok(ways) => ways.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn an_answer_names_ways_in_their_order() {
        for (answer, expected) in [
            ("", "direct"),
            ("  ", "direct"),
            ("DIRECT", "direct"),
            (" direct ; ", "direct"),
            ("PROXY proxy.corp:8080", "http://proxy.corp:8080"),
            ("proxy proxy.corp:8080;DIRECT", "http://proxy.corp:8080 direct"),
            ("PROXY proxy.corp", "http://proxy.corp:80"),
            ("HTTP proxy.corp:1", "http://proxy.corp:1"),
            ("HTTPS proxy.corp", "https://proxy.corp:443"),
            ("SOCKS 10.0.0.1", "socks5h://10.0.0.1:1080"),
            ("SOCKS5 10.0.0.1:7890; SOCKS 10.0.0.1:7890", "socks5h://10.0.0.1:7890"),
            ("SOCKS4 10.0.0.1:7890", "socks4a://10.0.0.1:7890"),
            ("PROXY [::1]:8080", "http://[::1]:8080"),
            ("QUIC a:1; PROXY b:2; NONSENSE; DIRECT", "http://b:2 direct"),
            ("PROXY; PROXY a:99999; PROXY b:1", "http://b:1"),
            ("PROXY\ta:1 rubbish", "http://a:1"),
            ("PROXY a:1; PROXY a:1; PROXY b:1", "http://a:1 http://b:1"),
        ] {
            assert_eq!(shown(answer), expected, "{answer}");
        }
    }

    #[test]
    fn an_answer_without_a_way_is_nonsense_and_shows_no_password() {
        for answer in
            ["true", "PROXY", ";", "PROXYY u:hunter2@proxy.corp:80", "x http://hunter2@b", "PROXY hunter2@:0"]
        {
            let fault = ways(answer).unwrap_err();
            assert!(matches!(&fault, PacFault::Nonsense(_)), "{fault:?}");
            assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault:?}");
        }
        assert_eq!(ways("PROXYY a:1"), Err(PacFault::Nonsense("PROXYY a:1".to_owned())));
    }

    #[test]
    fn an_endless_answer_is_cut() {
        let answer: String = (0..1000).map(|n| format!("PROXY p{n}:1;")).collect();
        assert_eq!(ways(&answer).unwrap().len(), MOST);
    }

    proptest! {
        #[test]
        fn no_answer_is_too_odd(answer in any::<String>()) {
            if let Ok(ways) = ways(&answer) {
                prop_assert!(!ways.is_empty() && ways.len() <= MOST);
            }
        }
    }
}
