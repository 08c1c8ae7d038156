mod agent;
mod ca;
mod completions;
mod events;
mod guide;
mod logs;
mod proxy;
mod report;
mod service;
mod settings;
mod target;
mod trigger;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use longwire_contract::{AppId, Domain, SimulatedFault, text::word};

pub(crate) use self::{
    agent::{Agent, AgentEdit, AgentKeyEntry, AgentManner, AgentOn, AgentShow, AgentTest},
    ca::{Ca, CaFrom, CaInspect, CaList, CaTrust, CaUntrust},
    completions::{Completions, Manual, ShellName},
    events::{Events, EventsDelete, EventsExport, EventsList, EventsReplay, EventsShow, EventsTail},
    guide::Guide,
    logs::Logs,
    proxy::{Proxy, ProxyOff, ProxyRestore, ProxyStatus},
    report::Report,
    service::{Service, ServiceInstall, ServiceStatus, ServiceUninstall, Whose},
    settings::{Settings, SettingsExport, SettingsImport, SettingsReset},
    target::{Target, TargetAdd, TargetEdit, TargetKeys, TargetList, TargetName, TargetRemove},
    trigger::Trigger,
};

macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0  ok
  1  failed
  2  usage: the command line is wrong
  3  refused by the platform: credentials, forbidden, connection limit, wrong domain
  4  road blocked: dns, tcp, proxy, tls
  5  another Longwire holds this data folder"
    };
}
const EXIT_CODES: &str = exit_codes!();

const FIRST_STEPS: &str = "\
First steps:
  longwire simulate                       try everything without an account
  longwire app add cli_…                  add your app; asks for its App Secret
  longwire doctor                         walk the road to the platform, hop by hop
  longwire run --forward http://127.0.0.1:3000/webhook/event
                                          hold the connection, hand each event to your bot
  longwire run --print                    the same, one line of JSON an event

Events are kept, also while the bot is down:
  longwire events list                    what arrived, and what became of it
  longwire events replay --failed         hand over once more what the bot did not take
  longwire trigger im.message.receive_v1  make an event, without the platform

Without a terminal, for good:
  longwire service install                let the system start it, and start it again should it end
  longwire service status                 what the system says of it, and what the engine says

Answers without a bot of yours:
  longwire agent key                      enter the API key of a model
  longwire agent on                       let it answer; says first what leaves this machine

A proxy in the way:
  longwire ca inspect platform            who signs the platform's certificate here
  longwire ca trust platform --app-only   trust that CA, in Longwire alone
  longwire proxy off --for 5m             switch the system's proxies off; they come back

Stuck?
  longwire guide                          a short text for each way in which people get stuck

The console's 应用未建立长连接 (10068) goes away while `longwire run` says `connected to …`: press Save then.";

/// Holds the long connection (长连接) of Feishu and Lark bots, and says why when it cannot.
#[derive(Debug, Parser)]
#[command(name = "longwire", version, after_help = FIRST_STEPS, after_long_help = format!("{FIRST_STEPS}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The variable that names the data folder.
pub(crate) const DATA_DIR: &str = "LONGWIRE_DATA_DIR";

