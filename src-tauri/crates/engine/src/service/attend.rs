use std::{
    io,
    sync::{Arc, Weak},
    time::Duration,
};

use longwire_contract::{Phase, Snapshot};
use longwire_host::service::{News, Supervisor};
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{MissedTickBehavior, interval, timeout},
};
use tracing::{debug, warn};

use super::{beat::beat, said::said};
use crate::{Options, engine::Inner};

/// How often the engine looks after itself where nobody says how often it should.
const PACE: Duration = Duration::from_secs(20);
/// So much longer it may take to be ready, each time that it lives and is not.
const LONGER: Duration = Duration::from_secs(90);

/// Tells the supervisor how the engine is, for as long as it is polled: that it is ready, once; how it stands, as that changes; that it
/// lives, each time that a beat went through all of it. It does not keep the engine alive.
pub(crate) async fn attend(
    engine: Weak<Inner>,
    supervisor: Supervisor,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
) {
    // Two beats may be late before it is taken for stuck.
    let pace = supervisor.watchdog().map_or(PACE, |limit| limit / 3);
    let mut ticks = interval(pace.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut ready, mut told) = (false, String::new());
    loop {
        let mut news = Vec::new();
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return },
            _ = ticks.tick() => {
                let Some(inner) = engine.upgrade() else { return };
                match timeout(pace, beat(&inner)).await {
                    Ok(Ok(())) => news.push(News::Alive),
                    Ok(Err(stuck)) => warn!(%stuck, "no heartbeat"),
                    Err(_) => warn!("no heartbeat: what holds the connections up does not answer"),
                }
                if !ready && news.contains(&News::Alive) {
                    news.push(News::Starting(LONGER));
                }
            }
        }
        let snapshot = snapshots.borrow_and_update().clone();
        if !ready && is_ready(&snapshot) {
            ready = true;
            news.push(News::Ready);
        }
        let words = said(&snapshot);
        if words != told {
            news.push(News::Status(words.clone()));
            told = words;
        }
        if !news.is_empty() {
            tell(supervisor, news).await;
        }
    }
}

/// Tells the supervisor, where there is one, that the engine is about to end.
pub(crate) async fn stopping(options: &Options) {
    if let Some(supervisor) = options.supervisor {
        tell(supervisor, vec![News::Stopping]).await;
    }
}

/// Whether the service does what it is for: an app is connected, or none is to be.
fn is_ready(snapshot: &Snapshot) -> bool {
    let mut apps = snapshot.apps.iter();
    apps.any(|app| app.phase == Phase::Connected)
        || snapshot.apps.iter().all(|app| app.phase == Phase::Paused)
}

/// A supervisor that reads slowly keeps nothing else waiting.
async fn tell(supervisor: Supervisor, news: Vec<News>) {
    let told = spawn_blocking(move || supervisor.tell(&news)).await;
    if let Err(error) = told.unwrap_or_else(|panicked| Err(io::Error::other(panicked))) {
        debug!(%error, "the supervisor does not hear");
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::AppView;

    use super::*;

    fn with(phases: &[Phase]) -> Snapshot {
        let app = |(number, phase): (usize, &Phase)| AppView {
            phase: *phase,
            ..AppView::new(format!("cli_{number:016x}").parse().unwrap(), 0)
        };
        Snapshot { apps: phases.iter().enumerate().map(app).collect(), ..Snapshot::default() }
    }

    #[test]
    fn it_is_ready_when_one_is_connected_or_none_is_to_be() {
        for (phases, ready) in [
            (&[][..], true),
            (&[Phase::Paused], true),
            (&[Phase::Connecting], false),
            (&[Phase::Waiting, Phase::Paused], false),
            (&[Phase::NeedsYou], false),
            (&[Phase::NeedsYou, Phase::Connected], true),
        ] {
            assert_eq!(is_ready(&with(phases)), ready, "{phases:?}");
        }
    }
}
