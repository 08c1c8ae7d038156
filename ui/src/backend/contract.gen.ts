// Made by `cargo xtask codegen` from the contract crate. Do not edit.

export type AppId = string;

export type Domain = "feishu" | "lark" | string;

export type Language = "en" | "zh-CN";

export type LanguageChoice = "system" | "en" | "zh-CN";

export type Phase = "paused" | "connected" | "connecting" | "waiting" | "needs_you";

export type Severity = "advice" | "warning" | "error";

export type Action = "retry" | "edit_credentials" | "edit_domain" | "switch_domain" | "edit_proxy" | "go_direct" | "use_proxy" | "add_ca_file" | "copy_environment" | "open_console";

export type FindingCode = "no_network" | "dns_failed" | "tcp_refused" | "tcp_unreachable" | "timed_out" | "tcp_broken" | "proxy_unreachable" | "proxy_credentials_wanted" | "proxy_credentials_wrong" | "proxy_refused" | "proxy_other_protocol" | "proxy_broken" | "proxy_tls" | "proxy_setting_bad" | "pac_failed" | "direct_works" | "proxy_works" | "tls_untrusted" | "tls_intercepted" | "tls_self_signed" | "tls_expired" | "tls_not_yet_valid" | "clock_wrong" | "tls_wrong_host" | "tls_not_spoken" | "tls_cut" | "tls_failed" | "not_the_platform" | "http_status" | "bad_address" | "platform_busy" | "credentials_wrong" | "app_id_malformed" | "domain_wrong" | "forbidden" | "connection_limit" | "platform_code" | "ticket_refused" | "upgrade_blocked" | "link_silent" | "link_closed" | "flapping" | "other_clients" | "platform_sees_us" | "nothing_received" | "secret_missing" | "secret_unreadable" | "no_secret_store" | "domain_unusable";

export type Finding = { 
/**
 * What views branch on, and the key of the texts: `finding.CODE.title`, `.say` and `.do`.
 */
code: FindingCode, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * Whether there is no connection while it lasts.
 */
blocks_connection: boolean, 
/**
 * What mends it with one click, where something does.
 */
action?: Action | null, 
/**
 * Values for the placeholders in the texts and for the action: `host`, `port`, `code`, `message`, `issuer`,
 * `domain` …
 */
values: { [key in string]: string }, 
/**
 * The technical cause in English, for the log and for a bug report. It holds no secret.
 */
detail: string, };

export type FaultCode = "bad_request" | "secret_empty" | "secret_unreadable" | "secret_file_open" | "no_secret_store" | "domain_unusable" | "proxy_unusable" | "proxy_password" | "app_exists" | "app_unknown" | "secret_store" | "settings_unreadable" | "settings_unwritable" | "data_folder" | "held_by_other" | "event_gone" | "simulator" | "no_apps" | "not_running" | "no_report" | "browser" | "internal";

export type Fault = { 
/**
 * What views branch on, and the key of the text: `fault.CODE`.
 */
code: FaultCode, 
/**
 * Values for the placeholders in that text.
 */
values: { [key in string]: string }, 
/**
 * The technical cause in English. It holds no secret.
 */
detail: string, };

export type HopKind = "computer" | "network" | "proxy" | "tls" | "platform" | "connection";

export type Mark = "ok" | "warn" | "busy" | "bad" | "off";

export type Hop = { 
/**
 * Which.
 */
kind: HopKind, 
/**
 * How it stands.
 */
mark: Mark, 
/**
 * How long it took, in milliseconds.
 */
ms?: number | null, 
/**
 * What there is to say of it: an address, an issuer, a host.
 */
note?: string | null, };

