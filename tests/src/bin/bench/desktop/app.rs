use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use longwire_contract::{Phase, call};
use longwire_engine::Client;
use longwire_tests::{
    Process,
    desktop::{Session, processes_below},
};
use tokio::time::{sleep, timeout};
use zbus::Proxy;

use crate::Error;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
/// How long it may take: far longer than it does.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the app is asked whether it is connected. It is a question by a socket, which costs it little.
const PACE: Duration = Duration::from_millis(4);

/// What is started.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program<'a> {
    /// The least that a tray app can be.
    Empty,
    /// Longwire as at login, on a data folder.
    Longwire(&'a Path),
}

/// An app whose icon is on the panel.
pub(super) struct App {
    process: Process,
    /// How long its icon took.
    pub(super) icon: Duration,
    connection: Option<Duration>,
}

impl App {
    /// Starts it, and waits until its icon is there, and its connection.
    pub(super) async fn start(session: &Session, program: Program<'_>) -> Result<Self, Error> {
        let watcher = Proxy::new(session.bus(), WATCHER, WATCHER_PATH, WATCHER).await?;
        let mut icons = watcher.receive_signal("StatusNotifierItemRegistered").await?;
        let start = match program {
            Program::Empty => session.program(super::program("longwire-empty")?),
            Program::Longwire(folder) => session
                .program(super::program("longwire-app")?)
                .arguments(["--hidden"])
                .variable("LONGWIRE_DATA_DIR", folder),
        };
        let begin = Instant::now();
        let process = start.run();
        let icon = async {
            icons.next().await;
            begin.elapsed()
        };
        let connection = async {
            match program {
                Program::Empty => None,
                Program::Longwire(folder) => {
                    connected(folder).await;
                    Some(begin.elapsed())
                }
            }
        };
        let (icon, connection) = timeout(PATIENCE, async { tokio::join!(icon, connection) })
            .await
            .map_err(|_| Error::Desktop(format!("the app did not come up: {}", process.stderr())))?;
        Ok(Self { process, icon, connection })
    }

    /// How long its connection took.
    pub(super) fn connection(&self) -> Duration {
        self.connection.unwrap_or_default()
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Waits until none of WebKit's processes is left, or it is too late for that; how long it took.
    pub(super) async fn without_webkit(&self, patience: Duration) -> Duration {
        let begin = Instant::now();
        while begin.elapsed() < patience
            && processes_below(self.pid()).iter().any(|(_, name)| name.starts_with("WebKit"))
        {
            sleep(PACE).await;
        }
        begin.elapsed()
    }

    /// Ends it, and waits until its place on the bus is free.
    pub(super) async fn end(self, session: &Session) {
        self.process.signal("TERM");
        self.process.end();
        session.without_app().await;
    }
}

/// Waits until the app on a folder is connected.
async fn connected(folder: &Path) {
    loop {
        if let Ok(mut engine) = Client::connect(folder).await
            && let Ok(snapshot) = engine.call::<call::ReadSnapshot>(&()).await
            && snapshot.phase == Phase::Connected
        {
            return;
        }
        sleep(PACE).await;
    }
}
