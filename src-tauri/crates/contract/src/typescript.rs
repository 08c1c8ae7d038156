use std::fmt::Write as _;

use ts_rs::{Config, TS};

use crate::{command::with_commands, *};

/// The TypeScript of everything here, as one module: the types, and `Commands`, which maps each command to its
/// request and response.
pub fn typescript() -> String {
    let config = Config::default();
    let mut module =
        String::from("// Made by `cargo xtask codegen` from the contract crate. Do not edit.\n\n");
    macro_rules! declare {
        ($($type:ty),* $(,)?) => {
            $( writeln!(module, "export {}\n", <$type as TS>::decl(&config)).ok(); )*
        };
    }
    declare!(
        AppId,
        Domain,
        Language,
        LanguageChoice,
        Phase,
        Severity,
        Action,
        FindingCode,
        Finding,
        FaultCode,
        Fault,
        HopKind,
        Mark,
        Hop,
        NoteCode,
        Note,
        Theme,
        AgentSettings,
        AgentKey,
        AgentDay,
        AgentView,
        AgentChange,
        AgentQuestion,
        AgentAnswer,
        AgentReport,
        AgentUsageQuery,
        ServiceKeeper,
        ServiceScope,
        ServiceState,
        ServiceRef,
        ServiceView,
        UpdateSettings,
        UpdatesOff,
        UpdateWait,
        UpdateState,
        Release,
        ReleaseRef,
        UpdateView,
        Guide,
        text::Texts,
        AppView,
        Progress,
        CheckKind,
        Check,
        OtherRoad,
        DoctorReport,
        CaFile,
        StoreKind,
        Store,
        StoreView,
        StoreResult,
        StoreOutcome,
        CaSource,
        CaQuestion,
        CaMakerKind,
        CaMaker,
        CaRefusal,
        CaPlace,
        CaView,
        CaInspection,
        CaTrust,
        CaUntrust,
        CaRoad,
        CaOutcome,
        TrustedCa,
        ProxyKind,
        ProxyEntry,
        ProxySetting,
        ProxyService,
        ProxyTable,
        LeaseRequest,
        LeaseExtension,
        LeaseState,
        LeaseChange,
        LeasePhase,
        LeaseView,
        LeaseReport,
        NoticeCode,
        Notice,
        SimulatedEventKind,
        SimulatedFault,
        SimulatorView,
        TargetKind,
        TargetHealth,
        TargetView,
        JournalSettings,
        JournalView,
        QuietHours,
        NotifyRule,
        NotifySettings,
        Snapshot,
        EventOrigin,
        DeliveryState,
        AttemptOutcome,
        AttemptView,
        DeliveryView,
        EventView,
        EventDetail,
        EventQuery,
        EventPage,
        EventRef,
        EventSelection,
        EventTypeCount,
        ReplayRequest,
        Replayed,
        EditedEvent,
        CurlRequest,
        EventLines,
        Exported,
        Deleted,
        Assignment,
        TriggerRequest,
        TriggerSample,
        TargetAddress,
        TargetHeader,
        TargetSecrets,
        TargetDraft,
        TargetApp,
        TargetEdit,
        TargetRef,
        TargetReport,
        StatsQuery,
        StatsStep,
        PhaseSpan,
        Stats,
        AppDraft,
        AppEdit,
        AppRef,
        Which,
        CheckDraft,
        CheckReport,
        SimulatedEvent,
        SimulatedFaultChange,
        SettingsChange,
        SettingsText,
        SettingsPlan,
        ResetKind,
        Reset,
        LoginState,
        LoginView,
        LoginChange,
        Folder,
        FolderRef,
        ConsolePage,
        ConsoleRef,
        LogLevel,
        LogLine,
        LogQuery,
        LogPage,
        ReportFile,
        Report,
        ReportSave,
        Saved,
        Push,
    );
    let elsewhere: Vec<_> = text::ELSEWHERE.iter().map(|part| format!("'{part}'")).collect();
    module.push_str("/** The first part of the keys of texts that the window is not given. */\n");
    writeln!(module, "export type Elsewhere = {};\n", elsewhere.join(" | ")).ok();
    module.push_str("export interface Commands {\n");
    macro_rules! list {
        ($($(#[doc = $doc:literal])* $call:ident = $name:ident($request:ty) -> $response:ty,)*) => {
            $(
                $( writeln!(module, "  /**{} */", $doc).ok(); )*
                writeln!(
                    module, "  {}: {{ request: {}; response: {} }};",
                    stringify!($name), <$request as TS>::name(&config), <$response as TS>::name(&config),
                ).ok();
            )*
        };
    }
    with_commands!(list);
    module.push_str("}\n\n");
    module.push_str("/** The guide that says more of a finding. */\n");
    module.push_str("export const GUIDE_OF: Record<FindingCode, Guide> = {\n");
    for code in FindingCode::ALL {
        writeln!(module, "  {}: '{}',", text::word(code), text::word(&code.guide())).ok();
    }
    module.push_str("}\n");
    module
}
