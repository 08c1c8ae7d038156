//! Linux: the service that the desktop registers on the session's bus.

use std::fmt::Display;

use notify_rust::{Hint, Notification as Sent, NotificationHandle, NotificationResponse};
use tokio::{sync::broadcast, task::AbortHandle};
use zbus::Connection;

use super::{Identity, NotShown, Notification, text::escaped};

const SERVICE: &str = "org.freedesktop.Notifications";
const OBJECT: &str = "/org/freedesktop/Notifications";
/// What is done by a click on the notification itself.
const DEFAULT: &str = "default";
/// Of as many places a click is heard; each has a connection to the bus open.
const MOST: usize = 16;

/// The desktop's service.
#[derive(Debug)]
pub(super) struct Service {
    identity: Identity,
    clicks: broadcast::Sender<String>,
    /// Who shows `shown`, by its name on the bus: the numbers are its own.
    owner: String,
    /// What was shown last, a place each, the oldest first.
    shown: Vec<Shown>,
}

#[derive(Debug)]
struct Shown {
    slot: String,
    id: u32,
    listening: AbortHandle,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Service {
    pub(super) fn new(identity: Identity, clicks: broadcast::Sender<String>) -> Self {
        Self { identity, clicks, owner: String::new(), shown: Vec::new() }
    }
}

impl super::Service for Service {
    async fn show(&mut self, notification: &Notification) -> Result<(), NotShown> {
        let (owner, speaks_markup) = ask().await.map_err(refused)?;
        if owner != self.owner {
            self.owner = owner;
            self.shown.clear();
        }
        let mut sent = Sent::new();
        sent.appname(&self.identity.name)
            .icon(&self.identity.icon)
            .hint(Hint::DesktopEntry(self.identity.desktop_entry.clone()))
            .summary(&notification.title)
            .action(DEFAULT, &notification.open);
        let body = &notification.body;
        sent.body(&if speaks_markup { escaped(body) } else { body.clone() });
        if let Some(earlier) = self.shown.iter().find(|shown| shown.slot == notification.slot) {
            sent.id(earlier.id);
        }
        let handle = sent.show_async().await.map_err(refused)?;
        self.shown.retain(|shown| shown.slot != notification.slot);
        if self.shown.len() >= MOST {
            self.shown.remove(0);
        }
        let (slot, id) = (notification.slot.clone(), handle.id());
        let listening = tokio::spawn(listen(handle, slot.clone(), self.clicks.clone())).abort_handle();
        self.shown.push(Shown { slot, id, listening });
        Ok(())
    }
}

/// Tells of a click. Some desktops take a notification away whose sender has left the bus: the handle keeps it there.
async fn listen(handle: NotificationHandle, slot: String, clicks: broadcast::Sender<String>) {
    let done = |response: &NotificationResponse| {
        let clicked = match response {
            NotificationResponse::Default => true,
            NotificationResponse::Action(name) => name == DEFAULT,
            NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => false,
        };
        if clicked {
            // Nobody may be listening.
            clicks.send(slot).ok();
        }
    };
    handle.wait_for_action_async(done).await;
}

/// Who the service is, and whether it takes a text for markup.
async fn ask() -> zbus::Result<(String, bool)> {
    let bus = Connection::session().await?;
    let answer = bus.call_method(Some(SERVICE), OBJECT, Some(SERVICE), "GetCapabilities", &()).await?;
    let owner = answer.header().sender().map(ToString::to_string).unwrap_or_default();
    let capabilities: Vec<String> = answer.body().deserialize()?;
    Ok((owner, capabilities.iter().any(|name| name == "body-markup")))
}

fn refused(error: impl Display) -> NotShown {
    NotShown::Refused(error.to_string())
}
