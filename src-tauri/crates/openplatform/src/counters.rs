use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::watch;

/// What happened since the simulator started.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    /// Clients that are connected now.
    pub clients: usize,
    /// Links that were opened.
    pub links: u64,
    /// Requests to the endpoint.
    pub discoveries: u64,
    /// Upgrades that were refused.
    pub refused: u64,
    /// Pings of the protocol that came.
    pub pings: u64,
    /// Tries to deliver an event, each time it is sent again included.
    pub sent: u64,
    /// Events that a client took.
    pub acked: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Tries after the first.
    pub redelivered: u64,
    /// Events given up.
    pub lost: u64,
    /// Acknowledgements that came after their deadline.
    pub late: u64,
    /// What clients did against the protocol.
    pub violations: u64,
    /// Messages that bots sent.
    pub messages: u64,
    /// Updates of those.
    pub updates: u64,
}

/// The counters behind [`Stats`], and the news that one changed.
pub(crate) struct Counters {
    pub(crate) links: AtomicU64,
    pub(crate) discoveries: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) pings: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) acked: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) redelivered: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) late: AtomicU64,
    pub(crate) violations: AtomicU64,
    pub(crate) messages: AtomicU64,
    pub(crate) updates: AtomicU64,
    changed: watch::Sender<()>,
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            links: AtomicU64::new(0),
            discoveries: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            pings: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            acked: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            redelivered: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            late: AtomicU64::new(0),
            violations: AtomicU64::new(0),
            messages: AtomicU64::new(0),
            updates: AtomicU64::new(0),
            changed: watch::Sender::new(()),
        }
    }

    /// Counts one and tells who waits.
    pub(crate) fn count(&self, counter: &AtomicU64) {
        counter.fetch_add(1, Relaxed);
        self.tell();
    }

    /// Tells who waits that something changed.
    pub(crate) fn tell(&self) {
        self.changed.send_replace(());
    }

    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn stats(&self, clients: usize) -> Stats {
        Stats {
            clients,
            links: self.links.load(Relaxed),
            discoveries: self.discoveries.load(Relaxed),
            refused: self.refused.load(Relaxed),
            pings: self.pings.load(Relaxed),
            sent: self.sent.load(Relaxed),
            acked: self.acked.load(Relaxed),
            failed: self.failed.load(Relaxed),
            redelivered: self.redelivered.load(Relaxed),
            lost: self.lost.load(Relaxed),
            late: self.late.load(Relaxed),
            violations: self.violations.load(Relaxed),
            messages: self.messages.load(Relaxed),
            updates: self.updates.load(Relaxed),
        }
    }
}
