// Made by `cargo xtask codegen` from the contract crate. Do not edit.

export type AppId = string;

export type Domain = "feishu" | "lark" | string;

export type Language = "en" | "zh-CN";

export type LanguageChoice = "system" | "en" | "zh-CN";

export type Phase = "paused" | "connected" | "connecting" | "waiting" | "needs_you";

export type Severity = "advice" | "warning" | "error";

export type Action = "retry" | "edit_credentials" | "edit_domain" | "switch_domain" | "edit_proxy" | "go_direct" | "use_proxy" | "trust_ca" | "add_ca_file" | "copy_environment" | "open_console" | "show_target" | "replay_failed" | "edit_agent";

export type FindingCode = "no_network" | "dns_failed" | "tcp_refused" | "tcp_unreachable" | "timed_out" | "tcp_broken" | "proxy_unreachable" | "proxy_credentials_wanted" | "proxy_credentials_wrong" | "proxy_refused" | "proxy_other_protocol" | "proxy_broken" | "proxy_tls" | "proxy_setting_bad" | "pac_failed" | "direct_works" | "proxy_works" | "tls_untrusted" | "trust_failing" | "tls_intercepted" | "tls_trusted_here" | "tls_self_signed" | "tls_expired" | "tls_not_yet_valid" | "clock_wrong" | "tls_wrong_host" | "tls_not_spoken" | "tls_cut" | "tls_failed" | "not_the_platform" | "http_status" | "bad_address" | "platform_busy" | "credentials_wrong" | "app_id_malformed" | "domain_wrong" | "forbidden" | "connection_limit" | "platform_code" | "ticket_refused" | "upgrade_blocked" | "link_silent" | "link_closed" | "flapping" | "other_clients" | "platform_sees_us" | "nothing_received" | "secret_missing" | "secret_unreadable" | "no_secret_store" | "domain_unusable" | "disk_full" | "not_kept" | "target_down" | "target_failing" | "answer_late" | "answer_invalid" | "agent_no_key" | "agent_key_wrong" | "agent_quota" | "agent_unreachable" | "agent_refused" | "agent_failing" | "agent_reply_refused" | "agent_platform_unreachable" | "agent_notebook";

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

export type FaultCode = "bad_request" | "secret_empty" | "secret_unreadable" | "secret_file_open" | "no_secret_store" | "domain_unusable" | "proxy_unusable" | "proxy_password" | "app_exists" | "app_unknown" | "secret_store" | "settings_unreadable" | "settings_unwritable" | "data_folder" | "not_yours" | "held_by_other" | "other_version" | "newer_version" | "event_gone" | "simulator" | "no_apps" | "not_running" | "no_report" | "browser" | "ca_unreadable" | "ca_private_key" | "ca_unknown" | "ca_refused" | "store_unknown" | "no_chain" | "no_proxy_page" | "trusted_list" | "lease_nothing" | "lease_held" | "lease_none" | "lease_not_named" | "lease_password" | "lease_unreadable" | "lease_backup" | "lease_failed" | "lease_cancelled" | "lease_damaged" | "lease_stuck" | "lease_unwatched" | "no_proxy_settings" | "journal" | "target_unknown" | "target_exists" | "import_unreadable" | "report_gone" | "login_unchanged" | "folder_unopened" | "target_unusable" | "target_remote" | "filter_unusable" | "no_target" | "trigger_unknown" | "payload_unusable" | "export_failed" | "notify_failed" | "agent_address" | "agent_model" | "agent_number" | "agent_prompt" | "agent_key" | "agent_key_empty" | "agent_key_unreadable" | "agent_key_store" | "agent_notebook" | "updates_off" | "update_unreachable" | "update_unreadable" | "update_gone" | "update_not_genuine" | "update_not_installed" | "update_aside" | "update_installing" | "internal";

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

export type Theme = "system" | "light" | "dark";

export type AgentSettings = { 
/**
 * Whether it answers.
 */
on: boolean, 
/**
 * The address of an OpenAI-compatible server, up to what stands before `/chat/completions`.
 */
base_url: string, 
/**
 * The model's name there.
 */
model: string, 
/**
 * What the model is told before each conversation; one of Longwire's own in the app's language where empty.
 */
prompt: string, 
/**
 * Whether it answers in groups, where it is mentioned.
 */
groups: boolean, 
/**
 * How many questions and answers of a chat it remembers, 0 to 100.
 */
memory: number, 
/**
 * How many answers a person gets on one day, 1 to 10 000.
 */
per_person: number, 
/**
 * How many answers it gives on one day at all, 1 to 100 000.
 */
per_day: number, };

export type AgentKey = "absent" | "kept" | "environment" | "unreadable" | "unread";

export type AgentDay = { 
/**
 * The day where Longwire runs: `2026-11-23`.
 */
day: string, 
/**
 * Messages it answered.
 */
answers: number, 
/**
 * Messages it could not answer.
 */
failures: number, 
/**
 * Tokens of what was asked, as the server counts them.
 */
prompt_tokens: number, 
/**
 * Tokens of what was answered, as the server counts them.
 */
answer_tokens: number, };

export type AgentView = { 
/**
 * How it is set up.
 */
settings: AgentSettings, 
/**
 * Whether it has an API key, and where from.
 */
key: AgentKey, 
/**
 * The target that is handed its messages, as among the targets; absent while it is off.
 */
target?: string | null, 
/**
 * Messages it answers just now.
 */
answering: number, 
/**
 * What it has done today.
 */
today: AgentDay, 
/**
 * The last attempt that failed, until one succeeds.
 */
trouble?: AttemptView | null, };

export type AgentChange = { 
/**
 * How it answers, all of it.
 */
settings?: AgentSettings | null, 
/**
 * The API key, which goes to where the system keeps secrets; an empty one is taken out there.
 */
key?: string | null, };

export type AgentQuestion = { 
/**
 * The question; a short one of Longwire's own where empty.
 */
text: string, 
/**
 * How it is asked; as it is set up where absent. Whether it is on does not matter.
 */
settings?: AgentSettings | null, 
/**
 * With this key; with the one that is kept where absent.
 */
key?: string | null, };

