//! The app's own update: looked for once a day, downloaded and put in place when its user says so, and not while it would come in
//! between.
//!
//! All that is fetched takes the road of everything else. What a manifest means, whether a package is genuine and how it takes a
//! program's place is the [`Installer`]'s, which sends nothing. It belongs to the process and not to an engine: it outlives one.

mod busy;
mod due;
mod feed;
mod fetch;
mod ground;
mod installer;
mod job;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longwire_contract::{Fault, FaultCode, ReleaseRef, UpdateState, UpdateView, UpdatesOff};
use longwire_host::installed::Installed;
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Duration, Instant, sleep_until},
};

pub(crate) use self::ground::{Ground, Ways};
use self::{due::Due, feed::Feed};
pub use self::{
    feed::FeedError,
    installer::{Installer, NotInstalled, Offer, Package},
};
use crate::{Options, shared::Shared};

/// Longest version that is taken for one, in bytes.
pub(crate) const LONGEST_VERSION: usize = 64;
/// How often is seen, at least, whether to look is due and wanted: the machine may have slept, or its user have switched it on.
const GLANCE: Duration = Duration::from_secs(5 * 60);

/// The updates of this process. Cheap to clone; every clone is the same one.
#[derive(Clone)]
pub struct Updates(Arc<Inner>);

struct Inner {
    feed: Feed,
    installer: Arc<dyn Installer>,
    view: watch::Sender<UpdateView>,
    /// The engine that is there; of one that is gone until there is another.
    ground: watch::Sender<Option<Ground>>,
    /// Locked for moments only.
    work: Mutex<Work>,
}

/// What is being done.
struct Work {
    doing: Doing,
    /// Counts what was begun: what ends and is not the last one says nothing any more.
    number: u64,
    task: Option<AbortHandle>,
    /// What is behind the release that is shown.
    offer: Option<Offer>,
    /// When to look by itself.
    due: Due,
}

#[derive(Debug)]
enum Doing {
    Nothing,
    /// Looking; whether somebody asked for it.
    Looking {
        asked: bool,
    },
    /// Fetching a version and waiting for its moment.
    Fetching(String),
    /// Putting it in place, or done so: there is no way back.
    Placing,
}

