//! The thread that keeps the index of texts up to date, behind the events and out of their way.

use std::{
    sync::{
        Weak,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Error, journal::Shared, search};

/// So many events are indexed at a time: a few milliseconds, which is what an event that arrives meanwhile waits at most.
const BATCH: u32 = 200;
/// What arrives within this time is indexed together.
const GATHER: Duration = Duration::from_millis(100);
/// While events arrive, the index has this share of the writer's time: one in so many parts.
const SHARE: u32 = 20;
/// After a failure (the disk is full) it is tried again so late, or, after a pause, when events arrive.
const AGAIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(1);

/// Indexes what is there, and after each signal what has come, until the journal is gone. Signals while it works mean that
/// events arrive.
pub(crate) fn run(journal: &Weak<Shared>, arrivals: &Receiver<()>) {
    loop {
        let Some(shared) = journal.upgrade() else { return };
        let begun = Instant::now();
        let outcome = step(&shared);
        let took = begun.elapsed();
        drop(shared);
        match outcome {
            Ok(true) => {
                if arrivals.try_recv().is_ok() {
                    thread::sleep(took * (SHARE - 1));
                }
            }
            Ok(false) => {
                if arrivals.recv().is_err() {
                    return;
                }
                thread::sleep(GATHER);
            }
            Err(Error::Closed) => return,
            Err(error) => {
                tracing::debug!(%error, "the index of texts stays behind");
                thread::sleep(PAUSE);
                if arrivals.recv_timeout(AGAIN) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

/// Indexes the next events, or tidies the index where there are none; whether there was something to do.
fn step(shared: &Shared) -> Result<bool, Error> {
    match shared.read_now(|file| search::read_batch(file, BATCH))? {
        Some(batch) => {
            shared.write_now(move |file| search::write_batch(file, &batch))?;
            shared.write_now(search::merge)?;
            Ok(true)
        }
        None => shared.write_now(search::merge),
    }
}
