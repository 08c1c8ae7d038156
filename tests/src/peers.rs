//! Real servers on loopback, each started by the test that needs it, in its sandbox, and found in its log.

mod dante;
mod microsocks;
mod mitmproxy;
mod pac;
mod squid;
mod tinyproxy;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Process, process::Start, sandbox::open_to_all};

pub use dante::dante;
pub use microsocks::microsocks;
pub use mitmproxy::{Mitmproxy, mitmproxy};
pub use pac::Pac;
pub use squid::{squid, squid_over_tls};
pub use tinyproxy::{tinyproxy, tinyproxy_to_port};

/// Who proxies are to be spoken to as, where they ask.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// The user.
    pub user: &'static str,
    /// The password.
    pub password: &'static str,
}

/// Where every proxy's own connections come from, so that a server tells them from those that came straight.
pub const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// How long a server may take to listen: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const PACE: Duration = Duration::from_millis(20);

/// A server that listens. It ends when dropped.
pub struct Peer {
    process: Process,
    port: u16,
    /// Where its log is, besides what it writes to its standard streams.
    log_file: Option<PathBuf>,
    /// What a line of its log says that tells of a tunnel, before the address; and what stands before the port.
    mark: (&'static str, char),
    folder: TempDir,
}

/// A server to be started: the folder it may write to, and the port it is to listen on.
struct Place {
    folder: TempDir,
    port: u16,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        open_to_all(folder.path()).expect("our own folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        // Nobody but this test takes ports of its sandbox, so that this one stays free.
        let port = listener.local_addr().expect("a bound socket").port();
        Self { folder, port }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that the server reads.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        fs::write(&path, text).expect("our own folder");
        plain(&path)
    }

    /// Starts it; it listens when this returns.
    fn start(self, start: Start, log_file: Option<PathBuf>, mark: (&'static str, char)) -> Peer {
        let Self { folder, port } = self;
        let mut peer = Peer { process: start.run(), port, log_file, mark, folder };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let living = peer.process.is_running();
            assert!(living && Instant::now() < deadline, "no server:\n{}", peer.log());
            thread::sleep(PACE);
        }
        peer
    }
}

impl Peer {
    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address as the setting of a proxy: `scheme://127.0.0.1:port`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The same with a user and a password in it.
    pub fn url_as(&self, scheme: &str, login: Login) -> String {
        format!("{scheme}://{}:{}@127.0.0.1:{}", login.user, login.password, self.port)
    }

    /// All it has logged so far.
    pub fn log(&self) -> String {
        let file = self.log_file.as_deref().and_then(|file| fs::read_to_string(file).ok());
        [self.process.stdout(), self.process.stderr(), file.unwrap_or_default()].concat()
    }

    /// How many tunnels to there its log tells of so far.
    pub fn tunnels(&self, host: &str, port: u16) -> usize {
        let (verb, before_port) = self.mark;
        let address = format!("{host}{before_port}{port}");
        self.log().lines().filter(|line| line.contains(verb) && line.contains(&address)).count()
    }

    /// Waits until its log tells of that many tunnels to there.
    ///
    /// # Panics
    /// Where it does not in time, or tells of more.
    pub async fn led(&self, times: usize, host: &str, port: u16) {
        let deadline = Instant::now() + PATIENCE;
        while self.tunnels(host, port) < times {
            let told = self.tunnels(host, port);
            assert!(Instant::now() < deadline, "{told} tunnels to {host}:{port}:\n{}", self.log());
            tokio::time::sleep(PACE).await;
        }
        assert_eq!(self.tunnels(host, port), times, "tunnels to {host}:{port}:\n{}", self.log());
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn plain(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}
