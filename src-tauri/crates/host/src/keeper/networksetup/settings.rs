use longwire_contract::{ProxyEntry, ProxyKind};

/// A setting of a service, and the flags that read and change it.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) kind: ProxyKind,
    pub(super) read: &'static str,
    store: Option<&'static str>,
    switch: &'static str,
}

impl Setting {
    /// All that a service has.
    pub(super) const ALL: &[Self] = &[
        Self {
            kind: ProxyKind::Web,
            read: "-getwebproxy",
            store: Some("-setwebproxy"),
            switch: "-setwebproxystate",
        },
        Self {
            kind: ProxyKind::SecureWeb,
            read: "-getsecurewebproxy",
            store: Some("-setsecurewebproxy"),
            switch: "-setsecurewebproxystate",
        },
        Self {
            kind: ProxyKind::Socks,
            read: "-getsocksfirewallproxy",
            store: Some("-setsocksfirewallproxy"),
            switch: "-setsocksfirewallproxystate",
        },
        Self {
            kind: ProxyKind::Pac,
            read: "-getautoproxyurl",
            store: Some("-setautoproxyurl"),
            switch: "-setautoproxystate",
        },
        Self {
            kind: ProxyKind::Discovery,
            read: "-getproxyautodiscovery",
            store: None,
            switch: "-setproxyautodiscovery",
        },
    ];

    pub(super) fn of(kind: ProxyKind) -> Option<&'static Self> {
        Self::ALL.iter().find(|setting| setting.kind == kind)
    }

    /// The command that switches it.
    pub(super) fn switched(&self, service: &str, on: bool) -> Vec<String> {
        [self.switch, service, if on { "on" } else { "off" }].map(str::to_owned).to_vec()
    }

    /// The command that stores a value, which also switches it on. There is none that stores nothing: what was once set
    /// cannot be made empty.
    pub(super) fn stored(&self, service: &str, entry: &ProxyEntry) -> Option<Vec<String>> {
        let flag = self.store.filter(|_| !entry.value.is_empty())?;
        let mut command = [flag, service, &entry.value].map(str::to_owned).to_vec();
        if self.kind != ProxyKind::Pac {
            command.push(entry.port.to_string());
        }
        Some(command)
    }
}
