use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FindingCode, Language};

/// A short text for a way in which people get stuck: what is the matter, how to see that it is, what to do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Guide {
    /// The console says that no connection is established (应用未建立长连接, 10068), or no event comes.
    Console,
    /// Somebody between decrypts TLS, or a certificate is not accepted.
    Tls,
    /// Proxies: HTTP, SOCKS, PAC, passwords, rules.
    Proxy,
    /// The app lives on the other platform: Feishu or Lark.
    Domain,
    /// Other clients of the app take its events.
    Clients,
    /// No network, no name, no road.
    Network,
    /// App ID, App Secret, where the secret is kept, what the app is allowed.
    Credentials,
    /// A connection that falls again and again, or is up and silent.
    Link,
    /// The bot that is handed events.
    Bot,
    /// Where events are kept.
    Journal,
    /// The agent, which answers by itself: its API key, its model, what the bot is allowed.
    Agent,
}

impl Guide {
    /// Every guide, in the order a list shows them.
    pub const ALL: &[Self] = &[
        Self::Console,
        Self::Tls,
        Self::Proxy,
        Self::Domain,
        Self::Clients,
        Self::Network,
        Self::Credentials,
        Self::Link,
        Self::Bot,
        Self::Journal,
        Self::Agent,
    ];

    /// What it is about: the first line of its text.
    pub fn title(self, language: Language) -> &'static str {
        self.text(language).lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

macro_rules! guides {
    ($($guide:ident: $name:literal),* $(,)?) => {
        impl Guide {
            /// Its name on the wire, in a link `guide:NAME` and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$guide => $name,)*
                }
            }

            /// Its text in Markdown: the title, then headings, paragraphs, lists and code. A paragraph is one line, since a
            /// line break between Chinese characters would be shown as a space.
            pub fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$guide, Language::English) => include_str!(concat!("../../../../ui/src/guides/en/", $name, ".md")),
                        (Self::$guide, Language::Chinese) => include_str!(concat!("../../../../ui/src/guides/zh-CN/", $name, ".md")),
                    )*
                }
            }
        }
    };
}
guides! {
    Console: "console",
    Tls: "tls",
    Proxy: "proxy",
    Domain: "domain",
    Clients: "clients",
    Network: "network",
    Credentials: "credentials",
    Link: "link",
    Bot: "bot",
    Journal: "journal",
    Agent: "agent",
}

impl FindingCode {
    /// The guide that says more.
    pub fn guide(self) -> Guide {
        match self {
            Self::NothingReceived | Self::PlatformSeesUs => Guide::Console,
            Self::TlsUntrusted
            | Self::TrustFailing
            | Self::TlsIntercepted
            | Self::TlsTrustedHere
            | Self::TlsSelfSigned
            | Self::TlsExpired
            | Self::TlsNotYetValid
            | Self::ClockWrong
            | Self::TlsWrongHost
            | Self::TlsNotSpoken
            | Self::TlsCut
            | Self::TlsFailed
            | Self::ProxyTls => Guide::Tls,
            Self::ProxyUnreachable
            | Self::ProxyCredentialsWanted
            | Self::ProxyCredentialsWrong
            | Self::ProxyRefused
            | Self::ProxyOtherProtocol
            | Self::ProxyBroken
            | Self::ProxySettingBad
            | Self::PacFailed
            | Self::DirectWorks
            | Self::ProxyWorks
            | Self::NotThePlatform
            | Self::HttpStatus
            | Self::UpgradeBlocked => Guide::Proxy,
            Self::DomainWrong | Self::DomainUnusable | Self::BadAddress => Guide::Domain,
            Self::OtherClients | Self::ConnectionLimit => Guide::Clients,
            Self::NoNetwork
            | Self::DnsFailed
            | Self::TcpRefused
            | Self::TcpUnreachable
            | Self::TimedOut
            | Self::TcpBroken => Guide::Network,
            Self::CredentialsWrong
            | Self::AppIdMalformed
            | Self::Forbidden
            | Self::PlatformCode
            | Self::SecretMissing
            | Self::SecretUnreadable
            | Self::NoSecretStore => Guide::Credentials,
            Self::PlatformBusy
            | Self::TicketRefused
            | Self::LinkSilent
            | Self::LinkClosed
            | Self::Flapping => Guide::Link,
            Self::TargetDown | Self::TargetFailing | Self::AnswerLate | Self::AnswerInvalid => Guide::Bot,
            Self::DiskFull | Self::NotKept => Guide::Journal,
            Self::AgentNoKey
            | Self::AgentKeyWrong
            | Self::AgentQuota
            | Self::AgentUnreachable
            | Self::AgentRefused
            | Self::AgentFailing
            | Self::AgentReplyRefused
            | Self::AgentPlatformUnreachable
            | Self::AgentNotebook => Guide::Agent,
        }
    }
}

#[cfg(test)]
mod tests;