export type NoteCode = "route_direct" | "route_direct_given" | "route_this_machine" | "route_exception" | "route_not_listed" | "route_simple_name" | "route_auto_discovery" | "route_proxy" | "route_pac_proxy" | "route_pac_direct" | "route_failed" | "addresses" | "no_lookup" | "lookup_at_proxy" | "connected_to" | "tunnel_open" | "no_proxy" | "proxys_matter" | "signed_by" | "signed_by_interceptor" | "no_tls" | "answered" | "accepted" | "opened_by" | "opened_through_proxy" | "opened_straight" | "counted" | "counted_others" | "not_counted" | "held_open" | "after_failure" | "stopped" | "no_secret" | "online" | "network_not_needed" | "failed";

export type Note = { 
/**
 * Which line.
 */
code: NoteCode, 
/**
 * Values for its placeholders.
 */
values: { [key in string]: string }, };

export type AppView = { 
/**
 * Its App ID.
 */
app_id: AppId, 
/**
 * What the user calls it; empty where not named.
 */
name: string, 
/**
 * Where it lives.
 */
domain: Domain, 
/**
 * Whether it is the built-in simulator's own app.
 */
simulated: boolean, 
/**
 * Its state.
 */
phase: Phase, 
/**
 * What is to be said of it, what matters most first: why it is not connected, or what to know while it is.
 */
findings: Array<Finding>, 
/**
 * Its proxy as set: `auto`, `direct` or an address, without credentials.
 */
proxy: string, 
/**
 * Which way its road takes and who says so, as the last try found it.
 */
route?: Note | null, 
/**
 * Since when it has been in `phase`, in milliseconds since the Unix epoch.
 */
since_ms: number, 
/**
 * How many tries in a row have failed.
 */
attempt: number, 
/**
 * When it tries again, in milliseconds since the Unix epoch.
 */
retry_at_ms?: number | null, 
/**
 * The road to the platform, hop by hop, as the last try found it.
 */
hops: Array<Hop>, 
/**
 * Events received since the start.
 */
events: number, 
/**
 * When the last one arrived, in milliseconds since the Unix epoch.
 */
last_event_ms?: number | null, 
/**
 * Frames that broke the protocol since the start; the connection lived on.
 */
bad_frames: number, };

export type Progress = "running" | "done" | "cancelled";

export type CheckKind = "network" | "route" | "dns" | "proxy" | "tcp" | "tls" | "endpoint" | "credentials" | "upgrade" | "pong" | "online";

export type Check = { 
/**
 * Which.
 */
kind: CheckKind, 
/**
 * How it stands; [`Mark::Off`]: skipped, and the note says why.
 */
mark: Mark, 
/**
 * How long it took, in milliseconds.
 */
ms?: number | null, 
/**
 * What there is to say of it.
 */
note?: Note | null, };

export type OtherRoad = { 
/**
 * Which way, and who says so.
 */
route: Note, 
/**
 * Its steps, up to TLS or as far as they got.
 */
checks: Array<Check>, };

export type DoctorReport = { 
/**
 * Longwire's version.
 */
version: string, 
/**
 * Whose road.
 */
app_id: AppId, 
/**
 * Where the app lives.
 */
domain: Domain, 
/**
 * How far it is.
 */
progress: Progress, 
/**
 * When it began, in milliseconds since the Unix epoch.
 */
started_ms: number, 
/**
 * How long it took, in milliseconds; so far, while it runs.
 */
ms: number, 
/**
 * The road the app takes, hop by hop.
 */
checks: Array<Check>, 
/**
 * The other roads there are, for comparison: straight where the app goes through a proxy, and the reverse.
 */
others: Array<OtherRoad>, 
/**
 * What was found, what matters most first.
 */
findings: Array<Finding>, };

export type CaFile = { 
/**
 * Its path.
 */
path: string, 
/**
 * Why it is left out, where it is.
 */
problem?: string | null, };

export type NoticeCode = "settings_key_unknown" | "ca_file_unreadable";

export type Notice = { 
/**
 * What views branch on, and the key of the text: `notice.CODE`.
 */
code: NoticeCode, 
/**
 * Values for the placeholders in that text.
 */
values: { [key in string]: string }, };

