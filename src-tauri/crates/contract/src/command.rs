//! The commands a view can give the engine. Each is declared once, in [`with_commands!`]; the engine's trait,
//! the dispatch by name, the typed calls of a client and the TypeScript are made from that list.

use std::future::Future;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

use crate::{
    AgentChange, AgentDay, AgentQuestion, AgentReport, AgentUsageQuery, AppDraft, AppEdit, AppRef,
    CaInspection, CaOutcome, CaPlace, CaQuestion, CaTrust, CaUntrust, CheckDraft, CheckReport, ConsoleRef,
    CurlRequest, Deleted, EditedEvent, EventDetail, EventLines, EventPage, EventQuery, EventRef,
    EventSelection, EventTypeCount, EventView, Exported, Fault, FaultCode, FolderRef, LeaseExtension,
    LeaseReport, LeaseRequest, LogLine, LogPage, LogQuery, LoginChange, LoginView, ProxyTable, ReleaseRef,
    ReplayRequest, Replayed, Report, ReportSave, Reset, Saved, ServiceRef, ServiceView, SettingsChange,
    SettingsPlan, SettingsText, SimulatedEvent, SimulatedFaultChange, Snapshot, Stats, StatsQuery,
    TargetDraft, TargetEdit, TargetRef, TargetReport, TriggerRequest, TriggerSample, Which,
};

