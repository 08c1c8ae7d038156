use std::sync::Mutex;

use longwire_contract::{AppView, Phase, QuietHours};
use tokio::{
    task::JoinHandle,
    time::{Duration, sleep},
};

use super::{
    super::arrival::{Arriving, arrivals, sample},
    *,
};

/// What was asked of the desktop and of the window.
#[derive(Clone, Default)]
struct Record(Arc<Mutex<Asked>>);

#[derive(Default)]
struct Asked {
    titles: Vec<String>,
    opened: Vec<Clicked>,
    trouble: Vec<Option<NotShown>>,
    minute: u16,
}

impl Outlet for Record {
    fn show(&self, notification: Notification) {
        self.0.lock().unwrap().titles.push(notification.title);
    }

    fn open(&self, clicked: Clicked) {
        self.0.lock().unwrap().opened.push(clicked);
    }

    fn tell_trouble(&self, trouble: Option<NotShown>) {
        self.0.lock().unwrap().trouble.push(trouble);
    }

    fn minute(&self) -> u16 {
        self.0.lock().unwrap().minute
    }
}

struct Scene {
    record: Record,
    snapshots: watch::Sender<Arc<Snapshot>>,
    arriving: Arriving,
    clicks: broadcast::Sender<String>,
    trouble: watch::Sender<Option<NotShown>>,
    task: JoinHandle<()>,
}

impl Scene {
    fn open() -> Self {
        let app = AppView { phase: Phase::Connected, ..AppView::new(sample(1, "", "").app_id, 0) };
        let first = Snapshot { apps: vec![app], ..Snapshot::default() };
        let (snapshots, clicks) = (watch::Sender::new(Arc::new(first)), broadcast::Sender::new(4));
        let (record, trouble, (arriving, arrivals)) =
            (Record::default(), watch::Sender::new(None), arrivals());
        let heard = Heard { clicks: clicks.subscribe(), trouble: trouble.subscribe() };
        let task = tokio::spawn(run(snapshots.subscribe(), arrivals, heard, record.clone()));
        Self { record, snapshots, arriving, clicks, trouble, task }
    }

    fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        self.snapshots.send_modify(|snapshot| change(Arc::make_mut(snapshot)));
    }

    fn send(&self, seqs: std::ops::Range<u32>) {
        for seq in seqs {
            self.arriving.tell(|| sample(seq, &format!("oc_{}", seq % 3), "hello"));
        }
    }

    async fn titles_after(&self, seconds: u64) -> Vec<String> {
        sleep(Duration::from_secs(seconds)).await;
        std::mem::take(&mut self.record.0.lock().unwrap().titles)
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_told_twice_and_a_click_opens_the_last_event() {
    let scene = Scene::open();
    scene.send(1..501);
    assert_eq!(scene.titles_after(1).await, ["New message in a group"]);
    scene.clicks.send("events".into()).unwrap();
    assert_eq!(scene.titles_after(3600).await, ["500 messages in 3 chats"]);
    scene.clicks.send("events".into()).unwrap();
    scene.clicks.send("sample".into()).unwrap();
    sleep(Duration::from_secs(1)).await;
    let opened = scene.record.0.lock().unwrap().opened.clone();
    assert_eq!(opened, [Clicked::Event(1), Clicked::Event(500), Clicked::Window]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_counted_as_far_as_it_was_seen() {
    let scene = Scene::open();
    // All of it before the task is polled once.
    scene.send(0..100_000);
    assert_eq!(scene.titles_after(60).await, ["New message in a group", "512+ messages in 3 chats"]);
}

#[tokio::test(start_paused = true)]
async fn settings_count_at_once() {
    let scene = Scene::open();
    scene.send(1..3);
    scene.titles_after(1).await;
    scene.change(|snapshot| snapshot.notify.events = false);
    scene.send(3..9);
    assert_eq!(scene.titles_after(60).await, [""; 0]);
    scene.change(|snapshot| snapshot.notify.events = true);
    sleep(Duration::from_secs(1)).await;
    scene.send(9..10);
    assert_eq!(scene.titles_after(60).await, ["New message in a group"]);
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_are_quiet_and_end() {
    let scene = Scene::open();
    scene.change(|snapshot| {
        snapshot.notify.quiet = Some(QuietHours { from_minute: 1320, to_minute: 420 });
    });
    sleep(Duration::from_secs(1)).await;
    scene.change(|snapshot| snapshot.apps[0].phase = Phase::Waiting);
    scene.send(1..9);
    assert_eq!(scene.titles_after(3600).await, [""; 0]);
    scene.record.0.lock().unwrap().minute = 420;
    assert_eq!(scene.titles_after(3600).await, [""; 0]);
    scene.send(9..10);
    assert_eq!(scene.titles_after(1).await, ["New message in a group"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_is_told_and_its_return() {
    let scene = Scene::open();
    sleep(Duration::from_secs(1)).await;
    scene.change(|snapshot| snapshot.apps[0].phase = Phase::Waiting);
    let name = "cli_0123456789abcdef";
    assert_eq!(scene.titles_after(3600).await, [format!("{name}: connection lost")]);
    scene.change(|snapshot| snapshot.apps[0].phase = Phase::Connected);
    assert_eq!(scene.titles_after(3600).await, [format!("{name}: connected again")]);
    scene.change(|snapshot| snapshot.notify.connection = false);
    scene.change(|snapshot| snapshot.apps[0].phase = Phase::Waiting);
    assert_eq!(scene.titles_after(3600).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn trouble_is_passed_on_and_the_task_ends_with_the_engine() {
    let scene = Scene::open();
    scene.trouble.send(Some(NotShown::NoAnswer)).unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.record.0.lock().unwrap().trouble, [Some(NotShown::NoAnswer)]);
    drop(scene.snapshots);
    scene.task.await.unwrap();
}