export type AgentAnswer = { 
/**
 * What the model says, in Markdown.
 */
text: string, 
/**
 * The model that said it, as the server names it.
 */
model: string, 
/**
 * Tokens of the question, as the server counts them; 0 where it does not.
 */
prompt_tokens: number, 
/**
 * Tokens of the answer, as the server counts them; 0 where it does not.
 */
answer_tokens: number, 
/**
 * When the first words came, in milliseconds after the question.
 */
first_ms: number, 
/**
 * When the last ones came, in milliseconds after the question.
 */
took_ms: number, };

export type AgentReport = { 
/**
 * The answer, where there is one.
 */
answer?: AgentAnswer | null, 
/**
 * Why there is none, with what mends it.
 */
finding?: Finding | null, };

export type AgentUsageQuery = { 
/**
 * So many days, today among them; 30 where 0, and at most 366.
 */
days: number, };

export type ServiceKeeper = "systemd" | "launchd" | "none";

export type ServiceScope = "user" | "system";

export type ServiceState = "absent" | "stopped" | "starting" | "running" | "restarting" | "failed" | "unknown";

export type ServiceRef = { 
/**
 * Whose.
 */
scope: ServiceScope, };

export type ServiceView = { 
/**
 * Who holds services up here.
 */
keeper: ServiceKeeper, 
/**
 * Whose service this is about.
 */
scope: ServiceScope, 
/**
 * What it says of the service.
 */
state: ServiceState, 
/**
 * The file that describes the service to it, there or not.
 */
file: string, 
/**
 * Whether that file is as this version would write it. Absent where there is none.
 */
current?: boolean | null, 
/**
 * The service's process, where it runs.
 */
pid?: number | null, 
/**
 * How often it was started again since it was started by hand or by the system.
 */
restarts?: number | null, 
/**
 * What it says in its own words: systemd's status line.
 */
status?: string | null, 
/**
 * Whether it goes on after its user has logged out. Absent where that cannot be told, and for the whole machine's service.
 */
lingers?: boolean | null, 
/**
 * Why it failed or cannot be asked about, where it did or cannot: what the keeper said, on one line.
 */
error?: string | null, };

export type UpdateSettings = { 
/**
 * Whether is looked for one by itself, once a day.
 */
check: boolean, 
/**
 * The version that is not to be offered any more.
 */
skip?: string | null, };

export type UpdatesOff = "package" | "unmoved" | "unreleased";

export type UpdateWait = "lease" | "events";

export type UpdateState = { "kind": "off", 
/**
 * Why.
 */
reason: UpdatesOff, } | { "kind": "idle" } | { "kind": "checking" } | { "kind": "downloading", 
/**
 * How much of it is here, in bytes.
 */
done: number, 
/**
 * How large it is, in bytes, where the server says so.
 */
total?: number | null, } | { "kind": "waiting", 
/**
 * What it waits for.
 */
until: UpdateWait, } | { "kind": "installing" } | { "kind": "installed", 
/**
 * What that waits for; of nothing it is about to be.
 */
until?: UpdateWait | null, };

export type Release = { 
/**
 * Its version.
 */
version: string, 
/**
 * What is new in it, in Markdown, as the server tells it; may be empty.
 */
notes: string, 
/**
 * When it was published, in milliseconds since the Unix epoch.
 */
published_ms?: number | null, };

export type ReleaseRef = { 
/**
 * Its version.
 */
version: string, };

export type UpdateView = { 
/**
 * What goes on.
 */
state: UpdateState, 
/**
 * When was looked for one the last time that an answer came, in milliseconds since the Unix epoch.
 */
checked_at_ms?: number | null, 
/**
 * The newer version that there is, where one was found.
 */
release?: Release | null, 
/**
 * Why the last thing that was tried did not come off.
 */
trouble?: Fault | null, };

export type Guide = "console" | "tls" | "proxy" | "domain" | "clients" | "network" | "credentials" | "link" | "bot" | "journal" | "agent";

export type Texts = { 
/**
 * The language of all of it.
 */
language: Language, 
/**
 * The texts, each under its key.
 */
texts: { [key in string]: string }, 
/**
 * The guides' titles, in the order a list shows them.
 */
guides: { [key in Guide]?: string }, };

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
 * Whether the platform has ever pushed an event of this app that is kept: what proves that the console has been saved.
 */
received: boolean, 
/**
 * How many connections of the app the platform counts, ours among them; absent where it was not asked or does not say.
 */
online?: number | null, 
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

export type StoreKind = "app" | "keychain" | "chromium" | "firefox" | "system";

export type Store = { 
/**
 * What kind, and the key of its texts: `store.KIND`, `store.KIND.scope`.
 */
kind: StoreKind, 
/**
 * Its file or folder.
 */
place: string, };

export type StoreView = { 
/**
 * Which.
 */
store: Store, 
/**
 * Why nothing can be added to it, in words of its own: a program that is missing.
 */
obstacle?: string | null, 
/**
 * Whether the system will ask for a password.
 */
asks: boolean, 
/**
 * What will be run or written, a line each, as a person would type it.
 */
does: Array<string>, };

export type StoreResult = "added" | "already" | "removed" | "absent" | "cancelled" | "failed";

export type StoreOutcome = { 
/**
 * Which.
 */
store: Store, 
/**
 * What became of it, and the key of a text: `store_result.CODE`.
 */
result: StoreResult, 
/**
 * The technical cause in English, where it failed.
 */
detail: string, };

export type CaSource = { "kind": "road" } | { "kind": "file", 
/**
 * Its path.
 */
path: string, } | { "kind": "content", 
/**
 * It, in base64.
 */
base64: string, } | { "kind": "place", 
/**
 * The [`CaPlace::id`].
 */
id: string, } | { "kind": "proxy_page" };

