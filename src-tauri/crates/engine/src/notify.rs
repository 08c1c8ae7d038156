//! What the desktop is told: of events that a rule wants, and of the connection.
//!
//! Whoever keeps an event tells of it and goes on, see [`arrivals`]; one task, [`run`], decides what is shown and when.
//! What it decides by is pure: [`rules`], [`coalescer`] and [`watch`] are asked with the time in hand.

mod arrival;
mod coalescer;
mod outlet;
mod rules;
mod task;
mod watch;
mod words;

use longwire_contract::{AppId, Fault, FaultCode, Language, Notice, NoticeCode, Snapshot};
use longwire_host::notification::{Desktop, NotShown};

pub(crate) use arrival::{Arrival, Arrivals, Arriving, arrivals};
pub(crate) use task::{Heard, Outlet, run};

/// What a click on a notification asks to see.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Clicked {
    /// The event of this number.
    Event(u32),
    /// An app: what is to be said of its connection, and what mends it.
    App(AppId),
    /// Nothing in particular.
    Window,
}

/// Shows a sample, and waits until it is shown.
///
/// # Errors
/// [`FaultCode::NotifyFailed`], where the desktop does not show it or there is none.
pub(crate) async fn test(desktop: Option<&Desktop>, language: Language) -> Result<(), Fault> {
    let fault =
        |error: &dyn std::fmt::Display| Fault::new(FaultCode::NotifyFailed, error).with("error", error);
    let desktop = desktop.ok_or_else(|| fault(&"no desktop"))?;
    desktop.try_show(words::sample(language)).await.map_err(|error| fault(&error))
}

/// Notes that the desktop shows nothing, or does again. Says whether that is news.
pub(crate) fn tell_trouble(snapshot: &mut Snapshot, trouble: Option<&NotShown>) -> bool {
    let before = snapshot.notices.len();
    snapshot.notices.retain(|notice| notice.code != NoticeCode::NotificationsFail);
    let said = snapshot.notices.len() != before;
    if let Some(trouble) = trouble {
        let values = [("error".to_owned(), trouble.to_string())].into();
        snapshot.notices.push(Notice { code: NoticeCode::NotificationsFail, values });
    }
    said || trouble.is_some()
}
