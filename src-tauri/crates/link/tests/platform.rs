//! One try that holds nothing, and the count of connections, against the simulated platform.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use longwire_dial::{Dialer, Origin, RootSource, Roots};
use longwire_link::{
    Code, Config, EndpointError, Error, OnlineError, Stage, Steps, Tuning, UpgradeError, check, knock,
    online, probe,
};
use longwire_openplatform::{Fault, Running, Simulator};

async fn platform() -> Running {
    Simulator::builder().start().await.unwrap()
}

fn config(platform: &Running) -> Config {
    let app = &platform.apps()[0];
    Config {
        origin: Origin::parse(&platform.url()).unwrap(),
        app_id: app.id.clone(),
        app_secret: app.secret.clone(),
        dialer: Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()))),
        tuning: Tuning { silence: Duration::from_millis(300), ..Tuning::default() },
    }
}

#[tokio::test]
async fn a_probe_goes_all_the_way_to_the_first_pong_and_leaves() {
    let platform = platform().await;
    let mut told = Vec::new();
    let probe =
        probe(&config(&platform), |steps: &Steps| told.push((steps.at, steps.endpoint.is_some()))).await;
    let info = probe.result.unwrap();
    assert_eq!(info.host, platform.url().replace("http", "ws"));
    let Steps { at, endpoint, upgrade, pong, up, skew, .. } = probe.steps;
    assert_eq!((at, up), (Stage::Session, None));
    assert!(endpoint.is_some() && upgrade.is_some() && pong.is_some());
    assert!(skew.is_some_and(|skew| skew.seconds().abs() <= 2), "{skew:?}");
    let first = [Stage::Dns, Stage::Tcp, Stage::Http].map(|at| (at, false));
    let second = [Stage::Dns, Stage::Tcp, Stage::Upgrade, Stage::Session].map(|at| (at, true));
    assert_eq!(told, [&first[..], &second[..]].concat());
    platform.until(|stats| stats.clients == 0).await;
    assert_eq!(platform.violations(), []);
}

#[tokio::test]
async fn a_probe_says_where_it_ended() {
    let platform = platform().await;
    let config = config(&platform);
    for (fault, at) in [
        (Fault::Refused, Stage::Tcp),
        (Fault::Html, Stage::Endpoint),
        (Fault::CredentialsWrong, Stage::Endpoint),
        (Fault::Forbidden, Stage::Upgrade),
        (Fault::Silent, Stage::Session),
    ] {
        platform.set_fault(Some(fault)).await;
        let probe = probe(&config, |_| {}).await;
        assert_eq!(probe.steps.at, at, "{fault:?}");
        assert_eq!(probe.result.unwrap_err().stage(), at, "{fault:?}");
    }
    platform.set_fault(Some(Fault::Forbidden)).await;
    let forbidden = probe(&config, |_| {}).await.result.unwrap_err();
    assert!(matches!(forbidden, Error::Upgrade(UpgradeError::Forbidden { .. })), "{forbidden:?}");
}

#[tokio::test]
async fn to_knock_opens_no_connection() {
    let platform = platform().await;
    let config = config(&platform);
    let knocked = knock(&config, |_| {}).await;
    assert_eq!((knocked.result, knocked.steps.at), (Ok(()), Stage::Http));
    assert_eq!(platform.visits().len(), 1);
    platform.set_fault(Some(Fault::DomainWrong)).await;
    let wrong = check(&config).await.unwrap_err();
    assert!(
        matches!(wrong, Error::Endpoint(EndpointError::Code { code: Code::DomainWrong, .. })),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn the_count_is_the_platforms() {
    let platform = platform().await;
    let config = config(&platform);
    assert_eq!(online(&config).await, Ok(0));
    platform.set_strangers(4);
    assert_eq!(online(&config).await, Ok(4));
}

#[tokio::test]
async fn a_count_that_is_refused_names_the_code_and_no_secret() {
    let platform = platform().await;
    let known = config(&platform);
    for (app_id, app_secret, code) in [
        ("cli_x", "0123456789", Code::AppIdMalformed),
        ("cli_ffffffffffffffff", "0123456789", Code::NoSuchApp),
        (known.app_id.as_str(), "0123456789", Code::SecretWrong),
    ] {
        let config = Config { app_id: app_id.into(), app_secret: app_secret.into(), ..known.clone() };
        let error = online(&config).await.unwrap_err();
        assert!(matches!(&error, OnlineError::Code { code: was, .. } if *was == code), "{error:?}");
        assert!(!format!("{error} {error:?}").contains(app_secret));
    }
    platform.set_fault(Some(Fault::Refused)).await;
    assert!(matches!(online(&known).await, Err(OnlineError::Road(_))));
}
