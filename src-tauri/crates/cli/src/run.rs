mod kept;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use longwire_contract::{
    AppId, Domain, Fault, FaultCode, Finding, FindingCode, Guide, Language, Notice, Phase, Severity,
    Snapshot, words,
};
use longwire_engine::{
    Apps, Engine, GivenApp, GivenTarget, Machine, Supervisor, webhook_secrets_in_environment,
};
use tokio::sync::watch;
use tracing::{error, info, warn};

use crate::{
    args::Run,
    command_line::words_of,
    exit::Exit,
    given_proxy,
    guide::more,
    options::options,
    print::Printer,
    secret,
    signals::Signals,
    words::{notice, sentences},
};

/// `longwire run`: holds the connections until told to stop, or until trying again cannot help.
pub(crate) async fn run(run: Run, machine: Machine) -> Result<Exit, Fault> {
    let language = machine.language();
    let given = secret::given(run.app_secret_file.as_deref())?;
    let printer = run.print.then(|| Arc::new(Printer::start(std::io::stdout())));
    let mut options = options(&machine, "longwire run")?;
    options.targets = targets(&run, printer.clone())?;
    options.ca_files = run.road.ca_file;
    options.proxy = given_proxy::given(run.road.proxy)?;
    match run.app_id {
        Some(id) => {
            let kept = machine.app(&id)?;
            let domain = run.domain.or(kept).unwrap_or(Domain::Feishu);
            options.apps = Apps::Only(GivenApp { id, secret: given, domain });
        }
        None => options.secret = given,
    }
    options.supervisor = Supervisor::of_this_process();
    options.service = options.supervisor.is_some();
    // Before anything connects, so that no signal finds the process unprepared.
    let mut signals = Signals::listen()?;
    if let Some(supervisor) = options.supervisor {
        return kept::run(options, supervisor, language, signals).await;
    }
    let engine = Engine::open(options).await?;
    let snapshots = engine.snapshots();
    if snapshots.borrow().apps.is_empty() {
        engine.close().await;
        return Err(Fault::new(FaultCode::NoApps, "no app is configured"));
    }
    let mut watcher = Watcher::new(language);
    let exit = tokio::select! {
        () = signals.next() => {
            info!("closing; once more to leave at once");
            watcher.exit()
        }
        exit = watcher.until_hopeless(snapshots) => exit,
        () = closed(printer.as_deref()) => {
            error!("standard output is closed: nobody reads the events any more");
            Exit::Failed
        }
    };
    tokio::select! {
        () = engine.close() => Ok(exit),
        () = signals.next() => Ok(Exit::Failed),
    }
}

/// Who is handed events, as the command line says.
fn targets(run: &Run, printer: Option<Arc<Printer>>) -> Result<Vec<GivenTarget>, Fault> {
    let secrets = webhook_secrets_in_environment()?;
    let webhooks =
        run.forward.iter().map(|url| GivenTarget::Webhook { url: url.clone(), secrets: secrets.clone() });
    let commands = run.exec.iter().map(|line| Ok(GivenTarget::Command(words_of(line)?)));
    let print = printer.map(|printer| Ok(GivenTarget::Print(printer)));
    webhooks.map(Ok).chain(commands).chain(print).collect()
}

async fn closed(printer: Option<&Printer>) {
    match printer {
        Some(printer) => printer.broken().cancelled().await,
        None => std::future::pending().await,
    }
}

/// Follows the apps: says once what each failure means and what to do, and knows how the run would end now.
struct Watcher {
    language: Language,
    /// What was last said of each app.
    said: BTreeMap<AppId, BTreeSet<Said>>,
    /// The notices of the last snapshot, which were said.
    notices: Vec<Notice>,
    /// An app has been connected.
    connected: bool,
    last: Arc<Snapshot>,
}

/// What tells one thing that is said from another: two targets may have the same trouble.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Said(FindingCode, Option<String>);

