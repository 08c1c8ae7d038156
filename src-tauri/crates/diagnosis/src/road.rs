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
        Cause::Route(RouteFault::Pac(_)) => F::PacFailed,
        Cause::Route(RouteFault::NotAProxy(_) | RouteFault::NotAPacPlace(_)) => F::ProxySettingBad,
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
        | ProxyFault::NoIpv4 => F::ProxyRefused,
        ProxyFault::OtherProtocol { .. } => F::ProxyOtherProtocol,
        ProxyFault::Cut | ProxyFault::TimedOut(_) | ProxyFault::Os(_) => F::ProxyBroken,
    };
    let found = finding(code, "").with("error", fault);
    match fault {
        ProxyFault::Refused { status, start } => found.with("status", status).with("start", start),
        ProxyFault::SocksRefused { code } => found.with("status", code),
        ProxyFault::OtherProtocol { start } => found.with("start", start),
        _ => found,
    }
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
