use std::process::ExitCode;

use longwire_contract::{Fault, FaultCode, Finding, FindingCode};

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
            | FaultCode::ProxyUnusable
            | FaultCode::NoApps
            | FaultCode::SecretEmpty
            | FaultCode::SecretFileOpen
            | FaultCode::SecretUnreadable
            | FaultCode::CaUnreadable
            | FaultCode::CaPrivateKey
            | FaultCode::CaUnknown
            | FaultCode::StoreUnknown
            | FaultCode::ImportUnreadable
            | FaultCode::TargetUnusable
            | FaultCode::TargetRemote
            | FaultCode::TargetUnknown
            | FaultCode::FilterUnusable
            | FaultCode::TriggerUnknown
            | FaultCode::PayloadUnusable
            | FaultCode::AgentAddress
            | FaultCode::AgentModel
            | FaultCode::AgentNumber
            | FaultCode::AgentPrompt
            | FaultCode::AgentKey => Self::Usage,
            _ => Self::Failed,
        }
    }
}

impl From<&Finding> for Exit {
    fn from(finding: &Finding) -> Self {
        use FindingCode as Code;
        match finding.code {
            Code::CredentialsWrong
            | Code::AppIdMalformed
            | Code::DomainWrong
            | Code::Forbidden
            | Code::ConnectionLimit
            | Code::PlatformCode
            | Code::TicketRefused => Self::Refused,
            Code::NoNetwork
            | Code::DnsFailed
            | Code::TcpRefused
            | Code::TcpUnreachable
            | Code::TcpBroken
            | Code::TimedOut
            | Code::ProxyUnreachable
            | Code::ProxyCredentialsWanted
            | Code::ProxyCredentialsWrong
            | Code::ProxyRefused
            | Code::ProxyOtherProtocol
            | Code::ProxyBroken
            | Code::ProxyTls
            | Code::ProxySettingBad
            | Code::PacFailed
            | Code::DirectWorks
            | Code::ProxyWorks
            | Code::TlsUntrusted
            | Code::TrustFailing
            | Code::TlsIntercepted
            | Code::TlsTrustedHere
            | Code::TlsSelfSigned
            | Code::TlsExpired
            | Code::TlsNotYetValid
            | Code::ClockWrong
            | Code::TlsWrongHost
            | Code::TlsNotSpoken
            | Code::TlsCut
            | Code::TlsFailed
            | Code::NotThePlatform
            | Code::UpgradeBlocked => Self::Blocked,
            Code::HttpStatus
            | Code::BadAddress
            | Code::PlatformBusy
            | Code::LinkSilent
            | Code::LinkClosed
            | Code::Flapping
            | Code::OtherClients
            | Code::PlatformSeesUs
            | Code::NothingReceived
            | Code::SecretMissing
            | Code::NoSecretStore
            | Code::DomainUnusable
            | Code::SecretUnreadable
            | Code::DiskFull
            | Code::NotKept
            | Code::TargetDown
            | Code::TargetFailing
            | Code::AnswerLate
            | Code::AnswerInvalid
            | Code::AgentNoKey
            | Code::AgentKeyWrong
            | Code::AgentQuota
            | Code::AgentUnreachable
            | Code::AgentRefused
            | Code::AgentFailing
            | Code::AgentReplyRefused
            | Code::AgentPlatformUnreachable
            | Code::AgentNotebook => Self::Failed,
        }
    }
}
