use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Fault;

/// How the user wants to be told of updates.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct UpdateSettings {
    /// Whether is looked for one by itself, once a day.
    pub check: bool,
    /// The version that is not to be offered any more.
    #[ts(optional = nullable)]
    pub skip: Option<String>,
}

impl Default for UpdateSettings {
    fn default() -> Self {
        Self { check: true, skip: None }
    }
}

/// The app's own update. That of the command and of a service is their package's.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct UpdateView {
    /// What goes on.
    pub state: UpdateState,
    /// When was looked for one the last time that an answer came, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub checked_at_ms: Option<u64>,
    /// The newer version that there is, where one was found.
    #[ts(optional = nullable)]
    pub release: Option<Release>,
    /// Why the last thing that was tried did not come off.
    #[ts(optional = nullable)]
    pub trouble: Option<Fault>,
}

/// What goes on with an update.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum UpdateState {
    /// This app does not update itself.
    Off {
        /// Why.
        reason: UpdatesOff,
    },
    /// Nothing does: a release that is there waits to be asked for.
    #[default]
    Idle,
    /// It is being looked for.
    Checking,
    /// It is on its way.
    Downloading {
        /// How much of it is here, in bytes.
        #[ts(type = "number")]
        done: u64,
        /// How large it is, in bytes, where the server says so.
        #[ts(type = "number | null", optional = nullable)]
        total: Option<u64>,
    },
    /// It is here and is what it should be; it is installed once this is over.
    Waiting {
        /// What it waits for.
        until: UpdateWait,
    },
    /// It is put in the place of this version.
    Installing,
    /// It is in place, and there at the next start.
    Installed {
        /// What that waits for; of nothing it is about to be.
        #[ts(optional = nullable)]
        until: Option<UpdateWait>,
    },
}

/// Why an app does not update itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdatesOff {
    /// The system's packages bring its updates.
    Package,
    /// It runs from a disk image, from another disk, or from where it was downloaded to: nothing is put in its place there.
    Unmoved,
    /// It was built without a place to look for updates.
    Unreleased,
}

/// What an update waits for, so that it does not come in between.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWait {
    /// The system's proxies are set aside.
    Lease,
    /// Events are arriving or being handed over.
    Events,
}

/// A newer version.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// What is new in it, in Markdown, as the server tells it; may be empty.
    pub notes: String,
    /// When it was published, in milliseconds since the Unix epoch.
    #[ts(type = "number | null", optional = nullable)]
    pub published_ms: Option<u64>,
}

/// Which version is meant: the one that was shown.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ReleaseRef {
    /// Its version.
    pub version: String,
}
