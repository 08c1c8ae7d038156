use longwire_contract::{
    AppEdit, CheckDraft, CheckReport, Domain, Fault, FaultCode, FindingCode, Language, Secret, call,
    text::text, words,
};
use longwire_engine::Machine;

use super::{PROGRAM, entered, tell};
use crate::{
    args::AppSecret,
    exit::Exit,
    order::Orders,
    output::{hint, say},
    words::values,
};

/// `longwire app secret`: asks the platform about an App Secret, and keeps one that it does not refuse.
pub(super) async fn secret(app: AppSecret, machine: &Machine, language: Language) -> Result<Exit, Fault> {
    let unknown = || Fault::new(FaultCode::AppUnknown, "there is no such app").with("app_id", &app.app_id);
    let domain = machine.app(&app.app_id)?.ok_or_else(unknown)?;
    // Nobody is kept from the data folder while a person looks for it.
    let (secret, secret_file) = entered(app.app_secret_file.as_deref(), language)?;
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let outcome = check_and_keep(app, domain, secret, secret_file, &mut orders, language).await;
    orders.close().await;
    outcome
}

async fn check_and_keep(
    app: AppSecret,
    domain: Domain,
    secret: Secret,
    secret_file: Option<String>,
    orders: &mut Orders,
    language: Language,
) -> Result<Exit, Fault> {
    let app_id = app.app_id.to_string();
    let draft =
        CheckDraft { app_id: app.app_id.clone(), app_secret: Some(secret.clone()), domain, proxy: None };
    let report = orders.give::<call::CheckApp>(&draft).await?;
    if is_refused(&report) {
        tell(language, &report);
        hint(&text(language, "cli.secret_refused", &values([("app_id", app_id)])));
        return Ok(Exit::Refused);
    }
    let (key, path) = match &secret_file {
        Some(path) => ("cli.secret_kept_file", path.clone()),
        None => ("cli.secret_kept", String::new()),
    };
    let edit = AppEdit {
        app_id: app.app_id,
        app_secret: secret_file.is_none().then_some(secret),
        secret_file,
        domain: None,
        name: None,
        proxy: None,
    };
    orders.give::<call::EditApp>(&edit).await?;
    say(&text(language, key, &values([("app_id", app_id.clone()), ("path", path)])));
    if let Some(finding) = &report.finding {
        let about = values([("app_id", app_id), ("finding", words::title(language, finding))]);
        hint(&text(language, "cli.secret_unchecked", &about));
    }
    Ok(Exit::Ok)
}

/// Whether the platform says that it is the wrong one. Where it cannot be asked, or refuses something else, the secret may be right.
fn is_refused(report: &CheckReport) -> bool {
    let wrong = [FindingCode::CredentialsWrong, FindingCode::AppIdMalformed, FindingCode::DomainWrong];
    report.finding.as_ref().is_some_and(|finding| wrong.contains(&finding.code))
}
