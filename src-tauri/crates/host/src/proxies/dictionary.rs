//! The dictionary in which macOS hands out the proxies in use; its keys are those of `SCSchemaDefinitions.h`.

use std::collections::HashMap;

use super::{Place, Proxies, Source, entries};

/// The top level of the dictionary. What is nested in it (`__SCOPED__`: each interface's own) is no part of it.
pub(super) type Dictionary = HashMap<String, Value>;

/// The keys that are looked at.
#[cfg(target_os = "macos")]
pub(super) const KEYS: [&str; 16] = [
    "ExceptionsList",
    "ExcludeSimpleHostnames",
    "HTTPEnable",
    "HTTPPort",
    "HTTPProxy",
    "HTTPUser",
    "HTTPSEnable",
    "HTTPSPort",
    "HTTPSProxy",
    "HTTPSUser",
    "ProxyAutoConfigEnable",
    "ProxyAutoConfigURLString",
    "ProxyAutoDiscoveryEnable",
    "SOCKSEnable",
    "SOCKSPort",
    "SOCKSProxy",
];

/// What stands in the dictionary.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

/// What the dictionary says. A value is kept when it is switched off, so each counts only with its switch.
pub(super) fn proxies(dictionary: &Dictionary) -> Option<Proxies> {
    let text = |key: &str| match dictionary.get(key) {
        Some(Value::Text(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
        _ => None,
    };
    let number = |key: &str| match dictionary.get(key) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    let on = |key: &str| number(key).is_some_and(|number| number != 0);
    // A port may be missing; then it is the one of the protocol.
    let place = |protocol: &str, usual: u16| {
        let port = match number(&format!("{protocol}Port")) {
            Some(port) => u16::try_from(port).ok().filter(|port| *port != 0)?,
            None => usual,
        };
        let host = text(&format!("{protocol}Proxy")).filter(|_| on(&format!("{protocol}Enable")))?;
        let user = text(&format!("{protocol}User")).map(str::to_owned);
        Some(Place { user, ..Place::open(host.trim_start_matches('[').trim_end_matches(']'), port) })
    };
    let exceptions = match dictionary.get("ExceptionsList") {
        Some(Value::Texts(texts)) => texts.iter().flat_map(|text| entries(text)).collect(),
        _ => Vec::new(),
    };
    Proxies {
        http: place("HTTP", 80),
        https: place("HTTPS", 80),
        socks: place("SOCKS", 1080),
        pac: text("ProxyAutoConfigURLString").filter(|_| on("ProxyAutoConfigEnable")).map(str::to_owned),
        auto_discovery: on("ProxyAutoDiscoveryEnable"),
        exceptions,
        simple_names_direct: on("ExcludeSimpleHostnames"),
        ..Proxies::none(Source::MacOs)
    }
    .if_any()
}

#[cfg(test)]
mod tests {
    use super::{super::printed, *};

    fn read(text: &str) -> Option<Proxies> {
        proxies(&printed::parse(text).unwrap())
    }

    #[test]
    fn nothing_set_and_all_switched_off_are_nothing() {
        assert_eq!(read("<dictionary> {\n}\n"), None);
        assert_eq!(
            read(
                "<dictionary> {\n  ExceptionsList : <array> {\n    0 : *.local\n    1 : 169.254/16\n  }\n  \
                 FTPPassive : 1\n  HTTPEnable : 0\n  HTTPSEnable : 0\n  ProxyAutoConfigEnable : 0\n  SOCKSEnable : 0\n}\n"
            ),
            None
        );
        assert_eq!(
            read(
                "<dictionary> {\n  HTTPSEnable : 0\n  HTTPSPort : 8443\n  HTTPSProxy : secure.example\n  \
                 ProxyAutoConfigURLString : http://pac.example/a.pac\n}\n"
            ),
            None,
            "stored, and off"
        );
        assert_eq!(proxies(&Dictionary::new()), None);
    }

    #[test]
    fn all_three_kinds_of_proxy_are_read_with_the_exceptions() {
        let proxies = read(
            "<dictionary> {\n  ExceptionsList : <array> {\n    0 : 192.168.0.0/16\n    1 : 10.0.0.0/8\n    \
             2 : 127.0.0.1\n    3 : localhost\n    4 : *.local\n  }\n  ExcludeSimpleHostnames : 0\n  HTTPEnable : 1\n  \
             HTTPPort : 7890\n  HTTPProxy : 127.0.0.1\n  HTTPSEnable : 1\n  HTTPSPort : 7891\n  HTTPSProxy : 127.0.0.1\n  \
             ProxyAutoConfigEnable : 0\n  SOCKSEnable : 1\n  SOCKSPort : 7892\n  SOCKSProxy : 127.0.0.1\n}\n",
        )
        .unwrap();
        assert_eq!(
            proxies,
            Proxies {
                http: Some(Place::open("127.0.0.1", 7890)),
                https: Some(Place::open("127.0.0.1", 7891)),
                socks: Some(Place::open("127.0.0.1", 7892)),
                exceptions: ["192.168.0.0/16", "10.0.0.0/8", "127.0.0.1", "localhost", "*.local"]
                    .map(str::to_owned)
                    .to_vec(),
                ..Proxies::none(Source::MacOs)
            }
        );
    }

    #[test]
    fn a_script_is_given_or_looked_for() {
        let given = read(
            "<dictionary> {\n  HTTPEnable : 0\n  HTTPSEnable : 0\n  ProxyAutoConfigEnable : 1\n  \
             ProxyAutoConfigURLString : http://pac.example/global-pac.pac\n  SOCKSEnable : 0\n}\n",
        )
        .unwrap();
        assert_eq!(given.pac.as_deref(), Some("http://pac.example/global-pac.pac"));
        assert!(!given.auto_discovery);
        let looked_for = read("<dictionary> {\n  ProxyAutoDiscoveryEnable : 1\n}\n").unwrap();
        assert!(looked_for.auto_discovery && looked_for.pac.is_none());
    }

    #[test]
    fn what_belongs_to_one_interface_is_not_taken_for_the_whole() {
        let scoped = "<dictionary> {\n  HTTPEnable : 0\n  __SCOPED__ : <dictionary> {\n    en0 : <dictionary> {\n      \
            ExceptionsList : <array> {\n        0 : inner\n      }\n      HTTPSEnable : 1\n      HTTPSPort : 1\n      \
            HTTPSProxy : wrong\n    }\n  }\nREST}\n";
        assert_eq!(read(&scoped.replace("REST", "")), None);
        let proxies = read(&scoped.replace(
            "REST",
            "  ExceptionsList : <array> {\n    0 : outer\n  }\n  HTTPSEnable : 1\n  HTTPSPort : 7890\n  HTTPSProxy : right\n",
        ))
        .unwrap();
        assert_eq!(proxies.https, Some(Place::open("right", 7890)));
        assert_eq!(proxies.exceptions, ["outer"]);
    }

    #[test]
    fn a_user_is_read_a_wrong_port_is_no_place_and_a_missing_one_is_the_usual() {
        let with = |port: &str| {
            read(&format!(
                "<dictionary> {{\n  ExcludeSimpleHostnames : 1\n  HTTPSEnable : 1\n{port}  HTTPSProxy : [::1]\n  HTTPSUser : user\n}}\n"
            ))
        };
        let proxies = with("  HTTPSPort : 8080\n").unwrap();
        let expected = Place { user: Some("user".to_owned()), ..Place::open("::1", 8080) };
        assert_eq!(proxies.https, Some(expected));
        assert!(proxies.simple_names_direct);
        assert_eq!(with("").unwrap().https.unwrap().port, 80);
        for wrong in ["0", "65536", "-1"] {
            assert_eq!(with(&format!("  HTTPSPort : {wrong}\n")), None, "{wrong}");
        }
    }

    #[test]
    fn entries_that_a_user_wrote_into_one_are_taken_apart() {
        let proxies = read(
            "<dictionary> {\n  HTTPEnable : 1\n  HTTPPort : 1088\n  HTTPProxy : 127.0.0.1\n  SOCKSEnable : 1\n  \
             SOCKSPort : 1080\n  SOCKSProxy : 127.0.0.1\n  ExceptionsList : <array> {\n    0 : *.local、169.254/16\n    \
             1 : a.example, b.example\n  }\n}\n",
        )
        .unwrap();
        assert_eq!(proxies.exceptions, ["*.local", "169.254/16", "a.example", "b.example"]);
        assert_eq!(proxies.http, Some(Place::open("127.0.0.1", 1088)));
        assert_eq!((proxies.https, proxies.socks), (None, Some(Place::open("127.0.0.1", 1080))));
    }
}
