use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The platform an app lives on, as the user writes it: `feishu`, `lark` or a URL.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq, Serialize, TS)]
#[schemars(with = "String")]
#[serde(try_from = "String", into = "String")]
#[ts(type = "\"feishu\" | \"lark\" | string")]
pub enum Domain {
    /// `https://open.feishu.cn`
    #[default]
    Feishu,
    /// `https://open.larksuite.com`
    Lark,
    /// Any other server that speaks the protocol, such as the simulator: scheme, host and port.
    Custom(String),
}

impl Domain {
    /// The base URL, without a path.
    pub fn url(&self) -> &str {
        match self {
            Self::Feishu => "https://open.feishu.cn",
            Self::Lark => "https://open.larksuite.com",
            Self::Custom(url) => url,
        }
    }

    /// The other public platform: an app created on one is unknown on the other (code 1000040351).
    pub fn other(&self) -> Option<Self> {
        match self {
            Self::Feishu => Some(Self::Lark),
            Self::Lark => Some(Self::Feishu),
            Self::Custom(_) => None,
        }
    }
}

impl FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, DomainError> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        // A path would be passed over in silence: the protocol has its own.
        let is_url = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#']));
        match text.as_str() {
            "feishu" | "https://open.feishu.cn" => Ok(Self::Feishu),
            "lark" | "https://open.larksuite.com" => Ok(Self::Lark),
            _ if is_url => Ok(Self::Custom(text)),
            _ => Err(DomainError),
        }
    }
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, DomainError> {
        text.parse()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.to_string()
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feishu => f.write_str("feishu"),
            Self::Lark => f.write_str("lark"),
            Self::Custom(url) => f.write_str(url),
        }
    }
}

/// Why a text names no platform.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a domain is feishu, lark or a URL without a path, such as https://open.example.com")]
pub struct DomainError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_may_write() {
        let cases = [
            ("feishu", Domain::Feishu),
            ("Feishu", Domain::Feishu),
            ("https://open.feishu.cn/", Domain::Feishu),
            ("lark", Domain::Lark),
            ("http://127.0.0.1:8090", Domain::Custom("http://127.0.0.1:8090".into())),
        ];
        for (text, domain) in cases {
            assert_eq!(text.parse(), Ok(domain.clone()), "{text}");
            assert_eq!(domain.to_string().parse(), Ok(domain));
        }
        for bad in [
            "",
            "open.feishu.cn",
            "ftp://open.feishu.cn",
            "Feishu!",
            "https://",
            "https://open.feishu.cn/open-apis",
        ] {
            assert_eq!(bad.parse::<Domain>(), Err(DomainError), "{bad:?}");
        }
    }
}
