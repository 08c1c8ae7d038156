use clap::{Args, Subcommand, ValueEnum};
use longwire_contract::{AppId, Domain, StoreKind};

use super::Road;
use crate::ca::{Fingerprint, Source};

const SOURCE_HELP: &str = "\
Where the CA is to be had from:
  platform      what is presented on the road to the platform just now
  proxy         the page on which the proxy of that road hands out its CA itself
  NAME          the place where a proxy keeps its CA on this machine: mitmproxy, charles …
  FILE          a file: PEM, DER or PKCS#7; one that is named like a word above is written ./mitmproxy
  -             standard input, such as a pasted certificate";

const INSPECT_EXIT_CODES: &str = "\
Exit codes:
  0  there is a CA that may be trusted
  1  there is none, or it cannot be had
  2  usage: the command line is wrong, or nothing there is a certificate";

const TRUST_EXIT_CODES: &str = "\
Exit codes:
  0  every store that was named has it
  1  one has not: it failed, you thought better of it, or the CA is not to be had there; or the road that it was compared with \
is still not trusted
  2  usage: the command line is wrong, or something has to be named";

const UNTRUST_EXIT_CODES: &str = "\
Exit codes:
  0  no store that was named has it any more
  1  one still has: it failed, or you thought better of it
  2  usage: the command line is wrong, or something has to be named";

#[derive(Debug, Subcommand)]
pub(crate) enum Ca {
    /// Show a CA's certificate: whose it is, whether it may be trusted, and where it is trusted already
    #[command(after_long_help = format!("{SOURCE_HELP}\n\nNothing is changed.\n\n{INSPECT_EXIT_CODES}"))]
    Inspect(CaInspect),
    /// Trust a CA: by Longwire alone, or by those of this computer's stores that are named, after a confirmation
    #[command(after_long_help = format!("{SOURCE_HELP}\n\n{TRUST_HELP}\n\n{TRUST_EXIT_CODES}"))]
    Trust(CaTrust),
    /// Take a CA that was trusted with `ca trust`, or in the window, out of the stores it was put into
    #[command(after_long_help = format!("{UNTRUST_HELP}\n\n{UNTRUST_EXIT_CODES}"))]
    Untrust(CaUntrust),
    /// List the CAs that were trusted with Longwire, and where each was put
    List(CaList),
}

/// Which CA to look at, and whose road it is compared with.
#[derive(Args, Debug)]
pub(crate) struct CaFrom {
    /// platform, proxy, a proxy's name (mitmproxy, charles …), a file, or - for standard input
    #[arg(value_name = "SRC", value_parser = Source::parse)]
    pub(crate) source: Source,
    /// Compare with the road of this app [default: the one that is configured]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// Compare with the road to here: feishu, lark or a URL [default: the app's own, else feishu]
    #[arg(long)]
    pub(crate) domain: Option<Domain>,
    #[command(flatten)]
    pub(crate) road: Road,
}

#[derive(Args, Debug)]
pub(crate) struct CaInspect {
    #[command(flatten)]
    pub(crate) from: CaFrom,
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const TRUST_HELP: &str = "\
Whoever holds a CA's key can read what is sent to every host: trust only a CA whose SHA-256 you have compared with what your \
proxy shows. Without --store, which is the same as `--app-only`, Longwire alone believes it, and only on its way to the platform. \
`--store` puts it into the stores that it names, for TLS, and into no other: `--store system`, `--store app keychain`. What will be \
changed is shown first, with the commands that will be run.

In a script nothing can be asked, so name it all: --sha256, --app-only or --store, and --yes. A bot of your own that is \
written in Node, Python, Go or Java asks no store; the lines for its environment are printed at the end.";

#[derive(Args, Debug)]
pub(crate) struct CaTrust {
    #[command(flatten)]
    pub(crate) from: CaFrom,
    #[command(flatten)]
    pub(crate) where_to: Where,
    /// The SHA-256 that it must have, with or without colons
    #[arg(long, value_name = "HEX", value_parser = Fingerprint::whole)]
    pub(crate) sha256: Option<Fingerprint>,
    /// Do not ask; needs --app-only or --store, so that it is said what is changed
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which stores are meant.
#[derive(Args, Debug, Default)]
pub(crate) struct Where {
    /// Longwire alone, for the platform's hosts
    #[arg(long, conflicts_with = "store")]
    pub(crate) app_only: bool,
    /// Only these stores
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(crate) store: Vec<StoreName>,
}

impl Where {
    /// The kinds of stores that are named; none where none is.
    pub(crate) fn kinds(&self) -> Vec<StoreKind> {
        if self.app_only {
            return vec![StoreKind::App];
        }
        self.store.iter().map(|name| name.kind()).collect()
    }
}

/// A kind of store, as it is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum StoreName {
    /// Longwire alone, for the platform's hosts
    App,
    /// Your login keychain (macOS), for TLS
    Keychain,
    /// Every program of every user (Linux)
    System,
    /// Chrome, Chromium and their kin
    Chromium,
    /// Each profile of Firefox
    Firefox,
}

impl StoreName {
    fn kind(self) -> StoreKind {
        match self {
            Self::App => StoreKind::App,
            Self::Keychain => StoreKind::Keychain,
            Self::System => StoreKind::System,
            Self::Chromium => StoreKind::Chromium,
            Self::Firefox => StoreKind::Firefox,
        }
    }
}

const UNTRUST_HELP: &str = "\
Only what Longwire put into a store is taken out of it: `longwire ca list` shows what and where. A certificate that was \
there before stays.";

#[derive(Args, Debug)]
pub(crate) struct CaUntrust {
    /// Its SHA-256, as `longwire ca list` shows it; the first 8 digits or more are enough
    #[arg(value_name = "SHA256", value_parser = Fingerprint::prefix, required_unless_present = "all")]
    pub(crate) sha256: Option<Fingerprint>,
    /// Every CA that was trusted with Longwire
    #[arg(long, conflicts_with = "sha256")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) from: Where,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print the outcomes as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CaList {
    /// With the lines that make a bot of your own trust them, too: Node, Python, Go, Java, curl, git
    #[arg(long)]
    pub(crate) env: bool,
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
