// Made by `cargo xtask codegen` from the contract crate. Do not edit.

export type AppId = string;

export type Domain = "feishu" | "lark" | string;

export type Language = "en" | "zh-CN";

export type LanguageChoice = "system" | "en" | "zh-CN";

export type Phase = "paused" | "connected" | "connecting" | "waiting" | "needs_you";

export type ReasonCode = "dns_failed" | "tcp_refused" | "tcp_unreachable" | "timed_out" | "tcp_broken" | "tls_untrusted" | "tls_self_signed" | "tls_expired" | "tls_not_yet_valid" | "tls_wrong_host" | "tls_not_spoken" | "tls_failed" | "not_the_platform" | "http_status" | "bad_address" | "platform_busy" | "credentials_wrong" | "domain_wrong" | "forbidden" | "connection_limit" | "platform_code" | "ticket_refused" | "upgrade_blocked" | "link_silent" | "link_closed" | "secret_missing" | "secret_unreadable" | "no_secret_store" | "domain_unusable";

export type Reason = { 
/**
 * What views branch on, and the key of the texts: `reason.CODE.title`, `.say` and `.do`.
 */
code: ReasonCode, 
/**
 * Values for the placeholders in those texts: `host`, `port`, `code`, `message`, `issuer` …
 */
values: { [key in string]: string }, 
/**
 * The technical cause in English, for the log and for a bug report. It holds no secret.
 */
detail: string, };

export type FaultCode = "bad_request" | "secret_empty" | "secret_unreadable" | "secret_file_open" | "no_secret_store" | "domain_unusable" | "app_exists" | "app_unknown" | "secret_store" | "settings_unreadable" | "settings_unwritable" | "data_folder" | "held_by_other" | "event_gone" | "simulator" | "no_apps" | "not_running" | "internal";

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

export type HopKind = "computer" | "network" | "tls" | "platform" | "connection";

export type Mark = "ok" | "busy" | "bad" | "off";

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
 * Why it is not connected.
 */
reason?: Reason | null, 
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
notices: Array<Notice>, };

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
name: string, };

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
name?: string | null, };

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
domain: Domain, };

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
reason?: Reason | null, };

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
language?: LanguageChoice | null, };

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
  /** Changes settings. */
  settings_change: { request: SettingsChange; response: null };
}