export type SimulatedEventKind = "message_text" | "message_image" | "message_file" | "message_post" | "card_action" | "bot_added" | "bot_removed" | "reaction" | "url_preview" | "menu_click" | "schema_v1";

export type SimulatedFault = "refused" | "black_hole" | "html" | "http_status" | "no_url" | "busy" | "credentials_wrong" | "domain_wrong" | "internal_error" | "limit_at_endpoint" | "unknown_code" | "forbidden" | "connection_limit" | "ticket_refused" | "upgrade_blocked" | "silent" | "flapping" | "garbage";

export type SimulatorView = { 
/**
 * The app it knows.
 */
app_id: AppId, 
/**
 * Its base URL.
 */
url: string, 
/**
 * The failure it plays at the moment.
 */
fault?: SimulatedFault | null, };

export type Snapshot = { 
/**
 * Grows with each change; a view drops a snapshot whose `rev` it has seen.
 */
rev: number, 
/**
 * Longwire's version.
 */
version: string, 
/**
 * The process that holds the engine.
 */
pid: number, 
/**
 * The data folder.
 */
data_dir: string, 
/**
 * The language asked for.
 */
language_choice: LanguageChoice, 
/**
 * The language to show.
 */
language: Language, 
/**
 * The state of all apps as one: that of the app that needs the user most.
 */
phase: Phase, 
/**
 * Each app, in the order it was added.
 */
apps: Array<AppView>, 
/**
 * The built-in platform, where it runs.
 */
simulator?: SimulatorView | null, 
/**
 * Events received since local midnight, or since the start where that is later.
 */
events_today: number, 
/**
 * What the user should know that is no app's state.
 */
notices: Array<Notice>, 
/**
 * The CA files of the settings.
 */
ca_files: Array<CaFile>, 
/**
 * What the doctor found the last time, or finds just now.
 */
doctor?: DoctorReport | null, };

export type EventView = { 
/**
 * Its place in the order of arrival, from 1, across all apps.
 */
seq: number, 
/**
 * The app that received it.
 */
app_id: AppId, 
/**
 * When it arrived, in milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * Its type, such as `im.message.receive_v1`; empty where the payload names none.
 */
event_type: string, 
/**
 * The platform's id for telling duplicates: `event_id` (schema 2.0) or `uuid` (schema 1.0).
 */
event_id?: string | null, 
/**
 * What a person reads first: the message's text, where the type has one.
 */
preview?: string | null, 
/**
 * Size of the payload in bytes.
 */
bytes: number, 
/**
 * The code of our acknowledgement: 200 or 500.
 */
ack_code: number, 
/**
 * From the frame's arrival to its acknowledgement, in milliseconds.
 */
ack_ms: number, };

export type EventDetail = { 
/**
 * What the list shows of it.
 */
view: EventView, 
/**
 * The payload as it arrived: JSON text.
 */
payload: string, 
/**
 * The frame's headers, in order.
 */
headers: Array<[string, string]>, };

export type EventsAfter = { 
/**
 * Only events whose `seq` is above this; 0 for all that are kept.
 */
after: number, };

export type EventRef = { 
/**
 * Its `seq`.
 */
seq: number, };

export type AppDraft = { 
/**
 * Its App ID.
 */
app_id: AppId, 
/**
 * Its App Secret. It is kept in the secret store and never comes back.
 */
app_secret?: string | null, 
/**
 * A file to read the App Secret from at each start, in place of the secret store: for machines without one.
 */
secret_file?: string | null, 
/**
 * Where the app lives.
 */
domain: Domain, 
/**
 * What the user calls it; the App ID where empty.
 */
name: string, 
/**
 * Its proxy: `auto` (the environment's, else the system's), `direct`, a proxy's URL, or `pac+` and a script's URL.
 * Credentials in it are kept in the secret store.
 */
proxy?: string | null, };

