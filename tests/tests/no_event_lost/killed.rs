//! Longwire is killed at random moments and started again at once.

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
    seed,
};

/// How often it is killed at least.
const KILLS: usize = 10;

#[test]
fn killed_at_random_moments_of_a_load() {
    sandboxed(async |_| killed(Load { chats: 100, each: 200, padding: 0 }).await);
}

/// The load that the claim is made of. It takes minutes without optimization.
#[test]
#[ignore = "long; run it alone"]
fn killed_at_random_moments_of_a_load_of_100_000() {
    sandboxed(async |_| killed(Load { chats: 200, each: 500, padding: 0 }).await);
}

async fn killed(load: Load) {
    let mut rng = Rng::with_seed(seed());
    let scene = Scene::new().await;
    let began = Instant::now();
    let sending = tokio::spawn(load.send(scene.platform.clone()));
    let mut run = scene.forward();
    let mut delivered = vec![HashSet::new()];
    // Of all that is to be acknowledged and to be posted, so much is done.
    let whole = 2 * load.total() as u64;
    let mut marks: Vec<u64> = (0..KILLS).map(|_| rng.u64(..whole * 95 / 100)).collect();
    marks.sort_unstable();
    for mark in marks {
        until_done(&scene, mark).await;
        sleep(Duration::from_micros(rng.u64(..20_000))).await;
        delivered.push(scene.kill(run).await);
        run = scene.forward();
        // Also while it starts, and looks at what it left behind.
        if rng.u8(..3) == 0 {
            sleep(Duration::from_millis(rng.u64(..400))).await;
            delivered.push(scene.kill(run).await);
            run = scene.forward();
        }
    }
    timeout(PATIENCE * 10, sending).await.unwrap().unwrap();
    let sent = began.elapsed();
    scene.webhook.until_good(load.total()).await;
    let all = began.elapsed();
    ended(run);

    let stats = scene.platform.stats();
    assert_eq!((stats.acked, stats.lost), (load.total() as u64, 0), "{stats:?}");
    assert_eq!(scene.platform.violations(), []);
    let (record, posts) = (Record::of(&scene.data_dir()), scene.webhook.posts());
    let account = Account { load, record: &record, posts: &posts, delivered: &delivered };
    account.settle();
    println!(
        "{} events, {} kills: acknowledged in {sent:.1?}, delivered in {all:.1?}; {} tries of the platform, {} duplicates; \
         {} POSTs, {} of them again",
        load.total(),
        delivered.len() - 1,
        stats.sent,
        record.duplicates(),
        posts.len(),
        account.again()
    );
}

/// Waits until so many events are acknowledged, and posted, together.
async fn until_done(scene: &Scene, mark: u64) {
    let done = || scene.platform.stats().acked + scene.webhook.good() as u64;
    let (mut known, mut since) = (done(), Instant::now());
    while known < mark {
        sleep(Duration::from_millis(1)).await;
        let now = done();
        if now > known {
            (known, since) = (now, Instant::now());
        }
        assert!(since.elapsed() < PATIENCE, "{known} of {mark}, and nothing more happens");
    }
}
