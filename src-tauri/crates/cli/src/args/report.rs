use clap::Args;

pub(super) const REPORT_HELP: &str = "\
Gathers what helps to find out what is the matter: versions, what was found, the doctor's last report, the settings, the end of \
the log. Names, IDs, hosts and paths of yours are made unrecognisable, and there is no secret and no message in it. It is saved \
as a zip in the folder of downloads and sent nowhere: read it, then attach it where you ask for help.

The doctor's report is in it: the last one of the running Longwire, else the doctor is asked first, which takes some seconds.

Examples:
  longwire report                         the list of its files, and a question
  longwire report --show                  all that is in them, first
  longwire report --yes --note 'it drops each night at two'";

#[derive(Args, Debug)]
pub(crate) struct Report {
    /// What you have to say, added as it is
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) note: String,
    /// Print every file, before it is asked
    #[arg(long)]
    pub(crate) show: bool,
    /// Save it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