export type CaQuestion = { 
/**
 * Where it is to be had from.
 */
source: CaSource, 
/**
 * The app whose road it is to be compared with, or taken from. Without one nothing is compared, and
 * [`CaSource::Road`] and [`CaSource::ProxyPage`] cannot be asked.
 */
app_id?: AppId | null, };

export type CaMakerKind = "debugging_proxy" | "personal_proxy" | "antivirus" | "company_gateway" | "firewall";

export type CaMaker = { 
/**
 * What it, or its maker, is called.
 */
name: string, 
/**
 * What it is, and the key of a text: `maker.KIND`.
 */
kind: CaMakerKind, };

export type CaRefusal = "not_ca" | "not_root" | "expired" | "not_yet_valid" | "weak_key" | "weak_signature" | "bad_signature";

export type CaPlace = { 
/**
 * The proxy's short name, as the command takes it: `mitmproxy`.
 */
id: string, 
/**
 * The proxy's name.
 */
name: string, 
/**
 * The file.
 */
path: string, };

export type CaView = { 
/**
 * The SHA-256 of the whole certificate: 64 hexadecimal digits, capital.
 */
sha256: string, 
/**
 * Whom it names.
 */
subject: string, 
/**
 * Who signed it.
 */
issuer: string, 
/**
 * From when it is valid, in milliseconds since the Unix epoch.
 */
not_before_ms: number, 
/**
 * Until when it is valid, in milliseconds since the Unix epoch.
 */
not_after_ms: number, 
/**
 * Its key: `RSA 2048`, `ECDSA P-256`.
 */
key: string, 
/**
 * How it is signed: `SHA-256 with RSA`.
 */
signature: string, 
/**
 * How many CAs may stand between it and a host, where it is limited.
 */
path_length?: number | null, 
/**
 * The names it may sign for, where it is limited.
 */
permitted: Array<string>, 
/**
 * What made it, where its names tell.
 */
interceptor?: CaMaker | null, 
/**
 * Why it is not to be trusted.
 */
refusal?: CaRefusal | null, 
/**
 * Whether the chain of [`CaInspection::host`] leads to it; absent where nothing was compared.
 */
signs_road?: boolean | null, 
/**
 * Where it can be trusted on this machine, the narrowest first; none for one that is refused.
 */
stores: Array<StoreView>, 
/**
 * Where it is trusted already.
 */
trusted: Array<Store>, };

export type CaInspection = { 
/**
 * The certificates of CAs that are there, each once; those that may be trusted first. Where neither these nor `lacks`
 * is there, the others, each with its refusal.
 */
certificates: Array<CaView>, 
/**
 * Who signed at the end of the chain, where neither the chain nor a proxy's place on this machine holds that
 * certificate.
 */
lacks?: string | null, 
/**
 * The place that holds the certificate which the chain lacks: by its signature, not by its name.
 */
found_at?: CaPlace | null, 
/**
 * The host whose chain the certificates were compared with.
 */
host?: string | null, 
/**
 * The proxy over which a certificate came without encryption, so that its fingerprint is to be compared.
 */
proxy?: string | null, 
/**
 * Where else the CA may be had from: what there is on this machine.
 */
places: Array<CaPlace>, };

export type CaTrust = { 
/**
 * Where it is to be had from.
 */
question: CaQuestion, 
/**
 * Its hash, as [`CaView::sha256`].
 */
sha256: string, 
/**
 * Where.
 */
stores: Array<Store>, };

export type CaUntrust = { 
/**
 * Its hash, as [`CaView::sha256`].
 */
sha256: string, 
/**
 * Where; everywhere we put it, where absent.
 */
stores?: Array<Store> | null, };

export type CaRoad = { 
/**
 * Its host.
 */
host: string, 
/**
 * Whether the operating system's roots trust its chain now.
 */
system: boolean, 
/**
 * Whether Longwire does.
 */
here: boolean, 
/**
 * What still stands in the way.
 */
finding?: Finding | null, };

export type CaOutcome = { 
/**
 * The certificate.
 */
sha256: string, 
/**
 * Whom it names.
 */
subject: string, 
/**
 * Each store that was named.
 */
stores: Array<StoreOutcome>, 
/**
 * How the road stands now, where one was named to compare with.
 */
road?: CaRoad | null, };

export type TrustedCa = { 
/**
 * Its hash, as [`CaView::sha256`].
 */
sha256: string, 
/**
 * Whom it names.
 */
subject: string, 
/**
 * Until when it is valid, in milliseconds since the Unix epoch.
 */
not_after_ms: number, 
/**
 * When it was first trusted, in milliseconds since the Unix epoch.
 */
added_ms: number, 
/**
 * Where we put it.
 */
stores: Array<Store>, 
/**
 * Our copy of it, which the lines of `environment` name.
 */
path: string, 
/**
 * Lines for a shell that make a bot of the user's own trust it, too; programs that ask no store need them.
 */
environment: string, };

export type ProxyKind = "web" | "secure_web" | "socks" | "pac" | "discovery" | "mode";

export type ProxyEntry = { 
/**
 * Which, and the key of a text: `proxy_kind.KIND`.
 */
kind: ProxyKind, 
/**
 * Whether it is on.
 */
on: boolean, 
/**
 * The host of a proxy, the URL of a script, the word for a mode; empty where there is none.
 */
value: string, 
/**
 * The port of a proxy; 0 where there is none.
 */
port: number, 
/**
 * Whether the proxy is told a user name and a password. Such a setting is left alone: the password cannot be read
 * back.
 */
authenticated: boolean, };

export type ProxySetting = { 
/**
 * Of which service.
 */
service: string, 
/**
 * What it says.
 */
entry: ProxyEntry, };

export type ProxyService = { 
/**
 * Its name, as the system has it.
 */
name: string, 
/**
 * Whether it is switched on.
 */
enabled: boolean, 
/**
 * Whether what leaves this machine takes it now.
 */
in_use: boolean, 
/**
 * Its settings, one of each kind that the keeper has.
 */
entries: Array<ProxyEntry>, 
/**
 * Hosts that go straight.
 */
bypass: Array<string>, };

