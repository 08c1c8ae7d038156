use std::{collections::BTreeMap, thread};

use longwire_contract::{
    LeaseChange, LeasePhase, LeaseReport, LeaseState, ProxyEntry, ProxyKind, ProxyTable,
};

use super::{
    Lease, LeaseError,
    backup::Backup,
    restore::{Outcome, put_back, untouched},
    shelf::Found,
};
use crate::keeper::Rights;

impl Lease {
    /// Puts back what still stands as we left it, reads it back, and then forgets the backup.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`], [`LeaseError::Damaged`] or [`LeaseError::Stuck`].
    pub fn end(&self) -> Result<LeaseReport, LeaseError> {
        self.end_if(|_| Some(Rights::Administrator)).map(Option::unwrap_or_default)
    }

    /// Tries once more to put back what could not be, without asking anybody for a password; `None` where there is no such
    /// thing.
    ///
    /// # Errors
    /// As those of [`Self::end`].
    pub fn try_again(&self) -> Result<Option<LeaseReport>, LeaseError> {
        self.end_if(|backup| (backup.phase == LeasePhase::Stuck).then_some(Rights::User))
    }

    /// Ends it with the rights that `greatest` says, or leaves it as it is where that says none.
    pub(super) fn end_if(
        &self,
        greatest: impl FnOnce(&Backup) -> Option<Rights>,
    ) -> Result<Option<LeaseReport>, LeaseError> {
        // Without the lock, too: that the settings are put back counts for more than that nobody else does it.
        let _lock = self.shelf.lock().ok();
        let mut backup = self.held()?;
        let Some(greatest) = greatest(&backup) else { return Ok(None) };
        let interrupted = backup.changes.clone();
        backup.phase = LeasePhase::Ending;
        // What is written from here on tells views, and the next try, how far we got. A full disk does not stop us.
        self.shelf.write(&backup).ok();
        let mut outcome = self.put_back(&mut backup, greatest);
        if outcome.cause.is_none() && interrupted.iter().any(is_changing) {
            // Who began was killed. A program that they had started may only now do what it was told to.
            thread::sleep(self.orphans);
            for (change, before) in backup.changes.iter_mut().zip(interrupted) {
                if is_changing(&before) {
                    change.state = before.state;
                }
            }
            outcome = self.put_back(&mut backup, greatest);
        }
        backup.refused |= outcome.refused;
        let removed = match outcome.cause {
            None => {
                self.shelf.write_last(&outcome.report, self.clock.now().wall_ms);
                self.forget(&backup).map_err(|error| error.to_string())
            }
            Some(cause) => Err(cause),
        };
        match removed {
            Ok(()) => Ok(Some(outcome.report)),
            Err(cause) => Err(self.stuck(backup, outcome.report, cause)),
        }
    }

    /// Puts back what `backup` says, which may not be on the disk any more.
    pub(super) fn put_back(&self, backup: &mut Backup, greatest: Rights) -> Outcome {
        if let Err(cause) = self.is_here(backup) {
            return untouched(&backup.changes, cause);
        }
        let mut written = backup.clone();
        put_back(&*self.keeper, &mut backup.changes, &mut backup.devices, greatest, &mut |changes| {
            written.changes = changes.to_vec();
            self.shelf.write(&written).ok();
        })
    }

    /// Whether the settings of the machine are those of the network location that `backup` is of. One that is gone, or has
    /// another name, counts as this one: what is not as we left it is not touched.
    fn is_here(&self, backup: &Backup) -> Result<(), String> {
        let Some(theirs) = &backup.location else { return Ok(()) };
        match self.keeper.location() {
            Ok(Some(here)) if here != *theirs => match self.keeper.has_location(theirs) {
                Ok(false) => Ok(()),
                Ok(true) => {
                    Err(format!("the network location is {here}; what was set aside belongs to {theirs}"))
                }
                Err(error) => Err(error.to_string()),
            },
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Writes a backup anew whose files are lost or damaged. Tells whether one is there now: it may have been ended meanwhile.
    pub(super) fn recover(&self, seen: &Backup) -> Result<bool, LeaseError> {
        let _lock = self.shelf.lock().ok();
        match self.shelf.read() {
            Found::Whole(_) => Ok(true),
            _ if self.is_ended(seen) => Ok(false),
            _ => {
                self.shelf.set_aside().ok();
                self.write(seen).map(|()| true)
            }
        }
    }

    /// Whether this lease has come to its end.
    pub(super) fn is_ended(&self, backup: &Backup) -> bool {
        self.shelf.ended().is_some_and(|id| id == backup.id)
    }

    /// What [`Lease::repair`] would switch on, as it would be then. Reads the whole machine.
    ///
    /// # Errors
    /// [`LeaseError::Unreadable`].
    pub fn repairs(&self) -> Result<Vec<LeaseChange>, LeaseError> {
        let table = self.keeper.table().map_err(LeaseError::Unreadable)?;
        Ok(stored(&table, &self.shelf.salvaged()))
    }

    /// Switches on every proxy that is stored and off, and puts the damaged backup aside.
    ///
    /// # Errors
    /// [`LeaseError::NotHeld`] where there is a backup to go by, or none at all; [`LeaseError::Stuck`].
    pub fn repair(&self) -> Result<LeaseReport, LeaseError> {
        let _lock = self.shelf.lock().ok();
        let Found::Damaged(_) = self.shelf.read() else { return Err(LeaseError::NotHeld) };
        let stuck = |report, cause| LeaseError::Stuck { report, cause };
        let mut changes = self.repairs().map_err(|error| stuck(LeaseReport::default(), error.to_string()))?;
        let outcome =
            put_back(&*self.keeper, &mut changes, &mut BTreeMap::new(), Rights::Administrator, &mut |_| ());
        let set_aside = match outcome.cause {
            None => {
                self.shelf.write_last(&outcome.report, self.clock.now().wall_ms);
                self.shelf.set_aside().map_err(|error| error.to_string())
            }
            Some(cause) => Err(cause),
        };
        match set_aside {
            Ok(()) => Ok(outcome.report),
            Err(cause) => Err(stuck(outcome.report, cause)),
        }
    }
}

fn is_changing(change: &LeaseChange) -> bool {
    change.state == LeaseState::Changing
}

/// What may have been on before we switched it off: all that is stored and off, and what has nothing stored behind it but
/// was on by what can still be read of the backup. One with a password was not touched.
fn stored(table: &ProxyTable, salvaged: &[LeaseChange]) -> Vec<LeaseChange> {
    let services = table.services.iter().filter(|service| service.enabled);
    let entries = services.flat_map(|service| service.entries.iter().map(|entry| (&service.name, entry)));
    entries
        .filter(|(_, entry)| !entry.on && !entry.authenticated)
        .filter_map(|(service, entry)| {
            let is_same =
                |change: &&LeaseChange| change.service == *service && change.before.kind == entry.kind;
            let before = if entry.value.is_empty() || entry.kind == ProxyKind::Mode {
                salvaged.iter().find(is_same)?.before.clone()
            } else {
                ProxyEntry { on: true, ..entry.clone() }
            };
            Some(LeaseChange { service: service.clone(), before, state: LeaseState::Off })
        })
        .collect()
}
