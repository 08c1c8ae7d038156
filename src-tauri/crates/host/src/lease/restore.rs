use std::collections::BTreeMap;

use longwire_contract::{LeaseChange, LeaseReport, LeaseState, ProxyEntry, ProxyKind};

use super::backup::is_settled;
use crate::keeper::{Change, Keeper, KeeperError, Rights};

/// What putting settings back came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) report: LeaseReport,
    /// Why not all of them are as they were; `None` where they are.
    pub(super) cause: Option<String>,
    /// The user was asked for an administrator's password, and said no.
    pub(super) refused: bool,
}

/// Puts back each setting that still stands as we left it. What is settled is noted in `changes`, and told to `journal`
/// after each change to the machine; the others stay as they are, for another try.
///
/// A service that is gone by its name, while exactly one new one is on its interface and as we left it, has been given that
/// name: it goes by it from then on, in `changes` and in `devices`.
///
/// Each is looked at, changed and read back before the next: what a user changes at the same time has but a moment in
/// which it could be overwritten.
pub(super) fn put_back(
    keeper: &dyn Keeper,
    changes: &mut [LeaseChange],
    devices: &mut BTreeMap<String, String>,
    greatest: Rights,
    journal: &mut dyn FnMut(&[LeaseChange]),
) -> Outcome {
    let mut work = Work { keeper, changes, devices, journal, mute: BTreeMap::new(), cause: None };
    let mut denied = Vec::new();
    for index in 0..work.changes.len() {
        if work.is_ours(index) {
            match work.carry_out(&[index], Rights::User) {
                Err(KeeperError::Denied) => denied.push(index),
                carried_out => work.read_back(index, &carried_out),
            }
        }
    }
    let refused = match greatest {
        _ if denied.is_empty() => false,
        Rights::User => {
            work.failed(&KeeperError::Denied);
            false
        }
        Rights::Administrator => work.batch(denied),
    };
    work.done(refused)
}

/// Whether `now` is what switching `before` off makes of it. Where one switch counts for all settings of a desktop, it has
/// another word for off, and nothing else is stored in it.
fn is_switched_off(now: &ProxyEntry, before: &ProxyEntry) -> bool {
    !now.on && (before.kind == ProxyKind::Mode || *now == ProxyEntry { on: false, ..before.clone() })
}

/// What a look at the machine says of one setting.
enum Sight {
    /// Nothing is to be done.
    Settled(LeaseState),
    /// It stands as we left it.
    Ours,
}

struct Work<'a> {
    keeper: &'a dyn Keeper,
    changes: &'a mut [LeaseChange],
    devices: &'a mut BTreeMap<String, String>,
    journal: &'a mut dyn FnMut(&[LeaseChange]),
    /// Services that were waited for in vain. Others may still answer, and are not to wait for these again.
    mute: BTreeMap<String, KeeperError>,
    cause: Option<String>,
}

