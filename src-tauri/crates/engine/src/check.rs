use longwire_contract::{AppId, CheckDraft, CheckReport, Domain, Fault, Finding, FindingCode};
use longwire_diagnosis::of_error;
use longwire_link::{Config, Tuning};

use crate::{
    Options,
    doctor::own_proxy,
    engine::usable,
    machine::unreadable,
    proxy::{self, ProxySource},
    secret::{SecretSource, empty_secret},
    settings::{Settings, SettingsFile},
    surroundings::Roads,
};

/// Asks the platform for a ticket and does not use it: are App ID, App Secret and domain right? No engine is needed, and
/// one that runs is not disturbed.
///
/// # Errors
/// Where there is nothing to ask with; what the platform says, and what stands in the way to it, is in the report.
pub async fn check_app(options: &Options, draft: CheckDraft) -> Result<CheckReport, Fault> {
    let (settings, _) = SettingsFile::in_folder(&options.data_dir).read()?;
    check(&Roads::of(options, &settings).await, options, &settings, draft).await
}

/// As [`check_app`], over a road that is there.
pub(crate) async fn check(
    roads: &Roads,
    options: &Options,
    settings: &Settings,
    draft: CheckDraft,
) -> Result<CheckReport, Fault> {
    let CheckDraft { app_id, app_secret, domain, proxy } = draft;
    usable(&domain)?;
    let source = match app_secret {
        Some(secret) if secret.is_blank() => return Err(empty_secret()),
        Some(secret) => SecretSource::Given(secret.into_inner()),
        None => {
            let file = settings.app(&app_id).and_then(|app| app.secret_file.as_deref());
            SecretSource::of(file, options)
        }
    };
    let secret = source.read(&app_id).await.map_err(unreadable)?.ok_or_else(empty_secret)?;
    let proxy = match proxy {
        // What is typed into the app's form is its setting, whose password may be kept already.
        Some(proxy) => ProxySource::Kept(proxy::entered(proxy)?),
        None => own_proxy(options, settings, &app_id)?,
    };
    let proxy = proxy.read(&options.secrets, &app_id).await;
    let dialer = roads.dialer(proxy);
    let ask = |domain: Domain| {
        let (app_id, app_secret, dialer) = (app_id.to_string(), secret.clone(), dialer.clone());
        async move {
            let origin = usable(&domain)?;
            let config = Config { origin, app_id, app_secret, dialer, tuning: Tuning::default() };
            Ok(longwire_link::check(&config).await.err().map(|error| of_error(&error, &domain)))
        }
    };
    report(app_id.clone(), domain, ask).await
}

/// What `ask` says of the domain; where it says that the app lives on the other one, what it says of that.
async fn report<Asked: Future<Output = Result<Option<Finding>, Fault>>>(
    app_id: AppId,
    domain: Domain,
    ask: impl Fn(Domain) -> Asked,
) -> Result<CheckReport, Fault> {
    let finding = ask(domain.clone()).await?;
    let elsewhere = finding.as_ref().filter(|finding| finding.code == FindingCode::DomainWrong);
    let works_on = match elsewhere.and(domain.other()) {
        Some(other) => ask(other.clone()).await?.is_none().then_some(other),
        None => None,
    };
    Ok(CheckReport { app_id, domain, ok: finding.is_none(), works_on, finding })
}

#[cfg(test)]
mod tests {
    use longwire_diagnosis::finding;

    use super::*;

    async fn asked(domain: Domain, lives_on: Option<Domain>) -> CheckReport {
        let ask = |asked: Domain| {
            let found = match &lives_on {
                Some(home) if *home == asked => None,
                Some(_) => Some(finding(FindingCode::DomainWrong, "")),
                None => Some(finding(FindingCode::CredentialsWrong, "")),
            };
            std::future::ready(Ok(found))
        };
        report("cli_0123456789abcdef".parse().unwrap(), domain, ask).await.unwrap()
    }

    #[tokio::test]
    async fn the_other_domain_is_tried_when_the_platform_names_it() {
        let report = asked(Domain::Feishu, Some(Domain::Lark)).await;
        assert_eq!((report.ok, report.works_on), (false, Some(Domain::Lark)));
        assert_eq!(report.finding.unwrap().code, FindingCode::DomainWrong);
        let right = asked(Domain::Lark, Some(Domain::Lark)).await;
        assert!(right.ok && right.works_on.is_none() && right.finding.is_none());
    }

    #[tokio::test]
    async fn other_refusals_and_other_servers_are_not_tried_elsewhere() {
        let wrong = asked(Domain::Feishu, None).await;
        assert_eq!((wrong.ok, wrong.works_on), (false, None));
        let custom = asked(Domain::Custom("http://127.0.0.1:1".into()), Some(Domain::Lark)).await;
        assert_eq!((custom.ok, custom.works_on), (false, None));
    }
}
