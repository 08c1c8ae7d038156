//! What the tray shows of states that come and go: a blip does not blink.

use std::{
    future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use longwire_contract::{AppView, Phase, Snapshot};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

/// How long an app must have left its state until the tray says so. A connection that drops is back within this, most often.
const LASTS: Duration = Duration::from_millis(1_200);

/// For how long what changes counts as what the user has asked for.
const ANSWER: Duration = Duration::from_secs(1);
/// The tray is brought up to date at most this often.
const PACE: Duration = Duration::from_millis(100);

/// When the user last asked for something that changes how an app stands.
#[derive(Default)]
pub(crate) struct Asked(Mutex<Option<Instant>>);

impl Asked {
    /// That is now.
    pub(crate) fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn lately(&self, now: Instant) -> bool {
        let asked = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_some_and(|at| now.duration_since(at) < ANSWER)
    }
}

/// Shows each state that is to be shown, until the engine closes.
pub(crate) async fn follow(
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    asked: &Asked,
    show: impl Fn(&Snapshot),
) {
    let mut settled = Settled::default();
    loop {
        let snapshot = Arc::clone(&snapshots.borrow_and_update());
        let now = Instant::now();
        show(&settled.take(&snapshot, now, asked.lately(now)));
        sleep(PACE).await;
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return },
            () = until(settled.due()) => {}
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => future::pending().await,
    }
}

/// The apps as the tray shows them.
#[derive(Default)]
struct Settled {
    apps: Vec<Shown>,
}

struct Shown {
    app: AppView,
    /// Since when it has not been in the state that is shown.
    left: Option<Instant>,
}

impl Settled {
    /// What is to be shown of a snapshot now. What the user has `asked` for is shown at once.
    fn take(&mut self, snapshot: &Snapshot, now: Instant, asked: bool) -> Snapshot {
        let mut before = std::mem::take(&mut self.apps);
        self.apps = snapshot
            .apps
            .iter()
            .map(|app| match before.iter().position(|shown| shown.app.app_id == app.app_id) {
                Some(place) if !asked => before.swap_remove(place).then(app, now),
                _ => Shown { app: app.clone(), left: None },
            })
            .collect();
        let apps: Vec<AppView> = self.apps.iter().map(|shown| shown.app.clone()).collect();
        let phase = apps.iter().map(|app| app.phase).max().unwrap_or(snapshot.phase);
        Snapshot { phase, apps, ..snapshot.clone() }
    }

    /// When to look again though nothing changes.
    fn due(&self) -> Option<Instant> {
        self.apps.iter().filter_map(|shown| shown.left).min().map(|left| left + LASTS)
    }
}

impl Shown {
    fn then(self, app: &AppView, now: Instant) -> Self {
        let left = self.left.unwrap_or(now);
        if !may_pass(self.app.phase, app.phase) || now >= left + LASTS {
            return Self { app: app.clone(), left: None };
        }
        // What else there is to say of it is said with the state that it belongs to; its name and place are the user's.
        let (name, domain) = (app.name.clone(), app.domain.clone());
        Self { app: AppView { name, domain, ..self.app }, left: Some(left) }
    }
}

