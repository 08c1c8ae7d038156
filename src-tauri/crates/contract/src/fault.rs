use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a command was not carried out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Fault {
    /// What views branch on, and the key of the text: `fault.CODE`.
    pub code: FaultCode,
    /// Values for the placeholders in that text.
    pub values: BTreeMap<String, String>,
    /// The technical cause in English. It holds no secret.
    pub detail: String,
}

impl Fault {
    /// A fault with its technical cause.
    pub fn new(code: FaultCode, detail: impl fmt::Display) -> Self {
        Self { code, values: BTreeMap::new(), detail: detail.to_string() }
    }

    /// The same, with a value for a placeholder of its text.
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Fault {}

/// What went wrong, by name. A code exists only while something can raise it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The request is not one this engine knows, or its arguments are not of its form.
    BadRequest,
    /// The App Secret is empty.
    SecretEmpty,
    /// The App Secret that was handed in cannot be used.
    SecretUnreadable,
    /// The file that holds the App Secret can be read by other users.
    SecretFileOpen,
    /// This system has no place that keeps secrets.
    NoSecretStore,
    /// The domain cannot be used: not a URL, or plain http to another machine.
    DomainUnusable,
    /// The proxy cannot be used: not an address, or of a kind Longwire does not speak.
    ProxyUnusable,
    /// The proxy's password cannot be kept; `error` says why.
    ProxyPassword,
    /// An app with this ID is there already.
    AppExists,
    /// No app with this ID.
    AppUnknown,
    /// The secret store could not be reached or refused.
    SecretStore,
    /// The settings file could not be read; it is left as it is.
    SettingsUnreadable,
    /// The settings file could not be written; nothing was changed.
    SettingsUnwritable,
    /// The data folder cannot be used.
    DataFolder,
    /// The data folder is another user's; `path`, `user`.
    NotYours,
    /// Another Longwire holds this data folder.
    HeldByOther,
    /// The Longwire that holds this data folder is of another version, which is not known to be newer; `theirs`, `ours`, `holder`,
    /// `pid`.
    OtherVersion,
    /// The Longwire that holds this data folder is newer than this one, which is to be started again; `theirs`, `ours`, `holder`,
    /// `pid`.
    NewerVersion,
    /// That event is no longer kept.
    EventGone,
    /// The simulator is not running, or could not start.
    Simulator,
    /// No app is configured, so there is nothing to connect.
    NoApps,
    /// No Longwire is running on this data folder.
    NotRunning,
    /// The doctor has not been asked yet.
    NoReport,
    /// The browser could not be opened; `url` is what it was to show.
    Browser,
    /// What should hold a CA certificate cannot be read, or holds none; `error`.
    CaUnreadable,
    /// What should hold a CA certificate holds a private key, too.
    CaPrivateKey,
    /// The certificate that is named is not there (any more); `sha256`.
    CaUnknown,
    /// The certificate may not be trusted; `refusal` is a [`CaRefusal`](crate::CaRefusal)'s name, `subject`.
    CaRefused,
    /// A store that is named is not on this machine; `store`.
    StoreUnknown,
    /// No certificate is presented on the app's road: `error` says how far it leads.
    NoChain,
    /// The app's road leads through no proxy that could hand out its CA.
    NoProxyPage,
    /// The list of the CAs that we trusted cannot be read or written; nothing was changed; `error`.
    TrustedList,
    /// No proxy of the system is on, so there is nothing to set aside.
    LeaseNothing,
    /// The proxies are set aside already.
    LeaseHeld,
    /// The proxies are not set aside.
    LeaseNone,
    /// A service is on that was not named: what is set has changed since it was shown; `services`.
    LeaseNotNamed,
    /// A proxy of this service wants a password that cannot be read back, so it is left alone; `service`.
    LeasePassword,
    /// The system's proxy settings cannot be read; nothing was changed; `error`.
    LeaseUnreadable,
    /// The backup of the settings cannot be written; nothing was changed; `error`.
    LeaseBackup,
    /// The settings could not be changed; what had been changed was put back; `error`.
    LeaseFailed,
    /// The user did not allow the change; nothing is changed.
    LeaseCancelled,
    /// The backup cannot be read; `path`.
    LeaseDamaged,
    /// The settings could not all be put back; the backup is kept; `error`.
    LeaseStuck,
    /// What would put the proxies back after a crash cannot be started; nothing was changed; `error`.
    LeaseUnwatched,
    /// This system keeps no proxy settings.
    NoProxySettings,
    /// The kept events cannot be read or changed; `error`.
    Journal,
    /// No target of this name; `target`.
    TargetUnknown,
    /// A target of this name is there already; `target`.
    TargetExists,
    /// Settings to import cannot be read: line and mistake in `error`.
    ImportUnreadable,
    /// No longer the report that was shown: another one has been made since.
    ReportGone,
    /// Whether Longwire starts at login cannot be changed; `error`.
    LoginUnchanged,
    /// The folder cannot be shown; `path`, `error`.
    FolderUnopened,
    /// This cannot be a target; `error`.
    TargetUnusable,
    /// This webhook is on another machine, and nobody said that it may be; `address`.
    TargetRemote,
    /// A filter or a pattern of event types is not of its form; `filter`, `error`.
    FilterUnusable,
    /// No target wants this event.
    NoTarget,
    /// The catalogue has no such event; `event_type`.
    TriggerUnknown,
    /// What is to be set has no place in the event, or the payload is no JSON object; `error`.
    PayloadUnusable,
    /// The export cannot be written; `path`, `error`.
    ExportFailed,
    /// The desktop does not show notifications; `error`.
    NotifyFailed,
    /// The address of the agent's model cannot be used; `address`.
    AgentAddress,
    /// The name of the agent's model is empty or cannot be sent.
    AgentModel,
    /// A number of the agent's settings is out of its range; `field`, `least`, `most`.
    AgentNumber,
    /// What the agent's model is told is too long; `most` characters.
    AgentPrompt,
    /// The agent's API key holds what cannot be sent.
    AgentKey,
    /// No API key was given for the agent.
    AgentKeyEmpty,
    /// The agent's API key cannot be read from where it was said to be; `error`.
    AgentKeyUnreadable,
    /// There is no place on this machine where the agent's API key can be kept; `error`.
    AgentKeyStore,
    /// What the agent remembers cannot be read or changed; `error`.
    AgentNotebook,
    /// This app does not update itself.
    UpdatesOff,
    /// The server of updates does not answer as it should; `host`, `error`.
    UpdateUnreachable,
    /// What the server of updates says is not of its form; `host`, `error`.
    UpdateUnreadable,
    /// The update that was named is not what there is now; `version`.
    UpdateGone,
    /// What was downloaded is not what was published: another signature, another version, or not all of it. Nothing was
    /// changed; `version`, `error`.
    UpdateNotGenuine,
    /// The update could not be put in place; this version is as it was; `version`, `error`.
    UpdateNotInstalled,
    /// The update could not be put in place, nor this version back: it lies at `path`; `version` is that of the update.
    UpdateAside,
    /// A newer version is being put in place, and until it runs the system's proxies are not set aside; nothing was changed.
    UpdateInstalling,
    /// A fault of Longwire itself.
    Internal,
}

