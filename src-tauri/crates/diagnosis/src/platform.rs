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

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use longwire_contract::FindingCode as F;
    use longwire_dial::Fault;
    use longwire_link::{BadUrl, SessionError};

    use super::*;
    use crate::testing::assert_told;

    fn of(error: impl Into<Error>, domain: &Domain) -> Finding {
        let found = of_error(&error.into(), domain);
        assert_told(&found);
        found
    }

    fn text() -> String {
        "said so".to_owned()
    }

    fn fault() -> Fault {
        Fault::from(&io::Error::other("odd"))
    }

    fn code(number: i64, message: &str, domain: &Domain) -> Finding {
        of(EndpointError::Code { code: number.into(), message: message.to_owned() }, domain)
    }

    #[test]
    fn every_answer_of_the_endpoint_has_its_finding() {
        for (error, code) in [
            (EndpointError::Status { status: 502, code: None, message: String::new() }, F::HttpStatus),
            (EndpointError::Empty, F::NotThePlatform),
            (EndpointError::Foreign { start: "<html>".into() }, F::NotThePlatform),
            (EndpointError::NoUrl, F::BadAddress),
            (EndpointError::BadUrl(BadUrl::NotWebSocket), F::BadAddress),
        ] {
            let found = of(error, &Domain::Feishu);
            assert_eq!((found.code, found.values["host"].as_str()), (code, "open.feishu.cn"));
        }
    }

    #[test]
    fn every_code_of_the_platform_has_its_finding_and_keeps_its_number() {
        for (number, wanted) in [
            (1, F::PlatformBusy),
            (1_000_040_343, F::PlatformBusy),
            (1_000_040_344, F::CredentialsWrong),
            (1_000_040_345, F::CredentialsWrong),
            (1_000_040_350, F::ConnectionLimit),
            (1_000_040_351, F::DomainWrong),
            (10_003, F::AppIdMalformed),
            (10_014, F::CredentialsWrong),
            (10_015, F::CredentialsWrong),
            (424_242, F::PlatformCode),
            (-1, F::PlatformCode),
        ] {
            let found = code(number, "text", &Domain::Feishu);
            assert_eq!(found.code, wanted, "{number}");
            assert_eq!(
                (&found.values["code"], found.values["message"].as_str()),
                (&number.to_string(), "text")
            );
            assert!(found.detail.contains(&number.to_string()), "{}", found.detail);
        }
    }

    #[test]
    fn system_busy_is_believed_of_the_codes_that_mean_it_alone() {
        for (number, repeated) in [(1, true), (1_000_040_343, true), (1_000_040_345, false), (7, false)] {
            let found = code(number, "System busy", &Domain::Feishu);
            assert_eq!(found.values["message"].contains("busy"), repeated, "{number}");
        }
        let refused = UpgradeError::Refused { status: 514, code: Some(7), message: "system busy".into() };
        assert!(!of(refused, &Domain::Feishu).values["message"].contains("busy"));
    }

    #[test]
    fn a_wrong_domain_names_the_other_one_where_there_is_one() {
        for (domain, other) in [(Domain::Feishu, "lark"), (Domain::Lark, "feishu")] {
            let found = code(1_000_040_351, "", &domain);
            assert_eq!((found.values["other"].as_str(), found.action), (other, Some(Action::SwitchDomain)));
        }
        let found = code(1_000_040_351, "", &Domain::Custom("https://a.test".into()));
        assert_eq!((found.values.get("other"), found.action), (None, Some(Action::EditDomain)));
    }

    #[test]
    fn every_answer_to_an_upgrade_has_its_finding() {
        for (error, code) in [
            (UpgradeError::ConnectionLimit { message: text() }, F::ConnectionLimit),
            (UpgradeError::Forbidden { message: text() }, F::Forbidden),
            (UpgradeError::TicketRefused { code: None, message: text() }, F::TicketRefused),
            (UpgradeError::TicketRefused { code: Some(1_000_040_348), message: text() }, F::TicketRefused),
            (UpgradeError::Refused { status: 500, code: None, message: text() }, F::PlatformCode),
            (UpgradeError::Blocked { status: 403, start: "<html>".into() }, F::UpgradeBlocked),
            (UpgradeError::NotWebSocket(text()), F::NotThePlatform),
            (UpgradeError::TimedOut(Duration::from_secs(10)), F::TimedOut),
            (UpgradeError::Cut, F::TcpBroken),
            (UpgradeError::Os(fault()), F::TcpBroken),
        ] {
            assert_eq!(of(error.clone(), &Domain::Lark).code, code, "{error:?}");
        }
        let forbidden = || UpgradeError::Forbidden { message: text() };
        assert_eq!(of(forbidden(), &Domain::Lark).action, Some(Action::OpenConsole));
        assert_eq!(
            of(forbidden(), &Domain::Custom("http://localhost:1".into())).action,
            None,
            "it has no console"
        );
    }

    #[test]
    fn every_end_of_a_session_has_its_finding_and_its_code() {
        let closed = |code| SessionError::Closed { code, reason: String::new() };
        for (error, code, number) in [
            (SessionError::Silent(Duration::from_secs(20)), F::LinkSilent, None),
            (closed(Some(4001)), F::LinkClosed, Some("4001")),
            (closed(None), F::LinkClosed, Some("1005")),
            (SessionError::Cut, F::LinkClosed, Some("1006")),
            (SessionError::TooLarge { limit: 1 }, F::LinkClosed, Some("1006")),
            (SessionError::Protocol(text()), F::LinkClosed, Some("1006")),
            (SessionError::Os(fault()), F::LinkClosed, Some("1006")),
        ] {
            let found = of(error.clone(), &Domain::Feishu);
            assert_eq!(
                (found.code, found.values.get("code").map(String::as_str)),
                (code, number),
                "{error:?}"
            );
        }
        let silent = of(SessionError::Silent(Duration::from_secs(20)), &Domain::Feishu);
        assert_eq!(silent.values["seconds"], "20");
    }
}