export type ProxyTable = { 
/**
 * What keeps them: `macOS`, `GNOME`, `KDE`; empty where this system keeps none.
 */
keeper: string, 
/**
 * The network services of a Mac, in its own order; elsewhere the desktop as the only one.
 */
services: Array<ProxyService>, 
/**
 * What programs are told now, a line each; empty where they are told to go straight.
 */
effective: Array<string>, };

export type LeaseRequest = { 
/**
 * For how long, in minutes: 1 to 60.
 */
minutes: number, 
/**
 * Every setting that is to be switched off, as the user was shown it. Nothing is changed where another one is on.
 */
settings: Array<ProxySetting>, };

export type LeaseExtension = { 
/**
 * In minutes: 1 to 60.
 */
minutes: number, };

export type LeaseState = "pending" | "changing" | "off" | "restored" | "theirs" | "gone" | "failed";

export type LeaseChange = { 
/**
 * Of which service.
 */
service: string, 
/**
 * As it was before.
 */
before: ProxyEntry, 
/**
 * What became of it, and the key of a text: `lease_change.STATE`.
 */
state: LeaseState, };

export type LeasePhase = "beginning" | "held" | "ending" | "stuck" | "damaged";

export type LeaseView = { 
/**
 * How it stands, and the key of a text: `lease.PHASE`.
 */
phase: LeasePhase, 
/**
 * Since when, in milliseconds since the Unix epoch.
 */
since_ms: number, 
/**
 * Until when, in milliseconds since the Unix epoch.
 */
until_ms: number, 
/**
 * How many minutes are left, the last one counted whole.
 */
minutes_left: number, 
/**
 * Each setting that was switched off.
 */
changes: Array<LeaseChange>, 
/**
 * The technical cause in English, where it failed.
 */
detail: string, };

export type LeaseReport = { 
/**
 * Each setting that had been changed.
 */
changes: Array<LeaseChange>, };

export type NoticeCode = "settings_key_unknown" | "ca_file_unreadable" | "trusted_unreadable" | "proxies_theirs" | "proxies_gone" | "journal_set_aside" | "journal_unusable" | "target_unusable" | "notifications_fail";

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

export type TargetKind = "webhook" | "command" | "print" | "agent" | "gone";

export type TargetHealth = "untried" | "up" | "failing" | "down" | "paused" | "absent";

export type TargetView = { 
/**
 * Its name, by which it is known.
 */
name: string, 
/**
 * What it is.
 */
kind: TargetKind, 
/**
 * The app whose events it gets; of all apps where absent.
 */
app_id?: AppId | null, 
/**
 * Its URL or its command line.
 */
address: string, 
/**
 * The event types it gets; `im.message.*` stands for all that begin so. All where empty.
 */
events: Array<string>, 
/**
 * What must hold of an event's JSON besides: `event.message.chat_type = p2p`.
 */
filters: Array<string>, 
/**
 * The names of its extra headers. Their values are secrets.
 */
headers: Array<string>, 
/**
 * How long it may take for one event, in seconds.
 */
deadline_s: number, 
/**
 * Whether it may be on another machine.
 */
remote: boolean, 
/**
 * Whether events are encrypted and signed with an Encrypt Key.
 */
encrypts: boolean, 
/**
 * Whether events carry a Verification Token of its own.
 */
has_token: boolean, 
/**
 * Whether it was given on the command line and is in no settings.
 */
given: boolean, 
/**
 * How it stands.
 */
health: TargetHealth, 
/**
 * Since when, in milliseconds since the Unix epoch.
 */
since_ms: number, 
/**
 * Events that wait for it.
 */
queued: number, 
/**
 * Events it did not take, which wait for a replay.
 */
failed: number, 
/**
 * Events it has taken since the start.
 */
delivered: number, 
/**
 * When it took the last one, in milliseconds since the Unix epoch.
 */
last_ms?: number | null, 
/**
 * The last attempt that failed, until one succeeds.
 */
trouble?: AttemptView | null, 
/**
 * When it is tried again, while it is down, in milliseconds since the Unix epoch.
 */
retry_at_ms?: number | null, };

export type JournalSettings = { 
/**
 * For so many days, 1 to 365.
 */
days: number, 
/**
 * On so much of the disk, in megabytes, 10 to 100 000; the oldest go first.
 */
megabytes: number, 
/**
 * Whether an event is acknowledged only once it would outlast a power cut. Without it, what a power cut can cost are the
 * events of the last second; a crash of Longwire, or of its bot, never costs any.
 */
power_safe: boolean, };

export type JournalView = { 
/**
 * How many events are kept.
 */
events: number, 
/**
 * What they take on the disk, in bytes.
 */
bytes: number, 
/**
 * When the oldest arrived, in milliseconds since the Unix epoch.
 */
oldest_ms?: number | null, 
/**
 * How long they are kept.
 */
settings: JournalSettings, };

export type QuietHours = { 
/**
 * When it begins, in minutes after local midnight.
 */
from_minute: number, 
/**
 * When it ends.
 */
to_minute: number, };

export type NotifyRule = { 
/**
 * Of this app.
 */
app_id?: AppId | null, 
/**
 * Of one of these types; `im.message.*` stands for all that begin so.
 */
events: Array<string>, 
/**
 * In one of these chats.
 */
chats: Array<string>, 
/**
 * With this in the text, whatever its case.
 */
text: string, 
/**
 * Whether these are not told.
 */
mute: boolean, };

export type NotifySettings = { 
/**
 * Of events that a rule wants.
 */
events: boolean, 
/**
 * Of the connection: lost for more than 30 s, back, needs you.
 */
connection: boolean, 
/**
 * Whether the text of a message is shown. Without it only its kind and number are.
 */
preview: boolean, 
/**
 * When nothing is told.
 */
quiet?: QuietHours | null, 
/**
 * Which events are told. The first rule that fits an event decides; one that none fits is not told.
 */
rules: Array<NotifyRule>, };

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
 * What that process is, as a user knows it: `Longwire` for the app, `longwire run`.
 */
