use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use longwire_openplatform::{App, Authority, Builder, Leaf, Running, Simulator};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::{longwire, process::Start};

/// The platform as a sandbox knows it: over TLS, at a name that takes the proxies, with one app.
pub struct Platform {
    /// The simulator.
    pub simulator: Running,
    folder: TempDir,
}

impl Platform {
    /// The one app's ID.
    pub const APP_ID: &str = "cli_0123456789abcdef";
    /// The one app's secret.
    pub const SECRET: &str = "planted-5d81e0-secret";
    /// The name it has.
    pub const HOST: &str = "platform.test";

    /// Starts it, in a process of a sandbox.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    /// The same, changed by `change`.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let authority = Arc::new(Authority::new().expect("a certificate can be made"));
        let builder = Simulator::builder()
            .app(App::new(Self::APP_ID, SecretString::from(Self::SECRET)))
            .tls(authority.clone(), Leaf::Good)
            .names([Self::HOST, "other.test"]);
        let simulator = change(builder).start().await.expect("the simulator starts");
        let platform = Self { simulator, folder: tempfile::tempdir().expect("a folder") };
        authority.save(&platform.ca_file()).expect("our own folder");
        platform.write_private("secret", Self::SECRET);
        platform
    }

    /// Its domain, to be given to a client.
    pub fn url(&self) -> String {
        format!("https://{}:{}", Self::HOST, self.port())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.simulator.address().port()
    }

    /// The certificate of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// The data folder of its clients.
    pub fn data_dir(&self) -> PathBuf {
        self.file("data")
    }

    /// Writes a file that nobody but us can read.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write_private(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("our own folder");
        path
    }

    /// `longwire run` as the app, which trusts the platform's authority and prints events.
    pub fn run(&self) -> Start {
        self.run_to(&self.url())
    }

    /// The same, against another domain.
    pub fn run_to(&self, domain: &str) -> Start {
        let start =
            longwire(&self.data_dir(), ["run", "--print", "--app-id", Self::APP_ID, "--domain", domain]);
        self.knowing(start)
    }

    /// `longwire doctor --json` as the app, which trusts the platform's authority.
    pub fn doctor(&self) -> Start {
        self.doctor_of(&self.url())
    }

    /// The same, of another domain.
    pub fn doctor_of(&self, domain: &str) -> Start {
        let words = ["doctor", "--json", "--app-id", Self::APP_ID, "--domain", domain];
        self.knowing(longwire(&self.data_dir(), words))
    }

    /// The addresses that requests came from, each a connection of its own.
    pub fn roads(&self) -> BTreeSet<SocketAddr> {
        self.simulator.visits().into_iter().map(|visit| visit.peer).collect()
    }

    fn knowing(&self, start: Start) -> Start {
        let (ca, secret) = (self.ca_file(), self.file("secret"));
        start.arguments(["--ca-file", text(&ca), "--app-secret-file", text(&secret)])
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
