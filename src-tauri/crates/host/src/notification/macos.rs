//! macOS: its notification centre. A call that waits for a click keeps a thread until the notification is gone, so that each
//! place has one thread at most, and none is started for a place whose last one hangs.

use std::{io, thread, time::Duration};

use notify_rust::{Notification as Sent, NotificationResponse};
use objc2::rc::Retained;
use objc2_foundation::NSString;
use tokio::{
    sync::{broadcast, oneshot},
    time::{sleep, timeout},
};

use super::{Identity, NotShown, Notification};

/// As many threads wait for a click.
const MOST: usize = 8;
/// What is wrong is told within this time; after that it is shown, and waits.
const REFUSAL: Duration = Duration::from_millis(500);
/// How long it is waited for a thread whose notification was taken away, which it notices twice a second.
const TURNS: u32 = 20;
const TURN: Duration = Duration::from_millis(100);

/// The notification centre.
#[derive(Debug)]
pub(super) struct Service {
    identity: Identity,
    clicks: broadcast::Sender<String>,
    /// What is shown, a place each.
    shown: Vec<Shown>,
    /// Takes away what others are to stand in for.
    withdrawing: Option<thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Shown {
    notification: Notification,
    waiting: thread::JoinHandle<()>,
}

impl Service {
    pub(super) fn new(identity: Identity, clicks: broadcast::Sender<String>) -> Self {
        Self { identity, clicks, shown: Vec::new(), withdrawing: None }
    }

    /// Has the earlier one of this place taken away, and its thread end.
    async fn make_room(&mut self, slot: &str) -> Result<(), NotShown> {
        for _ in 0..TURNS {
            self.shown.retain(|shown| !shown.waiting.is_finished());
            let Some(earlier) = self.shown.iter().find(|shown| shown.notification.slot == slot) else {
                break;
            };
            if self.withdrawing.as_ref().is_none_or(thread::JoinHandle::is_finished) {
                let notification = earlier.notification.clone();
                self.withdrawing = Some(spawn(move || withdraw(&notification))?);
            }
            sleep(TURN).await;
        }
        let hangs = self.shown.iter().any(|shown| shown.notification.slot == slot);
        if hangs || self.shown.len() >= MOST { Err(NotShown::Stuck) } else { Ok(()) }
    }
}

impl super::Service for Service {
    async fn show(&mut self, notification: &Notification) -> Result<(), NotShown> {
        self.make_room(&notification.slot).await?;
        let (refused, told) = oneshot::channel();
        let (sent, bundle, clicks) =
            (notification.clone(), self.identity.bundle.clone(), self.clicks.clone());
        let waiting = spawn(move || {
            if let Err(error) = show_and_wait(&sent, &bundle, &clicks) {
                refused.send(NotShown::Refused(error.to_string())).ok();
            }
        })?;
        self.shown.push(Shown { notification: notification.clone(), waiting });
        match timeout(REFUSAL, told).await {
            Ok(Ok(refused)) => Err(refused),
            // It waits for a click, or there was one already.
            Err(_) | Ok(Err(_)) => Ok(()),
        }
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, NotShown> {
    let started: io::Result<_> = thread::Builder::new().name("notification".to_owned()).spawn(work);
    started.map_err(|error| NotShown::Refused(error.to_string()))
}

fn show_and_wait(
    notification: &Notification,
    bundle: &str,
    clicks: &broadcast::Sender<String>,
) -> notify_rust::error::Result<()> {
    // Without it the library asks for another app by way of a script, which hangs on some systems. That it is set already,
    // or that this is no bundle, as during development, is no reason to stop.
    notify_rust::set_application(bundle).ok();
    let mut sent = Sent::new();
    // Only with a button is a click waited for.
    sent.summary(&notification.title).body(&notification.body).action("default", &notification.open);
    sent.show()?.wait_for_response(|response: &NotificationResponse| {
        if matches!(response, NotificationResponse::Default | NotificationResponse::Action(_)) {
            clicks.send(notification.slot.clone()).ok();
        }
    })
}

/// Takes a notification away. The centre names it by a number that the library keeps to itself.
#[allow(deprecated)]
fn withdraw(notification: &Notification) {
    use objc2_foundation::NSUserNotificationCenter;

    let centre = NSUserNotificationCenter::defaultUserNotificationCenter();
    let says =
        |said: Option<Retained<NSString>>, text: &str| said.is_some_and(|said| said.to_string() == text);
    for delivered in centre.deliveredNotifications() {
        if says(delivered.title(), &notification.title)
            && says(delivered.informativeText(), &notification.body)
        {
            centre.removeDeliveredNotification(&delivered);
        }
    }
}