impl From<&Finding> for Said {
    fn from(finding: &Finding) -> Self {
        Self(finding.code, finding.values.get("target").cloned())
    }
}

impl Watcher {
    fn new(language: Language) -> Self {
        Self { language, said: BTreeMap::new(), notices: Vec::new(), connected: false, last: Arc::default() }
    }

    /// Follows them for as long as the engine lives.
    async fn follow(&mut self, mut snapshots: watch::Receiver<Arc<Snapshot>>) {
        loop {
            let snapshot = snapshots.borrow_and_update().clone();
            self.see(snapshot);
            if snapshots.changed().await.is_err() {
                return;
            }
        }
    }

    /// Ends when no app can be connected without the user.
    async fn until_hopeless(&mut self, mut snapshots: watch::Receiver<Arc<Snapshot>>) -> Exit {
        loop {
            let snapshot = snapshots.borrow_and_update().clone();
            self.see(snapshot);
            if self.is_hopeless() {
                return self.refusal();
            }
            if snapshots.changed().await.is_err() {
                return self.exit();
            }
        }
    }

    fn see(&mut self, snapshot: Arc<Snapshot>) {
        for app in &snapshot.apps {
            self.connected |= app.phase == Phase::Connected;
            let said = self.said.entry(app.app_id.clone()).or_default();
            // What comes again after a good time is said again.
            said.retain(|one| app.findings.iter().any(|finding| Said::from(finding) == *one));
            for finding in app.findings.iter().filter(|finding| said.insert(Said::from(*finding))) {
                let words = told(self.language, finding);
                match finding.severity {
                    Severity::Advice => info!(app = %app.app_id, "{words}"),
                    Severity::Warning | Severity::Error => warn!(app = %app.app_id, "{words}"),
                }
            }
        }
        for new in self.new_notices(&snapshot) {
            warn!("{}", notice(self.language, &new));
        }
        let idle = |snapshot: &Snapshot| snapshot.apps.iter().all(|app| app.phase == Phase::Paused);
        if idle(&snapshot) && (self.last.apps.is_empty() || !idle(&self.last)) {
            info!("every app is paused: nothing is connected until one is resumed");
        }
        self.last = snapshot;
    }

    /// The notices that were not there before.
    fn new_notices(&mut self, snapshot: &Snapshot) -> Vec<Notice> {
        let before = std::mem::replace(&mut self.notices, snapshot.notices.clone());
        snapshot.notices.iter().filter(|one| !before.contains(one)).cloned().collect()
    }

    fn is_hopeless(&self) -> bool {
        let stuck = |phase| matches!(phase, Phase::NeedsYou | Phase::Paused);
        self.last.apps.iter().all(|app| stuck(app.phase))
            && self.last.apps.iter().any(|app| app.phase == Phase::NeedsYou)
    }

    /// Why the first app that needs its user does.
    fn refusal(&self) -> Exit {
        let refused = self.last.apps.iter().filter(|app| app.phase == Phase::NeedsYou);
        refused.filter_map(|app| app.blocked_by()).map(Exit::from).next().unwrap_or(Exit::Failed)
    }

    /// 0 where an app has been connected, or none was to be; else why the first one was not.
    fn exit(&self) -> Exit {
        if self.connected || self.last.apps.iter().all(|app| app.phase == Phase::Paused) {
            return Exit::Ok;
        }
        self.last.apps.iter().find_map(|app| app.blocked_by()).map_or(Exit::Failed, Exit::from)
    }
}

