//! A second Longwire on a data folder: it attaches to the one that holds it, or gives way to it.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use longwire_contract::{
    AppDraft, EventQuery, FaultCode, Handler, Language, LanguageChoice, LogQuery, Phase, ReportSave,
    SettingsChange, Snapshot, call,
};
use longwire_engine::{Backend, Engine, Options, Remote};
use longwire_host::fake::MemoryStore;
use longwire_openplatform::{App, EventKind, EventSpec, Running, Simulator};
use secrecy::SecretString;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::watch,
    time::{Duration, timeout},
};

use common::{options, until};

const APP: &str = "cli_0000000000000001";
const PATIENCE: Duration = Duration::from_secs(20);

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<MemoryStore>,
    platform: Running,
}

impl Bench {
    async fn new() -> Self {
        let app = App::new(APP, SecretString::from("right"));
        let platform = Simulator::builder().app(app).start().await.unwrap();
        Self { folder: tempfile::tempdir().unwrap(), store: Arc::default(), platform }
    }

    fn options(&self) -> Options {
        options(self.folder.path(), self.store.clone())
    }

    /// An engine with the one app, connected.
    async fn engine(&self) -> Engine {
        let engine = Engine::open(self.options()).await.unwrap();
        let draft = AppDraft {
            app_id: APP.parse().unwrap(),
            app_secret: Some(common::secret("right")),
            secret_file: None,
            domain: self.platform.url().parse().unwrap(),
            name: "bot".into(),
            proxy: None,
        };
        engine.app_add(draft).await.unwrap();
        until(&engine, |snapshot| snapshot.phase == Phase::Connected).await;
        engine
    }
}

async fn sees(
    snapshots: &mut watch::Receiver<Arc<Snapshot>>,
    wanted: impl Fn(&Snapshot) -> bool,
) -> Arc<Snapshot> {
    let seen = timeout(PATIENCE, snapshots.wait_for(|snapshot| wanted(snapshot))).await;
    seen.expect("it never is").expect("it is gone").clone()
}

#[tokio::test]
async fn one_that_is_held_is_followed_and_commanded_and_outlives_its_follower() {
    let bench = Bench::new().await;
    let engine = bench.engine().await;
    let here = Options { system_language: Language::Chinese, ..bench.options() };
    let backend = Backend::open(here).await.unwrap();
    assert!(matches!(backend, Backend::Attached(_)));
    let mut snapshots = backend.snapshots();
    let first = sees(&mut snapshots, |snapshot| snapshot.phase == Phase::Connected).await;
    assert_eq!(first.language, Language::Chinese, "what this desktop speaks, and not that process");
    assert_eq!((first.program.as_str(), first.pid), ("test", std::process::id()));
    assert_eq!(bench.platform.stats().links, 1, "there is one connection");

    let mut arrivals = backend.arrivals();
    bench.platform.send(EventSpec::new(EventKind::MessageText).text("hello")).unwrap();
    let batch = timeout(PATIENCE, arrivals.recv()).await.unwrap().unwrap();
    assert_eq!(batch[0].preview.as_deref(), Some("hello"));
    let page = backend.call::<call::ListEvents>(&EventQuery::default()).await.unwrap();
    assert_eq!(page.events.len(), 1);
    assert!(!backend.call::<call::ReadLog>(&LogQuery::default()).await.unwrap().more);

    let change = SettingsChange { language: Some(LanguageChoice::English), ..SettingsChange::default() };
    backend.call::<call::ChangeSettings>(&change).await.unwrap();
    let told = sees(&mut snapshots, |snapshot| snapshot.language == Language::English).await;
    assert!(told.rev > first.rev);
    let read = backend.call::<call::ReadSnapshot>(&()).await.unwrap();
    assert!(read.rev >= told.rev, "what is read is not older than what was told");

    // A report is saved as it was shown, by whoever showed it.
    let report = backend.call::<call::MakeReport>(&()).await.unwrap();
    let other = ReportSave { id: report.id + 1, ..ReportSave::default() };
    assert_eq!(backend.call::<call::SaveReport>(&other).await.unwrap_err().code, FaultCode::ReportGone);

    backend.close().await;
    assert_eq!(engine.snapshots().borrow().phase, Phase::Connected);
    engine.close().await;
}

#[tokio::test]
async fn one_that_ends_is_shown_as_connecting_and_the_next_one_is_attached_to() {
    let bench = Bench::new().await;
    let engine = bench.engine().await;
    let remote = Remote::attach(bench.options()).await.unwrap();
    let backend = Backend::Attached(remote);
    let mut snapshots = backend.snapshots();
    sees(&mut snapshots, |snapshot| snapshot.phase == Phase::Connected).await;
    engine.close().await;
    timeout(PATIENCE, backend.over()).await.unwrap();
    assert_eq!(snapshots.borrow().phase, Phase::Connecting);
    assert_eq!(
        backend.call::<call::Retry>(&Default::default()).await.unwrap_err().code,
        FaultCode::NotRunning
    );
    backend.close().await;

    let next = tokio::spawn(Backend::open_after(bench.options()));
    let engine = Engine::open(bench.options()).await.unwrap();
    let backend = timeout(PATIENCE, next).await.unwrap().unwrap().unwrap();
    assert!(matches!(backend, Backend::Attached(_)));
    sees(&mut backend.snapshots(), |snapshot| snapshot.phase == Phase::Connected).await;
    backend.close().await;
    engine.close().await;
}

