//! No event is lost: what the platform was told is kept reaches the bot, whatever happens on the way, in the order of its chat,
//! and not again once it is written down that it did.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, ask real programs, and say what it came to.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod account;
mod disk;
mod duplicates;
mod flapping;
mod full_disk;
mod killed;
mod load;
mod message;
mod record;
mod scene;
mod webhook;

use std::{
    env,
    time::{Duration, Instant},
};

use tokio::time::sleep;

/// How long anything may take that must happen: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);
/// Repeats the random choices of a run that printed it.
const SEED: &str = "LONGWIRE_TEST_SEED";

/// What the random choices of a test begin with.
fn seed() -> u64 {
    let seed = env::var(SEED).ok().map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    seed
}

/// Waits until it is so.
async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        sleep(Duration::from_millis(5)).await;
    }
}
