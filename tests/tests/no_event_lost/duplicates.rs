//! The platform sends again what was taken.

use std::time::Duration;

use longwire_tests::sandboxed;
use tokio::time::{sleep, timeout};

use crate::{
    PATIENCE,
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
        let load = Load { chats: 10, each: 20, padding: 0 };
        let send = async || {
            timeout(PATIENCE, load.send(scene.platform.clone())).await.unwrap();
        };
        let mut run = scene.forward();
        send().await;
        for pause in PAUSES {
            sleep(pause / FASTER).await;
            send().await;
        }
        ended(run);
        run = scene.forward();
        send().await;
        run.signal("KILL");
        run.end();
        run = scene.forward();
        send().await;
        // Some copies have an id of their own, and bring a message that was brought before.
        for message in load.messages() {
            let copy = message.again_as(&format!("again-{}", message.event_id()));
            let mut sent = scene.platform.send_event(None, copy).unwrap();
            timeout(PATIENCE, sent.acked()).await.unwrap().unwrap();
        }
        scene.webhook.until_good(load.total()).await;
        ended(run);

        let copies = PAUSES.len() + 3;
        assert_eq!(scene.platform.stats().acked as usize, (1 + copies) * load.total());
        assert_eq!(scene.platform.violations(), []);
        let record = Record::of(&scene.data_dir());
        assert_eq!((record.kept().len(), record.deliveries()), (load.total(), load.total()));
        assert!(record.kept().values().all(|times| *times == 1));
        // What nobody acknowledged because nobody was there comes again, too, and counts where it was kept.
        assert!(record.duplicates() >= copies * load.total(), "{}", record.duplicates());
        assert_eq!((scene.webhook.posts().len(), scene.webhook.good()), (load.total(), load.total()));
        println!("{} events, {} copies acknowledged", load.total(), record.duplicates());
    });
}
