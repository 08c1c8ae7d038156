use std::net::IpAddr;

use longwire_contract::{Finding, FindingCode};
use longwire_dial::{
    Cause, Error, Origin, ProxyFault, Stage,
    clock::Skew,
    date,
    judge::{Judgement, Signed},
    route::RouteFault,
};

use crate::{
    note,
    standing::{clock_wrong, is_wrong},
    table::finding,
};

/// Why a road could not be completed, as far as the evidence tells: what is to be said of the chain that was seen, how
/// far this machine's clock is off, and whether this machine is on a network at all.
pub fn of_road(error: &Error, judgement: Option<&Judgement>, skew: Option<Skew>, routed: bool) -> Finding {
    let found = match &error.cause {
        cause if !routed && !is_this_machine(&error.origin) && needs_a_network(cause) => {
            finding(FindingCode::NoNetwork, "")
        }
        Cause::Expired { .. } | Cause::NotYetValid { .. } => match skew.filter(is_wrong) {
            Some(skew) => clock_wrong(&skew),
            None => of_cause(error, &error.cause),
        },
        Cause::UntrustedIssuer { .. } => match judgement.and_then(|judgement| judgement.namesake.as_ref()) {
            Some(namesake) => finding(FindingCode::TrustFailing, "")
                .with("issuer", &namesake.subject)
                .with("sha256", &namesake.sha256),
            None => of_cause(error, &error.cause),
        },
        cause => of_cause(error, cause),
    };
    let found = with_evidence(found, error, judgement);
    Finding { detail: error.to_string(), ..found }
}