program: string, 
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
 * How the window looks.
 */
theme: Theme, 
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
 * The CAs that we have trusted, the last one first.
 */
trusted: Array<TrustedCa>, 
/**
 * Who is handed events, in the order they were added.
 */
targets: Array<TargetView>, 
/**
 * What is kept of events.
 */
journal: JournalView, 
/**
 * What the desktop is told.
 */
notify: NotifySettings, 
/**
 * Who answers by itself, where it is switched on.
 */
agent: AgentView, 
/**
 * Whether a service holds this engine up.
 */
service: boolean, 
/**
 * How the user wants to be told of updates.
 */
updates: UpdateSettings, 
/**
 * The update of the app that shows this.
 */
update: UpdateView, 
/**
 * The system's proxies, where they are set aside.
 */
lease?: LeaseView | null, 
/**
 * What the doctor found the last time, or finds just now.
 */
doctor?: DoctorReport | null, };

export type EventOrigin = "platform" | "trigger" | "edited";

export type DeliveryState = "delivered" | "queued" | "failed";

export type AttemptOutcome = "delivered" | "answer_late" | "answer_invalid" | "unreachable" | "broken" | "timed_out" | "bad_status" | "redirected" | "too_large" | "not_started" | "exited_badly" | "killed" | "not_sendable";

export type AttemptView = { 
/**
 * Which of its attempts it was, from 1.
 */
number: number, 
/**
 * When it began, in milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * How long it took, in milliseconds.
 */
took_ms: number, 
/**
 * How it ended.
 */
outcome: AttemptOutcome, 
/**
 * The HTTP status, or the exit code of a program.
 */
status?: number | null, 
/**
 * The beginning of what it answered.
 */
response?: string | null, 
/**
 * The technical cause in English; empty where there is none. It holds no secret.
 */
detail: string, };

export type DeliveryView = { 
/**
 * The target's name.
 */
target: string, 
/**
 * How it stands.
 */
state: DeliveryState, 
/**
 * When it is tried again, in milliseconds since the Unix epoch.
 */
retry_at_ms?: number | null, 
/**
 * The attempts, the first one first. Of many, those in the middle are not kept.
 */
attempts: Array<AttemptView>, };

export type EventView = { 
/**
 * Its place in the order of arrival, from 1, across all apps. Never given twice, also not after it was deleted.
 */
seq: number, 
/**
 * The app that received it.
 */
app_id: AppId, 
/**
 * Where it came from.
 */
origin: EventOrigin, 
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
 * The chat it is from, where it names one.
 */
chat_id?: string | null, 
/**
 * What a person reads first: the message's text, where the type has one.
 */
preview?: string | null, 
/**
 * Size of the payload in bytes.
 */
bytes: number, 
/**
 * From the frame's arrival until it was kept, which is what its acknowledgement waited for, in milliseconds. Of a
 * callback until its answer was there.
 */
ack_ms: number, 
/**
 * How often the platform sent it again after we had it.
 */
duplicates: number, 
/**
 * How it stands with its targets, the worst of them; absent where no target wanted it.
 */
delivery?: DeliveryState | null, };

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
headers: Array<[string, string]>, 
/**
 * The frame it came in, without its payload, as a protobuf encoder writes it: hexadecimal. Empty for one that was made
 * here.
 */
frame: string, 
/**
 * What became of it at each target that wanted it.
 */
deliveries: Array<DeliveryView>, };

export type EventQuery = { 
/**
 * Of this app alone.
 */
app_id?: AppId | null, 
/**
 * With all of these words in their texts, or with this id (of the event, the message, the chat, a person). Of Chinese
 * any part of a word is found.
 */
text: string, 
/**
 * Of one of these types; `im.message.*` stands for all that begin so. All where empty.
 */
types: Array<string>, 
/**
 * With a delivery in this state; see `target`.
 */
state?: DeliveryState | null, 
/**
 * Wanted by this target.
 */
target?: string | null, 
/**
 * Arrived at this moment or later, in milliseconds since the Unix epoch.
 */
since_ms?: number | null, 
/**
 * Arrived before this moment.
 */
until_ms?: number | null, 
/**
 * Older than this one: the next page begins where the last one ended.
 */
before?: number | null, 
/**
 * Newer than this one.
 */
after?: number | null, 
/**
 * How many at most; 100 where it is 0, and never more than 500.
 */
limit: number, };

export type EventPage = { 
/**
 * Newest first.
 */
events: Array<EventView>, 
/**
 * Whether there are older ones that match.
 */
more: boolean, };

export type EventRef = { 
/**
 * Its `seq`.
 */
seq: number, };

export type EventSelection = { "by": "seqs", "value": Array<number> } | { "by": "matching", "value": EventQuery };

export type EventTypeCount = { 
/**
 * The type; empty for events that name none.
 */
event_type: string, 
/**
 * How many are kept.
 */
events: number, };

export type ReplayRequest = { 
/**
 * Which.
 */
events: EventSelection, 
/**
 * To this target, whether or not it wanted them the first time; where absent, to each target that wanted them (where
 * `events` names a state: in that state), and where none did, to those that want them now.
 */
target?: string | null, };

export type Replayed = { 
/**
 * How many events go out again.
 */
events: number, 
/**
 * To how many targets, counted for each event.
 */
deliveries: number, };

export type EditedEvent = { 
/**
 * The one it was made of.
 */
seq: number, 
/**
 * The payload: JSON text. Where its id is that of an event that is kept already, it is given a new one.
 */
payload: string, 
/**
 * To this target alone; where absent, to all that want it.
 */
target?: string | null, };

export type CurlRequest = { 
/**
 * The event.
 */
seq: number, 
/**
 * The webhook; the first one that wanted it where absent.
 */
target?: string | null, };

export type EventLines = { 
/**
 * An event each, newest first: the event as received plus a member `longwire`, as `longwire run --print` writes it.
 */
lines: Array<string>, 
/**
 * Where the next page begins; absent after the last.
 */
before?: number | null, };