export type AppEdit = { 
/**
 * Which app.
 */
app_id: AppId, 
/**
 * A new App Secret.
 */
app_secret?: string | null, 
/**
 * A file to read the App Secret from from now on, in place of the secret store, which forgets it.
 */
secret_file?: string | null, 
/**
 * A new domain.
 */
domain?: Domain | null, 
/**
 * A new name.
 */
name?: string | null, 
/**
 * A new proxy, as in [`AppDraft`].
 */
proxy?: string | null, };

export type AppRef = { 
/**
 * Which app.
 */
app_id: AppId, };

export type Which = { 
/**
 * Which app; every app where absent.
 */
app_id?: AppId | null, };

export type CheckDraft = { 
/**
 * The App ID.
 */
app_id: AppId, 
/**
 * The App Secret; absent, the one that is kept for this app.
 */
app_secret?: string | null, 
/**
 * Where to try them.
 */
domain: Domain, 
/**
 * Through which proxy, as in [`AppDraft`]; absent, the one that is set for this app.
 */
proxy?: string | null, };

export type CheckReport = { 
/**
 * The App ID that was tried.
 */
app_id: AppId, 
/**
 * The domain that was tried first.
 */
domain: Domain, 
/**
 * Whether the platform accepts the credentials on `domain`.
 */
ok: boolean, 
/**
 * The domain on which the platform accepts them, where that is another one.
 */
works_on?: Domain | null, 
/**
 * Why not, where it does not.
 */
finding?: Finding | null, };

export type SimulatedEvent = { 
/**
 * Which.
 */
kind: SimulatedEventKind, };

export type SimulatedFaultChange = { 
/**
 * Which; none where absent.
 */
fault?: SimulatedFault | null, };

export type SettingsChange = { 
/**
 * The language of the window, the tray and the command.
 */
language?: LanguageChoice | null, 
/**
 * The CA files to trust besides the system's roots, all of them. They take effect at the next try.
 */
ca_files?: Array<string> | null, };

export type Push = { "kind": "snapshot", "value": Snapshot } | { "kind": "events", "value": Array<EventView> };

export interface Commands {
  /** The state of everything, now. */
  snapshot: { request: null; response: Snapshot };
  /** Adds an app, keeps its secret and connects it. */
  app_add: { request: AppDraft; response: null };
  /** Changes an app and reconnects it. */
  app_edit: { request: AppEdit; response: null };
  /** Closes an app's connection, forgets it and its secret. */
  app_remove: { request: AppRef; response: null };
  /** Asks the platform whether credentials and domain are right, without connecting. */
  app_check: { request: CheckDraft; response: CheckReport };
  /** Closes connections until resumed; remembered across restarts. */
  pause: { request: Which; response: null };
  /** Connects again what was paused. */
  resume: { request: Which; response: null };
  /** Tries again at once what waits or was refused. */
  retry: { request: Which; response: null };
  /** The events that are kept, oldest first. */
  events: { request: EventsAfter; response: Array<EventView> };
  /** One event, whole. */
  event: { request: EventRef; response: EventDetail };
  /** Starts the built-in platform and an app on it. */
  simulator_start: { request: null; response: null };
  /** Stops the built-in platform and removes its app. */
  simulator_stop: { request: null; response: null };
  /** Makes the built-in platform send an event. */
  simulator_send: { request: SimulatedEvent; response: null };
  /** Makes the built-in platform play a failure, or none. */
  simulator_fault: { request: SimulatedFaultChange; response: null };
  /** Begins to walk an app's road, hop by hop; what is found is in the snapshot as it is found. */
  doctor_start: { request: AppRef; response: null };
  /** Stops that. */
  doctor_stop: { request: null; response: null };
  /** The doctor's last report as text, fit to be shown to others. */
  doctor_text: { request: null; response: string };
  /** Opens an app's page in the developer console, in the browser. */
  console_open: { request: AppRef; response: null };
  /** Changes settings. */
  settings_change: { request: SettingsChange; response: null };
}