/// Whether a change of state may be gone before one has looked: a connection that drops and comes back, a try that ends as the one
/// before. What needs the user, what the user does, and what gets better does not wait.
fn may_pass(shown: Phase, now: Phase) -> bool {
    matches!(
        (shown, now),
        (Phase::Connected, Phase::Connecting | Phase::Waiting) | (Phase::Waiting, Phase::Connecting)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};

    const PHASES: [Phase; 5] =
        [Phase::Paused, Phase::Connected, Phase::Connecting, Phase::Waiting, Phase::NeedsYou];

    fn snapshot(phases: &[Phase]) -> Snapshot {
        let app = |(number, phase): (usize, &Phase)| {
            let id = format!("cli_{number:016x}").parse().unwrap();
            AppView { phase: *phase, ..AppView::new(id, 0) }
        };
        let phase = phases.iter().copied().max().unwrap_or_default();
        Snapshot { phase, apps: phases.iter().enumerate().map(app).collect(), ..Snapshot::default() }
    }

    /// What is shown of one app after each of these, so many milliseconds after the one before.
    fn shown(steps: &[(u64, Phase)]) -> Vec<Phase> {
        let (mut settled, mut now) = (Settled::default(), Instant::now());
        let mut show = |(after, phase): &(u64, Phase)| {
            now += Duration::from_millis(*after);
            settled.take(&snapshot(&[*phase]), now, false).phase
        };
        steps.iter().map(&mut show).collect()
    }

    #[test]
    fn a_connection_that_is_back_at_once_was_never_gone() {
        use Phase::{Connected, Connecting, Waiting};
        let steps = [(0, Connected), (50, Waiting), (400, Connecting), (600, Connected), (900, Waiting)];
        assert_eq!(shown(&steps), [Connected; 5]);
        let lasting = [(0, Connected), (50, Waiting), (700, Connecting), (600, Waiting)];
        assert_eq!(shown(&lasting), [Connected, Connected, Connected, Waiting]);
    }

    #[test]
    fn tries_that_end_as_the_one_before_do_not_flicker() {
        use Phase::{Connecting, Waiting};
        let steps = [(0, Connecting), (10, Waiting), (900, Connecting), (300, Waiting), (900, Connecting)];
        assert_eq!(shown(&steps), [Connecting, Waiting, Waiting, Waiting, Waiting]);
    }

    #[test]
    fn what_needs_the_user_what_the_user_does_and_what_is_well_is_shown_at_once() {
        for before in PHASES {
            for now in [Phase::NeedsYou, Phase::Paused, Phase::Connected, before] {
                assert_eq!(shown(&[(0, before), (1, now)]), [before, now]);
            }
        }
        for now in PHASES {
            assert_eq!(shown(&[(0, Phase::Paused), (1, now)]), [Phase::Paused, now], "resumed");
        }
    }

    #[test]
    fn a_retry_that_was_asked_for_is_seen() {
        let (mut settled, now) = (Settled::default(), Instant::now());
        settled.take(&snapshot(&[Phase::Waiting]), now, false);
        let retried = settled.take(&snapshot(&[Phase::Connecting]), now, true);
        assert_eq!(retried.phase, Phase::Connecting);
        assert_eq!(settled.due(), None);
    }

    #[test]
    fn one_app_waits_for_no_other_and_one_that_is_gone_is_gone() {
        let (mut settled, now) = (Settled::default(), Instant::now());
        settled.take(&snapshot(&[Phase::Connected, Phase::Connected]), now, false);
        let next = settled.take(&snapshot(&[Phase::Waiting, Phase::NeedsYou]), now, false);
        let phases: Vec<Phase> = next.apps.iter().map(|app| app.phase).collect();
        assert_eq!(phases, [Phase::Connected, Phase::NeedsYou]);
        assert_eq!(next.phase, Phase::NeedsYou);
        assert_eq!(settled.due(), Some(now + LASTS));
        assert!(settled.take(&snapshot(&[]), now, false).apps.is_empty());
        assert_eq!(settled.due(), None);
    }

    #[test]
    fn a_name_is_not_kept_waiting() {
        let (mut settled, now) = (Settled::default(), Instant::now());
        settled.take(&snapshot(&[Phase::Connected]), now, false);
        let mut renamed = snapshot(&[Phase::Waiting]);
        renamed.apps[0].name = "Order bot".to_owned();
        let next = settled.take(&renamed, now, false);
        assert_eq!((next.apps[0].name.as_str(), next.phase), ("Order bot", Phase::Connected));
    }

    #[tokio::test(start_paused = true)]
    async fn the_tray_hears_of_what_lasts_though_nothing_changes_any_more() {
        use Phase::{Connected, Connecting, Waiting};
        let state = watch::Sender::new(Arc::new(snapshot(&[Connected])));
        let (asked, seen) = (Asked::default(), Mutex::new(Vec::new()));
        let from = Instant::now();
        let show = |snapshot: &Snapshot| {
            let mut seen = seen.lock().unwrap();
            if seen.last().is_none_or(|(phase, _)| *phase != snapshot.phase) {
                seen.push((snapshot.phase, from.elapsed().as_millis()));
            }
        };
        let change = async {
            for (after, phase) in [(1_000, Waiting), (500, Connected), (1_000, Waiting), (4_000, Connecting)]
            {
                sleep(Duration::from_millis(after)).await;
                state.send_replace(Arc::new(snapshot(&[phase])));
            }
            asked.now();
            state.send_replace(Arc::new(snapshot(&[Connecting])));
            sleep(Duration::from_millis(150)).await;
        };
        tokio::select! {
            () = follow(state.subscribe(), &asked, show) => {}
            () = change => {}
        }
        assert_eq!(*seen.lock().unwrap(), [(Connected, 0), (Waiting, 3_700), (Connecting, 6_500)]);
    }

    proptest! {
        #[test]
        fn what_lasts_is_shown(steps in vec((0_u64..3_000, select(PHASES.to_vec())), 1..20)) {
            let (_, last) = steps[steps.len() - 1];
            let mut steps = steps;
            steps.push((u64::try_from(LASTS.as_millis()).unwrap(), last));
            prop_assert_eq!(shown(&steps).pop(), Some(last));
        }
    }
}
