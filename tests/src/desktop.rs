//! A real desktop of its own for a test: a screen, a session bus, a panel, a secret store, and the app on it.
//!
//! Nothing of the machine's own session is used or changed: the display, the bus and every folder belong to the test.

mod notifications;
mod panel;
mod screen;
mod session;
mod shape;
mod stage;
mod webkit;
mod window;

use std::time::{Duration, Instant};

pub use notifications::{Notifications, Notified};
pub use panel::{Line, TrayIcon};
pub use session::Session;
pub use stage::{Stage, settings};
pub use webkit::processes_below;
pub use window::Window;

/// How long a test waits for what must happen: far longer than it takes, so that a slow machine fails nothing.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How often it looks.
const PACE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer.
///
/// # Panics
/// Where there is none in time; `what` says what was waited for.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    answer(ask).await.unwrap_or_else(|| panic!("not within {PATIENCE:?}: {what}"))
}

/// Asks again and again until there is an answer, or it is too late for one.
async fn answer<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if Instant::now() > deadline {
            return None;
        }
        tokio::time::sleep(PACE).await;
    }
}
