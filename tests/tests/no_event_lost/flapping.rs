//! The bot comes and goes, and is ill in every way; now and then Longwire is killed besides.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use fastrand::Rng;
use longwire_tests::sandboxed;
use tokio::time::{sleep, timeout};

use crate::{
    PATIENCE,
    account::Account,
    load::Load,
    record::Record,
    scene::{Scene, ended},
    seed, until,
    webhook::Behaviour,
};

const TROUBLES: [Behaviour; 5] =
    [Behaviour::Status(500), Behaviour::Status(503), Behaviour::Hangs, Behaviour::Breaks, Behaviour::Gone];
/// For how long the bot is ill, now and then. An event is given up, to be replayed, after six failures in half a minute at
/// least.
const ILL: Duration = Duration::from_secs(15);

#[test]
fn a_bot_that_comes_and_goes_gets_everything_once_and_in_order() {
    sandboxed(async |_| {
        let mut rng = Rng::with_seed(seed());
        let scene = Scene::new().await;
        let load = Load { chats: 40, each: 250, padding: 0 };
        let added = scene.command(&["target", "add", &scene.webhook.url(), "--deadline", "2s"]);
        assert_eq!(added.code, Some(0), "{}", added.stderr);
        let began = Instant::now();
        let mut run = scene.run();
        let mut delivered = vec![HashSet::new()];
        let sending = tokio::spawn(load.send(scene.platform.clone()));
        let mut troubles = TROUBLES;
        rng.shuffle(&mut troubles);
        let mut troubles = troubles.into_iter();
        let mut times = 0;
        loop {
            let trouble = match troubles.next() {
                Some(trouble) => trouble,
                None if began.elapsed() > ILL => break,
                None => TROUBLES[rng.usize(..TROUBLES.len())],
            };
            be_ill(&scene, trouble, &mut rng).await;
            times += 1;
            if rng.u8(..3) == 0 {
                delivered.push(scene.kill(run).await);
                run = scene.run();
            }
            scene.webhook.behave(Behaviour::Good);
            let some = (scene.webhook.good() + rng.usize(10..200)).min(load.total());
            scene.webhook.until_good(some).await;
        }
        timeout(PATIENCE, sending).await.unwrap().unwrap();
        scene.webhook.until_good(load.total()).await;
        let all = began.elapsed();
        ended(run);

        assert_eq!(scene.platform.stats().acked, load.total() as u64);
        let (record, posts) = (Record::of(&scene.data_dir()), scene.webhook.posts());
        Account { load, record: &record, posts: &posts, delivered: &delivered }.settle();
        let met: Vec<_> = TROUBLES.map(|trouble| (trouble, scene.webhook.met(trouble))).into();
        println!(
            "{} events, ill {times} times, {} kills, in {all:.1?}: {} POSTs, {met:?}",
            load.total(),
            delivered.len() - 1,
            posts.len()
        );
    });
}

/// Is ill until somebody has met it, and a moment longer.
async fn be_ill(scene: &Scene, trouble: Behaviour, rng: &mut Rng) {
    let webhook = &scene.webhook;
    let before = webhook.met(trouble);
    webhook.behave(trouble);
    if trouble != Behaviour::Gone {
        until("somebody posts", || webhook.met(trouble) > before).await;
    }
    sleep(Duration::from_millis(rng.u64(100..800))).await;
}
