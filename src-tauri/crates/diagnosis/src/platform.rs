use longwire_contract::{Action, Domain, Finding, FindingCode};
use longwire_dial::Origin;
use longwire_link::{Code, EndpointError, Error, UpgradeError};

use crate::{road::of_road, session::of_session, table::finding};

/// Why an app on `domain` is not connected, as far as the error alone tells; [`explain`](crate::explain) finds out more of
/// a road that failed.
pub fn of_error(error: &Error, domain: &Domain) -> Finding {
    let found = match error {
        Error::Road(error) => of_road(error, None, None, true),
        Error::Endpoint(error) => of_endpoint(error, domain),
        Error::Upgrade(error) => of_upgrade(error, domain),
        Error::Session(error) => of_session(error),
    };
    Finding { detail: error.to_string(), ..found }
}

fn of_endpoint(error: &EndpointError, domain: &Domain) -> Finding {
    use FindingCode as F;
    let found = match error {
        EndpointError::Status { status, code, message } => {
            let found = finding(F::HttpStatus, "").with("status", status);
            match code {
                Some(code) => found.with("code", code).with("message", said(*code, message)),
                None => found,
            }
        }
        EndpointError::Empty => finding(F::NotThePlatform, ""),
        EndpointError::Foreign { start } => finding(F::NotThePlatform, "").with("start", start),
        EndpointError::NoUrl | EndpointError::BadUrl(_) => finding(F::BadAddress, "").with("error", error),
        EndpointError::Code { code, message } => of_code(*code, message, domain),
    };
    found.with("host", host(domain))
}

/// What a code of the platform means, wherever it was answered.
pub(crate) fn of_code(code: Code, message: &str, domain: &Domain) -> Finding {
    use FindingCode as F;
    let name = match code {
        Code::Busy | Code::Internal => F::PlatformBusy,
        Code::NoCredentials | Code::CredentialsWrong | Code::NoSuchApp | Code::SecretWrong => {
            F::CredentialsWrong
        }
        Code::AppIdMalformed => F::AppIdMalformed,
        Code::ConnectionLimit => F::ConnectionLimit,
        Code::DomainWrong => F::DomainWrong,
        Code::Unknown(_) => F::PlatformCode,
    };
    let found = finding(name, "")
        .with("code", code)
        .with("message", said(code.number(), message))
        .with("domain", domain);
    match (name, domain.other()) {
        (F::DomainWrong, Some(other)) => found.with("other", other),
        // There is no other one to switch to.
        (F::DomainWrong, None) => Finding { action: Some(Action::EditDomain), ..found },
        _ => found,
    }
}

fn of_upgrade(error: &UpgradeError, domain: &Domain) -> Finding {
    use FindingCode as F;
    let found = match error {
        UpgradeError::ConnectionLimit { message } => {
            finding(F::ConnectionLimit, "").with("code", Code::ConnectionLimit).with("message", message)
        }
        UpgradeError::Forbidden { message } => {
            console(finding(F::Forbidden, ""), domain).with("message", message)
        }
        UpgradeError::TicketRefused { code, message } => {
            finding(F::TicketRefused, "").with("code", code.unwrap_or(514)).with("message", message)
        }
        UpgradeError::Refused { status, code, message } => {
            let number = code.unwrap_or_else(|| i64::from(*status));
            finding(F::PlatformCode, "").with("code", number).with("message", said(number, message))
        }
        UpgradeError::Blocked { status, start } => {
            finding(F::UpgradeBlocked, "").with("status", status).with("start", start)
        }
        UpgradeError::NotWebSocket(what) => finding(F::NotThePlatform, "").with("error", what),
        UpgradeError::TimedOut(time) => {
            finding(F::TimedOut, "").with("stage", "upgrade").with("seconds", time.as_secs())
        }
        UpgradeError::Cut | UpgradeError::Os(_) => finding(F::TcpBroken, "").with("error", error),
    };
    found.with("host", host(domain))
}

/// The platform's text. Clients of the past print "system busy" beside every code but the one that means it, and so do
/// those who copied them: beside another code it says nothing.
fn said(code: i64, message: &str) -> &str {
    let busy = matches!(code, 1 | 1_000_040_343);
    let empty = message.trim().is_empty() || (!busy && message.trim().eq_ignore_ascii_case("system busy"));
    if empty { "–" } else { message }
}

/// The console is that of the public platforms.
pub(crate) fn console(found: Finding, domain: &Domain) -> Finding {
    let action = found.action.filter(|action| *action != Action::OpenConsole || domain.other().is_some());
    Finding { action, ..found }
}

/// The host of a domain, as a person reads it.
pub(crate) fn host(domain: &Domain) -> String {
    Origin::parse(domain.url()).map_or_else(|_| domain.to_string(), |origin| origin.authority())
}