impl Updates {
    /// Those that this address announces, an `https` one; on this machine also `http`. It needs [`Updates::look_after`] to look by
    /// itself.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(address: &str, installer: Arc<dyn Installer>) -> Result<Self, FeedError> {
        let work = Work { doing: Doing::Nothing, number: 0, task: None, offer: None, due: Due::at_start() };
        Ok(Self(Arc::new(Inner {
            feed: Feed::at(address)?,
            installer,
            view: watch::Sender::default(),
            ground: watch::Sender::new(None),
            work: Mutex::new(work),
        })))
    }

    /// Looks by itself, for as long as it is polled: two minutes after the start, then once a day, and an hour after it failed.
    pub async fn look_after(self) {
        let mut ground = self.0.ground.subscribe();
        loop {
            let next = self.look_if_due();
            tokio::select! {
                () = sleep_until(next) => {}
                changed = ground.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Begins to look where that is due, and wanted. When to come back.
    fn look_if_due(&self) -> Instant {
        let mut work = self.work();
        let glance = Instant::now() + GLANCE;
        if work.due.is_over() && matches!(work.doing, Doing::Nothing) && self.is_wanted() {
            self.begin_to_look(&mut work, false);
        }
        if work.due.is_over() { glance } else { glance.min(work.due.at()) }
    }

    /// Whether the user wants to be told, as far as there is an engine that knows.
    fn is_wanted(&self) -> bool {
        self.0.ground.borrow().as_ref().is_some_and(|ground| ground.snapshots.borrow().updates.check)
    }

    /// How it stands.
    pub(crate) fn view(&self) -> UpdateView {
        self.0.view.borrow().clone()
    }

    /// The same as it changes.
    pub(crate) fn views(&self) -> watch::Receiver<UpdateView> {
        self.0.view.subscribe()
    }

    /// Stands on this engine from now on.
    pub(crate) fn stand_on(&self, ground: Ground) {
        self.0.ground.send_replace(Some(ground));
    }

    /// Looks at once. What comes of it is in the view.
    pub(crate) fn check(&self) {
        let mut work = self.work();
        match &mut work.doing {
            Doing::Nothing => self.begin_to_look(&mut work, true),
            Doing::Looking { asked } => *asked = true,
            // What there is is known.
            Doing::Fetching(_) | Doing::Placing => {}
        }
    }

    /// Begins to fetch and install the version that was shown.
    ///
    /// # Errors
    /// [`FaultCode::UpdateGone`].
    pub(crate) fn install(&self, ReleaseRef { version }: ReleaseRef) -> Result<(), Fault> {
        let mut work = self.work();
        if matches!(&work.doing, Doing::Fetching(on_its_way) if *on_its_way == version) {
            return Ok(());
        }
        let offer = work.offer.clone().filter(|offer| offer.release.version == version);
        match (offer, &work.doing) {
            (Some(_), Doing::Placing) => Ok(()),
            (Some(offer), Doing::Nothing | Doing::Looking { .. }) => {
                self.begin_to_fetch(&mut work, offer);
                Ok(())
            }
            (None, _) | (_, Doing::Fetching(_)) => {
                let shortened: String = version.chars().take(LONGEST_VERSION).collect();
                Err(Fault::new(FaultCode::UpdateGone, "another version is there").with("version", shortened))
            }
        }
    }

    /// Stops what goes on, unless it is being put in place.
    pub(crate) fn cancel(&self) {
        let mut work = self.work();
        if matches!(work.doing, Doing::Looking { .. } | Doing::Fetching(_)) {
            work.end();
            self.0.view.send_modify(|view| view.state = UpdateState::Idle);
        }
    }

    /// Does what is not to be while a version is put in place, or waits there to be started. What it shows is seen before the next one
    /// is put in place.
    ///
    /// # Errors
    /// [`FaultCode::UpdateInstalling`]; it is not done then.
    pub(crate) fn unless_placing<T>(&self, act: impl FnOnce() -> T) -> Result<T, Fault> {
        let work = self.work();
        match work.doing {
            Doing::Placing => Err(Fault::new(FaultCode::UpdateInstalling, "an update is being put in place")),
            Doing::Nothing | Doing::Looking { .. } | Doing::Fetching(_) => Ok(act()),
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        // A panic while holding the lock leaves plain data behind.
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    /// Ends what is done, if anything is, and what it would still say.
    fn end(&mut self) {
        self.number += 1;
        self.doing = Doing::Nothing;
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl std::fmt::Debug for Updates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Updates").field("feed", &self.0.feed).finish_non_exhaustive()
    }
}

/// The updates of the process that was opened so.
///
/// # Errors
/// [`FaultCode::UpdatesOff`].
pub(crate) fn of(options: &Options) -> Result<&Updates, Fault> {
    let off = || Fault::new(FaultCode::UpdatesOff, "this process does not update itself");
    options.updates.as_ref().ok_or_else(off)
}

/// How the update of the process stands that was opened so.
pub(crate) fn view(options: &Options) -> UpdateView {
    match &options.updates {
        Some(updates) => updates.view(),
        None => UpdateView { state: UpdateState::Off { reason: why_off() }, ..UpdateView::default() },
    }
}

/// Brings the view into an engine's snapshot, for as long as it is polled.
pub(crate) async fn show(updates: Updates, shared: Arc<Shared>) {
    let mut views = updates.views();
    loop {
        let view = views.borrow_and_update().clone();
        shared.change_if(|snapshot| std::mem::replace(&mut snapshot.update, view.clone()) != view);
        if views.changed().await.is_err() {
            return;
        }
    }
}

fn why_off() -> UpdatesOff {
    match Installed::of_this_process() {
        Installed::Package => UpdatesOff::Package,
        Installed::Unmoved => UpdatesOff::Unmoved,
        Installed::Bundle | Installed::Image(_) | Installed::Otherwise => UpdatesOff::Unreleased,
    }
}
