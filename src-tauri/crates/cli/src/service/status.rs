use std::path::PathBuf;

use longwire_contract::{
    Fault, FaultCode, Phase, ServiceKeeper, ServiceScope, ServiceState, ServiceView, Snapshot, call,
    text::word,
};
use longwire_engine::{Client, Machine, STATE};
use serde::Serialize;

use super::{ask, disagreement::Disagreement, refuse};
use crate::{
    args::ServiceStatus,
    exit::Exit,
    output::{print_json, say},
    printable::one_line,
    status,
    words::Words,
};

/// What both say.
#[derive(Debug, Serialize)]
struct Told<'a> {
    service: &'a ServiceView,
    engine: Option<&'a Snapshot>,
    disagreements: Vec<Disagreement>,
}

/// `longwire service status`: what the system says, and what the engine does.
pub(super) async fn status(status: &ServiceStatus, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let scope = status.whose.scope();
    let (view, installed) = match ask(scope, |kept| Ok((kept.view(), kept.installed()))).await? {
        Ok(told) => told,
        Err(error) => return Ok(refuse(words, &error)),
    };
    // Each service has its own data folder, whatever is this command's.
    let standard = || match scope {
        ServiceScope::System => PathBuf::from(STATE),
        ServiceScope::User => machine.data_dir.clone(),
    };
    let data_dir = installed.map_or_else(standard, |wanted| wanted.data_dir);
    let engine = snapshot(&data_dir).await?;
    let disagreement = Disagreement::of(&view, engine.as_ref());
    if status.json {
        let disagreements = disagreement.into_iter().collect();
        print_json(&Told { service: &view, engine: engine.as_ref(), disagreements });
    } else {
        for line in lines(&view, engine.as_ref(), disagreement, words, machine.now_ms()) {
            say(&line);
        }
    }
    Ok(exit(&view, engine.as_ref(), disagreement))
}

async fn snapshot(data_dir: &std::path::Path) -> Result<Option<Snapshot>, Fault> {
    match Client::connect(data_dir).await {
        Ok(mut client) => client.call::<call::ReadSnapshot>(&()).await.map(Some),
        Err(fault) if fault.code == FaultCode::NotRunning => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn lines(
    view: &ServiceView,
    engine: Option<&Snapshot>,
    disagreement: Option<Disagreement>,
    words: &Words,
    now_ms: u64,
) -> Vec<String> {
    let keeper = words.plain(&format!("service.keeper.{}", word(&view.keeper)));
    let mut state = vec![words.plain(&format!("service.state.{}", word(&view.state)))];
    state.extend(view.pid.map(|pid| words.filled("service.pid", [("pid", pid.to_string())])));
    let restarts = view.restarts.filter(|restarts| *restarts > 0);
    state.extend(restarts.map(|count| words.filled("service.restarts", [("count", count.to_string())])));
    let mut lines = vec![words.labelled(&keeper, &words.listed(&state))];
    let mut below = |line: String| lines.push(format!("  {}", one_line(&line)));
    if let Some(status) = &view.status {
        below(status.clone());
    }
    if let Some(error) = &view.error {
        below(words.filled("cli.service.error", [("error", error.clone())]));
    }
    if view.state != ServiceState::Absent {
        below(words.labelled(&words.plain("service.file"), &view.file));
    }
    if view.current == Some(false) {
        below(words.plain("cli.service.old"));
    }
    let ends_at_logout = view.keeper == ServiceKeeper::Systemd
        && view.scope == ServiceScope::User
        && view.state != ServiceState::Absent;
    match view.lingers {
        Some(true) if ends_at_logout => below(words.plain("service.linger.on")),
        Some(false) if ends_at_logout => below(words.plain("cli.service.linger")),
        _ => {}
    }
    match engine {
        None => lines.push(words.plain("cli.service.no_engine")),
        Some(engine) => {
            let process = words.filled("service.pid", [("pid", engine.pid.to_string())]);
            lines.push(words.labelled(&words.plain("service.engine"), &process));
            if engine.apps.is_empty() {
                lines.push(format!("  {}", words.plain("cli.no_apps")));
            }
            lines.extend(engine.apps.iter().map(|app| format!("  {}", status::line(app, words, now_ms))));
        }
    }
    if let Some(disagreement) = disagreement {
        let pids = [
            ("service", view.pid.map(|pid| pid.to_string()).unwrap_or_default()),
            ("engine", engine.map(|engine| engine.pid.to_string()).unwrap_or_default()),
        ];
        lines.push(format!("! {}", words.filled(disagreement.key(), pids)));
    }
    lines
}

/// 0 where the service runs and every app is connected or paused.
fn exit(view: &ServiceView, engine: Option<&Snapshot>, disagreement: Option<Disagreement>) -> Exit {
    let runs = matches!(view.state, ServiceState::Running | ServiceState::Starting);
    match engine {
        Some(engine) if runs && disagreement.is_none() => {
            let down = engine.apps.iter().find(|app| !matches!(app.phase, Phase::Connected | Phase::Paused));
            down.map_or(Exit::Ok, |app| app.blocked_by().map_or(Exit::Failed, Exit::from))
        }
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{AppView, Language};

    use super::*;

    fn view(state: ServiceState) -> ServiceView {
        ServiceView {
            keeper: ServiceKeeper::Systemd,
            scope: ServiceScope::User,
            state,
            file: "/home/me/.config/systemd/user/longwire.service".to_owned(),
            current: Some(true),
            pid: None,
            restarts: None,
            status: None,
            lingers: Some(false),
            error: None,
        }
    }

    fn engine(pid: u32, phase: Phase) -> Snapshot {
        let app = AppView { phase, ..AppView::new("cli_a1b2c3d4e5f60718".parse().unwrap(), 0) };
        Snapshot { pid, service: true, apps: vec![app], ..Snapshot::default() }
    }

    fn told(view: &ServiceView, engine: Option<&Snapshot>, language: Language) -> (String, Exit) {
        let disagreement = Disagreement::of(view, engine);
        let lines = lines(view, engine, disagreement, &Words::utc(language), 0);
        (lines.join("\n"), exit(view, engine, disagreement))
    }

    #[test]
    fn what_each_says_stands_there_in_both_languages() {
        let running = ServiceView {
            pid: Some(42),
            restarts: Some(3),
            status: Some("all\nwell".to_owned()),
            ..view(ServiceState::Running)
        };
        for language in [Language::English, Language::Chinese] {
            let (said, exit) = told(&running, Some(&engine(42, Phase::Connected)), language);
            assert_eq!(exit, Exit::Ok, "{said}");
            for part in
                ["42", "3", "all well", "longwire.service", "loginctl enable-linger", "cli_a1b2c3d4e5f60718"]
            {
                assert!(said.contains(part), "{part}: {said}");
            }
            assert!(
                !said.contains('{') && !said.contains("service.") || said.contains("longwire.service"),
                "{said}"
            );
            assert!(!said.lines().any(|line| line.starts_with('!')), "{said}");
        }
    }

    #[test]
    fn a_disagreement_is_said_last_and_fails_the_command() {
        let running = ServiceView { pid: Some(42), ..view(ServiceState::Running) };
        for engine in [None, Some(engine(43, Phase::Connected))] {
            let (said, exit) = told(&running, engine.as_ref(), Language::English);
            assert!(said.lines().last().unwrap().starts_with("! "), "{said}");
            assert_eq!(exit, Exit::Failed);
        }
        let (said, exit) = told(&view(ServiceState::Absent), None, Language::English);
        assert!(!said.contains("linger") && !said.contains("! "), "{said}");
        assert_eq!(exit, Exit::Failed);
    }
}