#[derive(Args, Debug)]
pub(crate) struct Common {
    /// Data folder, in place of the system's standard one
    #[arg(long, value_name = "DIR", env = DATA_DIR, global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// How much to log to standard error and longwire.log [default: info; but only errors to standard error, where a
    /// command is over in a moment]
    #[arg(long, value_name = "LEVEL", env = "LONGWIRE_LOG", global = true)]
    pub(crate) log_level: Option<LogLevel>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hold the connection in the foreground, until Ctrl-C
    #[command(after_long_help = RUN_HELP)]
    Run(Run),
    /// Show each app's connection and who is handed its events, and what is kept
    #[command(after_long_help = EXIT_CODES)]
    Status(Status),
    /// Walk the road to the platform hop by hop, and say what stands in the way and what mends it
    #[command(after_long_help = DOCTOR_HELP)]
    Doctor(Doctor),
    /// Add, list, remove and check apps, and enter their App Secrets
    #[command(subcommand)]
    App(App),
    /// Look at a proxy's CA, trust it, and take that back
    #[command(subcommand)]
    Ca(Ca),
    /// Show the system's proxies, switch them off for a time, and put them back
    #[command(subcommand)]
    Proxy(Proxy),
    /// Look at the events that are kept, follow them, hand them over once more, export and delete them
    #[command(subcommand)]
    Events(Events),
    /// Make an event of a type and send it through the whole path
    #[command(after_long_help = trigger::TRIGGER_HELP)]
    Trigger(Trigger),
    /// Add, list, change, test and remove those who are handed events
    #[command(subcommand)]
    Target(Target),
    /// Let a model answer messages by itself: set it up, try it, switch it on and off
    #[command(subcommand)]
    Agent(Agent),
    /// Read what to do about each way in which people get stuck, offline
    #[command(after_long_help = guide::GUIDE_HELP)]
    Guide(Guide),
    /// Show the newest lines of the log, and follow it
    #[command(after_long_help = logs::LOGS_HELP)]
    Logs(Logs),
    /// Save what helps to find out what is the matter, without names and secrets, to be attached where you ask for help
    #[command(after_long_help = report::REPORT_HELP)]
    Report(Report),
    /// Show the settings, take them to another computer, take them over, or forget them
    #[command(subcommand)]
    Settings(Settings),
    /// Have the system hold Longwire up as a service, and see how it stands
    #[command(subcommand)]
    Service(Service),
    /// Play the platform on this machine, to try Longwire or a bot without an account
    #[command(after_long_help = SIMULATE_HELP)]
    Simulate(Simulate),
    /// Print what a shell completes this command with
    #[command(after_long_help = completions::COMPLETIONS_HELP)]
    Completions(Completions),
    /// Write the manual pages into a folder, as the packages install them
    #[command(hide = true)]
    Manual(Manual),
    /// Print the unit of systemd that the packages install
    #[command(hide = true)]
    Unit,
}

/// How the platform is reached, and who is trusted on the way.
#[derive(Args, Debug)]
pub(crate) struct Road {
    /// Through which proxy: auto, direct, a URL (http, https, socks4, socks4a, socks5, socks5h) or pac+URL. One with a
    /// password goes into LONGWIRE_PROXY, since other users can read the command line [default: the app's own, else auto]
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// Trust this CA besides the system's, such as a proxy's (PEM, DER or PKCS#7); may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) ca_file: Vec<PathBuf>,
}

const RUN_HELP: &str = "\
Without --app-id, every app added with `longwire app add` is connected. The App Secret comes from --app-secret-file, else \
from LONGWIRE_APP_SECRET, else from the keychain; never from the command line, where other users could read it.

Each event is kept in the data folder before it is acknowledged, and then handed to the targets: those of `longwire target add`, \
and those of --forward, --exec and --print. While a target does not answer, events wait for it and go out in order when it does. \
What was not handed over when the command ended is handed over the next time, to the same URL or command.

What fails for a time (no network, a busy platform) is tried again for ever, with growing pauses. When the platform refuses \
every app (exit 3), or a secret is missing (exit 1), trying again cannot help and the command ends; as a service (`longwire service \
install`, or any unit of systemd with Type=notify) it waits for you instead. Ctrl-C closes the \
connection in good order and exits 0; if no app was connected by then, the code says why not.";

