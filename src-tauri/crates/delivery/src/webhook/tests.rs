//! Webhooks at real servers on this machine, most of them ill-behaved.

mod bot;
mod form;
mod hostile;
mod shell;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use longwire_contract::AttemptOutcome;
use longwire_dial::{
    Dialer, RootSource, Roots,
    route::{Choice, Environment, Router},
};
use tokio::sync::watch;

use super::{KeptAlive, Post, Sent, Webhook};
use crate::testing::record;
use bot::Bot;

const LONG: Duration = Duration::from_secs(20);
/// For the one exchange that a test lets run out of time.
const SHORT: Duration = Duration::from_millis(200);
const AT_MS: u64 = 1_700_000_000_999;

/// Sends what it can through a proxy that nobody is behind.
fn dialer() -> Dialer {
    let proxy: Choice = "http://127.0.0.1:9".parse().unwrap();
    let (_, system) = watch::channel(Arc::default());
    let router = Router::new(proxy, Environment::default(), system);
    Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()))).with_router(Arc::new(router))
}

fn webhook(address: SocketAddr) -> Webhook {
    Webhook::new(&format!("http://{address}/webhook/event?k=v"), false).unwrap()
}

struct Sending {
    kept: KeptAlive,
    webhook: Webhook,
    deadline: Duration,
    callback: bool,
}

impl Sending {
    fn to(address: SocketAddr) -> Self {
        Self { kept: KeptAlive::default(), webhook: webhook(address), deadline: LONG, callback: false }
    }

    fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    fn callback(self) -> Self {
        Self { callback: true, ..self }
    }

    async fn send(&mut self) -> Sent {
        self.send_this(r#"{"schema":"2.0","header":{"token":"old"}}"#).await
    }

    async fn send_this(&mut self, payload: &str) -> Sent {
        let (record, callback) = (record(payload), self.callback);
        let post =
            Post { record: &record, number: 3, at_ms: AT_MS, asked_ms: 0, deadline: self.deadline, callback };
        self.webhook.send(&mut self.kept, &dialer(), post).await
    }
}

/// How one event fares with a bot.
async fn one(bot: &Bot) -> Sent {
    Sending::to(bot.address).send().await
}

fn outcome(sent: &Sent) -> (AttemptOutcome, Option<u16>) {
    (sent.outcome, sent.status)
}
