mod secret;

use std::path::Path;

use longwire_contract::{
    AppDraft, AppRef, CheckDraft, CheckReport, Fault, FaultCode, Language, Secret, call, text::text, words,
};
use longwire_engine::{Machine, Options, check_app};

use crate::{
    args::{App, AppAdd, AppCheck, AppList, AppRemove},
    exit::Exit,
    given_proxy,
    guide::more,
    order::order,
    output::{hint, print_json, say},
    secret::{ask, given},
    words::values,
};

/// What a second Longwire is told while one of these commands has the data folder.
const PROGRAM: &str = "longwire app";

/// `longwire app …`
pub(crate) async fn app(command: App, machine: Machine) -> Result<Exit, Fault> {
    let language = machine.language();
    match command {
        App::Add(app) => add(app, &machine, language).await,
        App::List(options) => list(&options, &machine, language).await,
        App::Remove(app) => remove(app, &machine, language).await,
        App::Check(app) => check(app, &machine, language).await,
        App::Secret(app) => secret::secret(app, &machine, language).await,
    }
}

async fn add(app: AppAdd, machine: &Machine, language: Language) -> Result<Exit, Fault> {
    let app_id = app.app_id.to_string();
    let (secret, secret_file) = entered(app.app_secret_file.as_deref(), language)?;
    let done = match &secret_file {
        Some(path) => text(language, "cli.added_file", &values([("app_id", app_id), ("path", path.clone())])),
        None => text(language, "cli.added", &values([("app_id", app_id)])),
    };
    let draft = AppDraft {
        app_id: app.app_id,
        app_secret: secret_file.is_none().then_some(secret),
        secret_file,
        domain: app.domain,
        name: app.name,
        proxy: given_proxy::given(app.proxy)?,
    };
    order::<call::AddApp>(machine, PROGRAM, &draft).await?;
    say(&done);
    Ok(Exit::Ok)
}

async fn list(options: &AppList, machine: &Machine, language: Language) -> Result<Exit, Fault> {
    let apps = order::<call::ReadSnapshot>(machine, PROGRAM, &()).await?.apps;
    if options.json {
        print_json(&apps);
        return Ok(Exit::Ok);
    }
    if apps.is_empty() {
        hint(&text(language, "cli.no_apps", &values([])));
    }
    for app in apps {
        say(format!("{}  {}  {}", app.app_id, app.domain, app.name).trim_end());
    }
    Ok(Exit::Ok)
}

async fn remove(app: AppRemove, machine: &Machine, language: Language) -> Result<Exit, Fault> {
    order::<call::RemoveApp>(machine, PROGRAM, &AppRef { app_id: app.app_id.clone() }).await?;
    say(&text(language, "cli.removed", &values([("app_id", app.app_id.to_string())])));
    Ok(Exit::Ok)
}

/// Asks the platform from here, whether or not an engine runs: the CA files are those given here.
async fn check(app: AppCheck, machine: &Machine, language: Language) -> Result<Exit, Fault> {
    let known = machine.app(&app.app_id)?;
    let app_secret = match given(app.app_secret_file.as_deref())? {
        Some(given) => Some(Secret::from(given)),
        None if known.is_some() => None,
        None => Some(ask(&text(language, "cli.ask_secret", &values([])))?),
    };
    let domain = app.domain.or(known).unwrap_or_default();
    let options = Options { ca_files: app.road.ca_file, ..Options::new(machine, "longwire app check") };
    let report = check_app(
        &options,
        CheckDraft { app_id: app.app_id, app_secret, domain, proxy: given_proxy::given(app.road.proxy)? },
    )
    .await?;
    if app.json {
        print_json(&report);
    } else {
        tell(language, &report);
    }
    Ok(report.finding.as_ref().map_or(Exit::Ok, Exit::from))
}

fn tell(language: Language, report: &CheckReport) {
    let about = values([("domain", report.domain.to_string()), ("app_id", report.app_id.to_string())]);
    match &report.finding {
        None => say(&format!("✓ {}", text(language, "cli.check_ok", &about))),
        // Of what passes by itself the texts say that Longwire goes on trying, which a check does not.
        Some(finding) if Exit::from(finding) == Exit::Failed => {
            say(&format!("✗ {}", words::finding_alone(language, finding)));
        }
        Some(finding) => say(&format!("✗ {}", words::finding(language, finding))),
    }
    if let Some(finding) = &report.finding {
        say(&more(language, finding));
    }
    if let Some(other) = &report.works_on {
        let other = values([("domain", other.to_string())]);
        say(&format!("→ {}", text(language, "cli.check_works_on", &other)));
    }
}

/// The App Secret that is to be kept, and the file that it is to be read from where one is named.
fn entered(file: Option<&Path>, language: Language) -> Result<(Secret, Option<String>), Fault> {
    let secret = match given(file)? {
        Some(given) => Secret::from(given),
        None => ask(&text(language, "cli.ask_secret", &values([])))?,
    };
    // The engine may run in another folder than this command.
    Ok((secret, file.map(absolute).transpose()?))
}

fn absolute(file: &Path) -> Result<String, Fault> {
    let path = std::path::absolute(file).map_err(|error| Fault::new(FaultCode::BadRequest, error))?;
    Ok(path.display().to_string())
}
