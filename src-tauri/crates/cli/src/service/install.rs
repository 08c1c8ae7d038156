use std::path::{Path, PathBuf};

use longwire_contract::{Fault, FaultCode, ServiceKeeper, ServiceScope, ServiceState, ServiceView};
use longwire_engine::{CREDENTIALS, Client, Machine, Plan, STATE, Standing, Wanted};
use tokio::time::{Duration, Instant, sleep};

use super::{ask, refuse};
use crate::{
    args::ServiceInstall,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, say, write},
    words::Words,
};

/// How long it is waited for a first word of how the service stands.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);

/// `longwire service install`: shows what will be done, asks, and does it.
pub(super) async fn install(
    install: ServiceInstall,
    machine: &Machine,
    given: bool,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let scope = install.whose.scope();
    let wanted = wanted(install.user, machine, given, scope)?;
    let outdated = outdated(&wanted.data_dir).await;
    let plan = match ask(scope, move |kept| kept.plan(wanted, outdated)).await? {
        Ok(plan) => plan,
        Err(error) => return Ok(refuse(words, &error)),
    };
    if install.dry_run {
        tell(words, &plan).iter().for_each(|line| hint(line));
        write(&plan.text);
        return Ok(Exit::Ok);
    }
    if let Err(error) = ask(scope, |kept| kept.may_change()).await? {
        return Ok(refuse(words, &error));
    }
    let Ok(consent) = person.consent(install.yes, true) else {
        hint(&words.plain("cli.service.nobody"));
        return Ok(Exit::Usage);
    };
    if consent == Consent::Asked {
        hint(&plan.text);
        tell(words, &plan).iter().for_each(|line| hint(line));
        if !person.agrees(&words.plain("cli.service.install_ask")) {
            hint(&words.plain("cli.unchanged"));
            return Ok(Exit::Failed);
        }
    }
    let (standing, restarts) = (plan.standing, plan.restarts);
    let (file, isolated) = (plan.file.display().to_string(), plan.isolated);
    if let Err(error) = ask(scope, move |kept| kept.install(&plan)).await? {
        return Ok(refuse(words, &error));
    }
    let done = match standing {
        Standing::Same if restarts => "cli.service.restarted",
        Standing::Nothing => "cli.service.installed",
        Standing::Other => "cli.service.renewed",
        Standing::Same => "cli.service.same",
    };
    say(&words.filled(done, [("path", file)]));
    let view = first_word(scope).await?;
    if let Some(said) = &view.status {
        hint(said);
    }
    for line in afterwards(&view, isolated, words) {
        hint(&line);
    }
    Ok(Exit::Ok)
}

/// What the service is to run.
fn wanted(
    user: Option<String>,
    machine: &Machine,
    given: bool,
    scope: ServiceScope,
) -> Result<Wanted, Fault> {
    let program = std::env::current_exe().map_err(|error| Fault::new(FaultCode::Internal, error))?;
    let data_dir = match scope {
        ServiceScope::System if !given => PathBuf::from(STATE),
        _ => machine.data_dir.clone(),
    };
    Ok(Wanted { program, data_dir, user })
}

/// The process that works on the folder and is of another version, where one is.
async fn outdated(data_dir: &Path) -> Option<u32> {
    let hello = Client::connect(data_dir).await.ok()?.hello().await.ok()?;
    hello.other_version().map(|_| hello.pid)
}

/// What will be done, a line each.
fn tell(words: &Words, plan: &Plan) -> Vec<String> {
    let path = |key, path: &Path| words.filled(key, [("path", path.display().to_string())]);
    let mut lines = vec![match plan.standing {
        Standing::Nothing => path("cli.service.writes", &plan.file),
        Standing::Other => path("cli.service.rewrites", &plan.file),
        Standing::Same => path("cli.service.keeps", &plan.file),
    }];
    let missing = plan.folders.iter().filter(|folder| !folder.exists());
    lines.extend(missing.map(|folder| path("cli.service.makes", folder)));
    lines.extend(
        plan.commands.iter().map(|command| words.filled("cli.service.runs", [("command", command.clone())])),
    );
    lines
}

/// What the service says of itself once it has come so far, or at the latest when patience ends.
async fn first_word(scope: ServiceScope) -> Result<ServiceView, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        let view = match ask(scope, |kept| Ok(kept.view())).await? {
            Ok(view) => view,
            Err(error) => return Err(Fault::new(FaultCode::Internal, error)),
        };
        let begins = matches!(view.state, ServiceState::Starting | ServiceState::Stopped);
        if !begins || view.status.is_some() || Instant::now() > until {
            return Ok(view);
        }
        sleep(PAUSE).await;
    }
}

/// What there is to know once it is there.
fn afterwards(view: &ServiceView, isolated: Option<bool>, words: &Words) -> Vec<String> {
    let mut keys = Vec::new();
    if matches!(view.state, ServiceState::Restarting | ServiceState::Failed | ServiceState::Stopped) {
        keys.push(match (view.keeper, view.scope) {
            (ServiceKeeper::Launchd, _) => "cli.service.look_launchd",
            (_, ServiceScope::User) => "cli.service.look",
            (_, ServiceScope::System) => "cli.service.look_system",
        });
    }
    if view.keeper == ServiceKeeper::Systemd && view.scope == ServiceScope::User && view.lingers != Some(true)
    {
        keys.push("cli.service.linger");
    }
    if isolated == Some(false) {
        keys.push("cli.service.not_isolated");
    }
    let mut lines: Vec<String> = keys.into_iter().map(|key| words.plain(key)).collect();
    if view.scope == ServiceScope::System {
        let values = [("path", CREDENTIALS.to_owned()), ("dir", STATE.to_owned())];
        lines.push(words.filled("cli.service.credentials", values));
    }
    lines
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;

    fn view(scope: ServiceScope, lingers: Option<bool>) -> ServiceView {
        ServiceView {
            keeper: ServiceKeeper::Systemd,
            scope,
            state: ServiceState::Running,
            file: String::new(),
            current: Some(true),
            pid: None,
            restarts: None,
            status: None,
            lingers,
            error: None,
        }
    }

    #[test]
    fn lingering_is_explained_where_it_is_off_and_credentials_where_root_has_them() {
        let told = |view: ServiceView, isolated| {
            afterwards(&view, Some(isolated), &Words::new(Language::English)).join("\n")
        };
        assert!(told(view(ServiceScope::User, Some(false)), true).contains("loginctl enable-linger"));
        assert!(told(view(ServiceScope::User, None), true).contains("loginctl enable-linger"));
        assert_eq!(told(view(ServiceScope::User, Some(true)), true), "");
        assert!(!told(view(ServiceScope::User, Some(true)), false).is_empty());
        let system = told(view(ServiceScope::System, None), true);
        assert!(system.contains("/etc/longwire/credentials") && !system.contains("linger"), "{system}");
        let launchd = ServiceView { keeper: ServiceKeeper::Launchd, ..view(ServiceScope::User, None) };
        assert_eq!(afterwards(&launchd, None, &Words::new(Language::English)), [""; 0]);
        let stopped = told(ServiceView { state: ServiceState::Failed, ..launchd }, true);
        assert!(stopped.contains("~/Library/Logs/Longwire/service.log") && !stopped.contains("journalctl"));
        let stopped =
            told(ServiceView { state: ServiceState::Failed, ..view(ServiceScope::User, Some(true)) }, true);
        assert!(stopped.contains("journalctl --user"), "{stopped}");
    }
}