#[tokio::test]
async fn an_app_gives_way_to_a_service_and_attaches_to_it() {
    let bench = Bench::new().await;
    bench.engine().await.close().await;
    let app = Backend::open(Options { yields: true, ..bench.options() }).await.unwrap();
    assert!(matches!(app, Backend::Own(_)));
    let by_hand = Engine::open(bench.options()).await.err().unwrap();
    assert_eq!(by_hand.code, FaultCode::HeldByOther, "only a service is given way to");

    let service = tokio::spawn(Engine::open(Options { service: true, ..bench.options() }));
    timeout(PATIENCE, app.over()).await.expect("it is asked");
    app.close().await;
    let service = timeout(PATIENCE, service).await.unwrap().unwrap().unwrap();
    let app = Backend::open_after(bench.options()).await.unwrap();
    assert!(matches!(app, Backend::Attached(_)));
    let snapshot = sees(&mut app.snapshots(), |snapshot| snapshot.phase == Phase::Connected).await;
    assert!(snapshot.service);
    let second = Engine::open(Options { service: true, ..bench.options() }).await.err().unwrap();
    assert_eq!(second.code, FaultCode::HeldByOther, "a service does not give way");
    app.close().await;
    service.close().await;
}

/// An engine that is none: it answers each line with the next of these, and then closes.
fn stand_in(folder: &std::path::Path, answers: &'static [&'static str]) -> tokio::task::JoinHandle<()> {
    let listener = UnixListener::bind(folder.join("control.sock")).unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        for answer in answers {
            stream.read_line(&mut String::new()).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
}

#[tokio::test]
async fn one_of_another_version_is_named_and_what_is_no_engine_is_none() {
    let cases: [(&[&str], FaultCode, &str); 6] = [
        (
            &["{\"ok\":{\"version\":\"99.0.0\",\"program\":\"longwire run\",\"pid\":7,\"new\":[]}}\n"],
            FaultCode::NewerVersion,
            "99.0.0",
        ),
        (
            &[
                "{\"fault\":{\"code\":\"bad_request\",\"values\":{},\"detail\":\"no command of that name\"}}\n",
                "{\"ok\":{\"version\":\"0.0.1\",\"pid\":7,\"apps\":[]}}\n",
            ],
            FaultCode::OtherVersion,
            "0.0.1",
        ),
        // What ends in the middle is on its way down, and is tried again.
        (&["{\"ok\":{\"vers"], FaultCode::NotRunning, ""),
        (&["\n"], FaultCode::Internal, ""),
        (&["nothing\n"], FaultCode::Internal, ""),
        (&[], FaultCode::NotRunning, ""),
    ];
    for (answers, code, theirs) in cases {
        let folder = tempfile::tempdir().unwrap();
        let serving = stand_in(folder.path(), answers);
        let fault = Remote::attach(options(folder.path(), Arc::default())).await.unwrap_err();
        assert_eq!(fault.code, code, "{answers:?}: {fault:?}");
        if !theirs.is_empty() {
            assert_eq!((fault.values["theirs"].as_str(), fault.values["pid"].as_str()), (theirs, "7"));
        }
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn one_that_says_what_is_not_understood_is_left() {
    for said in ["{\"push\":{\"kind\":\"new\",\"value\":1}}\n", "{\"push\":", "[]\n"] {
        let bench = Bench::new().await;
        let first = serde_json::to_string(&Snapshot::default()).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let answer = format!(
            "{{\"ok\":{{\"version\":\"{version}\"}}}}\n{{\"push\":{{\"kind\":\"snapshot\",\"value\":{first}}}}}\n{said}"
        );
        let serving = stand_in(bench.folder.path(), Vec::leak(vec![&*String::leak(answer)]));
        let remote = Remote::attach(bench.options()).await.unwrap();
        timeout(PATIENCE, remote.gone()).await.unwrap();
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn half_lines_are_put_together_and_a_client_that_breaks_off_disturbs_nobody() {
    let bench = Bench::new().await;
    let engine = bench.engine().await;
    let socket = bench.folder.path().join("control.sock");
    let mut broken = UnixStream::connect(&socket).await.unwrap();
    broken.write_all(b"{\"command\":\"fol").await.unwrap();
    drop(broken);
    let mut slow = BufReader::new(UnixStream::connect(&socket).await.unwrap());
    for half in ["{\"comm", "and\":\"follow\"", "}\n"] {
        slow.write_all(half.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut line = String::new();
    timeout(PATIENCE, slow.read_line(&mut line)).await.unwrap().unwrap();
    assert!(line.starts_with("{\"ok\":{") && line.contains("\"version\":"), "{line}");
    let remote = Remote::attach(bench.options()).await.unwrap();
    assert_eq!(remote.snapshots().borrow().phase, Phase::Connected);
    remote.leave();
    engine.close().await;
}
