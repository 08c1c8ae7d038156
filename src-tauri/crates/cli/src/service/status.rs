use std::path::{Path, PathBuf};

use longwire_contract::{
    Fault, FaultCode, Phase, ServiceKeeper, ServiceScope, ServiceState, ServiceView, Snapshot, call,
    text::word,
};
use longwire_engine::{Client, Hello, Machine, STATE};
use serde::Serialize;

use super::{
    ask,
    disagreement::{Answering, Disagreement},
    refuse,
};
use crate::{
    args::ServiceStatus,
    exit::Exit,
    output::{print_json, say},
    printable::one_line,
    status,
    words::{self, Words},
};

/// What both say.
#[derive(Debug, Serialize)]
struct Told<'a> {
    service: &'a ServiceView,
    engine: Option<&'a Snapshot>,
    /// The engine that answers, where it is of another version.
    other_version: Option<&'a Hello>,
    disagreements: Vec<Disagreement>,
}

/// The engine of the data folder.
#[derive(Debug)]
enum Answer {
    /// None answers.
    Silence,
    /// How it stands.
    Snapshot(Box<Snapshot>),
    /// It is of another version: what it says is not understood.
    Other(Hello),
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
    let engine = answer(&data_dir).await?;
    let disagreement = Disagreement::of(&view, engine.answering());
    if status.json {
        let disagreements = disagreement.into_iter().collect();
        let (engine, other_version) = (engine.snapshot(), engine.other());
        print_json(&Told { service: &view, engine, other_version, disagreements });
    } else {
        for line in lines(&view, &engine, disagreement, words, machine.now_ms()) {
            say(&line);
        }
    }
    Ok(exit(&view, engine.snapshot(), disagreement))
}

async fn answer(data_dir: &Path) -> Result<Answer, Fault> {
    let asked = async {
        let hello = Client::connect(data_dir).await?.hello().await?;
        if hello.other_version().is_some() {
            return Ok(Answer::Other(hello));
        }
        let snapshot = Client::connect(data_dir).await?.call::<call::ReadSnapshot>(&()).await?;
        Ok(Answer::Snapshot(Box::new(snapshot)))
    };
    match asked.await {
        Err(Fault { code: FaultCode::NotRunning, .. }) => Ok(Answer::Silence),
        answer => answer,
    }
}

impl Answer {
    fn snapshot(&self) -> Option<&Snapshot> {
        match self {
            Self::Snapshot(snapshot) => Some(snapshot),
            Self::Silence | Self::Other(_) => None,
        }
    }

    fn other(&self) -> Option<&Hello> {
        match self {
            Self::Other(hello) => Some(hello),
            Self::Silence | Self::Snapshot(_) => None,
        }
    }

    fn answering(&self) -> Option<Answering> {
        match self {
            Self::Silence => None,
            Self::Snapshot(snapshot) => Some(Answering { pid: snapshot.pid, service: snapshot.service }),
            // That is not known of it.
            Self::Other(hello) => Some(Answering { pid: hello.pid, service: false }),
        }
    }
}

fn lines(
    view: &ServiceView,
    engine: &Answer,
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
        Answer::Silence => lines.push(words.plain("cli.service.no_engine")),
        Answer::Other(hello) => {
            let fault = hello.other_version().map(|fault| words::fault(words.language(), &fault));
            lines.push(words.labelled(&words.plain("service.engine"), &one_line(&fault.unwrap_or_default())));
        }
        Answer::Snapshot(engine) => {
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
            ("engine", engine.answering().map(|engine| engine.pid.to_string()).unwrap_or_default()),
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

    fn engine(pid: u32, phase: Phase) -> Answer {
        let app = AppView { phase, ..AppView::new("cli_a1b2c3d4e5f60718".parse().unwrap(), 0) };
        Answer::Snapshot(Box::new(Snapshot { pid, service: true, apps: vec![app], ..Snapshot::default() }))
    }

    fn told(view: &ServiceView, engine: &Answer, language: Language) -> (String, Exit) {
        let disagreement = Disagreement::of(view, engine.answering());
        let lines = lines(view, engine, disagreement, &Words::utc(language), 0);
        (lines.join("\n"), exit(view, engine.snapshot(), disagreement))
    }

    #[test]
    fn one_of_another_version_is_told_with_what_to_do() {
        let running = ServiceView { pid: Some(42), ..view(ServiceState::Running) };
        for language in [Language::English, Language::Chinese] {
            let hello = Hello { version: "0.0.9".into(), program: "longwire run".into(), pid: 42 };
            let (said, exit) = told(&running, &Answer::Other(hello), language);
            assert!(said.contains("0.0.9") && said.contains("longwire service install"), "{said}");
            assert!(!said.lines().any(|line| line.starts_with('!')), "{said}");
            assert_eq!(exit, Exit::Failed);
        }
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
            let (said, exit) = told(&running, &engine(42, Phase::Connected), language);
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
        for engine in [Answer::Silence, engine(43, Phase::Connected)] {
            let (said, exit) = told(&running, &engine, Language::English);
            assert!(said.lines().last().unwrap().starts_with("! "), "{said}");
            assert_eq!(exit, Exit::Failed);
        }
        let (said, exit) = told(&view(ServiceState::Absent), &Answer::Silence, Language::English);
        assert!(!said.contains("linger") && !said.contains("! "), "{said}");
        assert_eq!(exit, Exit::Failed);
    }
}