/// Whether a host is this machine, so that no network is needed to reach it.
pub(crate) fn is_this_machine(origin: &Origin) -> bool {
    let host = origin.host().trim_end_matches('.').to_ascii_lowercase();
    let name = host == "localhost" || host.ends_with(".localhost");
    name || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// What a machine without a network says of a road.
fn needs_a_network(cause: &Cause) -> bool {
    match cause {
        Cause::NoAddress { .. } | Cause::Unreachable(_) => true,
        Cause::Proxy(ProxyFault::Unreachable(cause)) => needs_a_network(cause),
        _ => false,
    }
}

fn of_cause(error: &Error, cause: &Cause) -> Finding {
    use FindingCode as F;
    let code = match cause {
        Cause::NoAddress { .. } | Cause::NotThisMachine { .. } => F::DnsFailed,
        Cause::Refused => F::TcpRefused,
        Cause::Unreachable(_) => F::TcpUnreachable,
        Cause::TimedOut(_) => F::TimedOut,
        Cause::Proxy(fault) => return of_proxy(fault),
        Cause::Route(fault) => return of_route_fault(fault),
        Cause::UntrustedIssuer { .. } => F::TlsUntrusted,
        Cause::SelfSigned { .. } => F::TlsSelfSigned,
        Cause::Expired { .. } => F::TlsExpired,
        Cause::NotYetValid { .. } => F::TlsNotYetValid,
        Cause::WrongHost { .. } => F::TlsWrongHost,
        Cause::NotTls => F::TlsNotSpoken,
        Cause::NotHttp(_) | Cause::TooLarge { .. } => F::NotThePlatform,
        Cause::Cut if error.stage == Stage::Tls => F::TlsCut,
        Cause::Os(_) if error.stage == Stage::Tls => F::TlsFailed,
        Cause::Cut | Cause::Os(_) => F::TcpBroken,
        Cause::Revoked
        | Cause::BadCertificate(_)
        | Cause::NoRoots
        | Cause::Alert(_)
        | Cause::Handshake(_) => F::TlsFailed,
    };
    let found = finding(code, "");
    match cause {
        Cause::TimedOut(time) => found.with("stage", error.stage).with("seconds", time.as_secs()),
        Cause::UntrustedIssuer { issuer } => found.with("issuer", issuer),
        Cause::SelfSigned { subject } => found.with("issuer", subject),
        Cause::Expired { not_after } => found.with("valid_until", date(*not_after)),
        Cause::NotYetValid { not_before } => found.with("valid_from", date(*not_before)),
        Cause::WrongHost { names } => found.with("names", names.join(", ")),
        _ => found,
    }
}

/// Why it cannot be said which way to take.
pub(crate) fn of_route_fault(fault: &RouteFault) -> Finding {
    let code = match fault {
        RouteFault::Pac(_) => FindingCode::PacFailed,
        RouteFault::NotAProxy(_) | RouteFault::NotAPacPlace(_) => FindingCode::ProxySettingBad,
    };
    finding(code, fault.to_string())
}

fn of_proxy(fault: &ProxyFault) -> Finding {
    use FindingCode as F;
    let code = match fault {
        ProxyFault::Unreachable(_) => F::ProxyUnreachable,
        ProxyFault::Tls(_) => F::ProxyTls,
        ProxyFault::CredentialsWanted { .. } => F::ProxyCredentialsWanted,
        ProxyFault::CredentialsRefused | ProxyFault::CredentialsUnsendable(_) => F::ProxyCredentialsWrong,
        // It has its reasons, which `error` tells.
        ProxyFault::SchemeNotSpoken { .. }
        | ProxyFault::Refused { .. }
        | ProxyFault::SocksRefused { .. }
        | ProxyFault::NoIpv4
        | ProxyFault::NameTooLong => F::ProxyRefused,
        ProxyFault::OtherProtocol { .. } => F::ProxyOtherProtocol,
        ProxyFault::Cut | ProxyFault::TimedOut(_) | ProxyFault::Os(_) => F::ProxyBroken,
    };
    let found = finding(code, "").with("error", fault);
    match fault {
        ProxyFault::Refused { status, start } => {
            let said = title(start)
                .map_or_else(|| format!("HTTP {status}"), |title| format!("HTTP {status}, {title}"));
            found.with("status", status).with("start", start).with("error", said)
        }
        ProxyFault::SocksRefused { code } => found.with("status", code),
        ProxyFault::OtherProtocol { start } => found.with("start", start),
        _ => found,
    }
}

/// What a page calls itself; the rest of its markup tells a person nothing.
fn title(page: &str) -> Option<&str> {
    let (_, title) = page.split_once("<title>")?;
    let title = title.split('<').next()?.trim();
    (!title.is_empty()).then_some(title)
}

/// The values that many texts name, where they are known.
fn with_evidence(found: Finding, error: &Error, judgement: Option<&Judgement>) -> Finding {
    let mut found = found.with("host", error.origin.host()).with("port", error.origin.port());
    if !found.values.contains_key("error") {
        found = found.with("error", &error.cause);
    }
    if let Some(taken) = &error.trace.route {
        found = note::with_taken(found, taken);
    }
    if !found.values.contains_key("issuer")
        && let Some(issuer) = &error.trace.issuer
    {
        found = found.with("issuer", issuer);
    }
    if let Some(Judgement { signed: Signed::Untrusted { issuer }, .. }) = judgement {
        found = found.with("issuer", issuer);
    }
    if let Some(interceptor) = judgement.and_then(|judgement| judgement.interceptor) {
        found = found.with("interceptor", interceptor.name);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        time::{Duration, UNIX_EPOCH},
    };

    use longwire_contract::{Action, FindingCode as F, Language, words};
    use longwire_dial::{
        Fault, Lookup, Part, ProxyError, certificate::Described, interceptor, judge::Local, route::PacFault,
    };

    use super::*;
    use crate::testing::{HOST, assert_told, failed, judged};

    fn fault(kind: io::ErrorKind) -> Fault {
        Fault::from(&io::Error::from(kind))
    }

    fn text() -> String {
        "said so".to_owned()
    }

    /// Every cause, where it happens, and what it is called.
    fn causes() -> Vec<(Stage, Cause, F)> {
        let (time, moment) = (Duration::from_secs(10), UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let no_address = || Cause::NoAddress { why: Lookup::Unknown, fault: fault(io::ErrorKind::Other) };
        let unreachable = || Cause::Unreachable(fault(io::ErrorKind::NetworkUnreachable));
        let proxy = |fault: ProxyFault, code| (Stage::Proxy, Cause::Proxy(fault), code);
        vec![
            (Stage::Dns, no_address(), F::DnsFailed),
            (
                Stage::Dns,
                Cause::NotThisMachine { addresses: vec!["192.0.2.1".parse().unwrap()] },
                F::DnsFailed,
            ),
            (Stage::Dns, Cause::TimedOut(time), F::TimedOut),
            (Stage::Tcp, Cause::Refused, F::TcpRefused),
            (Stage::Tcp, unreachable(), F::TcpUnreachable),
            (Stage::Tcp, Cause::TimedOut(time), F::TimedOut),
            (Stage::Tcp, Cause::Cut, F::TcpBroken),
            (Stage::Tcp, Cause::Os(fault(io::ErrorKind::Other)), F::TcpBroken),
            proxy(ProxyFault::Unreachable(Box::new(Cause::Refused)), F::ProxyUnreachable),
            proxy(ProxyFault::Tls(Box::new(Cause::NotTls)), F::ProxyTls),
            proxy(ProxyFault::CredentialsWanted { schemes: vec!["Basic".into()] }, F::ProxyCredentialsWanted),
            proxy(ProxyFault::CredentialsRefused, F::ProxyCredentialsWrong),
            proxy(ProxyFault::CredentialsUnsendable("too long"), F::ProxyCredentialsWrong),
            proxy(ProxyFault::SchemeNotSpoken { schemes: vec!["NTLM".into()] }, F::ProxyRefused),
            proxy(ProxyFault::Refused { status: 403, start: text() }, F::ProxyRefused),
            proxy(ProxyFault::SocksRefused { code: 2 }, F::ProxyRefused),
            proxy(ProxyFault::NoIpv4, F::ProxyRefused),
            proxy(ProxyFault::OtherProtocol { start: text() }, F::ProxyOtherProtocol),
            proxy(ProxyFault::Cut, F::ProxyBroken),
            proxy(ProxyFault::TimedOut(time), F::ProxyBroken),
            proxy(ProxyFault::Os(fault(io::ErrorKind::Other)), F::ProxyBroken),
            (Stage::Proxy, Cause::Route(RouteFault::NotAProxy(ProxyError::NoHost)), F::ProxySettingBad),
            (Stage::Proxy, Cause::Route(RouteFault::Pac(PacFault::TimedOut(time))), F::PacFailed),
            (Stage::Tls, Cause::UntrustedIssuer { issuer: "mitmproxy".into() }, F::TlsUntrusted),
            (Stage::Tls, Cause::SelfSigned { subject: HOST.into() }, F::TlsSelfSigned),
            (Stage::Tls, Cause::Expired { not_after: moment }, F::TlsExpired),
            (Stage::Tls, Cause::NotYetValid { not_before: moment }, F::TlsNotYetValid),
            (Stage::Tls, Cause::WrongHost { names: vec!["a.test".into(), "b.test".into()] }, F::TlsWrongHost),
            (Stage::Tls, Cause::NotTls, F::TlsNotSpoken),
            (Stage::Tls, Cause::Cut, F::TlsCut),
            (Stage::Tls, Cause::TimedOut(time), F::TimedOut),
            (Stage::Tls, Cause::Os(fault(io::ErrorKind::Other)), F::TlsFailed),
            (Stage::Tls, Cause::Revoked, F::TlsFailed),
            (Stage::Tls, Cause::BadCertificate(text()), F::TlsFailed),
            (Stage::Tls, Cause::NoRoots, F::TlsFailed),
            (Stage::Tls, Cause::Alert(text()), F::TlsFailed),
            (Stage::Tls, Cause::Handshake(text()), F::TlsFailed),
            (Stage::Http, Cause::NotHttp(text()), F::NotThePlatform),
            (Stage::Http, Cause::TooLarge { part: Part::Body }, F::NotThePlatform),
            (Stage::Http, Cause::TimedOut(time), F::TimedOut),
            (Stage::Http, Cause::Cut, F::TcpBroken),
        ]
    }

    #[test]
    fn every_cause_has_its_finding_and_every_text_its_values() {
        for (stage, cause, code) in causes() {
            let found = of_road(&failed(stage, cause.clone()), None, None, true);
            assert_eq!(found.code, code, "{stage}: {cause:?}");
            assert_eq!((found.values["host"].as_str(), found.values["port"].as_str()), (HOST, "443"));
            assert_told(&found);
        }
    }

    #[test]
    fn a_script_that_does_not_work_is_told_with_why() {
        let no_function = || RouteFault::Pac(PacFault::NoFunction);
        let found = of_road(&failed(Stage::Proxy, Cause::Route(no_function())), None, None, true);
        for language in [Language::English, Language::Chinese] {
            let told = words::finding(language, &found);
            assert!(told.contains(&no_function().to_string()), "{told}");
        }
    }

    #[test]
    fn values_are_those_of_the_cause() {
        let values = |stage, cause| of_road(&failed(stage, cause), None, None, true).values;
        let of_proxy = |fault| values(Stage::Proxy, Cause::Proxy(fault));
        let refused = of_proxy(ProxyFault::Refused { status: 403, start: "blocked".into() });
        assert_eq!((refused["status"].as_str(), refused["start"].as_str()), ("403", "blocked"));
        assert_eq!(
            (refused["proxy"].as_str(), refused["source"].as_str()),
            ("http://127.0.0.1:7890", "HTTPS_PROXY")
        );
        assert_eq!(refused["error"], "HTTP 403");
        let page = "<html><head><title>Filtered by ACME</title></head>".to_owned();
        let page = of_proxy(ProxyFault::Refused { status: 403, start: page });
        assert_eq!(page["error"], "HTTP 403, Filtered by ACME");
        assert_eq!(of_proxy(ProxyFault::OtherProtocol { start: r"\x05".into() })["start"], r"\x05");
        let pac = values(Stage::Proxy, Cause::Route(RouteFault::Pac(PacFault::NoFunction)));
        assert_eq!(pac["pac"], "http://wpad.test");
        assert_eq!(values(Stage::Tls, Cause::TimedOut(Duration::from_secs(7)))["stage"], "tls");
        let moment = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(
            values(Stage::Tls, Cause::Expired { not_after: moment })["valid_until"],
            "2023-11-14 22:13 UTC"
        );
        assert_eq!(values(Stage::Tls, Cause::Expired { not_after: moment })["issuer"], "mitmproxy");
        assert_eq!(
            values(Stage::Tls, Cause::NotYetValid { not_before: moment })["valid_from"],
            "2023-11-14 22:13 UTC"
        );
        assert_eq!(
            values(Stage::Tls, Cause::WrongHost { names: vec!["a".into(), "b".into()] })["names"],
            "a, b"
        );
    }

    fn at(server: u64, ours: u64) -> Skew {
        let time = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        Skew { server: time(server), ours: time(ours) }
    }

    #[test]
    fn a_wrong_clock_is_named_in_place_of_the_certificate_it_makes_look_bad() {
        let moment = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for cause in [Cause::Expired { not_after: moment }, Cause::NotYetValid { not_before: moment }] {
            let error = failed(Stage::Tls, cause);
            let code = |skew| of_road(&error, None, skew, true).code;
            let own = code(None);
            assert_ne!(own, F::ClockWrong);
            assert_eq!(code(Some(at(1_000_000, 1_000_300))), own, "five minutes are forgiven");
            assert_eq!(code(Some(at(1_000_000, 1_000_301))), F::ClockWrong);
            assert_eq!(code(Some(at(1_000_301, 1_000_000))), F::ClockWrong);
            let found = of_road(&error, None, Some(at(1_000_000 + 3 * 86_400 + 7_260, 1_000_000)), true);
            assert_eq!(found.values["skew"], "3 d 2 h");
            assert!(found.blocks_connection);
            assert_told(&found);
        }
        let refused = failed(Stage::Tcp, Cause::Refused);
        assert_eq!(of_road(&refused, None, Some(at(0, 86_400)), true).code, F::TcpRefused);
    }

    #[test]
    fn without_a_network_nothing_else_is_blamed() {
        let unreachable = || Cause::Unreachable(fault(io::ErrorKind::NetworkUnreachable));
        let no_address = || Cause::NoAddress { why: Lookup::Temporary, fault: fault(io::ErrorKind::Other) };
        let by_proxy = |cause| Cause::Proxy(ProxyFault::Unreachable(Box::new(cause)));
        for cause in [unreachable(), no_address(), by_proxy(unreachable()), by_proxy(no_address())] {
            let error = failed(Stage::Tcp, cause.clone());
            let found = of_road(&error, None, None, false);
            assert_eq!(found.code, F::NoNetwork, "{cause:?}");
            assert_told(&found);
            assert_ne!(of_road(&error, None, None, true).code, F::NoNetwork);
        }
        for cause in [Cause::Refused, Cause::NotTls, by_proxy(Cause::Refused)] {
            assert_ne!(of_road(&failed(Stage::Tcp, cause), None, None, false).code, F::NoNetwork);
        }
        for here in ["http://localhost:1", "https://127.0.0.7", "https://[::1]", "https://api.localhost"] {
            let origin = Origin::parse(here).unwrap();
            let error = Error { origin, ..failed(Stage::Tcp, unreachable()) };
            assert_eq!(of_road(&error, None, None, false).code, F::TcpUnreachable, "{here}");
        }
    }

    #[test]
    fn a_ca_of_the_same_name_that_is_trusted_already_is_told_with_its_hash() {
        let sha256 = "AB".repeat(32);
        let namesake = Described {
            subject: "mitmproxy".into(),
            issuer: "mitmproxy".into(),
            sha256: sha256.clone(),
            not_before: UNIX_EPOCH,
            not_after: UNIX_EPOCH,
            is_ca: true,
            self_signed: true,
            names: Vec::new(),
        };
        let signed = || Signed::Untrusted { issuer: "mitmproxy".into() };
        let judgement = Judgement { namesake: Some(namesake), ..judged(signed(), None) };
        let error = failed(Stage::Tls, Cause::UntrustedIssuer { issuer: "mitmproxy".into() });
        let found = of_road(&error, Some(&judgement), None, true);
        assert_eq!((found.code, found.action), (F::TrustFailing, Some(Action::TrustCa)));
        for (name, value) in [("issuer", "mitmproxy"), ("sha256", &sha256), ("host", HOST), ("port", "443")] {
            assert_eq!(found.values[name], value);
        }
        assert_told(&found);
        let plain = of_road(&error, Some(&judged(signed(), None)), None, true);
        assert_eq!((plain.code, plain.action), (F::TlsUntrusted, Some(Action::TrustCa)));
        // Nothing else is told by it.
        let other = failed(Stage::Tls, Cause::NotTls);
        assert_eq!(of_road(&other, Some(&judgement), None, true).code, F::TlsNotSpoken);
    }

    #[test]
    fn an_interceptor_that_is_known_is_named() {
        let untrusted = || Err(Cause::UntrustedIssuer { issuer: "Zscaler Root CA".into() });
        let interceptor =
            interceptor::Interceptor { name: "Zscaler", kind: interceptor::Kind::CompanyGateway };
        let mut judgement = Judgement {
            system: untrusted(),
            extra: untrusted(),
            mozilla: untrusted(),
            signed: Signed::Untrusted { issuer: "Zscaler Root CA".into() },
            time: Ok(()),
            name: Ok(()),
            interceptor: Some(interceptor),
            file: None,
            namesake: None,
        };
        let error = failed(Stage::Tls, Cause::UntrustedIssuer { issuer: "Zscaler Intermediate".into() });
        let found = of_road(&error, Some(&judgement), None, true);
        assert_eq!(
            (found.values["interceptor"].as_str(), found.values["issuer"].as_str()),
            ("Zscaler", "Zscaler Root CA")
        );
        judgement.signed = Signed::Locally { by: Local::Extra };
        let found = of_road(&error, Some(&judgement), None, true);
        assert_eq!(found.values["issuer"], "Zscaler Intermediate");
    }
}
