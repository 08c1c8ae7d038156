use longwire_contract::{
    AppDraft, AppId, AppRef, CheckDraft, CheckReport, Fault, FaultCode, Language, Secret, call, text::text,
};
use longwire_engine::{Machine, Options};

use crate::{
    args::{App, AppAdd, AppCheck, AppList, AppRemove},
    exit::Exit,
    keeper::Keeper,
    secret,
    status::print_json,
    words::{self, values},
};

/// `longwire app …`
pub(crate) async fn app(command: App, machine: Machine) -> Result<Exit, Fault> {
    let mut options = Options::new(&machine, "longwire app");
    if let App::Check(check) = &command {
        options.ca_files.clone_from(&check.ca_file);
    }
    let mut keeper = Keeper::of(options, &machine).await?;
    let language = machine.language();
    let outcome = match command {
        App::Add(app) => add(app, &mut keeper, language).await,
        App::List(options) => list(&options, &mut keeper).await,
        App::Remove(app) => remove(app, &mut keeper, language).await,
        App::Check(app) => check(app, &mut keeper, language).await,
    };
    keeper.close().await;
    outcome
}

async fn add(app: AppAdd, keeper: &mut Keeper, language: Language) -> Result<Exit, Fault> {
    let app_secret = match (&app.app_secret_file, secret::given(app.app_secret_file.as_deref())?) {
        (Some(_), _) => None,
        (None, Some(given)) => Some(Secret::from(given)),
        (None, None) => Some(secret::ask(&text(language, "cli.ask_secret", &values([])))?),
    };
    // The engine may run in another folder than this command.
    let secret_file = match app.app_secret_file {
        Some(file) => Some(absolute(&file)?),
        None => None,
    };
    let app_id = app.app_id.clone();
    let draft = AppDraft { app_id: app.app_id, app_secret, secret_file, domain: app.domain, name: app.name };
    keeper.call::<call::AddApp>(&draft).await?;
    say(language, "cli.added", &app_id);
    Ok(Exit::Ok)
}

#[allow(clippy::print_stdout)]
async fn list(options: &AppList, keeper: &mut Keeper) -> Result<Exit, Fault> {
    let apps = keeper.call::<call::ReadSnapshot>(&()).await?.apps;
    if options.json {
        print_json(&apps);
        return Ok(Exit::Ok);
    }
    for app in apps {
        println!("{}  {}  {}", app.app_id, app.domain, app.name);
    }
    Ok(Exit::Ok)
}

async fn remove(app: AppRemove, keeper: &mut Keeper, language: Language) -> Result<Exit, Fault> {
    keeper.call::<call::RemoveApp>(&AppRef { app_id: app.app_id.clone() }).await?;
    say(language, "cli.removed", &app.app_id);
    Ok(Exit::Ok)
}

async fn check(app: AppCheck, keeper: &mut Keeper, language: Language) -> Result<Exit, Fault> {
    let apps = keeper.call::<call::ReadSnapshot>(&()).await?.apps;
    let known = apps.into_iter().find(|known| known.app_id == app.app_id);
    let app_secret = match secret::given(app.app_secret_file.as_deref())? {
        Some(given) => Some(Secret::from(given)),
        None if known.is_some() => None,
        None => Some(secret::ask(&text(language, "cli.ask_secret", &values([])))?),
    };
    let domain = app.domain.or(known.map(|known| known.domain)).unwrap_or_default();
    let draft = CheckDraft { app_id: app.app_id, app_secret, domain };
    let report = keeper.call::<call::CheckApp>(&draft).await?;
    if app.json {
        print_json(&report);
    } else {
        tell(language, &report);
    }
    Ok(report.reason.as_ref().map_or(Exit::Ok, Exit::from))
}

#[allow(clippy::print_stdout)]
fn tell(language: Language, report: &CheckReport) {
    let domain = values([("domain", report.domain.to_string()), ("app_id", report.app_id.to_string())]);
    match &report.reason {
        None => println!("✓ {}", text(language, "cli.check_ok", &domain)),
        Some(reason) => println!("✗ {}", words::reason(language, reason)),
    }
    if let Some(other) = &report.works_on {
        println!("→ {}", text(language, "cli.check_works_on", &values([("domain", other.to_string())])));
    }
}

#[allow(clippy::print_stdout)]
fn say(language: Language, key: &str, app_id: &AppId) {
    println!("{}", text(language, key, &values([("app_id", app_id.to_string())])));
}

fn absolute(file: &std::path::Path) -> Result<String, Fault> {
    let path = std::path::absolute(file).map_err(|error| Fault::new(FaultCode::BadRequest, error))?;
    Ok(path.display().to_string())
}
