use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Print all settings, with the defaults, as config.toml would have them; no secret is among them
    #[command(after_long_help = SHOW_HELP)]
    Show,
    /// Write the settings into a file, without any secret: for another computer, or to come back to
    #[command(after_long_help = EXPORT_HELP)]
    Export(SettingsExport),
    /// Take over the settings of a file, once you have seen what it changes
    #[command(after_long_help = IMPORT_HELP)]
    Import(SettingsImport),
    /// Set the settings back to the defaults, or forget everything
    #[command(after_long_help = RESET_HELP)]
    Reset(SettingsReset),
}

const SHOW_HELP: &str = "\
What is printed can be put into config.toml as it is, which is in the data folder (`longwire status --json` names it). There, only \
what differs from the defaults has to stand, comments stay, and a running Longwire reads it when it starts.";

const EXPORT_HELP: &str = "\
What differs from the defaults is written, in the form of config.toml. App Secrets, passwords of proxies, and keys and header values of \
targets stay where they are; a target that has some is written as paused, to wait for them where it arrives. A target's command is \
written whole: look at it before you pass the file on.

Examples:
  longwire settings export                  print them
  longwire settings export longwire.toml    write a new file";

const IMPORT_HELP: &str = "\
Only the settings that stand in the file change. Apps and targets that are here already stay as they are, and nothing is removed. A new app \
waits for its App Secret: `longwire app secret APP_ID`. New targets that lack a secret, run a program or lead to another machine arrive paused: look at them, then \
`longwire target resume NAME`. So does an app on a server of its own. CA files are left out: trust each yourself. Events are kept for as long as \
here at least.

Examples:
  longwire settings import longwire.toml          show what changes, ask, then do it
  longwire settings import - --yes < longwire.toml";

const RESET_HELP: &str = "\
Without --everything: language, appearance, CA files and notifications are as in a new installation; apps, targets, events and how long \
they are kept stay.

With --everything: apps, targets, all their secrets, the events and the settings are gone for good, and the app no longer starts at \
login (on macOS, where the app does not run: switch it off in System Settings › General › Login Items). Certificates that were trusted and proxies \
that are set aside are not touched: see `longwire ca list` and `longwire proxy status`. The log stays in the data folder.";

#[derive(Args, Debug)]
pub(crate) struct SettingsExport {
    /// The file, which must not be there yet; - for standard output
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct SettingsImport {
    /// The file; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct SettingsReset {
    /// Forget apps, targets, secrets and events, too
    #[arg(long)]
    pub(crate) everything: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}