export type Exported = { 
/**
 * The file.
 */
path: string, 
/**
 * How many events are in it.
 */
events: number, };

export type Deleted = { 
/**
 * How many events.
 */
events: number, };

export type Assignment = { 
/**
 * The place: `event.message.chat_id`, `event.message.mentions.0.name`.
 */
path: string, 
/**
 * The new value: JSON where it is JSON, else a text.
 */
value: string, };

export type TriggerRequest = { 
/**
 * The app it is for; the first one where absent.
 */
app_id?: AppId | null, 
/**
 * Its type, or the name of a sample.
 */
event_type: string, 
/**
 * What to change in the sample, in order.
 */
set: Array<Assignment>, 
/**
 * The payload to send in place of the sample: JSON text.
 */
payload?: string | null, };

export type TriggerSample = { 
/**
 * What to ask for: the type, or the type and a variant as in `im.message.receive_v1:image`.
 */
name: string, 
/**
 * The type of the event.
 */
event_type: string, 
/**
 * Whether its answer is shown to the user of the bot.
 */
callback: boolean, };

export type TargetAddress = { "kind": "webhook", "value": string } | { "kind": "command", "value": Array<string> };

export type TargetHeader = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value; where absent, what it was.
 */
value?: string | null, };

export type TargetSecrets = { 
/**
 * The bot's Encrypt Key: events are encrypted and signed with it.
 */
encrypt_key?: string | null, 
/**
 * The bot's Verification Token, which events then carry.
 */
verification_token?: string | null, 
/**
 * Extra headers of each request, all of them.
 */
headers?: Array<TargetHeader> | null, 
/**
 * A file that only its owner can read, which holds them as JSON in place of the secret store:
 * `{"encrypt_key": "…", "verification_token": "…", "headers": {"NAME": "VALUE"}}`.
 */
file?: string | null, };

export type TargetDraft = { 
/**
 * Its name; made of its address where empty.
 */
name: string, 
/**
 * The app whose events it gets; of all apps where absent.
 */
app_id?: AppId | null, 
/**
 * Where events go.
 */
address: TargetAddress, 
/**
 * The event types it gets; all where empty.
 */
events: Array<string>, 
/**
 * What must hold of an event's JSON besides.
 */
filters: Array<string>, 
/**
 * How long it may take for one event, in seconds, 1 to 600; 30 where absent.
 */
deadline_s?: number | null, 
/**
 * Whether a webhook may be on another machine, over https.
 */
remote: boolean, 
/**
 * What is kept in the secret store.
 */
secrets: TargetSecrets, };

export type TargetApp = { 
/**
 * Of this app; of all apps where absent.
 */
app_id?: AppId | null, };

export type TargetEdit = { 
/**
 * Which.
 */
name: string, 
/**
 * Its new name. Its queue goes with it.
 */
new_name?: string | null, 
/**
 * Its app; of all apps where the inner value is absent.
 */
app?: TargetApp | null, 
/**
 * Where events go.
 */
address?: TargetAddress | null, 
/**
 * The event types it gets.
 */
events?: Array<string> | null, 
/**
 * What must hold of an event's JSON besides.
 */
filters?: Array<string> | null, 
/**
 * How long it may take for one event, in seconds.
 */
deadline_s?: number | null, 
/**
 * Whether it may be on another machine.
 */
remote?: boolean | null, 
/**
 * Its secrets.
 */
secrets: TargetSecrets, };

export type TargetRef = { 
/**
 * Its name.
 */
name: string, };

export type TargetReport = { 
/**
 * Whether it will take events.
 */
ok: boolean, 
/**
 * What was tried.
 */
attempt: AttemptView, };

export type StatsQuery = { 
/**
 * Of this app; of all where absent.
 */
app_id?: AppId | null, 
/**
 * How far back, in hours; 24 where 0, and at most 720.
 */
hours: number, };

export type StatsStep = { 
/**
 * Events that arrived, duplicates not counted.
 */
events: number, 
/**
 * Events that could not be kept and were answered with 500.
 */
refused: number, 
/**
 * The median time from an event's arrival to its acknowledgement, in milliseconds; absent where none arrived.
 */
ack_p50_ms?: number | null, 
/**
 * The same, of the slowest in a hundred.
 */
ack_p99_ms?: number | null, };

export type PhaseSpan = { 
/**
 * When it began, in milliseconds since the Unix epoch.
 */
from_ms: number, 
/**
 * When it ended.
 */
to_ms: number, 
/**
 * The state; absent while Longwire did not run.
 */
phase?: Phase | null, };

export type Stats = { 
/**
 * When it begins, in milliseconds since the Unix epoch.
 */
from_ms: number, 
/**
 * When it ends: now.
 */
to_ms: number, 
/**
 * How long each of `steps` is, in milliseconds.
 */
step_ms: number, 
/**
 * The time in steps, the oldest first; steps in which nothing happened are there, too.
 */
steps: Array<StatsStep>, 
/**
 * The states of the connection, the oldest first, without gaps; the state is absent while Longwire did not run. Of several apps the
 * worst state at each moment.
 */
phases: Array<PhaseSpan>, 
/**
 * The share of the time in which Longwire ran and was not paused that it was connected, 0 to 1; absent where it did not
 * run.
 */
uptime?: number | null, };

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
 * How the window looks.
 */
theme?: Theme | null, 
/**
 * The CA files to trust besides the system's roots, all of them. They take effect at the next try.
 */
ca_files?: Array<string> | null, 
/**
 * What the desktop is told, all of it.
 */
notify?: NotifySettings | null, 
/**
 * How long events are kept, all of it.
 */
journal?: JournalSettings | null, 
/**
 * How the user wants to be told of updates, all of it.
 */
updates?: UpdateSettings | null, };

export type SettingsText = { 
/**
 * TOML, of the form of `config.toml`.
 */
text: string, };

