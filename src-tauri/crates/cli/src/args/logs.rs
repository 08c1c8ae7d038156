use clap::{Args, ValueEnum};
use longwire_contract::{AppId, LogLevel, LogQuery};

pub(super) const LOGS_HELP: &str = "\
The newest lines of Longwire's own log: that a client was made, connecting, `connected to wss://HOST/…`, disconnected and why. \
They come from the Longwire that runs, else from the end of longwire.log in the data folder. The running one remembers 2,000 lines, \
those of level debug among them, which the file has with --log-level debug alone. No line holds a secret.

Examples:
  longwire logs                           the last 100
  longwire logs --follow                  and what comes, until Ctrl-C
  longwire logs --level warn              what did not go as it should
  longwire logs --text connected --lines 5
  longwire logs --json | jq .text";

#[derive(Args, Debug)]
pub(crate) struct Logs {
    /// Go on with the lines that come, until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Of this level or above
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) level: LevelName,
    /// About this app alone
    #[arg(long, value_name = "ID")]
    pub(crate) app: Option<AppId>,
    /// With this in them, whatever its case
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) text: String,
    /// How many lines at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub(crate) lines: u32,
    /// Print each line as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Logs {
    pub(crate) fn query(&self) -> LogQuery {
        LogQuery {
            level: self.level.level(),
            app_id: self.app.clone(),
            text: self.text.clone(),
            before: None,
            limit: self.lines,
        }
    }
}

/// A level, as it is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LevelName {
    Debug,
    Info,
    Warn,
    Error,
}

impl LevelName {
    fn level(self) -> LogLevel {
        match self {
            Self::Debug => LogLevel::Debug,
            Self::Info => LogLevel::Info,
            Self::Warn => LogLevel::Warn,
            Self::Error => LogLevel::Error,
        }
    }
}