#[derive(Args, Debug)]
pub(crate) struct Run {
    /// Connect this app only
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// Where the app lives: feishu, lark or a URL [default: the app's own, else feishu]
    #[arg(long, requires = "app_id")]
    pub(crate) domain: Option<Domain>,
    /// Read the App Secret from this file, which only you may read (chmod 600)
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) road: Road,
    /// POST each event to this URL on this machine, in the platform's own webhook format, besides the targets of
    /// `longwire target add`; may be repeated. The bot's Encrypt Key and Verification Token are taken from
    /// LONGWIRE_ENCRYPT_KEY and LONGWIRE_VERIFICATION_TOKEN
    #[arg(long, value_name = "URL")]
    pub(crate) forward: Vec<String>,
    /// Run this command for each event, which is on its standard input; quote it as one word, and no shell is asked. May
    /// be repeated
    #[arg(long, value_name = "CMD")]
    pub(crate) exec: Vec<String>,
    /// Print each event on standard output as one line of JSON: the event as received, plus a `longwire` object
    #[arg(long)]
    pub(crate) print: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Status {
    /// Print the whole state as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const DOCTOR_HELP: &str = concat!(
    "\
Each line is one hop: ✓ passed, ! passed with something to know, ✗ failed, – skipped and why. Where there is more than one \
road (straight, through a proxy), both are walked and compared. A connection that is up in a running Longwire is not disturbed: \
no second one is opened beside it. Otherwise the doctor connects for a moment; the platform sends an event that arrives just \
then once more.

The proxy is that of --proxy or LONGWIRE_PROXY, else the app's own setting, else the environment's (HTTPS_PROXY, ALL_PROXY, \
HTTP_PROXY, NO_PROXY), else the system's. The environment is this terminal's, which the tray app does not see.

",
    exit_codes!()
);

#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Whose road to walk [default: the one app that is configured]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// Where the app lives: feishu, lark or a URL [default: the app's own, else feishu]
    #[arg(long)]
    pub(crate) domain: Option<Domain>,
    /// Read the App Secret from this file; else LONGWIRE_APP_SECRET, else the keychain
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) road: Road,
    /// Print the report as JSON, once it is complete
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the JSON Schema of what --json prints, and do nothing else
    #[arg(long, conflicts_with_all = ["json", "app_id"])]
    pub(crate) json_schema: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum App {
    /// Add an app and keep its App Secret in the keychain
    Add(AppAdd),
    /// List the apps
    List(AppList),
    /// Forget an app and its App Secret
    Remove(AppRemove),
    /// Ask the platform whether App ID, App Secret and domain are right, without connecting
    #[command(after_long_help = EXIT_CODES)]
    Check(AppCheck),
    /// Enter the App Secret of an app that is there: it came without one, or has a new one
    #[command(after_long_help = SECRET_HELP)]
    Secret(AppSecret),
}

const SECRET_HELP: &str = concat!(
    "\
An app that comes with `longwire settings import` has no App Secret; one that was reset in the developer console has another. The \
platform is asked first: a secret that it refuses is not kept. Where it cannot be reached the secret is kept unchecked, and \
`longwire app check` asks again. A running Longwire connects with it at once.

Examples:
  longwire app secret cli_a1b2c3d4e5f60718     asks for it, unseen, and keeps it in the keychain
  longwire app secret cli_a1b2c3d4e5f60718 --app-secret-file /etc/longwire/secret

",
    exit_codes!()
);