impl Work<'_> {
    /// With an administrator's rights, for which the user is asked once. Tells whether the user said no.
    fn batch(&mut self, mut indices: Vec<usize>) -> bool {
        // Looked at once more: time has gone by.
        indices.retain(|index| self.is_ours(*index));
        if indices.is_empty() {
            return false;
        }
        let carried_out = self.carry_out(&indices, Rights::Administrator);
        for index in indices {
            self.read_back(index, &carried_out);
        }
        carried_out == Err(KeeperError::Cancelled)
    }

    fn is_ours(&mut self, index: usize) -> bool {
        if self.changes.get(index).is_none_or(|change| is_settled(change.state)) {
            return false;
        }
        match self.look(index) {
            Ok(Sight::Ours) => return true,
            Ok(Sight::Settled(state)) => self.settle(index, state),
            Err(error) => self.failed(&error),
        }
        false
    }

    /// What counts is what the machine says afterwards: a tool may fail after the change, and may lie.
    fn read_back(&mut self, index: usize, carried_out: &Result<(), KeeperError>) {
        let cause = match (self.look(index), carried_out) {
            (Ok(Sight::Settled(state @ (LeaseState::Restored | LeaseState::Gone))), _) => {
                self.settle(index, state);
                return (self.journal)(self.changes);
            }
            (_, Err(error)) => error.to_string(),
            (Err(error), Ok(())) => error.to_string(),
            (Ok(_), Ok(())) => {
                let name = self.changes.get(index).map(named).unwrap_or_default();
                format!("{name} was put back, and is not as it was")
            }
        };
        self.cause.get_or_insert(cause);
    }

    fn look(&mut self, index: usize) -> Result<Sight, KeeperError> {
        let Some(LeaseChange { service, before, state }) = self.changes.get(index).cloned() else {
            return Ok(Sight::Settled(LeaseState::Gone));
        };
        let entries = match self.entries(&service)? {
            None => match self.renamed(&service)? {
                Some(name) => self.entries(&name)?,
                None => None,
            },
            entries => entries,
        };
        let now = entries.into_iter().flatten().find(|entry| entry.kind == before.kind);
        Ok(match now {
            None => Sight::Settled(LeaseState::Gone),
            Some(now) if now == before => Sight::Settled(LeaseState::Restored),
            // Before we began to change it, it was somebody else who switched it off.
            Some(now) if is_switched_off(&now, &before) && state != LeaseState::Pending => Sight::Ours,
            Some(_) => Sight::Settled(LeaseState::Theirs),
        })
    }

    fn entries(&mut self, service: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        if let Some(error) = self.mute.get(service) {
            return Err(error.clone());
        }
        self.keeper.service(service).inspect_err(|error| {
            if matches!(error, KeeperError::TooSlow { .. }) {
                self.mute.insert(service.to_owned(), error.clone());
            }
        })
    }

    /// The name that a service has been given which is gone by its own: all that is left to be done for it goes by that.
    fn renamed(&mut self, service: &str) -> Result<Option<String>, KeeperError> {
        let device = self.devices.get(service).filter(|device| !device.is_empty()).cloned();
        let Some(device) = device else { return Ok(None) };
        let mut names = Vec::new();
        for (name, its) in self.keeper.devices()? {
            // One that had its name before is another one.
            if its == device && !self.devices.contains_key(&name) && self.is_left_by_us(&name, service)? {
                names.push(name);
            }
        }
        let Some(name) = names.pop().filter(|_| names.is_empty()) else { return Ok(None) };
        for change in self.changes.iter_mut().filter(|change| is_open(change, service)) {
            change.service.clone_from(&name);
        }
        self.devices.remove(service);
        self.devices.insert(name.clone(), device);
        Ok(Some(name))
    }

    /// Whether the service `name` is as we left the one that was `service`. A setting that has no value tells only together
    /// with all others.
    fn is_left_by_us(&mut self, name: &str, service: &str) -> Result<bool, KeeperError> {
        let entries = self.entries(name)?.unwrap_or_default();
        let left = |change: &LeaseChange| {
            change.state != LeaseState::Pending
                && entries
                    .iter()
                    .any(|entry| entry.kind == change.before.kind && is_switched_off(entry, &change.before))
        };
        // Those that were put back, or are somebody else's, cannot tell; one that has just been found missing does.
        let open = || {
            let known = [LeaseState::Restored, LeaseState::Theirs];
            self.changes
                .iter()
                .filter(move |change| change.service == service && !known.contains(&change.state))
        };
        Ok(open().any(|change| !change.before.value.is_empty() && left(change)) || open().all(left))
    }

    fn carry_out(&self, indices: &[usize], rights: Rights) -> Result<(), KeeperError> {
        let back: Vec<Change> = indices
            .iter()
            .filter_map(|index| self.changes.get(*index))
            .map(|change| Change::Back { service: change.service.clone(), entry: change.before.clone() })
            .collect();
        self.keeper.carry_out(&back, rights)
    }

    fn settle(&mut self, index: usize, state: LeaseState) {
        if let Some(change) = self.changes.get_mut(index) {
            change.state = state;
        }
    }

    fn failed(&mut self, error: &KeeperError) {
        self.cause.get_or_insert(error.to_string());
    }

    fn done(self, refused: bool) -> Outcome {
        outcome(self.changes, self.cause, refused)
    }
}

/// What comes of not touching anything, because of `cause`.
pub(super) fn untouched(changes: &[LeaseChange], cause: String) -> Outcome {
    outcome(changes, Some(cause), false)
}

/// Whether something is left to be done for a setting of this service.
fn is_open(change: &LeaseChange, service: &str) -> bool {
    change.service == service && !is_settled(change.state)
}

fn outcome(changes: &[LeaseChange], cause: Option<String>, refused: bool) -> Outcome {
    let reported = |change: &LeaseChange| LeaseChange {
        state: if is_settled(change.state) { change.state } else { LeaseState::Failed },
        ..change.clone()
    };
    let report = LeaseReport { changes: changes.iter().map(reported).collect() };
    Outcome { cause: cause.filter(|_| !report.is_complete()), report, refused }
}

/// A setting, as an error names it.
pub(super) fn named(change: &LeaseChange) -> String {
    format!("{:?} of {}", change.before.kind, change.service)
}
