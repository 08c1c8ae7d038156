//! Errors of the link and the road → reasons a view can show. This is the one place where an error gets its code.

use std::fmt::Display;

use longwire_contract::{Domain, Reason, ReasonCode};
use longwire_dial::{Cause, Origin, Stage, date};
use longwire_host::secrets;
use longwire_link::{Code, EndpointError, Error, SessionError, UpgradeError};

/// Why an app on `domain` is not connected.
pub(crate) fn of(error: &Error, domain: &Domain) -> Reason {
    let reason = match error {
        Error::Road(error) => {
            of_road(error.stage, &error.cause, &error.origin, error.trace.issuer.as_deref())
        }
        Error::Endpoint(error) => of_endpoint(error, domain),
        Error::Upgrade(error) => of_upgrade(error, domain),
        Error::Session(error) => of_session(error),
    };
    Reason { detail: error.to_string(), ..reason }
}

/// Why an app's secret cannot be read.
pub(crate) fn of_secret(error: &secrets::Error) -> Reason {
    let code = match error {
        secrets::Error::Unavailable(_) => ReasonCode::NoSecretStore,
        _ => ReasonCode::SecretUnreadable,
    };
    Reason::new(code, error).with("error", error)
}

fn of_road(stage: Stage, cause: &Cause, origin: &Origin, issuer: Option<&str>) -> Reason {
    use ReasonCode as R;
    let code = match cause {
        Cause::NoAddress { .. } | Cause::NotThisMachine { .. } => R::DnsFailed,
        Cause::Refused => R::TcpRefused,
        Cause::Unreachable(_) | Cause::Proxy(_) | Cause::Route(_) => R::TcpUnreachable,
        Cause::TimedOut(_) => R::TimedOut,
        Cause::UntrustedIssuer { .. } => R::TlsUntrusted,
        Cause::SelfSigned { .. } => R::TlsSelfSigned,
        Cause::Expired { .. } => R::TlsExpired,
        Cause::NotYetValid { .. } => R::TlsNotYetValid,
        Cause::WrongHost { .. } => R::TlsWrongHost,
        Cause::NotTls => R::TlsNotSpoken,
        Cause::NotHttp(_) | Cause::TooLarge { .. } => R::NotThePlatform,
        Cause::Cut if stage == Stage::Tls => R::TlsFailed,
        Cause::Os(_) if stage == Stage::Tls => R::TlsFailed,
        Cause::Cut | Cause::Os(_) => R::TcpBroken,
        Cause::Revoked
        | Cause::BadCertificate(_)
        | Cause::NoRoots
        | Cause::Alert(_)
        | Cause::Handshake(_) => R::TlsFailed,
    };
    let mut reason =
        reason(code).with("host", origin.host()).with("port", origin.port()).with("error", cause);
    if let Some(issuer) = issuer {
        reason = reason.with("issuer", issuer);
    }
    match cause {
        Cause::TimedOut(_) => reason.with("stage", stage),
        Cause::UntrustedIssuer { issuer } => reason.with("issuer", issuer),
        Cause::SelfSigned { subject } => reason.with("issuer", subject),
        Cause::Expired { not_after } => reason.with("valid_until", date(*not_after)),
        Cause::NotYetValid { not_before } => reason.with("valid_from", date(*not_before)),
        Cause::WrongHost { names } => reason.with("names", names.join(", ")),
        _ => reason,
    }
}

fn of_endpoint(error: &EndpointError, domain: &Domain) -> Reason {
    use ReasonCode as R;
    let host = host(domain);
    match error {
        EndpointError::Status { status, .. } => {
            reason(R::HttpStatus).with("status", status).with("host", host)
        }
        EndpointError::Empty | EndpointError::Foreign { .. } => reason(R::NotThePlatform).with("host", host),
        EndpointError::NoUrl | EndpointError::BadUrl(_) => reason(R::BadAddress).with("host", host),
        EndpointError::Code { code, message } => {
            let name = match code {
                Code::Busy | Code::Internal => R::PlatformBusy,
                Code::NoCredentials | Code::CredentialsWrong => R::CredentialsWrong,
                Code::ConnectionLimit => R::ConnectionLimit,
                Code::DomainWrong => R::DomainWrong,
                Code::Unknown(_) => R::PlatformCode,
            };
            reason(name).with("code", code).with("message", message).with("domain", domain)
        }
    }
}

fn of_upgrade(error: &UpgradeError, domain: &Domain) -> Reason {
    use ReasonCode as R;
    let host = host(domain);
    match error {
        UpgradeError::ConnectionLimit { .. } => reason(R::ConnectionLimit),
        UpgradeError::Forbidden { .. } => reason(R::Forbidden),
        UpgradeError::TicketRefused { code, .. } => {
            reason(R::TicketRefused).with("code", code.unwrap_or(514))
        }
        UpgradeError::Refused { status, code, message } => {
            let number = code.unwrap_or_else(|| i64::from(*status));
            reason(R::PlatformCode).with("code", number).with("message", message)
        }
        UpgradeError::Blocked { status, .. } => {
            reason(R::UpgradeBlocked).with("status", status).with("host", host)
        }
        UpgradeError::NotWebSocket(_) => reason(R::NotThePlatform).with("host", host),
        UpgradeError::TimedOut(_) => reason(R::TimedOut).with("host", host).with("stage", "upgrade"),
        UpgradeError::Cut | UpgradeError::Os(_) => reason(R::TcpBroken).with("host", host),
    }
}

fn of_session(error: &SessionError) -> Reason {
    /// What the WebSocket standard (RFC 6455 §7.4.1) calls an end without a goodbye, and one without a code.
    const ABNORMAL: u16 = 1006;
    const NO_CODE: u16 = 1005;
    let closed = |code: u16, message: &dyn Display| {
        reason(ReasonCode::LinkClosed).with("code", code).with("message", message)
    };
    match error {
        SessionError::Silent(time) => reason(ReasonCode::LinkSilent).with("seconds", time.as_secs()),
        SessionError::Closed { code, reason } => closed(code.unwrap_or(NO_CODE), reason),
        SessionError::Cut
        | SessionError::TooLarge { .. }
        | SessionError::Protocol(_)
        | SessionError::Os(_) => closed(ABNORMAL, error),
    }
}

/// The host of a domain, as a person reads it.
fn host(domain: &Domain) -> String {
    Origin::parse(domain.url()).map_or_else(|_| domain.to_string(), |origin| origin.authority())
}

fn reason(code: ReasonCode) -> Reason {
    Reason::new(code, "")
}
