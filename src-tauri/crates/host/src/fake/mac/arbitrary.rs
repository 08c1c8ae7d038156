use std::collections::BTreeSet;

use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::select,
};

use super::{Mac, Proxy, Script, Service};

/// Names as users and programs give them, and such as no program should be given.
const NAMES: &[&str] = &[
    "Wi-Fi",
    "Wi-Fi (AirPort)",
    "USB 10/100/1000 LAN",
    "Thunderbolt Bridge",
    "iPhone USB",
    "公司 网络 ",
    "Büro’s LAN",
    " indented",
    "trailing ",
    "*starred",
    "(3) numbered",
    "(Hardware Port: x, Device: en0)",
    "An asterisk",
    "a'b\"c$HOME`id`\\",
    "a && b; c | d > e #",
    "-setwebproxy",
    "Empty",
    "X is not a recognized network service.",
];

const HOSTS: &[&str] =
    &["127.0.0.1", "proxy.example", "::1", "off", "Yes", "it's", "$(id)", "代理.example", "(null)"];

const DEVICES: &[&str] = &["en0", "en1", "en2", "en7", "bridge0", ""];

impl Mac {
    /// Any machine: services of every kind of name, switched on or off, with or without an interface, and any mix of
    /// settings. Nothing is wrong with it, and nobody's password is wanted.
    pub fn arbitrary() -> impl Strategy<Value = Self> + use<> {
        let route = option::of(select(&["en0", "en1", "en7", "utun3"][..]).prop_map(str::to_owned));
        (vec(service(), 0..5), route).prop_map(|(services, route)| {
            let mut names = BTreeSet::new();
            let services =
                services.into_iter().filter(|service| names.insert(service.name.clone())).collect();
            Self { services, route, ..Self::default() }
        })
    }
}

fn service() -> impl Strategy<Value = Service> {
    let identity = (name(), any::<bool>(), select(DEVICES), "[ -~]{0,12}");
    let bypass = vec(
        prop_oneof![select(&["*.local", "169.254/16", "*.local、10/8"][..]).prop_map(str::to_owned), host()],
        0..4,
    );
    (identity, proxy(), proxy(), proxy(), script(), any::<bool>(), bypass).prop_map(
        |((name, enabled, device, port), web, secure_web, socks, script, discovery, bypass)| Service {
            name,
            enabled,
            port,
            device: device.to_owned(),
            web,
            secure_web,
            socks,
            script,
            discovery,
            bypass,
        },
    )
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(NAMES).prop_map(str::to_owned), 1 => "[ -~]{1,16}", 1 => "\\PC{1,8}"]
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![2 => select(HOSTS).prop_map(str::to_owned), 1 => "[a-z0-9.-]{1,16}"]
}

fn proxy() -> impl Strategy<Value = Proxy> {
    let set = (any::<bool>(), host(), any::<u16>(), proptest::bool::weighted(0.1))
        .prop_map(|(on, host, port, authenticated)| Proxy { on, host, port, authenticated });
    // Also one that was switched on before anything was set.
    let never_set = any::<bool>().prop_map(|on| Proxy { on, ..Proxy::default() });
    prop_oneof![3 => set, 1 => never_set]
}

fn script() -> impl Strategy<Value = Script> {
    let url = prop_oneof![
        2 => Just(None),
        1 => Just(Some(String::new())),
        3 => "(http|https|file)://[a-z0-9.]{1,12}/[!-~]{0,12}".prop_map(Some),
    ];
    (any::<bool>(), url).prop_map(|(on, url)| Script { on, url })
}
