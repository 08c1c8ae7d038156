use std::fmt;
use std::str::FromStr;

use crate::proxy::{Proxy, ProxyError};
use crate::route::pac::{PacPlace, PacPlaceError};

/// Which way the user wants.
///
/// Written as `auto`, `direct`, a proxy's URL, or `pac+` and the place of a PAC script (`pac+https://…`, `pac+http://…`,
/// `pac+file:///…`). Displayed without credentials, and a PAC script's URL by scheme and host alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Choice {
    /// What the environment says, else what the system's settings say, else straight.
    #[default]
    Auto,
    /// Straight, whatever is set elsewhere.
    Direct,
    /// Through this proxy.
    Proxy(Proxy),
    /// As this script says.
    Pac(PacPlace),
}

/// Why a text is no choice. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChoiceError {
    /// It names no proxy.
    #[error("neither auto nor direct, and {0}")]
    Proxy(#[from] ProxyError),
    /// It names no PAC script.
    #[error(transparent)]
    Pac(#[from] PacPlaceError),
}

impl FromStr for Choice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        if text.eq_ignore_ascii_case("direct") {
            return Ok(Self::Direct);
        }
        match text.split_at_checked(4) {
            Some((scheme, place)) if scheme.eq_ignore_ascii_case("pac+") => Ok(Self::Pac(place.parse()?)),
            _ => Ok(Self::Proxy(text.parse()?)),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Direct => f.write_str("direct"),
            Self::Proxy(proxy) => proxy.fmt(f),
            Self::Pac(place) => write!(f, "pac+{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::Protocol;

    #[test]
    fn a_choice_is_auto_direct_a_proxy_or_a_script() {
        for (text, shown) in [
            ("auto", "auto"),
            (" Direct ", "direct"),
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("socks5://user:hunter2@proxy.corp", "socks5://proxy.corp:1080"),
            ("pac+https://proxy.corp/a/proxy.pac?token=hunter2", "pac+https://proxy.corp"),
            ("PAC+http://proxy.corp:8080/proxy.pac", "pac+http://proxy.corp:8080"),
            ("pac+file:///etc/proxy.pac", "pac+file:///etc/proxy.pac"),
        ] {
            let choice: Choice = text.parse().unwrap();
            assert_eq!(choice.to_string(), shown, "{text}");
            assert!(!format!("{choice:?}").contains("hunter2"), "{choice:?}");
        }
        let named = Choice::Proxy(Proxy::new(Protocol::Http, "auto.corp", 80));
        assert_eq!("auto.corp".parse(), Ok(named));
    }

    #[test]
    fn what_is_no_choice_says_so_without_repeating_it() {
        for text in
            ["", "hunter2 x", "ftp://u:hunter2@h", "pac+", "pac+ftp://hunter2", "pac+http://u:hunter2@h/"]
        {
            let error = text.parse::<Choice>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}: {error:?}");
        }
    }
}
