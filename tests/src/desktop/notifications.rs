use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use zbus::{
    MatchRule, MessageStream,
    fdo::MonitoringProxy,
    zvariant::{OwnedValue, Str},
};

use super::eventually;

const SERVICE: &str = "org.freedesktop.Notifications";

/// What the notification daemon is asked to show, as anybody sees it who listens to the bus.
pub struct Notifications {
    asked: Arc<Mutex<Vec<Notified>>>,
}

/// A notification, as it was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notified {
    /// Whose it is.
    pub app: String,
    /// The number of the one that it replaces; 0 for none.
    pub replaces: u32,
    /// Its title.
    pub title: String,
    /// Its text, with the markup that is in it.
    pub body: String,
    /// The names of its actions and what they are called.
    pub actions: Vec<String>,
    /// The desktop entry that it names.
    pub desktop_entry: String,
}

type Arguments =
    (String, u32, String, String, String, Vec<String>, std::collections::HashMap<String, OwnedValue>, i32);

impl Notifications {
    pub(super) async fn listen(bus: &str) -> Self {
        let connection = zbus::connection::Builder::address(bus).unwrap().build().await.expect("the bus");
        let rule = MatchRule::builder().interface(SERVICE).unwrap().member("Notify").unwrap().build();
        let messages = MessageStream::from(&connection);
        let monitor = MonitoringProxy::new(&connection).await.expect("the bus");
        monitor.become_monitor(&[rule], 0).await.expect("a bus that one may listen to");
        let asked: Arc<Mutex<Vec<Notified>>> = Arc::default();
        tokio::spawn(take(messages, asked.clone()));
        Self { asked }
    }

    /// All so far, in order.
    pub fn all(&self) -> Vec<Notified> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits for one with `part` in its title.
    pub async fn titled(&self, part: &str) -> Notified {
        eventually(&format!("a notification with {part:?}, in {:?}", self.all()), async || {
            self.all().into_iter().find(|notified| notified.title.contains(part))
        })
        .await
    }
}

async fn take(mut messages: MessageStream, asked: Arc<Mutex<Vec<Notified>>>) {
    while let Some(Ok(message)) = messages.next().await {
        let notify = message.header().member().is_some_and(|member| member == "Notify");
        let Some(arguments) = notify.then(|| message.body().deserialize::<Arguments>().ok()).flatten() else {
            continue;
        };
        let (app, replaces, _, title, body, actions, mut hints, _) = arguments;
        let entry = hints.remove("desktop-entry").and_then(|entry| Str::try_from(entry).ok());
        let desktop_entry = entry.map(|entry| entry.to_string()).unwrap_or_default();
        asked.lock().unwrap().push(Notified { app, replaces, title, body, actions, desktop_entry });
    }
}
