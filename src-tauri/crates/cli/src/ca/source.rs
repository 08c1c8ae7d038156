use std::{fmt, io::Read, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use longwire_contract::{CaSource, Fault, FaultCode};

/// Where a CA is to be had from, as it is typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    /// What is presented on the road to the platform.
    Platform,
    /// The page of the proxy on that road.
    Proxy,
    /// The place of the proxy of that short name.
    Place(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Input,
}

/// More than any bundle of certificates, in bytes.
const LONGEST: u64 = 4 << 20;

impl Source {
    /// A word of small letters, digits and dashes is a name of ours; all else is a file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let is_name =
            text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        match text {
            "" => Err("it is empty".to_owned()),
            "-" => Ok(Self::Input),
            "platform" => Ok(Self::Platform),
            "proxy" => Ok(Self::Proxy),
            name if is_name => Ok(Self::Place(name.to_owned())),
            file => Ok(Self::File(file.into())),
        }
    }

    /// Whether it can be asked only on a road.
    pub(crate) fn needs_road(&self) -> bool {
        matches!(self, Self::Platform | Self::Proxy)
    }

    /// As the engine takes it. `input` is read where it is the source.
    pub(crate) fn open(&self, input: impl Read) -> Result<CaSource, Fault> {
        Ok(match self {
            Self::Platform => CaSource::Road,
            Self::Proxy => CaSource::ProxyPage,
            Self::Place(id) => CaSource::Place { id: id.clone() },
            Self::File(path) => CaSource::File { path: whole(path)? },
            Self::Input => CaSource::Content { base64: STANDARD.encode(content(input)?) },
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("platform"),
            Self::Proxy => f.write_str("proxy"),
            Self::Place(id) => f.write_str(id),
            Self::File(path) => path.display().fmt(f),
            Self::Input => f.write_str("-"),
        }
    }
}

/// A file by its whole path.
fn whole(path: &std::path::Path) -> Result<String, Fault> {
    let path = std::path::absolute(path).map_err(unreadable)?;
    let text = path.to_str().ok_or_else(|| unreadable(format!("{}: not a name in UTF-8", path.display())))?;
    Ok(text.to_owned())
}

fn content(input: impl Read) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    // One more than is taken, so that what is too large is seen to be.
    input.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn unreadable(error: impl fmt::Display) -> Fault {
    Fault::new(FaultCode::CaUnreadable, &error).with("error", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_name_and_all_else_is_a_file() {
        let parse = |text| Source::parse(text).unwrap();
        assert_eq!(parse("platform"), Source::Platform);
        assert_eq!(parse("proxy"), Source::Proxy);
        assert_eq!(parse("-"), Source::Input);
        assert_eq!(parse("http-toolkit"), Source::Place("http-toolkit".into()));
        for file in ["./mitmproxy", "ca.pem", "/etc/ca", "Charles", "~/x", "我的证书"] {
            assert_eq!(parse(file), Source::File(file.into()), "{file}");
        }
        for text in ["platform", "proxy", "mitmproxy", "./mitmproxy", "-"] {
            assert_eq!(parse(text).to_string(), text);
        }
        assert!(Source::parse("").is_err());
    }

    #[test]
    fn standard_input_is_taken_whole_and_a_file_by_its_whole_path() {
        let content = Source::Input.open(&b"ca"[..]).unwrap();
        assert_eq!(content, CaSource::Content { base64: "Y2E=".into() });
        let CaSource::File { path } = Source::File("ca.pem".into()).open(&b""[..]).unwrap() else { panic!() };
        assert!(path.starts_with('/') && path.ends_with("/ca.pem"), "{path}");
        assert_eq!(Source::Platform.open(&b"unread"[..]).unwrap(), CaSource::Road);
    }

    #[test]
    fn standard_input_without_end_is_not_read_for_ever() {
        let CaSource::Content { base64 } = Source::Input.open(std::io::repeat(b'x')).unwrap() else {
            panic!()
        };
        assert_eq!(STANDARD.decode(base64).unwrap().len() as u64, LONGEST + 1);
    }
}
