use std::{
    env, fs,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use longwire_openplatform::{App, Authority, ClientConfig, FloodReport, Leaf, Running, Simulator};
use longwire_tests::Model;
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
    /// `longwire run` with its agent on.
    Answering,
}

/// A client in a process of its own, and the simulator that is all its own. It ends when dropped.
pub(crate) struct Client {
    program: Program,
    child: Child,
    app: App,
    pub(crate) simulator: Running,
    data_dir: TempDir,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Longwire => "longwire",
            Self::Encrypted => "longwire over TLS",
            Self::Printing => "longwire --print",
            Self::Answering => "longwire with its agent on",
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
        match self {
            Self::Printing => drop(command.arg("--print").stdout(Stdio::piped())),
            Self::Answering => drop(command.env("LONGWIRE_AGENT_KEY", Model::KEY)),
            Self::Bare | Self::Longwire | Self::Encrypted => {}
        }
        Ok(command)
    }
}

impl Client {
    /// Starts a simulator and a client of it, which is connected when this returns.
    pub(crate) async fn start(program: Program, config: ClientConfig) -> Result<Self, Error> {
        Self::with(program, config, "").await
    }

    /// The same, with these settings.
    pub(crate) async fn with(program: Program, config: ClientConfig, settings: &str) -> Result<Self, Error> {
        let app = App::random(&mut Rng::new());
        let mut builder =
            Simulator::builder().app(app.clone()).client_config(config).ack_deadline(ACK_DEADLINE);
        if program == Program::Encrypted {
            builder = builder.tls(Authority::new().map_err(longwire_openplatform::Error::from)?, Leaf::Good);
        }
        let simulator = builder.start().await?;
        let data_dir = tempfile::tempdir()?;
        if !settings.is_empty() {
            fs::write(data_dir.path().join("config.toml"), settings)?;
        }
        let child = spawn(program, &app, &simulator, data_dir.path())?;
        let client = Self { program, child, app, simulator, data_dir };
        client.connected().await?;
        Ok(client)
    }

    /// Ends it in good order and starts it again on the same folder; how long it took from its start to its connection.
    pub(crate) async fn restart(&mut self) -> Result<Duration, Error> {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        self.child.wait()?;
        timeout(PATIENCE, self.simulator.until(|stats| stats.clients == 0))
            .await
            .map_err(|_| Error::NotConnected(self.program.name()))?;
        let begin = Instant::now();
        self.child = spawn(self.program, &self.app, &self.simulator, self.data_dir.path())?;
        self.connected().await?;
        Ok(begin.elapsed())
    }

    /// Its data folder.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    async fn connected(&self) -> Result<(), Error> {
        let connected = self.simulator.until(|stats| stats.clients > 0);
        timeout(PATIENCE, connected).await.map_err(|_| Error::NotConnected(self.program.name()))?;
        Ok(())
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

fn spawn(program: Program, app: &App, simulator: &Running, data_dir: &Path) -> Result<Child, Error> {
    let mut command = program.command(&app.id, &simulator.url())?;
    if let Some(authority) = simulator.authority() {
        let ca_file = data_dir.join("ca.pem");
        authority.save(&ca_file)?;
        command.arg("--ca-file").arg(ca_file);
    }
    let child = command
        .env("LONGWIRE_APP_SECRET", app.secret.expose_secret())
        .env("LONGWIRE_DATA_DIR", data_dir)
        .env("LONGWIRE_LOG", "warn")
        .stdin(Stdio::null())
        .spawn()?;
    Ok(child)
}

impl Drop for Client {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
