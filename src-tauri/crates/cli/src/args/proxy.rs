use clap::{Args, Subcommand};

use crate::proxies::Minutes;

#[derive(Debug, Subcommand)]
pub(crate) enum Proxy {
    /// Show the system's proxy settings: what is stored, what is on, and what is in force
    #[command(after_long_help = STATUS_HELP)]
    Status(ProxyStatus),
    /// Switch the system's proxies off for a time; they come back by themselves
    #[command(after_long_help = OFF_HELP)]
    Off(ProxyOff),
    /// Put the system's proxies back now
    #[command(after_long_help = RESTORE_HELP)]
    Restore(ProxyRestore),
    /// Put the proxies back when their time is over: started by Longwire itself
    #[command(hide = true)]
    Watch,
}

const STATUS_HELP: &str = "\
These are the settings of the operating system. Programs that were started from a terminal may follow HTTPS_PROXY and kin \
instead, and an app of Longwire's may have a proxy of its own: `longwire doctor` shows which one counts.

Exit codes:
  0  ok
  1  they cannot be read";

#[derive(Args, Debug)]
pub(crate) struct ProxyStatus {
    /// Print the settings, and how they are set aside, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const OFF_HELP: &str = "\
Every program of this computer then goes straight, so that you see whether the proxy is what blocks. Each setting is written \
down before it is changed, and a process of its own puts them back: when the time is over, with `longwire proxy restore`, \
or after a crash. If this computer goes down meanwhile, the next start of Longwire does. What you change yourself meanwhile \
stays as you made it.

There is a smaller step, which changes nothing of the system: `longwire run --proxy direct`, or Proxy: Direct in the app's form in \
the window, lets Longwire alone go straight. `longwire doctor` walks both roads and says whether it would help.

Exit codes:
  0  they are off
  1  they are not: nothing is on, it failed, or you thought better of it
  2  usage: the command line is wrong, or nobody can be asked and --yes is missing";

#[derive(Args, Debug)]
pub(crate) struct ProxyOff {
    /// For how long, from 1 minute to 1 hour: 5m, 90s, 1h; a number alone is minutes. Begun minutes count whole
    #[arg(long = "for", value_name = "TIME", default_value = "5m", value_parser = Minutes::parse)]
    pub(crate) minutes: Minutes,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

const RESTORE_HELP: &str = "\
What has been changed by somebody else since stays as it is, and is said. Where the backup is damaged, what could have been on is \
shown, and --repair switches it on after a question: every proxy that the system has stored, which is the best there is. Where \
nothing is stored, --repair sets the damaged files aside and changes nothing else.

Exit codes:
  0  they are as they were, or as somebody else wants them
  1  one could not be put back, and the backup is kept; or it is damaged, and nobody knows how they were
  2  usage: nobody can be asked and --yes is missing";

#[derive(Args, Debug)]
pub(crate) struct ProxyRestore {
    /// Where the backup is damaged: switch on what it shows, which is every proxy that is stored
    #[arg(long)]
    pub(crate) repair: bool,
    /// Do not ask before a repair
    #[arg(long, requires = "repair")]
    pub(crate) yes: bool,
}
