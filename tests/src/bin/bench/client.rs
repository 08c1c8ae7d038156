use std::{
    env,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use fastrand::Rng;
use longwire_openplatform::{App, Authority, ClientConfig, FloodReport, Leaf, Running, Simulator};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::{Error, footprint::Footprint};

/// How long a client may take to connect: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take for one acknowledgement, on a machine that others use, too.
const ACK_DEADLINE: Duration = Duration::from_secs(20);

/// What connects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    Bare,
    /// Both this and the bare client without TLS, whose cost is neither's own.
    Longwire,
    /// `longwire run` as it is used: over TLS, with the system's CAs and the simulator's.
    Encrypted,
    /// `longwire run --print`, its standard output a pipe.
    Printing,
}

/// A client in a process of its own, and the simulator that is all its own. It ends when dropped.
pub(crate) struct Client {
    program: Program,
    child: Child,
    pub(crate) simulator: Running,
    _data_dir: TempDir,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Longwire => "longwire",
            Self::Encrypted => "longwire over TLS",
            Self::Printing => "longwire --print",
        }
    }

    /// The program, which cargo puts beside this one.
    fn command(self, app_id: &str, url: &str) -> Result<Command, Error> {
        let file = if self == Self::Bare { "bare" } else { "longwire" };
        let path = env::current_exe()?.with_file_name(file);
        if !path.is_file() {
            return Err(Error::NotBuilt(path));
        }
        let mut command = Command::new(path);
        match self {
            Self::Bare => command.args([app_id, url]),
            _ => command.args(["run", "--app-id", app_id, "--domain", url]),
        };
        if self == Self::Printing {
            command.arg("--print").stdout(Stdio::piped());
        }
        Ok(command)
    }
}

impl Client {
    /// Starts a simulator and a client of it, which is connected when this returns.
    pub(crate) async fn start(program: Program, config: ClientConfig) -> Result<Self, Error> {
        let app = App::random(&mut Rng::new());
        let mut builder =
            Simulator::builder().app(app.clone()).client_config(config).ack_deadline(ACK_DEADLINE);
        if program == Program::Encrypted {
            builder = builder.tls(Authority::new().map_err(longwire_openplatform::Error::from)?, Leaf::Good);
        }
        let simulator = builder.start().await?;
        let data_dir = tempfile::tempdir()?;
        let mut command = program.command(&app.id, &simulator.url())?;
        if let Some(authority) = simulator.authority() {
            let ca_file = data_dir.path().join("ca.pem");
            authority.save(&ca_file)?;
            command.arg("--ca-file").arg(ca_file);
        }
        let child = command
            .env("LONGWIRE_APP_SECRET", app.secret.expose_secret())
            .env("LONGWIRE_DATA_DIR", data_dir.path())
            .env("LONGWIRE_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()?;
        let client = Self { program, child, simulator, _data_dir: data_dir };
        let connected = client.simulator.until(|stats| stats.clients > 0);
        timeout(PATIENCE, connected).await.map_err(|_| Error::NotConnected(program.name()))?;
        Ok(client)
    }

    /// Sends it that many events.
    pub(crate) async fn flood(&self, events: u64, in_flight: usize) -> Result<FloodReport, Error> {
        let flood = self.simulator.flood(events, in_flight).await;
        flood.map_err(|cause| Error::Flood { client: self.program.name(), cause })
    }

    /// What its process takes at the moment; `None` where the system does not tell.
    pub(crate) fn footprint(&self) -> Option<Footprint> {
        Footprint::of(self.child.id())
    }

    /// What it prints, where that is piped; once.
    pub(crate) fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