impl FaultCode {
    /// Every code, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::BadRequest,
        Self::SecretEmpty,
        Self::SecretUnreadable,
        Self::SecretFileOpen,
        Self::NoSecretStore,
        Self::DomainUnusable,
        Self::ProxyUnusable,
        Self::ProxyPassword,
        Self::AppExists,
        Self::AppUnknown,
        Self::SecretStore,
        Self::SettingsUnreadable,
        Self::SettingsUnwritable,
        Self::DataFolder,
        Self::NotYours,
        Self::HeldByOther,
        Self::OtherVersion,
        Self::NewerVersion,
        Self::EventGone,
        Self::Simulator,
        Self::NoApps,
        Self::NotRunning,
        Self::NoReport,
        Self::Browser,
        Self::CaUnreadable,
        Self::CaPrivateKey,
        Self::CaUnknown,
        Self::CaRefused,
        Self::StoreUnknown,
        Self::NoChain,
        Self::NoProxyPage,
        Self::TrustedList,
        Self::LeaseNothing,
        Self::LeaseHeld,
        Self::LeaseNone,
        Self::LeaseNotNamed,
        Self::LeasePassword,
        Self::LeaseUnreadable,
        Self::LeaseBackup,
        Self::LeaseFailed,
        Self::LeaseCancelled,
        Self::LeaseDamaged,
        Self::LeaseStuck,
        Self::LeaseUnwatched,
        Self::NoProxySettings,
        Self::Journal,
        Self::TargetUnknown,
        Self::TargetExists,
        Self::ImportUnreadable,
        Self::ReportGone,
        Self::LoginUnchanged,
        Self::FolderUnopened,
        Self::TargetUnusable,
        Self::TargetRemote,
        Self::FilterUnusable,
        Self::NoTarget,
        Self::TriggerUnknown,
        Self::PayloadUnusable,
        Self::ExportFailed,
        Self::NotifyFailed,
        Self::AgentAddress,
        Self::AgentModel,
        Self::AgentNumber,
        Self::AgentPrompt,
        Self::AgentKey,
        Self::AgentKeyEmpty,
        Self::AgentKeyUnreadable,
        Self::AgentKeyStore,
        Self::AgentNotebook,
        Self::UpdatesOff,
        Self::UpdateUnreachable,
        Self::UpdateUnreadable,
        Self::UpdateGone,
        Self::UpdateNotGenuine,
        Self::UpdateNotInstalled,
        Self::UpdateAside,
        Self::UpdateInstalling,
        Self::Internal,
    ];
}
