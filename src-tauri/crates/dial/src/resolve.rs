use std::io;
use std::net::SocketAddr;

use tokio::net::lookup_host;

use crate::cause::{Cause, Lookup};
use crate::origin::{Origin, is_loopback};
use crate::trace::Fault;

/// The addresses of an origin, in the operating system's order of preference. An address needs no lookup.
pub(crate) async fn addresses(origin: &Origin) -> Result<Vec<SocketAddr>, Cause> {
    if let Some(address) = origin.address() {
        return Ok(vec![SocketAddr::new(address, origin.port())]);
    }
    allowed(origin, of_host(&origin.host(), origin.port()).await?)
}

/// The addresses of a host, never none. An address needs no lookup.
pub(crate) async fn of_host(host: &str, port: u16) -> Result<Vec<SocketAddr>, Cause> {
    let no_address = |why, error: &io::Error| Cause::NoAddress { why, fault: Fault::from(error) };
    let found = lookup_host((host, port)).await.map_err(|error| no_address(why(&error), &error))?;
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        let error = io::Error::new(io::ErrorKind::NotFound, "the lookup succeeded with no address");
        return Err(no_address(Lookup::Unknown, &error));
    }
    Ok(found)
}

/// Drops what leads away from this machine, where the name is this machine's own: that of every unencrypted road is.
fn allowed(origin: &Origin, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Cause> {
    let (keep, dropped): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|address| !origin.is_this_machine() || is_loopback(address.ip()));
    if keep.is_empty() {
        return Err(Cause::NotThisMachine { addresses: dropped.iter().map(SocketAddr::ip).collect() });
    }
    Ok(keep)
}

/// The standard library keeps no number of a failed lookup, only the C library's words for it (glibc, musl, macOS).
fn why(error: &io::Error) -> Lookup {
    const NO_SUCH_HOST: [&str; 4] = [
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
        "nodename nor servname provided, or not known",
    ];
    const TEMPORARY: [&str; 2] = ["Temporary failure in name resolution", "Try again"];
    let text = error.to_string();
    let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
    if says(&NO_SUCH_HOST) {
        Lookup::NoSuchHost
    } else if says(&TEMPORARY) {
        Lookup::Temporary
    } else {
        Lookup::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<SocketAddr> {
        text.split(' ').map(|address| address.parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn an_address_is_its_own_answer() {
        let origin = Origin::parse("https://[2001:db8::7]:8443").unwrap();
        assert_eq!(addresses(&origin).await, Ok(of("[2001:db8::7]:8443")));
    }

    #[tokio::test]
    async fn a_lookup_that_fails_keeps_what_the_system_said() {
        // Longer than any name may be, so that it is refused before a name server is asked.
        let Err(Cause::NoAddress { fault, .. }) = of_host(&"x".repeat(64), 1).await else {
            panic!("it was found")
        };
        assert!(fault.text.contains("lookup"), "{fault:?}");
    }

    #[test]
    fn a_road_to_this_machine_keeps_the_addresses_of_this_machine_only() {
        let found = of("10.0.0.1:80 [::1]:80 127.0.0.1:80 [2001:db8::1]:80");
        for own in ["http://localhost", "https://localhost", "https://bot.localhost"] {
            let own = Origin::parse(own).unwrap();
            assert_eq!(allowed(&own, found.clone()), Ok(of("[::1]:80 127.0.0.1:80")), "{own}");
        }
        let other = Origin::parse("https://bot.example.com").unwrap();
        assert_eq!(allowed(&other, found.clone()), Ok(found));
    }

    #[test]
    fn a_name_of_this_machine_that_leads_away_from_it_is_refused() {
        let addresses = vec!["93.184.216.34".parse().unwrap()];
        for own in ["http://localhost", "https://localhost"] {
            let refused = allowed(&Origin::parse(own).unwrap(), of("93.184.216.34:80"));
            assert_eq!(refused, Err(Cause::NotThisMachine { addresses: addresses.clone() }), "{own}");
        }
    }

    #[test]
    fn the_words_of_the_c_library_tell_a_wrong_name_from_a_silent_server() {
        for (text, expected) in [
            ("failed to lookup address information: Name or service not known", Lookup::NoSuchHost),
            (
                "failed to lookup address information: nodename nor servname provided, or not known",
                Lookup::NoSuchHost,
            ),
            ("failed to lookup address information: Temporary failure in name resolution", Lookup::Temporary),
            ("failed to lookup address information: 未知的名称或服务", Lookup::Unknown),
        ] {
            assert_eq!(why(&io::Error::other(text)), expected, "{text}");
        }
    }
}