export type SettingsPlan = { 
/**
 * The settings that become others: `language`, `theme`, `journal`, `notify`, `agent`, `updates`. Events are kept for as long as before at least.
 */
settings: Array<string>, 
/**
 * The apps that are added. Each then waits for its App Secret, which no export holds. One on a server of its own is paused.
 */
apps: Array<AppId>, 
/**
 * The apps that are here already.
 */
apps_here: Array<AppId>, 
/**
 * The targets that are added, by name. Those that lack a secret, run a program or lead to another machine are paused.
 */
targets: Array<string>, 
/**
 * The targets that are here already.
 */
targets_here: Array<string>, 
/**
 * The keys that are not taken over: unknown ones, and CA files, which are trusted one by one.
 */
unknown: Array<string>, 
/**
 * The server that the agent is to ask from now on, where it is on and asked another one. It is switched off: what people write,
 * and the API key, would go there.
 */
agent_off?: string | null, 
/**
 * Whether it would switch the agent on, which only its user does, and here.
 */
agent_stays_off: boolean, };

export type ResetKind = "settings" | "everything";

export type Reset = { 
/**
 * How much.
 */
what: ResetKind, };

export type LoginState = "off" | "on" | "needs_approval" | "unavailable";

export type LoginView = { 
/**
 * Whether it does.
 */
state: LoginState, 
/**
 * Why that cannot be told or changed, where it cannot.
 */
error?: string | null, };

export type LoginChange = { 
/**
 * Which of the two.
 */
on: boolean, };

export type Folder = "data" | "downloads";

export type FolderRef = { 
/**
 * Which.
 */
folder: Folder, };

export type ConsolePage = "events" | "credentials" | "permissions" | "versions";

export type ConsoleRef = { 
/**
 * Which app.
 */
app_id: AppId, 
/**
 * Which of its pages.
 */
page: ConsolePage, };

export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogLine = { 
/**
 * Its place among the lines that are remembered, from 1; it grows with each line and begins anew at each start.
 */
seq: number, 
/**
 * When it was written, in milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * How much it matters.
 */
level: LogLevel, 
/**
 * The app it is about, where it is about one.
 */
app_id?: AppId | null, 
/**
 * The part of Longwire that wrote it: `link`, `engine`, `delivery` …
 */
part: string, 
/**
 * What it says, in English, with its values at the end.
 */
text: string, };

export type LogQuery = { 
/**
 * Of this level or above.
 */
level: LogLevel, 
/**
 * About this app alone.
 */
app_id?: AppId | null, 
/**
 * With this in their text, whatever its case.
 */
text: string, 
/**
 * Older than this one: the next page begins where the last one ended.
 */
before?: number | null, 
/**
 * How many at most; 500 where it is 0, and never more than 2000.
 */
limit: number, };

export type LogPage = { 
/**
 * Oldest first.
 */
lines: Array<LogLine>, 
/**
 * Whether older ones that match are remembered.
 */
more: boolean, 
/**
 * The file that holds all of it.
 */
path?: string | null, };

export type ReportFile = { 
/**
 * Its name in the archive, such as `doctor.txt`. What it is for is the text `report.file.NAME`, the dot left out with what follows.
 */
name: string, 
/**
 * All that is in it.
 */
text: string, };

export type Report = { 
/**
 * Names it until the next one is made.
 */
id: number, 
/**
 * What is in it.
 */
files: Array<ReportFile>, };

export type ReportSave = { 
/**
 * Which.
 */
id: number, 
/**
 * The files to leave out, by name.
 */
without: Array<string>, 
/**
 * What the user has to say, added as it is as `note.txt`; nothing is added where it is empty.
 */
note: string, };

export type Saved = { 
/**
 * Where it is.
 */
path: string, };

export type Push = { "kind": "snapshot", "value": Snapshot } | { "kind": "events", "value": Array<EventView> } | { "kind": "log", "value": Array<LogLine> };

