use std::process::ExitCode;

use longwire_contract::{Fault, FaultCode, Reason, ReasonCode};

/// How the command ended, as scripts see it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    /// The platform refuses: credentials, forbidden, limit, domain.
    Refused = 3,
    /// The road to the platform is blocked: dns, tcp, proxy, tls.
    Blocked = 4,
    /// Another Longwire holds the data folder.
    Held = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&Fault> for Exit {
    fn from(fault: &Fault) -> Self {
        match fault.code {
            FaultCode::HeldByOther => Self::Held,
            FaultCode::BadRequest
            | FaultCode::DomainUnusable
            | FaultCode::NoApps
            | FaultCode::SecretEmpty
            | FaultCode::SecretFileOpen
            | FaultCode::SecretUnreadable => Self::Usage,
            _ => Self::Failed,
        }
    }
}

impl From<&Reason> for Exit {
    fn from(reason: &Reason) -> Self {
        use ReasonCode as Code;
        match reason.code {
            Code::CredentialsWrong
            | Code::DomainWrong
            | Code::Forbidden
            | Code::ConnectionLimit
            | Code::PlatformCode
            | Code::TicketRefused => Self::Refused,
            Code::DnsFailed
            | Code::TcpRefused
            | Code::TcpUnreachable
            | Code::TcpBroken
            | Code::TimedOut
            | Code::TlsUntrusted
            | Code::TlsSelfSigned
            | Code::TlsExpired
            | Code::TlsNotYetValid
            | Code::TlsWrongHost
            | Code::TlsNotSpoken
            | Code::TlsFailed
            | Code::NotThePlatform
            | Code::UpgradeBlocked => Self::Blocked,
            Code::HttpStatus
            | Code::BadAddress
            | Code::PlatformBusy
            | Code::LinkSilent
            | Code::LinkClosed
            | Code::SecretMissing
            | Code::NoSecretStore
            | Code::DomainUnusable
            | Code::SecretUnreadable => Self::Failed,
        }
    }
}
