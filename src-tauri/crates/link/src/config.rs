use std::time::Duration;

use longwire_dial::{Dialer, Origin};
use longwire_wire::Limits;
use secrecy::SecretString;

/// What one connection needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the platform's endpoint is, such as `https://open.feishu.cn`.
    pub origin: Origin,
    /// The app's App ID.
    pub app_id: String,
    /// The app's App Secret.
    pub app_secret: SecretString,
    /// The road there, and from there to the WebSocket's host.
    pub dialer: Dialer,
    /// Times and bounds.
    pub tuning: Tuning,
}

/// Times and bounds of a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// The longest the WebSocket upgrade may take, from the moment its road stands. The road and the endpoint have the
    /// dialer's deadlines.
    pub upgrade: Duration,
    /// The longest an event may take to be kept, from its arrival. The platform waits 3 s for an acknowledgement; what
    /// is left is for the way there.
    pub keep: Duration,
    /// The most events that are being kept at a time. Then nothing more is read, and the platform feels it.
    pub in_flight: usize,
    /// How long a link may give no sign of life after a ping. Less than 15 s has been seen to kill good links on bad
    /// networks.
    pub silence: Duration,
    /// The same after the machine woke or changed its network, where a dead link is likely.
    pub woken_silence: Duration,
    /// Time between pings where the platform names none. Whatever it names is kept between 5 and 120 s.
    pub ping: Duration,
    /// Between tries.
    pub backoff: Backoff,
    /// At the end: how long events in flight may still take to be kept and acknowledged.
    pub finish: Duration,
    /// At the end: how long to wait for the platform's goodbye.
    pub farewell: Duration,
    /// The largest WebSocket message that is read, in bytes. More ends the session.
    pub message_bytes: usize,
    /// What is kept of events whose parts have not all arrived.
    pub parts: Limits,
}

/// How tries are spaced: full jitter, so a random time up to a bound that doubles with each failure in a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backoff {
    /// The bound of the first wait.
    pub first: Duration,
    /// The bound that no doubling passes.
    pub cap: Duration,
    /// How long a link must have been up for its end to count as the first failure again. A link that comes up and
    /// falls within this time is flapping, and goes on backing off.
    pub settled: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        let parts = Limits::default();
        Self {
            upgrade: Duration::from_secs(10),
            keep: Duration::from_millis(2_800),
            in_flight: 256,
            silence: Duration::from_secs(20),
            woken_silence: Duration::from_secs(5),
            ping: Duration::from_secs(120),
            backoff: Backoff::default(),
            finish: Duration::from_secs(2),
            farewell: Duration::from_secs(1),
            // A frame is its payload and less than this of headers.
            message_bytes: parts.message_bytes + (64 << 10),
            parts,
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), cap: Duration::from_secs(30), settled: Duration::from_secs(60) }
    }
}
