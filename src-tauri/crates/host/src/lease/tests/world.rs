use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use longwire_contract::{LeaseReport, LeaseState, ProxyEntry, ProxyKind, ProxyService, ProxySetting};
use tempfile::TempDir;

use super::{
    machine::{Call, Machine, Mood, State},
    steps::{End, SteppedDisk, Steps},
};
use crate::{
    keeper::Keeper,
    lease::{
        Lease, LeaseError,
        disk::Disk,
        moment::{Clock, Moment},
    },
};

pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// A data folder, a machine, and a clock that a test sets.
pub(super) struct World {
    pub(super) dir: TempDir,
    pub(super) machine: Arc<Machine>,
    pub(super) steps: Arc<Steps>,
    pub(super) clock: Arc<SetClock>,
}

/// A clock that stands still.
#[derive(Debug)]
pub(super) struct SetClock(pub(super) Mutex<Moment>);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        self.0.lock().unwrap().clone()
    }
}

impl SetClock {
    pub(super) fn new() -> Arc<Self> {
        let now = Moment { boot: "first".to_owned(), up_ms: 1_000_000, wall_ms: 1_774_785_600_000 };
        Arc::new(Self(now.into()))
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap();
        let by = u64::try_from(by.as_millis()).unwrap();
        now.up_ms += by;
        now.wall_ms += by;
    }
}

impl World {
    pub(super) fn new(state: State) -> Self {
        Self::ending(state, i64::MAX, End::Fails)
    }

    /// One that ends after so many steps.
    pub(super) fn ending(state: State, steps: i64, end: End) -> Self {
        let steps = Steps::new(steps, end);
        let machine = Machine::new(state, &steps);
        Self { dir: tempfile::tempdir().unwrap(), machine, steps, clock: SetClock::new() }
    }

    pub(super) fn hooked(state: State, hook: impl FnMut(&Call, &mut State) -> Mood + Send + 'static) -> Self {
        let steps = Steps::endless();
        let machine = Machine::hooked(state, &steps, hook);
        Self { dir: tempfile::tempdir().unwrap(), machine, steps, clock: SetClock::new() }
    }

    pub(super) fn lease(&self) -> Lease {
        self.lease_on(Arc::new(SteppedDisk(self.steps.clone())))
    }

    pub(super) fn lease_on(&self, disk: Arc<dyn Disk>) -> Lease {
        let keeper: Arc<dyn Keeper> = self.machine.clone();
        let mut lease = Lease::over(self.dir.path(), keeper, disk, self.clock.clone());
        lease.orphans = Duration::ZERO;
        lease
    }

    /// The process anew, on the same folder and the same machine: nothing goes wrong any more, for so many steps.
    pub(super) fn again(self, steps: i64, end: End) -> Self {
        let steps = Steps::new(steps, end);
        let machine = Machine::new(self.machine.state(), &steps);
        Self { machine, steps, ..self }
    }

    pub(super) fn begin(&self) -> Result<(), LeaseError> {
        begin(&self.lease(), &self.machine.state())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What is in the data folder beside the locks and the note of what has come to its end.
    pub(super) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| !["proxies.lock", "proxies.watch", "proxies.ended"].contains(&&**name))
            .collect();
        names.sort();
        names
    }
}

/// With every service of the machine named.
pub(super) fn begin(lease: &Lease, state: &State) -> Result<(), LeaseError> {
    lease.begin(&named(&state.services), 5 * MINUTE)
}

/// Every setting of services, as somebody was shown them.
pub(super) fn named(services: &[ProxyService]) -> Vec<ProxySetting> {
    let named = |service: &ProxyService| {
        let name = service.name.clone();
        let setting = move |entry: &ProxyEntry| ProxySetting { service: name.clone(), entry: entry.clone() };
        service.entries.iter().map(setting).collect::<Vec<_>>()
    };
    services.iter().flat_map(named).collect()
}

/// What became of each setting, in a line each.
pub(super) fn states(report: &LeaseReport) -> Vec<(&str, ProxyKind, LeaseState)> {
    let line = |change: &'_ longwire_contract::LeaseChange| (change.before.kind, change.state);
    report.changes.iter().map(|change| (change.service.as_str(), line(change).0, line(change).1)).collect()
}
