use std::{collections::BTreeMap, sync::Arc};

use longwire_contract::{NotifySettings, Snapshot};
use longwire_host::notification::{NotShown, Notification};
use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep_until},
};

use super::{Clicked, arrival::Arrivals, coalescer::Coalescer, rules::Rules, watch::Watch, words};

/// What the desktop says back.
pub(crate) struct Heard {
    /// The places of notifications that were clicked.
    pub(crate) clicks: broadcast::Receiver<String>,
    /// Why nothing is shown.
    pub(crate) trouble: watch::Receiver<Option<NotShown>>,
}

/// Where what is decided goes. Nothing of it waits.
pub(crate) trait Outlet {
    /// Shows a notification.
    fn show(&self, notification: Notification);
    /// Takes the user to what they clicked.
    fn open(&self, clicked: Clicked);
    /// Says why nothing is shown, or that it is again.
    fn tell_trouble(&self, trouble: Option<NotShown>);
    /// The minute of the local day.
    fn minute(&self) -> u16;
}

/// Tells the desktop of events and of the connection, until the engine is gone.
pub(crate) async fn run(
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    mut arrivals: Arrivals,
    mut heard: Heard,
    outlet: impl Outlet,
) {
    let mut notifier = Notifier::new(outlet);
    let snapshot = seen(&mut snapshots);
    notifier.look(&snapshot);
    loop {
        tokio::select! {
            changed = snapshots.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            Some(arrival) = arrivals.next() => {
                if notifier.rules.want(&arrival)
                    && !notifier.is_quiet()
                    && let Some(told) = notifier.coalescer.arrived(arrival, Instant::now())
                {
                    let snapshot = snapshots.borrow().clone();
                    notifier.show(words::of_events(&snapshot, &told));
                }
                if arrivals.missed_any() {
                    notifier.coalescer.missed();
                }
                continue;
            }
            Ok(slot) = heard.clicks.recv() => {
                notifier.clicked(&slot);
                continue;
            }
            Ok(()) = heard.trouble.changed() => {
                let trouble = seen(&mut heard.trouble);
                notifier.outlet.tell_trouble(trouble);
                continue;
            }
            () = due(notifier.due()) => {}
        }
        let snapshot = seen(&mut snapshots);
        notifier.look(&snapshot);
    }
}

/// What a channel holds now, let go of at once: whoever writes to it waits for nobody.
fn seen<T: Clone>(channel: &mut watch::Receiver<T>) -> T {
    channel.borrow_and_update().clone()
}

struct Notifier<O> {
    outlet: O,
    /// What `rules` were made of.
    settings: Option<NotifySettings>,
    rules: Rules,
    coalescer: Coalescer,
    watch: Watch,
    /// What a click on each notification shows that was shown last in its place.
    shown: BTreeMap<String, Clicked>,
}

impl<O: Outlet> Notifier<O> {
    fn new(outlet: O) -> Self {
        Self {
            outlet,
            settings: None,
            rules: Rules::default(),
            coalescer: Coalescer::default(),
            watch: Watch::default(),
            shown: BTreeMap::new(),
        }
    }

    fn look(&mut self, snapshot: &Snapshot) {
        if self.settings.as_ref() != Some(&snapshot.notify) {
            self.settings = Some(snapshot.notify.clone());
            self.rules = Rules::new(&snapshot.notify);
            if !snapshot.notify.events {
                self.coalescer.clear();
            }
        }
        let (now, quiet) = (Instant::now(), self.is_quiet());
        if quiet {
            self.coalescer.clear();
        }
        if let Some(told) = self.coalescer.take(now) {
            self.show(words::of_events(snapshot, &told));
        }
        for news in self.watch.look(snapshot, now, snapshot.notify.connection && !quiet) {
            self.show(words::of_connection(snapshot, &news));
        }
    }

    fn show(&mut self, (notification, clicked): (Notification, Clicked)) {
        self.shown.insert(notification.slot.clone(), clicked);
        self.outlet.show(notification);
    }

    fn clicked(&self, slot: &str) {
        self.outlet.open(self.shown.get(slot).cloned().unwrap_or(Clicked::Window));
    }

    fn is_quiet(&self) -> bool {
        self.rules.is_quiet(|| self.outlet.minute())
    }

    /// Nothing is pending, nothing wakes.
    fn due(&self) -> Option<Instant> {
        [self.coalescer.due(), self.watch.due()].into_iter().flatten().min()
    }
}

async fn due(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
