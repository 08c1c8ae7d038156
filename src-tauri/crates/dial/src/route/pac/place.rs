use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

/// Where a PAC script is: a file, or an `http` or `https` URL.
///
/// Displayed by scheme and host, or as the file's URL: path and query of a URL may hold a token and are never shown.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct PacPlace(Kind);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    File(PathBuf),
    Url(Url),
}

/// Why a text is not the place of a PAC script. It never repeats the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PacPlaceError {
    /// It is neither a URL nor an absolute path.
    #[error(
        "not the place of a PAC script: write a URL like https://proxy.example.com/proxy.pac or an absolute path"
    )]
    NotAUrl,
    /// The scheme is none that a script is fetched with.
    #[error("a PAC script is fetched with https, http or file")]
    UnknownScheme,
    /// It names no host, or a file on another machine.
    #[error("the PAC script's URL names no host that it can be fetched from")]
    NoHost,
    /// It holds a user name or a password, and a script over `http` would send them in the clear.
    #[error("the PAC script's URL holds a user name or password: remove the part before the @")]
    Credentials,
    /// Port 0.
    #[error("port 0 cannot be connected to: name the port the PAC script is served on")]
    NoPort,
}

impl PacPlace {
    /// A file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// All of it, path and query too, as it is to be read again: for where the user's settings are kept, and nowhere else.
    pub fn danger_whole(&self) -> String {
        match &self.0 {
            Kind::File(_) => self.to_string(),
            Kind::Url(url) => url.to_string(),
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.0, Kind::File(_))
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl FromStr for PacPlace {
    type Err = PacPlaceError;

    fn from_str(text: &str) -> Result<Self, PacPlaceError> {
        let text = text.trim();
        if Path::new(text).is_absolute() {
            return Ok(Self::file(text));
        }
        let url = Url::parse(text).map_err(|_| PacPlaceError::NotAUrl)?;
        match url.scheme() {
            "file" => url.to_file_path().map(Self::file).map_err(|()| PacPlaceError::NoHost),
            "http" | "https" => {
                if !url.username().is_empty() || url.password().is_some() {
                    Err(PacPlaceError::Credentials)
                } else if url.host_str().is_none_or(str::is_empty) {
                    Err(PacPlaceError::NoHost)
                } else if url.port() == Some(0) {
                    Err(PacPlaceError::NoPort)
                } else {
                    Ok(Self(Kind::Url(url)))
                }
            }
            _ => Err(PacPlaceError::UnknownScheme),
        }
    }
}

impl fmt::Display for PacPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => write!(f, "file://{}", path.display()),
            Kind::Url(url) => f.write_str(&url.origin().ascii_serialization()),
        }
    }
}

impl fmt::Debug for PacPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PacPlace({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_what_may_be_secret() {
        for (text, shown) in [
            ("https://proxy.corp/hunter2/proxy.pac?hunter2#hunter2", "https://proxy.corp"),
            ("http://proxy.corp:8080/proxy.pac", "http://proxy.corp:8080"),
            ("http://[::1]:9/", "http://[::1]:9"),
            ("file:///etc/proxy%20a.pac", "file:///etc/proxy a.pac"),
            ("file://localhost/etc/proxy.pac", "file:///etc/proxy.pac"),
            (" /etc/proxy.pac ", "file:///etc/proxy.pac"),
        ] {
            let place: PacPlace = text.parse().unwrap();
            assert_eq!(place.to_string(), shown, "{text}");
            assert_eq!(format!("{place:?}"), format!("PacPlace({shown})"));
        }
    }

    #[test]
    fn what_is_no_place_is_refused_by_name() {
        for (text, error) in [
            ("", PacPlaceError::NotAUrl),
            ("proxy.pac", PacPlaceError::NotAUrl),
            ("./proxy.pac", PacPlaceError::NotAUrl),
            ("ftp://proxy.corp/proxy.pac", PacPlaceError::UnknownScheme),
            ("data:text/plain,x", PacPlaceError::UnknownScheme),
            ("http://", PacPlaceError::NotAUrl),
            ("file://server/share/proxy.pac", PacPlaceError::NoHost),
            ("http://user:pw@proxy.corp/", PacPlaceError::Credentials),
            ("http://proxy.corp:0/", PacPlaceError::NoPort),
        ] {
            assert_eq!(text.parse::<PacPlace>(), Err(error), "{text}");
        }
    }
}
