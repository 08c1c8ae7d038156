//! The proxies that the system's settings name.
//!
//! macOS keeps them in its dynamic store, GNOME behind `gsettings`, KDE in `kioslaverc`. What they are to mean for a
//! road is decided elsewhere: here they are only read.

#[cfg(target_os = "linux")]
mod desktop;
mod dictionary;
#[cfg(target_os = "linux")]
mod gnome;
#[cfg(target_os = "linux")]
pub(crate) mod gvariant;
#[cfg(target_os = "linux")]
mod kde;
#[cfg(target_os = "macos")]
mod macos;
mod printed;

use std::{fmt, path::PathBuf, time::Duration};

#[cfg(target_os = "linux")]
pub use desktop::Desktop;
#[cfg(target_os = "linux")]
pub(crate) use desktop::Keeper as DesktopKeeper;
use secrecy::{ExposeSecret, SecretString};

/// What the system's settings say about proxies.
#[derive(Clone, Debug, PartialEq)]
pub struct Proxies {
    /// What keeps the settings.
    pub source: Source,
    /// The proxy for `http` (and `ws`).
    pub http: Option<Place>,
    /// The proxy for `https` (and `wss`), which speaks HTTP `CONNECT` itself.
    pub https: Option<Place>,
    /// A SOCKS proxy, for what the other two do not serve.
    pub socks: Option<Place>,
    /// The URL of a PAC script; where there is one, it goes before the proxies.
    pub pac: Option<String>,
    /// Programs shall look for a PAC script by themselves (WPAD).
    pub auto_discovery: bool,
    /// Hosts that go straight, each as the user wrote it: names, `*.suffix`, `.suffix`, addresses, networks such as
    /// `10.0.0.0/8` or `169.254/16`.
    pub exceptions: Vec<String>,
    /// The list turned round (KDE has that): only what `exceptions` names goes through a proxy.
    pub exceptions_reversed: bool,
    /// Names without a dot go straight.
    pub simple_names_direct: bool,
}

/// What keeps the settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// System Settings → Network, of the service that is in use.
    MacOs,
    /// `org.gnome.system.proxy`, which other desktops than GNOME use too.
    Gnome,
    /// `kioslaverc`.
    Kde,
}

/// Where a proxy is, and who we are to it.
#[derive(Clone)]
pub struct Place {
    /// A name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The user's name, where the proxy is to be told one.
    pub user: Option<String>,
    /// The password, where the settings give it out: macOS keeps it in the keychain and does not.
    pub password: Option<SecretString>,
}

/// Why the settings could not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The program that reads them cannot be started, or fails.
    #[error("{program} failed: {cause}")]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it, or the system, says.
        cause: String,
    },
    /// The program that reads them has not ended in time.
    #[error("{program} has not answered within {} s", .deadline.as_secs_f32())]
    TooSlow {
        /// The program.
        program: PathBuf,
        /// The time it had.
        deadline: Duration,
    },
    /// The file that holds them cannot be read.
    #[error("{path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// They are written in a way that we do not understand.
    #[error("the proxy settings of {0} are not understood")]
    NotUnderstood(Source),
    /// The system's store of settings does not answer.
    #[error("the system's store of network settings does not answer")]
    NoStore,
}

/// What the settings say now, or `None` where nothing is set or this system has no such settings. It may wait for
/// another program, for three seconds at most: call it from a thread that may wait.
///
/// # Errors
/// Why the settings could not be read.
pub fn read() -> Result<Option<Proxies>, Error> {
    #[cfg(target_os = "macos")]
    return macos::read();
    #[cfg(target_os = "linux")]
    return Desktop::of_this_process().read();
}

/// What `scutil --proxy` prints of a Mac's settings in force, or `None` where it is not understood; the inner `None` where
/// nothing is set.
pub(crate) fn of_scutil(printed: &str) -> Option<Option<Proxies>> {
    Some(dictionary::proxies(&printed::parse(printed)?))
}

impl Proxies {
    /// Nothing set yet.
    fn none(source: Source) -> Self {
        Self {
            source,
            http: None,
            https: None,
            socks: None,
            pac: None,
            auto_discovery: false,
            exceptions: Vec::new(),
            exceptions_reversed: false,
            simple_names_direct: false,
        }
    }

    /// `None` where neither a proxy nor a way to find one is set: exceptions from nothing are nothing.
    fn if_any(self) -> Option<Self> {
        let proxy = [&self.http, &self.https, &self.socks].into_iter().any(Option::is_some);
        (proxy || self.pac.is_some() || self.auto_discovery).then_some(self)
    }
}

impl Source {
    /// The name a user knows it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MacOs => "macOS",
            Self::Gnome => "GNOME",
            Self::Kde => "KDE",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Place {
    /// A proxy that asks nobody's name.
    fn open(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, user: None, password: None }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        let password = |place: &Self| place.password.as_ref().map(|word| word.expose_secret().to_owned());
        (&self.host, self.port, &self.user) == (&other.host, other.port, &other.user)
            && password(self) == password(other)
    }
}

/// Neither the password nor the user's name: half of a credential is not for a log.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)?;
        if self.user.is_some() { f.write_str(" (with credentials)") } else { Ok(()) }
    }
}

/// One entry or several: users write lists into a single one, with the comma of their keyboard.
pub(crate) fn entries(text: &str) -> impl Iterator<Item = String> {
    text.split([',', '，', '、', ';', '；']).flat_map(str::split_whitespace).map(str::to_owned)
}
