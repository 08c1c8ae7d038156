//! What is told to the keeper that started this process.

use std::{env, io, time::Duration};

use longwire_contract::ServiceKeeper;
use sd_notify::NotifyState;

use super::LABEL;

/// The keeper of services that started this process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Supervisor {
    keeper: ServiceKeeper,
    watchdog: Option<Duration>,
}

/// What it is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    /// The service does what it is for.
    Ready,
    /// How it stands, in words.
    Status(String),
    /// It lives.
    Alive,
    /// It is still starting, and may take so much longer from now on.
    Starting(Duration),
    /// It is about to end.
    Stopping,
}

impl Supervisor {
    /// The one that started this process; `None` where a person, or another program, did.
    pub fn of_this_process() -> Option<Self> {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        if variable("NOTIFY_SOCKET").is_some() {
            return Some(Self { keeper: ServiceKeeper::Systemd, watchdog: sd_notify::watchdog_enabled() });
        }
        // Programs that a terminal starts find that one's own name there.
        let launched = variable("XPC_SERVICE_NAME").is_some_and(|name| name == LABEL);
        launched.then_some(Self { keeper: ServiceKeeper::Launchd, watchdog: None })
    }

    /// Which.
    pub fn keeper(&self) -> ServiceKeeper {
        self.keeper
    }

    /// After how long without [`News::Alive`] it takes this process for stuck; `None` where it does not look.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Tells it. launchd does not listen.
    ///
    /// # Errors
    /// What the system says.
    pub fn tell(&self, news: &[News]) -> io::Result<()> {
        if self.keeper != ServiceKeeper::Systemd {
            return Ok(());
        }
        let news: Vec<_> = news.iter().map(News::state).collect();
        sd_notify::notify(&news)
    }
}

impl News {
    fn state(&self) -> NotifyState<'_> {
        match self {
            Self::Ready => NotifyState::Ready,
            Self::Status(words) => NotifyState::Status(words),
            Self::Alive => NotifyState::Watchdog,
            Self::Starting(longer) => {
                NotifyState::ExtendTimeoutUsec(u32::try_from(longer.as_micros()).unwrap_or(u32::MAX))
            }
            Self::Stopping => NotifyState::Stopping,
        }
    }
}
