//! The words shared by the engine and its views: the window, the tray and the command line.
//!
//! Everything here is plain data that crosses a boundary (the webview's IPC, the control socket, `--json`),
//! the list of commands a view can give, and the texts in both languages. TypeScript is generated from these
//! types, so a view cannot drift from the engine.

mod agent;
mod app;
mod ca;
mod command;
mod desktop;
mod doctor;
mod domain;
mod event;
mod fault;
mod finding;
mod guide;
mod journal;
mod lease;
mod log;
mod milliseconds;
mod notify;
mod report;
mod schema;
mod secret;
mod service;
mod settings;
mod simulator;
mod snapshot;
mod target;
pub mod text;
mod transfer;
mod typescript;
mod update;
pub mod words;

pub use agent::{
    AgentAnswer, AgentChange, AgentDay, AgentKey, AgentQuestion, AgentReport, AgentSettings, AgentUsageQuery,
    AgentView,
};
pub use app::{AppDraft, AppEdit, AppId, AppIdError, AppRef, CheckDraft, CheckReport, Which};
pub use ca::{
    CaInspection, CaMaker, CaMakerKind, CaOutcome, CaPlace, CaQuestion, CaRefusal, CaRoad, CaSource, CaTrust,
    CaUntrust, CaView, Store, StoreKind, StoreOutcome, StoreResult, StoreView, TrustedCa,
};
pub use command::{COMMANDS, Call, Handler, Push, Request, Response, call, dispatch};
pub use desktop::{ConsolePage, ConsoleRef, Folder, FolderRef, LoginChange, LoginState, LoginView};
pub use doctor::{Check, CheckKind, DoctorReport, Note, NoteCode, OtherRoad, Progress};
pub use domain::{Domain, DomainError};
pub use event::{
    Assignment, CurlRequest, Deleted, EditedEvent, EventDetail, EventLines, EventOrigin, EventPage,
    EventQuery, EventRef, EventSelection, EventTypeCount, EventView, Exported, ReplayRequest, Replayed,
    TriggerRequest, TriggerSample,
};
pub use fault::{Fault, FaultCode};
pub use finding::{Action, Finding, FindingCode, Severity};
pub use guide::Guide;
pub use journal::{JournalSettings, JournalView, PhaseSpan, Stats, StatsQuery, StatsStep};
pub use lease::{
    LeaseChange, LeaseExtension, LeasePhase, LeaseReport, LeaseRequest, LeaseState, LeaseView, ProxyEntry,
    ProxyKind, ProxyService, ProxySetting, ProxyTable,
};
pub use log::{LogLevel, LogLine, LogPage, LogQuery};
pub use milliseconds::milliseconds;
pub use notify::{NotifyRule, NotifySettings, QuietHours};
pub use report::{Report, ReportFile, ReportSave, Saved};
pub use schema::doctor_schema;
pub use secret::Secret;
pub use service::{ServiceKeeper, ServiceRef, ServiceScope, ServiceState, ServiceView};
pub use settings::{CaFile, Language, LanguageChoice, SettingsChange, Theme};
pub use simulator::{
    SimulatedEvent, SimulatedEventKind, SimulatedFault, SimulatedFaultChange, SimulatorView,
};
pub use snapshot::{AppView, Hop, HopKind, Mark, Notice, NoticeCode, Phase, Snapshot};
pub use target::{
    AttemptOutcome, AttemptView, DeliveryState, DeliveryView, TargetAddress, TargetApp, TargetDraft,
    TargetEdit, TargetHeader, TargetHealth, TargetKind, TargetRef, TargetReport, TargetSecrets, TargetView,
};
pub use transfer::{Reset, ResetKind, SettingsPlan, SettingsText};
pub use typescript::typescript;
pub use update::{Release, ReleaseRef, UpdateSettings, UpdateState, UpdateView, UpdateWait, UpdatesOff};
