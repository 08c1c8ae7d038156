use longwire_contract::{AppId, CheckReport, Domain, Fault, ReasonCode};
use longwire_dial::Dialer;
use longwire_link::{Config, Tuning};
use secrecy::SecretString;

use crate::{engine::usable, reason};

/// Asks the platform for a ticket and does not use it: are App ID, App Secret and domain right? Where the platform says
/// that the app lives on the other domain, asks there too.
pub(crate) async fn check(
    dialer: &Dialer,
    app_id: AppId,
    secret: SecretString,
    domain: Domain,
) -> Result<CheckReport, Fault> {
    let ask = async |domain: &Domain| {
        let config = Config {
            origin: usable(domain)?,
            app_id: app_id.to_string(),
            app_secret: secret.clone(),
            dialer: dialer.clone(),
            tuning: Tuning::default(),
        };
        Ok::<_, Fault>(longwire_link::check(&config).await.err().map(|error| reason::of(&error, domain)))
    };
    let reason = ask(&domain).await?;
    let elsewhere = reason.as_ref().filter(|reason| reason.code == ReasonCode::DomainWrong);
    let works_on = match elsewhere.and(domain.other()) {
        Some(other) => ask(&other).await?.is_none().then_some(other),
        None => None,
    };
    Ok(CheckReport { app_id, domain, ok: reason.is_none(), works_on, reason })
}
