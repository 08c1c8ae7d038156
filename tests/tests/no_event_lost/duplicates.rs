//! The platform sends again what was taken.

use std::{collections::HashSet, time::Duration};

use longwire_tests::sandboxed;
use tokio::time::{sleep, timeout};

use crate::{
    PATIENCE,
    account::Account,
    load::Load,
    record::Record,
    scene::{Scene, ended},
};

/// When copies come, by the platform's time.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(15),
    Duration::from_secs(5 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(6 * 60 * 60),
];
/// How much faster it goes here: the last copies come after 2 s.
const FASTER: u32 = 10_000;

#[test]
fn copies_of_what_was_taken_are_acknowledged_and_handed_over_to_nobody() {
    sandboxed(async |_| {
        let scene = Scene::new().await;
        let send = async |load: Load| timeout(PATIENCE, load.send(scene.platform.clone())).await.unwrap();
        let first = Load { chats: 10, each: 20, padding: 0 };
        let mut run = scene.forward();
        send(first).await;
        for pause in PAUSES {
            sleep(pause / FASTER).await;
            send(first).await;
        }
        ended(run);
        run = scene.forward();
        send(first).await;
        // All of that and a few more, which are new when it is killed.
        let all = Load { chats: 12, ..first };
        send(all).await;
        let delivered = [HashSet::new(), scene.kill(run).await];
        run = scene.forward();
        send(all).await;
        // Some copies have an id of their own, and bring a message that was brought before.
        for message in all.messages() {
            let copy = message.again_as(&format!("again-{}", message.event_id()));
            let mut sent = scene.platform.send_event(None, copy).unwrap();
            timeout(PATIENCE, sent.acked()).await.unwrap().unwrap();
        }
        scene.webhook.until_good(all.total()).await;
        ended(run);

        let acked = usize::try_from(scene.platform.stats().acked).unwrap();
        assert_eq!(acked, (2 + PAUSES.len()) * first.total() + 3 * all.total());
        assert_eq!(scene.platform.violations(), []);
        let (record, posts) = (Record::of(&scene.data_dir()), scene.webhook.posts());
        Account { load: all, record: &record, posts: &posts, delivered: &delivered }.settle();
        // What was kept and could not be acknowledged comes again, too, and counts where it was kept.
        assert!(record.duplicates() >= acked - all.total(), "{}", record.duplicates());
        println!("{} events, {acked} acknowledged, {} POSTs", all.total(), posts.len());
    });
}
