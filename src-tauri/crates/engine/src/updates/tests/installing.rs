use longwire_contract::{AppView, FaultCode, LeasePhase, LeaseView, ReleaseRef, UpdateWait};

use super::*;

const INSTALLED: UpdateState = UpdateState::Installed { until: None };

fn named(version: &str) -> ReleaseRef {
    ReleaseRef { version: version.to_owned() }
}

async fn offering(package: &'static str) -> World {
    let world = World::new().await;
    world.server.announces("0.2.0", package);
    world.look().await;
    world
}

impl World {
    fn installed(&self) -> Vec<String> {
        self.fake.installed.lock().unwrap().clone()
    }

    async fn until_restarted(&self) {
        let restarted = async {
            while self.fake.restarts.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), restarted).await.unwrap();
    }
}

fn lease() -> LeaseView {
    let (phase, detail) = (LeasePhase::Held, String::new());
    LeaseView { phase, since_ms: 0, until_ms: 1, minutes_left: 1, changes: vec![], detail }
}

#[tokio::test]
async fn what_was_shown_is_fetched_installed_and_started() {
    let world = offering(GENUINE).await;
    // What is announced since is for the next look.
    world.server.announces("0.3.0", GENUINE);
    world.updates.install(named("0.2.0")).unwrap();
    world.updates.install(named("0.2.0")).unwrap();
    assert_eq!(world.updates.view().state, UpdateState::Downloading { done: 0, total: None });
    world.until(|view| view.state == INSTALLED).await;
    world.until_restarted().await;
    assert_eq!(world.installed(), [GENUINE]);
    world.updates.install(named("0.2.0")).unwrap();
    world.updates.check();
    world.updates.cancel();
    assert_eq!(world.updates.view().state, INSTALLED, "there is no way back");
    assert_eq!((world.fake.restarts.load(Ordering::SeqCst), world.server.asked()), (1, 2));
}

#[tokio::test]
async fn only_the_version_that_is_shown_can_be_named() {
    let world = World::new().await;
    world.server.announces("0.2.0", GENUINE);
    let gone = |version: &str| world.updates.install(named(version)).unwrap_err();
    assert_eq!(gone("0.2.0").code, FaultCode::UpdateGone, "nothing was shown yet");
    world.look().await;
    let fault = gone("0.3.0");
    assert_eq!((fault.code, fault.values["version"].as_str()), (FaultCode::UpdateGone, "0.3.0"));
    assert!(gone(&"9".repeat(100_000)).values["version"].len() <= 64);
    assert_eq!(world.updates.view().state, UpdateState::Idle);
    world.updates.install(named("0.2.0")).unwrap();
    assert_eq!(gone("0.3.0").code, FaultCode::UpdateGone, "another one is on its way");
    world.until_restarted().await;
}

#[tokio::test]
async fn what_is_not_genuine_changes_nothing_and_can_be_tried_again() {
    let world = offering("another program").await;
    world.updates.install(named("0.2.0")).unwrap();
    let view = world.until(|view| view.trouble.is_some()).await;
    let trouble = view.trouble.unwrap();
    assert_eq!((trouble.code, view.state), (FaultCode::UpdateNotGenuine, UpdateState::Idle));
    assert_eq!(trouble.values["version"], "0.2.0");
    assert!(trouble.values["error"].chars().count() <= 161, "{trouble:?}");
    assert!(view.release.is_some() && world.installed().is_empty());
    world.server.announces("0.2.0", GENUINE);
    world.updates.install(named("0.2.0")).unwrap();
    assert_eq!(world.updates.view().trouble, None);
    world.until_restarted().await;
}

#[tokio::test]
async fn what_cannot_be_put_in_place_is_told_and_this_version_goes_on() {
    let world = offering(GENUINE).await;
    world.fake.full.store(true, Ordering::SeqCst);
    world.updates.install(named("0.2.0")).unwrap();
    let trouble = world.until(|view| view.trouble.is_some()).await.trouble.unwrap();
    assert_eq!((trouble.code, trouble.values["error"].as_str()), (FaultCode::UpdateNotInstalled, "no room"));
    assert_eq!(world.fake.restarts.load(Ordering::SeqCst), 0);
    world.fake.full.store(false, Ordering::SeqCst);
    world.updates.install(named("0.2.0")).unwrap();
    world.until_restarted().await;
}

