//! `longwire run` under the system's keeper of services: nobody is there to read why it ended, so that it waits instead.

use std::{pin::pin, time::Duration};

use longwire_contract::{Fault, FaultCode, Language};
use longwire_engine::{Engine, News, Options, Supervisor};
use tokio::time::{interval, sleep};
use tracing::{info, warn};

use super::Watcher;
use crate::{exit::Exit, signals::Signals, words};

/// How often a data folder that another one holds is tried again.
const HELD: Duration = Duration::from_secs(5);
/// After how long it is tried again what else is in the way, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// So much longer the start may take, each time. It is more than any pause.
const LONGER: Duration = Duration::from_secs(90);
/// How often that is said while the engine is opened.
const OFTEN: Duration = Duration::from_secs(30);
/// How many times: one that is not open after half an hour is stuck.
const MOST: usize = 60;

/// Holds the connections until told to stop: also where there is none to hold, and where the platform refuses.
pub(super) async fn run(
    options: Options,
    supervisor: Supervisor,
    language: Language,
    mut signals: Signals,
) -> Result<Exit, Fault> {
    let engine = tokio::select! {
        engine = open(options, supervisor, language) => engine,
        () = signals.next() => return Ok(Exit::Ok),
    };
    let mut watcher = Watcher::new(language);
    tokio::select! {
        () = signals.next() => info!("closing; once more to leave at once"),
        () = watcher.follow(engine.snapshots()) => {}
    }
    tokio::select! {
        () = engine.close() => Ok(Exit::Ok),
        () = signals.next() => Ok(Exit::Failed),
    }
}

/// Opens the engine, as soon as that can be done: nobody else holds its data folder, what is wrong with that or with the settings is
/// mended. The supervisor could only start it again, and not every one waits longer each time.
async fn open(options: Options, supervisor: Supervisor, language: Language) -> Engine {
    let mut said = None;
    let (mut pause, longest) = PAUSES;
    loop {
        let longer = || tell(supervisor, &[News::Starting(LONGER)]);
        let fault = match patiently(Engine::open(options.clone()), OFTEN, longer).await {
            Ok(engine) => return engine,
            Err(fault) => fault,
        };
        let words = words::fault(language, &fault);
        tell(supervisor, &[News::Status(words.clone()), News::Starting(LONGER)]);
        if said.as_ref() != Some(&words) {
            warn!("{words}");
            said = Some(words);
        }
        if fault.code == FaultCode::HeldByOther {
            sleep(HELD).await;
        } else {
            sleep(pause).await;
            pause = longest.min(pause * 2);
        }
    }
}

/// Does `work`, and says at its begin and every now and then that it takes longer: a keychain may ask its user for each of many secrets.
async fn patiently<T>(work: impl Future<Output = T>, often: Duration, mut longer: impl FnMut()) -> T {
    let (mut work, mut ticks) = (pin!(work), interval(often));
    for _ in 0..MOST {
        tokio::select! {
            done = &mut work => return done,
            _ = ticks.tick() => longer(),
        }
    }
    work.await
}

fn tell(supervisor: Supervisor, news: &[News]) {
    if let Err(error) = supervisor.tell(news) {
        warn!(%error, "the supervisor does not hear");
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn an_engine_that_opens_slowly_is_given_time_again_and_again() {
        let (open, opened) = oneshot::channel();
        let (mut open, mut asked) = (Some(open), 0);
        let longer = || {
            asked += 1;
            // As the last of many secrets is given at last.
            if asked == 4 {
                open.take().map(|open| open.send("open").ok());
            }
        };
        assert_eq!(patiently(opened, Duration::from_millis(1), longer).await, Ok("open"));
        assert!(asked >= 4, "{asked}");
        assert!(OFTEN * 2 < LONGER && PAUSES.1 < LONGER && HELD < LONGER, "it is asked for in time");
    }
}