#[derive(Args, Debug)]
pub(crate) struct AppAdd {
    /// The App ID, from the developer console's page Credentials & Basic Info (凭证与基础信息)
    pub(crate) app_id: AppId,
    /// Where the app lives: feishu, lark or a URL
    #[arg(long, default_value = "feishu")]
    pub(crate) domain: Domain,
    /// Through which proxy: auto, direct, a URL (http, https, socks4, socks4a, socks5, socks5h) or pac+URL. One with a
    /// password goes into LONGWIRE_PROXY, since other users can read the command line [default: the one in LONGWIRE_PROXY, else auto]
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// What to call it
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) name: String,
    /// Read the App Secret from this file at each start, in place of the keychain: for servers without one
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct AppList {
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AppRemove {
    /// The App ID
    pub(crate) app_id: AppId,
}

#[derive(Args, Debug)]
pub(crate) struct AppCheck {
    /// The App ID
    pub(crate) app_id: AppId,
    /// Where to try it: feishu, lark or a URL [default: the app's own, else feishu]
    #[arg(long)]
    pub(crate) domain: Option<Domain>,
    /// Read the App Secret from this file; else LONGWIRE_APP_SECRET, else the keychain, else it is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) road: Road,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AppSecret {
    /// The App ID
    pub(crate) app_id: AppId,
    /// Read the App Secret from this file at each start, in place of the keychain; else it is that of LONGWIRE_APP_SECRET, else it
    /// is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
}

const SIMULATE_HELP: &str = "\
Prints the domain, App ID and App Secret to use, then serves until Ctrl-C. On a terminal one key sends an event or plays a \
failure (press ? for the list). Where standard input is not a terminal, each line of it is a command: an event's name \
(message_text, card_action …), `fault NAME`, `fault none`, `stats` or `quit`.";

#[derive(Args, Debug)]
pub(crate) struct Simulate {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// App ID to accept [default: a new one]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// App Secret to accept, from this file; else LONGWIRE_APP_SECRET, else a new one
    #[arg(long, value_name = "FILE")]
    pub(crate) app_secret_file: Option<PathBuf>,
    /// Serve TLS with a certificate of this kind, signed by a CA made for it
    #[arg(long, value_name = "KIND", num_args = 0..=1, default_missing_value = "good")]
    pub(crate) tls: Option<Certificate>,
    /// Play this failure from the start
    #[arg(long, value_parser = parse_fault, value_name = "NAME")]
    pub(crate) fault: Option<SimulatedFault>,
    /// Send a message every so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_pace, allow_negative_numbers = true)]
    pub(crate) every: Option<Duration>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Certificate {
    /// Valid; trust the printed CA file with --ca-file
    Good,
    /// Expired yesterday
    Expired,
    /// Valid from tomorrow
    NotYetValid,
    /// For another host
    WrongHost,
    /// Signed by itself
    SelfSigned,
}

/// A failure by its name, as the JSON of the contract spells it.
pub(crate) fn parse_fault(name: &str) -> Result<SimulatedFault, String> {
    serde_json::from_value(serde_json::Value::String(name.replace('-', "_"))).map_err(|_| {
        let names: Vec<_> = SimulatedFault::ALL.iter().map(word).collect();
        format!("one of: {}", names.join(", "))
    })
}

/// A time between two messages: from a millisecond, since a timer tells no less, to a day.
fn parse_pace(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.001..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "from 0.001 to 86400 seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_secret_cannot_be_given_on_the_command_line() {
        let help = Arguments::command().render_long_help().to_string();
        assert!(!help.contains("--app-secret "), "{help}");
        assert!(Arguments::try_parse_from(["longwire", "run", "--app-secret", "s"]).is_err());
    }

    #[test]
    fn a_malformed_app_id_is_a_usage_error_that_does_not_repeat_it() {
        let error = Arguments::try_parse_from(["longwire", "run", "--app-id", "cli_short"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("16 hexadecimal digits"), "{error}");
    }

    #[test]
    fn every_failure_has_a_name() {
        for fault in SimulatedFault::ALL {
            assert_eq!(parse_fault(&word(fault)), Ok(*fault));
        }
        assert!(parse_fault("nonsense").unwrap_err().contains("black_hole"));
    }

    #[test]
    fn messages_can_only_be_sent_at_a_pace_there_is() {
        for wrong in ["nan", "inf", "0", "-1", "-0.5", "1e9", "0.0001", "often", ""] {
            let arguments = ["longwire", "simulate", "--every", wrong];
            let error = Arguments::try_parse_from(arguments).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong}");
            assert!(error.to_string().contains("from 0.001 to 86400"), "{error}");
        }
        assert_eq!(parse_pace("0.5"), Ok(Duration::from_millis(500)));
    }
}
