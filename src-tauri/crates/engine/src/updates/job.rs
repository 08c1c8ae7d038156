//! What is done of an update, step by step. A step says what it has to only as long as it is the last one that was begun.

use longwire_contract::{Fault, FaultCode, Release, UpdateState, UpdateView, UpdateWait};
use longwire_host::clock;
use tokio::{
    task::spawn_blocking,
    time::{Duration, Instant, sleep},
};
use tracing::{debug, info, warn};

use super::{
    Doing, LONGEST_VERSION, NotInstalled, Offer, Updates, Work, busy::reason_to_wait, due::Due, fetch::short,
    ground::Ground,
};

/// How often is seen whether the moment has come.
const PACE: Duration = Duration::from_secs(1);
/// How often the views are told how much is here.
const TELL: Duration = Duration::from_millis(200);
/// Longest notes that are shown, in characters. They are a part of every snapshot.
const LONGEST_NOTES: usize = 8 * 1024;

impl Updates {
    pub(super) fn begin_to_look(&self, work: &mut Work, asked: bool) {
        work.end();
        work.doing = Doing::Looking { asked };
        self.0.view.send_modify(|view| {
            view.state = UpdateState::Checking;
            if asked {
                view.trouble = None;
            }
        });
        let (updates, number) = (self.clone(), work.number);
        let looking = async move {
            let found = updates.look().await;
            updates.looked(number, found);
        };
        work.task = Some(tokio::spawn(looking).abort_handle());
    }

    pub(super) fn begin_to_fetch(&self, work: &mut Work, offer: Offer) {
        work.end();
        work.doing = Doing::Fetching(offer.release.version.clone());
        self.0.view.send_modify(|view| {
            view.state = UpdateState::Downloading { done: 0, total: None };
            view.trouble = None;
        });
        let (updates, number) = (self.clone(), work.number);
        let bringing = async move {
            let brought = updates.bring(number, offer).await;
            updates.brought(number, brought).await;
        };
        work.task = Some(tokio::spawn(bringing).abort_handle());
    }

    async fn look(&self) -> Result<Option<Offer>, Fault> {
        let dialer = self.ground()?.dialer().await?;
        let feed = &self.0.feed;
        let Some(manifest) = feed.manifest(&dialer).await? else { return Ok(None) };
        let installer = self.0.installer.clone();
        let offered = spawn_blocking(move || installer.offered(&manifest)).await;
        let offer = offered.unwrap_or_else(|error| Err(error.to_string()));
        let Some(mut offer) = offer.map_err(|error| feed.unreadable(error))? else { return Ok(None) };
        if offer.release.version.len() > LONGEST_VERSION {
            return Err(feed.unreadable("its version is too long").into());
        }
        shorten(&mut offer.release);
        Ok(Some(offer))
    }

    fn looked(&self, number: u64, found: Result<Option<Offer>, Fault>) {
        let mut work = self.work();
        let Doing::Looking { asked } = work.doing else { return };
        if work.number != number {
            return;
        }
        work.end();
        match found {
            Ok(offer) => {
                work.due = Due::after_an_answer();
                work.offer = offer.filter(|offer| asked || !self.is_skipped(&offer.release.version));
                let release = work.offer.as_ref().map(|offer| offer.release.clone());
                if let Some(release) = &release {
                    info!(version = release.version, "there is an update");
                }
                let checked_at_ms = Some(clock::now_ms());
                let state = UpdateState::Idle;
                self.0.view.send_replace(UpdateView { state, checked_at_ms, release, trouble: None });
            }
            Err(fault) => {
                work.due = Due::after_a_failure();
                debug!(code = ?fault.code, %fault, "updates cannot be looked for");
                self.0.view.send_modify(|view| {
                    view.state = UpdateState::Idle;
                    if asked {
                        view.trouble = Some(fault);
                    }
                });
            }
        }
    }

    fn is_skipped(&self, version: &str) -> bool {
        let ground = self.0.ground.borrow();
        ground
            .as_ref()
            .is_some_and(|ground| ground.snapshots.borrow().updates.skip.as_deref() == Some(version))
    }