/// Hands the list of commands to a macro: `Type = name(Request) -> Response`.
macro_rules! with_commands {
    ($use_list:ident) => {
        $use_list! {
            /// The state of everything, now.
            ReadSnapshot = snapshot(()) -> Snapshot,
            /// Adds an app, keeps its secret and connects it.
            AddApp = app_add(AppDraft) -> (),
            /// Changes an app and reconnects it.
            EditApp = app_edit(AppEdit) -> (),
            /// Closes an app's connection, forgets it and its secret.
            RemoveApp = app_remove(AppRef) -> (),
            /// Asks the platform whether credentials and domain are right, without connecting.
            CheckApp = app_check(CheckDraft) -> CheckReport,
            /// Closes connections until resumed; remembered across restarts.
            Pause = pause(Which) -> (),
            /// Connects again what was paused.
            Resume = resume(Which) -> (),
            /// Tries again at once what waits or was refused.
            Retry = retry(Which) -> (),
            /// The kept events that match, a page of them, newest first.
            ListEvents = events(EventQuery) -> EventPage,
            /// One event, whole.
            ReadEvent = event(EventRef) -> EventDetail,
            /// The types of the kept events.
            ListEventTypes = event_types(()) -> Vec<EventTypeCount>,
            /// The kept events that match, as lines of JSON, a page of them.
            ReadEventLines = event_lines(EventQuery) -> EventLines,
            /// Hands events to targets once more.
            ReplayEvents = events_replay(ReplayRequest) -> Replayed,
            /// Sends an edited event as a new one.
            SendEdited = event_edited(EditedEvent) -> EventRef,
            /// The request that a webhook gets for an event, as a command for a shell. Neither the Encrypt Key nor the values of extra
            /// headers are in it; its URL is whole, and an event that is not encrypted carries the Verification Token.
            CopyAsCurl = event_curl(CurlRequest) -> String,
            /// Writes the events that match into a new file in the user's folder of downloads.
            ExportEvents = events_export(EventQuery) -> Exported,
            /// Deletes events, also from the queues of targets. What the platform sends again of them is still a duplicate.
            DeleteEvents = events_delete(EventSelection) -> Deleted,
            /// What can be triggered.
            ListTriggers = trigger_samples(()) -> Vec<TriggerSample>,
            /// The payload that a trigger would send.
            ReadTrigger = trigger_payload(TriggerRequest) -> String,
            /// Makes an event and sends it through the whole path.
            Trigger = trigger(TriggerRequest) -> EventRef,
            /// Adds a target.
            AddTarget = target_add(TargetDraft) -> TargetRef,
            /// Changes a target.
            EditTarget = target_edit(TargetEdit) -> (),
            /// Removes a target with its queue and its secrets.
            RemoveTarget = target_remove(TargetRef) -> (),
            /// Holds a target back: events wait for it.
            PauseTarget = target_pause(TargetRef) -> (),
            /// Lets a target have what waits for it, at once also where it was down.
            ResumeTarget = target_resume(TargetRef) -> (),
            /// Asks a target whether it will take events, without handing it one.
            TestTarget = target_test(TargetRef) -> TargetReport,
            /// What happened in the time that has passed.
            ReadStats = stats(StatsQuery) -> Stats,
            /// Shows a notification, to see whether the desktop does.
            TestNotification = notify_test(()) -> (),
            /// Starts the built-in platform and an app on it.
            StartSimulator = simulator_start(()) -> (),
            /// Stops the built-in platform and removes its app.
            StopSimulator = simulator_stop(()) -> (),
            /// Makes the built-in platform send an event.
            SendSimulated = simulator_send(SimulatedEvent) -> (),
            /// Makes the built-in platform play a failure, or none.
            SetSimulatedFault = simulator_fault(SimulatedFaultChange) -> (),
            /// Begins to walk an app's road, hop by hop; what is found is in the snapshot as it is found.
            StartDoctor = doctor_start(AppRef) -> (),
            /// Stops that.
            StopDoctor = doctor_stop(()) -> (),
            /// The doctor's last report as text, fit to be shown to others.
            ReadDoctor = doctor_text(()) -> String,
            /// Opens a page of an app in the developer console, in the browser.
            OpenConsole = console_open(ConsoleRef) -> (),
            /// Looks at a CA certificate: what it says, whether it may be trusted, and where. Changes nothing.
            InspectCa = ca_inspect(CaQuestion) -> CaInspection,
            /// Where proxies keep their CA on this machine.
            ListCaPlaces = ca_places(()) -> Vec<CaPlace>,
            /// Trusts a CA certificate in the stores that are named, and in no other.
            TrustCa = ca_trust(CaTrust) -> CaOutcome,
            /// Takes a CA certificate that we trusted out of the stores that we put it into.
            UntrustCa = ca_untrust(CaUntrust) -> CaOutcome,
            /// Reads the list of trusted certificates again: another process has changed it.
            ReloadCas = ca_reload(()) -> (),
            /// The system's proxy settings, as they are now.
            ReadProxies = proxies(()) -> ProxyTable,
            /// Switches off the system's proxies that are on, for a time, after it has written down how to put them back.
            StartLease = lease_start(LeaseRequest) -> (),
            /// Sets anew how long they stay off.
            ExtendLease = lease_extend(LeaseExtension) -> (),
            /// Puts them back now.
            EndLease = lease_end(()) -> LeaseReport,
            /// Switches on every proxy that the system has stored and that is off: where the backup is lost, the best there is.
            RepairLease = lease_repair(()) -> LeaseReport,
            /// Changes settings.
            ChangeSettings = settings_change(SettingsChange) -> (),
            /// Writes the settings into a new file in the user's folder of downloads, without any secret.
            ExportSettings = settings_export(()) -> Saved,
            /// What an import of these settings would change. Changes nothing.
            PlanImport = settings_plan(SettingsText) -> SettingsPlan,
            /// Takes over settings; gives back what was changed.
            ImportSettings = settings_import(SettingsText) -> SettingsPlan,
            /// Forgets settings, or everything.
            ResetSettings = settings_reset(Reset) -> (),
            /// Whether Longwire starts at login.
            ReadLogin = login(()) -> LoginView,
            /// Has it start at login, or not.
            ChangeLogin = login_change(LoginChange) -> LoginView,
            /// Shows a folder in the system's file manager.
            OpenFolder = folder_open(FolderRef) -> (),
            /// Changes how the agent answers, or its API key.
            ChangeAgent = agent_change(AgentChange) -> (),
            /// Asks the model a question, without anybody in a chat being told.
            TestAgent = agent_test(AgentQuestion) -> AgentReport,
            /// What the agent did, a day each, the oldest first; days without anything are there, too.
            ReadAgentUsage = agent_usage(AgentUsageQuery) -> Vec<AgentDay>,
            /// Forgets what the agent remembers of all chats.
            ForgetAgent = agent_forget(()) -> (),
            /// The service, as the system's keeper of services knows it.
            ReadService = service(ServiceRef) -> ServiceView,
            /// Looks for a newer version of the app; what is found is in the snapshot.
            CheckUpdate = update_check(()) -> (),
            /// Downloads the version that is named, puts it in the place of this one and starts it. The snapshot tells how far it is.
            InstallUpdate = update_install(ReleaseRef) -> (),
            /// Stops that, as long as it is not being put in place.
            CancelUpdate = update_cancel(()) -> (),
            /// The newest lines of the log that match, a page of them.
            ReadLog = logs(LogQuery) -> LogPage,
            /// Makes a report of what is the matter, to be looked at. The one before is forgotten.
            MakeReport = report(()) -> Report,
            /// Writes a report into a new file in the user's folder of downloads.
            SaveReport = report_save(ReportSave) -> Saved,
        }
    };
}
pub(crate) use with_commands;

