use std::{collections::BTreeMap, path::PathBuf, slice::SliceIndex, time::Duration};

use longwire_contract::{LeaseChange, LeasePhase, LeaseState, ProxyEntry, ProxySetting, ProxyTable};

use super::{Lease, LeaseError, backup::Backup, restore::named, shelf::Found};
use crate::keeper::{Change, KeeperError, Rights};

/// What went wrong while settings were switched off.
struct Failure {
    error: LeaseError,
    /// With whose rights they may be put back.
    greatest: Rights,
}

impl Lease {
    /// Sets every proxy aside that is on, where all of them are in `named`, as they are. A [`Watchdog`](super::Watchdog) must be
    /// there already.
    ///
    /// # Errors
    /// All but [`LeaseError::Unwatched`]. After an error every setting is as it was, but for [`LeaseError::Stuck`].
    pub fn begin(&self, named: &[ProxySetting], length: Duration) -> Result<(), LeaseError> {
        let _lock = self.shelf.lock().map_err(|error| LeaseError::Backup(error.to_string()))?;
        match self.shelf.read() {
            Found::Nothing => {}
            Found::Whole(_) => return Err(LeaseError::Held),
            Found::Damaged(path) => return Err(LeaseError::Damaged(path)),
        }
        let location = self.keeper.location().map_err(LeaseError::Unreadable)?;
        let devices = self.keeper.devices().map_err(LeaseError::Unreadable)?;
        let table = self.keeper.table().map_err(LeaseError::Unreadable)?;
        let changes = planned(&table, named)?;
        let mut backup = Backup { location, devices, ..Backup::new(changes, &self.clock.now(), length) };
        if let Err(error) = self.write(&backup) {
            // One of the two files may be there. It does no harm where it cannot be removed: nothing in it is changed.
            self.forget(&backup).ok();
            return Err(error);
        }
        let off = self.switch_off(&mut backup).and_then(|greatest| {
            // Whoever was asked for a password has taken time that was not spent without proxies.
            backup.extend(&self.clock.now(), length);
            self.confirm(&mut backup, &table.keeper).map_err(|error| Failure { error, greatest })
        });
        off.map_err(|failure| self.roll_back(backup, failure))
    }

    /// One change at a time, each of them noted before it is made. Tells whose rights it took.
    fn switch_off(&self, backup: &mut Backup) -> Result<Rights, Failure> {
        for index in 0..backup.changes.len() {
            mark(backup, index..=index, LeaseState::Changing);
            self.journal(backup, Rights::User)?;
            match self.keeper.carry_out(&offs(backup, index..=index), Rights::User) {
                Ok(()) => mark(backup, index..=index, LeaseState::Off),
                Err(KeeperError::Denied) => return self.switch_off_as_administrator(backup, index),
                Err(error) => return Err(Failure::new(error, Rights::User)),
            }
        }
        Ok(Rights::User)
    }

    /// All that are left at once, so that the user is asked once.
    fn switch_off_as_administrator(&self, backup: &mut Backup, from: usize) -> Result<Rights, Failure> {
        mark(backup, from.., LeaseState::Changing);
        self.journal(backup, Rights::User)?;
        match self.keeper.carry_out(&offs(backup, from..), Rights::Administrator) {
            Ok(()) => {
                mark(backup, from.., LeaseState::Off);
                Ok(Rights::Administrator)
            }
            // Who says no is not asked again.
            Err(KeeperError::Cancelled) => Err(Failure::new(KeeperError::Cancelled, Rights::User)),
            Err(error) => Err(Failure::new(error, Rights::Administrator)),
        }
    }

    fn journal(&self, backup: &Backup, greatest: Rights) -> Result<(), Failure> {
        self.write(backup).map_err(|error| Failure { error, greatest })
    }

    /// Reads back that all of them are off: a tool may lie.
    fn confirm(&self, backup: &mut Backup, keeper: &str) -> Result<(), LeaseError> {
        let mut read = BTreeMap::new();
        for change in &backup.changes {
            let LeaseChange { service, before, .. } = change;
            if !read.contains_key(service) {
                let entries = self.keeper.service(service).map_err(LeaseError::Failed)?;
                read.insert(service, entries.unwrap_or_default());
            }
            // Another value that is on is somebody else's: they changed it in these moments.
            if read.get(service).is_some_and(|entries| entries.contains(before)) {
                return Err(LeaseError::Failed(KeeperError::Failed {
                    program: PathBuf::from(keeper),
                    cause: format!("{} was switched off, and is on", named(change)),
                }));
            }
        }
        mark(backup, .., LeaseState::Off);
        backup.phase = LeasePhase::Held;
        self.write(backup)
    }

    /// Puts back what may have been changed; what comes out is the error that led here, or a worse one.
    fn roll_back(&self, mut backup: Backup, failure: Failure) -> LeaseError {
        let outcome = self.put_back(&mut backup, failure.greatest);
        let removed = match outcome.cause {
            None => self.forget(&backup).map_err(|error| error.to_string()),
            Some(cause) => Err(cause),
        };
        match removed {
            Ok(()) => failure.error,
            Err(cause) => self.stuck(backup, outcome.report, cause),
        }
    }
}

impl Failure {
    fn new(error: KeeperError, greatest: Rights) -> Self {
        let error = match error {
            KeeperError::Cancelled => LeaseError::Cancelled,
            error => LeaseError::Failed(error),
        };
        Self { error, greatest }
    }
}

/// What is to be switched off: all that is on, of services that are switched on themselves.
fn planned(table: &ProxyTable, named: &[ProxySetting]) -> Result<Vec<LeaseChange>, LeaseError> {
    let on = |entry: &&ProxyEntry| entry.on;
    let concerned: Vec<_> = table
        .services
        .iter()
        .filter(|service| service.enabled && service.entries.iter().any(|entry| entry.on))
        .collect();
    if concerned.is_empty() {
        return Err(LeaseError::Nothing);
    }
    let not_named: Vec<String> = concerned
        .iter()
        .filter(|service| {
            let is_named = |entry: &&ProxyEntry| {
                named.iter().any(|named| named.service == service.name && named.entry == **entry)
            };
            !service.entries.iter().filter(on).all(|entry| is_named(&entry))
        })
        .map(|service| service.name.clone())
        .collect();
    if !not_named.is_empty() {
        return Err(LeaseError::NotNamed(not_named));
    }
    let mut changes = Vec::new();
    for service in concerned {
        for before in service.entries.iter().filter(on) {
            if before.authenticated {
                return Err(LeaseError::Password(service.name.clone()));
            }
            changes.push(LeaseChange {
                service: service.name.clone(),
                before: before.clone(),
                state: LeaseState::Pending,
            });
        }
    }
    Ok(changes)
}

fn mark(
    backup: &mut Backup,
    which: impl SliceIndex<[LeaseChange], Output = [LeaseChange]>,
    state: LeaseState,
) {
    for change in backup.changes.get_mut(which).into_iter().flatten() {
        change.state = state;
    }
}

fn offs(backup: &Backup, which: impl SliceIndex<[LeaseChange], Output = [LeaseChange]>) -> Vec<Change> {
    let changes = backup.changes.get(which).into_iter().flatten();
    changes
        .map(|change| Change::Off { service: change.service.clone(), entry: change.before.clone() })
        .collect()
}