    /// Has a version in the place of this one. Since when it waits for its moment.
    async fn bring(&self, number: u64, offer: Offer) -> Result<Instant, Fault> {
        let Offer { release, url, package } = offer;
        let version = release.version;
        let dialer = self.ground()?.dialer().await?;
        let mut told_at = None;
        let mut tell = |done, total| {
            let is_soon = told_at.is_some_and(|at: Instant| at.elapsed() < TELL);
            if !is_soon {
                told_at = Some(Instant::now());
                self.say(number, UpdateState::Downloading { done, total });
            }
        };
        info!(version, "the update is being downloaded");
        let bytes = self.0.feed.package(&dialer, &url, &mut tell).await?;
        drop(dialer);
        let internal = |error| Fault::new(FaultCode::Internal, error);
        let verifier = package.clone();
        let verified =
            spawn_blocking(move || verifier.verify(&bytes).map(|()| bytes)).await.map_err(internal)?;
        let bytes = verified.map_err(|error| not_genuine(&version, error))?;
        let since = Instant::now();
        while !self.may_place(number, since) {
            sleep(PACE).await;
        }
        info!(version, "the update is being put in place");
        let installed = spawn_blocking(move || package.install(&bytes)).await.map_err(internal)?;
        installed.map_err(|error| match error {
            NotInstalled::NotGenuine(error) => not_genuine(&version, error),
            NotInstalled::Refused(error) => {
                let error = short(error);
                let fault = Fault::new(FaultCode::UpdateNotInstalled, &error);
                fault.with("version", &version).with("error", error)
            }
            // Whole, however long it is: the only copy lies there.
            NotInstalled::Aside(path) => {
                let path = path.display();
                let fault = Fault::new(FaultCode::UpdateAside, format_args!("this version lies at {path}"));
                fault.with("version", &version).with("path", path)
            }
        })?;
        Ok(since)
    }

    async fn brought(&self, number: u64, brought: Result<Instant, Fault>) {
        let since = match brought {
            Ok(since) => since,
            Err(fault) => {
                warn!(code = ?fault.code, %fault, "the update is not installed");
                let mut work = self.work();
                if work.number == number {
                    work.end();
                    self.0.view.send_modify(|view| {
                        view.state = UpdateState::Idle;
                        view.trouble = Some(fault);
                    });
                }
                return;
            }
        };
        // What has begun since it was put in place is not cut off either.
        loop {
            let until = self.is_busy(since);
            self.say(number, UpdateState::Installed { until });
            if until.is_none() {
                break;
            }
            sleep(PACE).await;
        }
        info!("the update is in place: starting it");
        self.0.installer.restart();
    }

    /// Whether the moment has come; if so there is no way back from here. Else the views are told what it waits for.
    ///
    /// An engine in this process begins no lease from then on. One in another process, a service, knows nothing of it and may: this is
    /// the last look at what it showed. Such a lease is that process's, which goes on and puts the proxies back whatever becomes of
    /// this app.
    fn may_place(&self, number: u64, since: Instant) -> bool {
        let mut work = self.work();
        if work.number != number {
            return false;
        }
        let reason = self.is_busy(since);
        let state = match reason {
            None => {
                work.doing = Doing::Placing;
                UpdateState::Installing
            }
            Some(until) => UpdateState::Waiting { until },
        };
        self.show_state(state);
        reason.is_none()
    }

    /// What it waits for, where it does so since then.
    fn is_busy(&self, since: Instant) -> Option<UpdateWait> {
        let ground = self.0.ground.borrow();
        let snapshots = &ground.as_ref()?.snapshots;
        reason_to_wait(&snapshots.borrow(), clock::now_ms(), since.elapsed())
    }

    fn say(&self, number: u64, state: UpdateState) {
        let work = self.work();
        if work.number == number {
            self.show_state(state);
        }
    }

    fn show_state(&self, state: UpdateState) {
        self.0.view.send_if_modified(|view| {
            let differs = view.state != state;
            view.state = state;
            differs
        });
    }

    fn ground(&self) -> Result<Ground, Fault> {
        let ground = self.0.ground.borrow().clone();
        ground.ok_or_else(|| Fault::new(FaultCode::NotRunning, "no engine is open"))
    }
}

fn not_genuine(version: &str, error: String) -> Fault {
    let error = short(error);
    Fault::new(FaultCode::UpdateNotGenuine, &error).with("version", version).with("error", error)
}

fn shorten(release: &mut Release) {
    if let Some((end, _)) = release.notes.char_indices().nth(LONGEST_NOTES) {
        release.notes.truncate(end);
        release.notes.push('…');
    }
}