#[tokio::test]
async fn where_the_only_copy_of_this_version_lies_is_told_whole() {
    let world = offering(GENUINE).await;
    let path = format!("/private/var/folders/{}current_app", "a/".repeat(200));
    *world.fake.aside.lock().unwrap() = Some(PathBuf::from(&path));
    world.updates.install(named("0.2.0")).unwrap();
    let trouble = world.until(|view| view.trouble.is_some()).await.trouble.unwrap();
    assert_eq!((trouble.code, trouble.values["path"].as_str()), (FaultCode::UpdateAside, path.as_str()));
    assert_eq!(trouble.values["version"], "0.2.0");
    assert!(trouble.detail.contains(&path), "{trouble:?}");
    assert_eq!(world.fake.restarts.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn it_waits_for_the_end_of_a_lease_and_of_a_load_and_can_be_stopped_there() {
    let world = offering(GENUINE).await;
    world.engine(|snapshot| snapshot.lease = Some(lease()));
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Waiting { until: UpdateWait::Lease }).await;
    let now_ms = longwire_host::clock::now_ms();
    let id = "cli_0123456789abcdef".parse().unwrap();
    let app = AppView { last_event_ms: Some(now_ms), ..AppView::new(id, 0) };
    world.engine(|snapshot| {
        snapshot.lease = None;
        snapshot.apps = vec![app];
    });
    world.until(|view| view.state == UpdateState::Waiting { until: UpdateWait::Events }).await;
    world.updates.cancel();
    let view = world.updates.view();
    assert_eq!((view.state, view.trouble), (UpdateState::Idle, None));
    assert!(view.release.is_some());
    world.engine(|snapshot| snapshot.apps.clear());
    later(Duration::from_secs(5)).await;
    assert!(world.installed().is_empty(), "it was stopped");

    world.updates.install(named("0.2.0")).unwrap();
    world.until_restarted().await;
    assert_eq!(world.installed(), [GENUINE]);
}

#[tokio::test]
async fn no_lease_begins_while_it_is_put_in_place_and_until_it_runs() {
    let world = offering(GENUINE).await;
    let begin = || world.updates.unless_placing(|| world.engine(|snapshot| snapshot.lease = Some(lease())));
    let closed = world.fake.gate.lock().await;
    world.updates.install(named("0.2.0")).unwrap();
    begin().unwrap();
    world.until(|view| view.state == UpdateState::Waiting { until: UpdateWait::Lease }).await;
    world.engine(|snapshot| snapshot.lease = None);
    world.until(|view| view.state == UpdateState::Installing).await;
    assert_eq!(begin().unwrap_err().code, FaultCode::UpdateInstalling);
    drop(closed);
    world.until_restarted().await;
    assert_eq!(begin().unwrap_err().code, FaultCode::UpdateInstalling, "it is about to start");
    assert_eq!(world.snapshot.borrow().lease, None);
}

#[tokio::test]
async fn what_has_begun_since_it_was_put_in_place_is_waited_for_and_told() {
    let world = offering(GENUINE).await;
    let closed = world.fake.gate.lock().await;
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Installing).await;
    // Of an engine in another process, which knows of no update.
    world.engine(|snapshot| snapshot.lease = Some(lease()));
    drop(closed);
    world.until(|view| view.state == UpdateState::Installed { until: Some(UpdateWait::Lease) }).await;
    world.engine(|snapshot| {
        snapshot.lease = None;
        snapshot.agent.answering = 1;
    });
    world.until(|view| view.state == UpdateState::Installed { until: Some(UpdateWait::Events) }).await;
    assert_eq!(world.fake.restarts.load(Ordering::SeqCst), 0);
    world.engine(|snapshot| snapshot.agent.answering = 0);
    world.until(|view| view.state == INSTALLED).await;
    world.until_restarted().await;
}

#[tokio::test]
async fn one_that_was_not_put_in_place_is_in_the_way_of_no_lease() {
    let world = offering(GENUINE).await;
    world.fake.full.store(true, Ordering::SeqCst);
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.trouble.is_some()).await;
    world.updates.unless_placing(|| ()).unwrap();
}

#[tokio::test]
async fn it_waits_for_as_long_as_events_come() {
    let world = offering(GENUINE).await;
    world.engine(|snapshot| snapshot.agent.answering = 1);
    world.updates.install(named("0.2.0")).unwrap();
    let waiting = UpdateState::Waiting { until: UpdateWait::Events };
    world.until(|view| view.state == waiting).await;
    for _ in 0..20 {
        later(Duration::from_secs(60)).await;
        assert_eq!(world.updates.view().state, waiting);
    }
    world.engine(|snapshot| snapshot.agent.answering = 0);
    world.until_restarted().await;
}

#[tokio::test]
async fn events_without_end_hold_it_up_for_an_hour() {
    let world = offering(GENUINE).await;
    // For as long as this test runs it has only just come.
    let at = longwire_host::clock::now_ms();
    let id = "cli_0123456789abcdef".parse().unwrap();
    let app = AppView { last_event_ms: Some(at), ..AppView::new(id, 0) };
    world.engine(|snapshot| snapshot.apps = vec![app]);
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Waiting { until: UpdateWait::Events }).await;
    later(HOUR).await;
    world.until_restarted().await;
    assert!(longwire_host::clock::now_ms() - at < 10_000, "it took so long that nothing is told by this");
}

#[tokio::test]
async fn a_download_tells_how_far_it_is_and_can_be_stopped() {
    let world = offering(GENUINE).await;
    let url = format!("{}/silent", world.server.url);
    world.server.says(move |path| match path {
        "/latest.json" => {
            let manifest = json!({ "version": "0.2.0", "notes": "", "url": url }).to_string();
            answer("200 OK", &[], manifest.as_bytes())
        }
        _ => b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n".to_vec(),
    });
    world.look().await;
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Downloading { done: 0, total: Some(11) }).await;
    world.updates.check();
    assert_ne!(world.updates.view().state, UpdateState::Checking, "what there is is known");
    world.updates.cancel();
    assert_eq!(world.updates.view().state, UpdateState::Idle);
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Downloading { done: 0, total: Some(11) }).await;
    world.updates.cancel();
}

#[tokio::test]
async fn another_engine_can_come_into_the_place_of_one_that_is_gone() {
    let world = offering(GENUINE).await;
    world.engine(|snapshot| snapshot.lease = Some(lease()));
    world.updates.install(named("0.2.0")).unwrap();
    world.until(|view| view.state == UpdateState::Waiting { until: UpdateWait::Lease }).await;
    let next = watch::Sender::new(Arc::<Snapshot>::default());
    let roads = Roads::new(vec![], Environment::default(), watch::channel(Arc::default()).1);
    world.updates.stand_on(Ground { snapshots: next.subscribe(), ways: Ways::Engine(roads) });
    world.until_restarted().await;
}