/** The first part of the keys of texts that the window is not given. */
export type Elsewhere = 'cli' | 'notification' | 'prompt' | 'toast' | 'tray';

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
  /** The kept events that match, a page of them, newest first. */
  events: { request: EventQuery; response: EventPage };
  /** One event, whole. */
  event: { request: EventRef; response: EventDetail };
  /** The types of the kept events. */
  event_types: { request: null; response: Array<EventTypeCount> };
  /** The kept events that match, as lines of JSON, a page of them. */
  event_lines: { request: EventQuery; response: EventLines };
  /** Hands events to targets once more. */
  events_replay: { request: ReplayRequest; response: Replayed };
  /** Sends an edited event as a new one. */
  event_edited: { request: EditedEvent; response: EventRef };
  /** The request that a webhook gets for an event, as a command for a shell. Neither the Encrypt Key nor the values of extra */
  /** headers are in it; its URL is whole, and an event that is not encrypted carries the Verification Token. */
  event_curl: { request: CurlRequest; response: string };
  /** Writes the events that match into a new file in the user's folder of downloads. */
  events_export: { request: EventQuery; response: Exported };
  /** Deletes events, also from the queues of targets. What the platform sends again of them is still a duplicate. */
  events_delete: { request: EventSelection; response: Deleted };
  /** What can be triggered. */
  trigger_samples: { request: null; response: Array<TriggerSample> };
  /** The payload that a trigger would send. */
  trigger_payload: { request: TriggerRequest; response: string };
  /** Makes an event and sends it through the whole path. */
  trigger: { request: TriggerRequest; response: EventRef };
  /** Adds a target. */
  target_add: { request: TargetDraft; response: TargetRef };
  /** Changes a target. */
  target_edit: { request: TargetEdit; response: null };
  /** Removes a target with its queue and its secrets. */
  target_remove: { request: TargetRef; response: null };
  /** Holds a target back: events wait for it. */
  target_pause: { request: TargetRef; response: null };
  /** Lets a target have what waits for it, at once also where it was down. */
  target_resume: { request: TargetRef; response: null };
  /** Asks a target whether it will take events, without handing it one. */
  target_test: { request: TargetRef; response: TargetReport };
  /** What happened in the time that has passed. */
  stats: { request: StatsQuery; response: Stats };
  /** Shows a notification, to see whether the desktop does. */
  notify_test: { request: null; response: null };
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
  /** Opens a page of an app in the developer console, in the browser. */
  console_open: { request: ConsoleRef; response: null };
  /** Looks at a CA certificate: what it says, whether it may be trusted, and where. Changes nothing. */
  ca_inspect: { request: CaQuestion; response: CaInspection };
  /** Where proxies keep their CA on this machine. */
  ca_places: { request: null; response: Array<CaPlace> };
  /** Trusts a CA certificate in the stores that are named, and in no other. */
  ca_trust: { request: CaTrust; response: CaOutcome };
  /** Takes a CA certificate that we trusted out of the stores that we put it into. */
  ca_untrust: { request: CaUntrust; response: CaOutcome };
  /** Reads the list of trusted certificates again: another process has changed it. */
  ca_reload: { request: null; response: null };
  /** The system's proxy settings, as they are now. */
  proxies: { request: null; response: ProxyTable };
  /** Switches off the system's proxies that are on, for a time, after it has written down how to put them back. */
  lease_start: { request: LeaseRequest; response: null };
  /** Sets anew how long they stay off. */
  lease_extend: { request: LeaseExtension; response: null };
  /** Puts them back now. */
  lease_end: { request: null; response: LeaseReport };
  /** Switches on every proxy that the system has stored and that is off: where the backup is lost, the best there is. */
  lease_repair: { request: null; response: LeaseReport };
  /** Changes settings. */
  settings_change: { request: SettingsChange; response: null };
  /** Writes the settings into a new file in the user's folder of downloads, without any secret. */
  settings_export: { request: null; response: Saved };
  /** What an import of these settings would change. Changes nothing. */
  settings_plan: { request: SettingsText; response: SettingsPlan };
  /** Takes over settings; gives back what was changed. */
  settings_import: { request: SettingsText; response: SettingsPlan };
  /** Forgets settings, or everything. */
  settings_reset: { request: Reset; response: null };
  /** Whether Longwire starts at login. */
  login: { request: null; response: LoginView };
  /** Has it start at login, or not. */
  login_change: { request: LoginChange; response: LoginView };
  /** Shows a folder in the system's file manager. */
  folder_open: { request: FolderRef; response: null };
  /** Changes how the agent answers, or its API key. */
  agent_change: { request: AgentChange; response: null };
  /** Asks the model a question, without anybody in a chat being told. */
  agent_test: { request: AgentQuestion; response: AgentReport };
  /** What the agent did, a day each, the oldest first; days without anything are there, too. */
  agent_usage: { request: AgentUsageQuery; response: Array<AgentDay> };
  /** Forgets what the agent remembers of all chats. */
  agent_forget: { request: null; response: null };
  /** The service, as the system's keeper of services knows it. */
  service: { request: ServiceRef; response: ServiceView };
  /** Looks for a newer version of the app; what is found is in the snapshot. */
  update_check: { request: null; response: null };
  /** Downloads the version that is named, puts it in the place of this one and starts it. The snapshot tells how far it is. */
  update_install: { request: ReleaseRef; response: null };
  /** Stops that, as long as it is not being put in place. */
  update_cancel: { request: null; response: null };
  /** The newest lines of the log that match, a page of them. */
  logs: { request: LogQuery; response: LogPage };
  /** Makes a report of what is the matter, to be looked at. The one before is forgotten. */
  report: { request: null; response: Report };
  /** Writes a report into a new file in the user's folder of downloads. */
  report_save: { request: ReportSave; response: Saved };
}

/** The guide that says more of a finding. */
export const GUIDE_OF: Record<FindingCode, Guide> = {
  no_network: 'network',
  dns_failed: 'network',
  tcp_refused: 'network',
  tcp_unreachable: 'network',
  timed_out: 'network',
  tcp_broken: 'network',
  proxy_unreachable: 'proxy',
  proxy_credentials_wanted: 'proxy',
  proxy_credentials_wrong: 'proxy',
  proxy_refused: 'proxy',
  proxy_other_protocol: 'proxy',
  proxy_broken: 'proxy',
  proxy_tls: 'tls',
  proxy_setting_bad: 'proxy',
  pac_failed: 'proxy',
  direct_works: 'proxy',
  proxy_works: 'proxy',
  tls_untrusted: 'tls',
  trust_failing: 'tls',
  tls_intercepted: 'tls',
  tls_trusted_here: 'tls',
  tls_self_signed: 'tls',
  tls_expired: 'tls',
  tls_not_yet_valid: 'tls',
  clock_wrong: 'tls',
  tls_wrong_host: 'tls',
  tls_not_spoken: 'tls',
  tls_cut: 'tls',
  tls_failed: 'tls',
  not_the_platform: 'proxy',
  http_status: 'proxy',
  bad_address: 'domain',
  platform_busy: 'link',
  credentials_wrong: 'credentials',
  app_id_malformed: 'credentials',
  domain_wrong: 'domain',
  forbidden: 'credentials',
  connection_limit: 'clients',
  platform_code: 'credentials',
  ticket_refused: 'link',
  upgrade_blocked: 'proxy',
  link_silent: 'link',
  link_closed: 'link',
  flapping: 'link',
  other_clients: 'clients',
  platform_sees_us: 'console',
  nothing_received: 'console',
  secret_missing: 'credentials',
  secret_unreadable: 'credentials',
  no_secret_store: 'credentials',
  domain_unusable: 'domain',
  disk_full: 'journal',
  not_kept: 'journal',
  target_down: 'bot',
  target_failing: 'bot',
  answer_late: 'bot',
  answer_invalid: 'bot',
  agent_no_key: 'agent',
  agent_key_wrong: 'agent',
  agent_quota: 'agent',
  agent_unreachable: 'agent',
  agent_refused: 'agent',
  agent_failing: 'agent',
  agent_reply_refused: 'agent',
  agent_platform_unreachable: 'agent',
  agent_notebook: 'agent',
}
