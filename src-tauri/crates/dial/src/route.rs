//! Which way a road takes: straight, or through which proxy, and who says so.

mod choice;
mod environment;
mod exceptions;
mod glob;
mod pac;
mod router;
mod system;
#[cfg(test)]
mod tests;
mod voice;

use std::fmt;

use crate::proxy::Proxy;
pub use choice::{Choice, ChoiceError};
pub use environment::Environment;
pub use pac::{PacFault, PacPlace, PacPlaceError};
pub use router::{RouteFault, Router, Unrouted};
pub use system::{Names, Place, SystemProxies};

/// The ways to a host, and why these.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// In the order they are to be tried; never empty. Only a PAC script names more than one.
    pub ways: Vec<Way>,
    /// Why these.
    pub why: Why,
}

/// One way to a host.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// Straight.
    Direct,
    /// Through a proxy.
    Through(Proxy),
}

/// Why a route is as it is. It holds no secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Why {
    /// Who says so.
    pub source: Source,
    /// The PAC script that was asked, where one was: scheme and host of its URL, or the path of its file.
    pub pac: Option<String>,
    /// Why this host is an exception, where it is one.
    pub rule: Option<Rule>,
}

/// Who says which way to take.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// The user: `--proxy`, or the app's setting.
    Given,
    /// An environment variable; its name as it is set.
    Environment(String),
    /// The operating system's settings; the name of what keeps them: `macOS`, `GNOME`, `KDE`.
    System(String),
    /// Nobody: no proxy is set anywhere.
    Nobody,
}

/// Why a host goes straight although a proxy is set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rule {
    /// It is this machine, and an unencrypted road never leaves it.
    ThisMachine,
    /// An entry of the list of exceptions (`NO_PROXY`, or the system's own); the entry as it is written.
    Exception(String),
    /// The system's settings list the hosts that the proxies are for, and this is none of them.
    NotListed,
    /// Names without a dot go straight, the system's settings say.
    SimpleName,
    /// The settings ask to look for a proxy by themselves (WPAD), which anybody on the network can answer: not followed.
    AutoDiscovery,
}

impl Route {
    /// Straight, because nobody says otherwise.
    pub fn direct() -> Self {
        Self::straight(Why { source: Source::Nobody, pac: None, rule: None })
    }

    fn straight(why: Why) -> Self {
        Self { ways: vec![Way::Direct], why }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("direct"),
            Self::Through(proxy) => proxy.fmt(f),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("the proxy setting"),
            Self::Environment(name) => f.write_str(name),
            Self::System(name) => write!(f, "the proxy settings of {name}"),
            Self::Nobody => f.write_str("no proxy setting"),
        }
    }
}
