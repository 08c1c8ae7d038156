//! What the tests of this room share.

use std::time::{Duration, SystemTime};

use longwire_contract::{Finding, Language, words};
use longwire_dial::{
    Cause, Error, Origin, Protocol, ProxyPlace, Stage, Taken, Trace,
    interceptor::Interceptor,
    judge::{Judgement, Signed},
    route::{Source, Why},
};

/// A finding is of use where every placeholder of its texts is filled, and it says what happened.
pub(crate) fn assert_told(found: &Finding) {
    for language in [Language::English, Language::Chinese] {
        let told = words::finding(language, found);
        assert!(!told.contains(['{', '}']), "{told}");
    }
    assert!(!found.detail.is_empty(), "{found:?}");
}

/// What the clock shows that is handed in. A handshake judges certificates by the machine's own.
pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(crate) const HOST: &str = "open.feishu.cn";

/// The way through a proxy that an environment variable names.
pub(crate) fn through_a_proxy() -> Taken {
    let proxy = ProxyPlace { protocol: Protocol::Http, host: "127.0.0.1".into(), port: 7890 };
    let source = Source::Environment("HTTPS_PROXY".into());
    Taken { proxy: Some(proxy), why: Why { source, pac: Some("http://wpad.test".into()), rule: None } }
}

/// A road to the platform that failed.
pub(crate) fn failed(stage: Stage, cause: Cause) -> Error {
    let trace =
        Trace { route: Some(through_a_proxy()), issuer: Some("mitmproxy".to_owned()), ..Trace::default() };
    Error { stage, cause, origin: Origin::parse("https://open.feishu.cn").unwrap(), trace: Box::new(trace) }
}

/// What is to be said of a chain that somebody signed.
pub(crate) fn judged(signed: Signed, interceptor: Option<Interceptor>) -> Judgement {
    let untrusted = || Err(Cause::UntrustedIssuer { issuer: "X".into() });
    let (system, extra, mozilla) = (untrusted(), untrusted(), untrusted());
    Judgement {
        system,
        extra,
        mozilla,
        signed,
        time: Ok(()),
        name: Ok(()),
        interceptor,
        file: None,
        namesake: None,
    }
}
