use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// Have the system hold Longwire up: start it now, with each login or with the machine, and again should it ever end
    #[command(after_long_help = INSTALL_HELP)]
    Install(ServiceInstall),
    /// Stop the service and take it away; settings, secrets and events stay
    #[command(after_long_help = UNINSTALL_HELP)]
    Uninstall(ServiceUninstall),
    /// Show what the system says of the service, what the engine says, and where the two disagree
    #[command(after_long_help = STATUS_HELP)]
    Status(ServiceStatus),
}

const INSTALL_HELP: &str = "\
On Linux this writes a unit of systemd, on macOS a launch agent of launchd, which start `longwire run` on this data folder. The file is shown \
first, and asked for; it holds no secret. A file of the same name that somebody else wrote is never replaced. Done twice, it changes \
nothing; after an update or a move of Longwire it brings the file up to date and starts the service again.

The service is ready once an app is connected, or where none is to be. It does not end where the platform refuses an app or there \
is none yet: it waits, and says so in `longwire service status` and `systemctl status`. Only the data folder can be written by it, so that \
a bot started with `longwire target add --exec` cannot write elsewhere, either: `systemctl --user edit longwire` and ReadWritePaths= open more.

A user's service of systemd ends when the user logs out, unless lingering is on: `loginctl enable-linger`.

The whole machine's service (--system, as root) runs as the user that --user names, on /var/lib/longwire, from when the machine starts. Its \
secrets are files of root's that systemd hands to it, one an app, named as the App ID; the agent's key is named `agent`:
  /etc/longwire/credentials/APP_ID             root's alone, mode 600
  /etc/longwire/credentials.encrypted/APP_ID   made by: systemd-creds encrypt --name=longwire_sealed_APP_ID FILE -
A new one counts from the next start: systemctl restart longwire. A user's service without a keychain takes `--app-secret-file` of `longwire app add`.

Examples:
  longwire service install                              show it, ask, do it
  longwire service install --dry-run                    print the file, and change nothing
  sudo longwire service install --system --user bot
  sudo -u bot longwire app add cli_a1b2c3d4e5f60718 --data-dir /var/lib/longwire";

const UNINSTALL_HELP: &str = "\
The data folder stays, and so do credentials that root has put into /etc/longwire. Where there is no service, nothing is changed.";

const STATUS_HELP: &str = "\
Exit codes:
  0  it runs, and every app is connected or paused
  1  it does not run, or the system and the engine disagree
  3  it runs, and the platform refuses an app
  4  it runs, and the road to the platform is blocked";

/// Whose service.
#[derive(Args, Debug)]
pub(crate) struct Whose {
    /// The whole machine's, in place of your own: systemd only, as root
    #[arg(long)]
    pub(crate) system: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ServiceInstall {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The user that the whole machine's service runs as
    #[arg(long, value_name = "NAME", requires = "system", required_if_eq("system", "true"))]
    pub(crate) user: Option<String>,
    /// Print the file that would be written, say what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ServiceUninstall {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ServiceStatus {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// Print it as JSON: `service` as the system says, `engine` as the engine says, `disagreements`
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::args::Arguments;

    #[test]
    fn the_machines_service_has_a_user_and_nobody_elses_has() {
        let parse = |words: &str| {
            let words = ["longwire", "service"].into_iter().chain(words.split(' '));
            Arguments::try_parse_from(words).map(drop).map_err(|error| error.exit_code())
        };
        assert_eq!(parse("install --system --user bot"), Ok(()));
        assert_eq!(parse("install"), Ok(()));
        assert_eq!(parse("uninstall --system --yes"), Ok(()));
        assert_eq!(parse("install --system"), Err(2));
        assert_eq!(parse("install --user bot"), Err(2));
    }
}