/// One command, as a client calls it.
pub trait Call {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it takes.
    type Request: Serialize + DeserializeOwned;
    /// What it gives back.
    type Response: Serialize + DeserializeOwned;
}

/// A command by name, as it crosses the control socket and the webview's IPC.
#[derive(Deserialize, Serialize)]
pub struct Request {
    /// The command's name.
    pub command: String,
    /// Its arguments.
    #[serde(default)]
    pub arguments: Value,
}

/// The answer to a [`Request`].
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It was carried out; what it gives back.
    Ok(Value),
    /// It was not; why.
    Fault(Fault),
}

/// What the engine tells a view unasked.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Push {
    /// The state changed; this is all of it.
    Snapshot(Box<Snapshot>),
    /// Events arrived, or what became of them changed; oldest first. Of a burst not all of them: a view that shows a page
    /// reads it again where it finds a gap.
    Events(Vec<EventView>),
    /// Lines were written to the log, oldest first. Of a burst not all of them: `seq` tells of a gap.
    Log(Vec<LogLine>),
}

macro_rules! define_commands {
    ($($(#[$doc:meta])* $call:ident = $name:ident($request:ty) -> $response:ty,)*) => {
        /// The commands' names.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// One type a command, for a client's typed calls.
        pub mod call {
            use super::*;
            $(
                $(#[$doc])*
                pub struct $call;
                impl Call for $call {
                    const NAME: &'static str = stringify!($name);
                    type Request = $request;
                    type Response = $response;
                }
            )*
        }

        /// What carries the commands out: the engine. A command without a body does not compile.
        pub trait Handler: Sync {
            $(
                $(#[$doc])*
                fn $name(&self, request: $request) -> impl Future<Output = Result<$response, Fault>> + Send;
            )*
        }

        /// Carries a command out by its name.
        ///
        /// # Errors
        /// [`FaultCode::BadRequest`] where the name or the arguments are not known; else what the command says.
        /// The arguments are never repeated in an error: they may hold a secret.
        pub async fn dispatch<H: Handler>(handler: &H, request: Request) -> Result<Value, Fault> {
            match request.command.as_str() {
                $(
                    stringify!($name) => {
                        let arguments = parse::<$request>(stringify!($name), request.arguments)?;
                        let response = handler.$name(arguments).await?;
                        serde_json::to_value(response).map_err(|error| Fault::new(FaultCode::Internal, error))
                    }
                )*
                _ => Err(Fault::new(FaultCode::BadRequest, "no command of that name")),
            }
        }
    };
}
with_commands!(define_commands);

fn parse<T: DeserializeOwned>(name: &str, arguments: Value) -> Result<T, Fault> {
    serde_json::from_value(arguments).map_err(|error| {
        // Of serde's words only those are safe that come from our own parsers or name a field.
        let text = error.to_string();
        let known = [crate::AppIdError.to_string(), crate::DomainError.to_string()];
        let safe =
            known.iter().any(|known| text.starts_with(known.as_str())) || text.starts_with("missing field");
        let detail = if safe { text } else { "the arguments do not have its form".to_owned() };
        Fault::new(FaultCode::BadRequest, format!("{name}: {detail}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refused_argument_is_not_repeated() {
        let fault =
            parse::<AppDraft>("app_add", json!({ "app_id": "cli_0123456789abcdef", "app_secret": 42 }))
                .unwrap_err();
        assert_eq!(fault.detail, "app_add: the arguments do not have its form");
        let fault = parse::<AppDraft>("app_add", json!("planted")).unwrap_err();
        assert!(!fault.detail.contains("planted"), "{fault}");
        let fault =
            parse::<AppDraft>("app_add", json!({ "app_id": "planted", "app_secret": "x", "domain": "lark" }))
                .unwrap_err();
        assert_eq!(fault.detail, format!("app_add: {}", crate::AppIdError));
    }

    #[test]
    fn names_are_unique() {
        let mut names = COMMANDS.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
    }
}
