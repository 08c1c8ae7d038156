use std::{collections::BTreeMap, time::Duration};

use longwire_contract::{LeaseChange, LeasePhase, LeaseState, LeaseView};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::moment::{Deadline, Moment, millis};

/// What is on the disk while proxies are set aside: what they were, and how far we got.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Backup {
    /// Which lease it is of: no two of a data folder have the same.
    #[serde(default)]
    pub(super) id: String,
    pub(super) phase: LeasePhase,
    /// By the clock on the wall, for views alone.
    pub(super) since_ms: u64,
    pub(super) until_ms: u64,
    pub(super) deadline: Deadline,
    /// The network location that they are of; `None` where there is no such thing.
    #[serde(default)]
    pub(super) location: Option<String>,
    /// The interface of each service that was there, by its name: whoever gives one another name leaves it that.
    #[serde(default)]
    pub(super) devices: BTreeMap<String, String>,
    /// Never [`LeaseState::Failed`]: what that setting was before we failed is what the next try has to know.
    pub(super) changes: Vec<LeaseChange>,
    /// Why not all could be put back.
    pub(super) detail: String,
    /// The user was asked for an administrator's password to put them back, and said no.
    pub(super) refused: bool,
}

/// A backup as it is written: two of the same kind can be told from a damaged one.
#[derive(Deserialize, Serialize)]
struct Sealed<'a> {
    version: u32,
    /// SHA-256 of `lease`, in hexadecimal.
    checksum: String,
    #[serde(borrow)]
    lease: &'a RawValue,
}

const VERSION: u32 = 1;

impl Backup {
    pub(super) fn new(changes: Vec<LeaseChange>, now: &Moment, length: Duration) -> Self {
        let mut backup = Self {
            id: format!("{}-{}", now.wall_ms, now.up_ms),
            phase: LeasePhase::Beginning,
            since_ms: now.wall_ms,
            until_ms: 0,
            deadline: Deadline::new(now, length),
            location: None,
            devices: BTreeMap::new(),
            changes,
            detail: String::new(),
            refused: false,
        };
        backup.extend(now, length);
        backup
    }

    /// From now on it lasts this long.
    pub(super) fn extend(&mut self, now: &Moment, length: Duration) {
        self.until_ms = now.wall_ms.saturating_add(millis(length));
        self.deadline = Deadline::new(now, length);
    }

    pub(super) fn is_over(&self, now: &Moment) -> bool {
        self.deadline.left(now).is_zero()
    }

    pub(super) fn view(&self, now: &Moment) -> LeaseView {
        let seconds = self.deadline.left(now).as_millis().div_ceil(1000);
        LeaseView {
            phase: self.phase,
            since_ms: self.since_ms,
            until_ms: self.until_ms,
            minutes_left: u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX),
            changes: self.changes.iter().map(|change| self.shown(change)).collect(),
            detail: self.detail.clone(),
        }
    }

    fn shown(&self, change: &LeaseChange) -> LeaseChange {
        let state = match self.phase == LeasePhase::Stuck && !is_settled(change.state) {
            true => LeaseState::Failed,
            false => change.state,
        };
        LeaseChange { state, ..change.clone() }
    }

    /// As it goes to the disk.
    pub(super) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let lease = serde_json::value::to_raw_value(self)?;
        serde_json::to_vec(&Sealed { version: VERSION, checksum: checksum(lease.get()), lease: &lease })
    }

    /// From the disk; `None` where it is not what [`Self::to_bytes`] made.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let sealed: Sealed<'_> = serde_json::from_slice(bytes).ok()?;
        let whole = sealed.version == VERSION && sealed.checksum == checksum(sealed.lease.get());
        whole.then(|| serde_json::from_str(sealed.lease.get()).ok())?
    }
}

/// Whether nothing is left to be done for a setting.
pub(super) fn is_settled(state: LeaseState) -> bool {
    matches!(state, LeaseState::Restored | LeaseState::Theirs | LeaseState::Gone)
}

fn checksum(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