/// A finding on one line, with where more is said of it. A log is kept and handed on, and what a model's server says may be what
/// somebody asked it: such a finding has its title alone here.
fn told(language: Language, finding: &Finding) -> String {
    let said = match finding.code.guide() {
        Guide::Agent => words::headline(language, finding),
        _ => words::finding(language, finding),
    };
    sentences(language, &said, &more(language, finding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocking(code: FindingCode) -> Finding {
        Finding {
            code,
            severity: Severity::Error,
            blocks_connection: true,
            action: None,
            values: BTreeMap::new(),
            detail: String::new(),
        }
    }

    fn seen(apps: &[(Phase, Option<FindingCode>)]) -> Watcher {
        let mut watcher = Watcher::new(Language::English);
        let mut snapshot = Snapshot::default();
        for (number, (phase, code)) in apps.iter().enumerate() {
            let mut app = longwire_contract::AppView::new(format!("cli_{number:016x}").parse().unwrap(), 0);
            app.phase = *phase;
            app.findings = code.map(blocking).into_iter().collect();
            snapshot.apps.push(app);
        }
        watcher.see(Arc::new(snapshot));
        watcher
    }

    #[test]
    fn a_finding_in_the_log_says_where_there_is_more() {
        let found = blocking(FindingCode::LinkSilent);
        let english = told(Language::English, &found);
        assert!(english.ends_with(". More: longwire guide link") && !english.contains('\n'), "{english}");
        let chinese = told(Language::Chinese, &found);
        assert!(chinese.contains("。详细说明") && chinese.ends_with("longwire guide link"), "{chinese}");
        let mut said = blocking(FindingCode::AgentRefused);
        said.values.insert("message".to_owned(), "what somebody asked".to_owned());
        let said = told(Language::English, &said);
        assert!(said.ends_with(". More: longwire guide agent") && !said.contains("somebody"), "{said}");
    }

    #[test]
    fn a_refusal_counts_beside_a_paused_app() {
        let watcher = seen(&[(Phase::Paused, None), (Phase::NeedsYou, Some(FindingCode::CredentialsWrong))]);
        assert!(watcher.is_hopeless());
        assert_eq!(watcher.refusal(), Exit::Refused);
    }

    #[test]
    fn each_target_that_is_in_trouble_is_said() {
        let mut watcher = seen(&[(Phase::Connected, None)]);
        let mut troubled = Snapshot::clone(&watcher.last);
        let down = |target| blocking(FindingCode::TargetDown).with("target", target);
        troubled.apps[0].findings = vec![down("a"), down("b")];
        watcher.see(Arc::new(troubled));
        assert_eq!(watcher.said.values().next().unwrap().len(), 2);
    }

    #[test]
    fn what_there_is_to_know_is_said_once_and_again_where_it_comes_again() {
        use longwire_contract::NoticeCode;

        let mut watcher = seen(&[(Phase::Connected, None)]);
        let values = [("error".to_owned(), "disk".to_owned())].into();
        let told = Snapshot {
            notices: vec![Notice { code: NoticeCode::JournalUnusable, values }],
            ..Snapshot::clone(&watcher.last)
        };
        let well = Snapshot::clone(&watcher.last);
        assert_eq!(watcher.new_notices(&told), told.notices);
        assert!(watcher.new_notices(&told).is_empty());
        assert!(watcher.new_notices(&well).is_empty());
        assert_eq!(watcher.new_notices(&told), told.notices);
    }

    #[test]
    fn who_was_connected_once_ended_well() {
        let mut watcher = seen(&[(Phase::Connected, None)]);
        assert_eq!(watcher.exit(), Exit::Ok);
        let mut down = Snapshot::clone(&watcher.last);
        down.apps[0].phase = Phase::Waiting;
        down.apps[0].findings = vec![blocking(FindingCode::LinkSilent)];
        watcher.see(Arc::new(down));
        assert_eq!(watcher.exit(), Exit::Ok);
    }

    #[test]
    fn who_was_never_connected_did_not() {
        assert_eq!(seen(&[(Phase::Connecting, None)]).exit(), Exit::Failed);
        assert_eq!(seen(&[(Phase::Waiting, Some(FindingCode::TcpRefused))]).exit(), Exit::Blocked);
        assert_eq!(seen(&[(Phase::Paused, None)]).exit(), Exit::Ok);
        assert!(!seen(&[(Phase::Waiting, Some(FindingCode::TcpRefused))]).is_hopeless());
    }
}
