//! The disk is full for a while.

use std::{collections::HashSet, time::Instant};

use longwire_openplatform::Failure;
use longwire_tests::sandboxed;
use tokio::time::timeout;

use crate::{
    PATIENCE,
    account::Account,
    disk::Disk,
    load::Load,
    record::Record,
    scene::{Scene, ended},
    until,
};

/// How many tries are refused before somebody makes room.
const REFUSED: u64 = 100;

#[test]
fn a_full_disk_refuses_events_and_loses_none() {
    sandboxed(async |_| {
        let scene = Scene::new().await;
        let disk = Disk::at(&scene.data_dir(), 48, 8);
        // Half as much again as there is room for.
        let load = Load { chats: 8, each: 150, padding: 10_000 };
        let began = Instant::now();
        let run = scene.forward();
        let sending = tokio::spawn(load.send(scene.platform.clone()));
        timeout(PATIENCE, scene.platform.until(|stats| stats.links > 0)).await.unwrap();
        let before = scene.platform.stats().failed;
        timeout(PATIENCE, scene.platform.until(|stats| stats.failed >= before + REFUSED)).await.unwrap();
        until("it is told", || scene.findings().contains(&"disk_full".to_owned())).await;
        let full = began.elapsed();
        let kept = scene.platform.stats().acked;
        assert!(kept > 0 && kept < load.total() as u64, "{kept} are kept");
        assert_eq!(scene.status()["apps"][0]["phase"], "connected");

        disk.make_room();
        let failures = timeout(PATIENCE, sending).await.unwrap().unwrap();
        scene.webhook.until_good(load.total()).await;
        until("it is told no more", || !scene.findings().contains(&"disk_full".to_owned())).await;
        let stats = scene.platform.stats();
        assert_eq!((stats.acked, stats.lost, stats.links, stats.clients), (load.total() as u64, 0, 1, 1));
        let refused = failures.iter().filter(|failure| **failure == Failure::Code(500)).count();
        assert!(refused as u64 >= REFUSED, "{failures:?}");
        let others =
            failures.iter().find(|failure| !matches!(failure, Failure::Code(500) | Failure::NoClient));
        assert_eq!(others, None, "every try is answered in time");
        ended(run);

        let (record, posts) = (Record::of(&scene.data_dir()), scene.webhook.posts());
        let account = Account { load, record: &record, posts: &posts, delivered: &[HashSet::new()] };
        account.settle();
        println!(
            "{} events: full after {kept} in {full:.1?}, {refused} tries refused, all delivered after {:.1?}; {} POSTs",
            load.total(),
            began.elapsed(),
            posts.len()
        );
    });
}
