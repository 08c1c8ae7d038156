//! When to ping, and when a link is dead. Pure: the caller brings the time.

use std::{ops::RangeInclusive, time::Duration};

use longwire_wire::ClientConfig;
use tokio::time::Instant;

/// What is due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Due {
    /// Nothing yet.
    Nothing,
    /// A ping; it counts as sent.
    Ping,
    /// No sign of life for this long after a ping.
    Dead(Duration),
}

#[derive(Debug)]
pub(crate) struct Liveness {
    interval: Duration,
    silence: Duration,
    last_ping: Option<Instant>,
    next_ping: Instant,
    /// When the link counts as dead, unless a frame comes before; and the silence that this allows.
    deadline: Option<(Instant, Duration)>,
}

/// The intervals between pings that are followed, in seconds. Below, a platform's slip would have us flood it; above,
/// the mappings of home routers and proxies expire.
const INTERVALS: RangeInclusive<i64> = 5..=120;

impl Liveness {
    /// Of a link that opens now: the first ping is due at once.
    pub(crate) fn new(now: Instant, interval: Duration, silence: Duration) -> Self {
        Self { interval, silence, last_ping: None, next_ping: now, deadline: None }
    }

    /// Takes over the platform's interval, counted from the last ping.
    pub(crate) fn follow(&mut self, wishes: &ClientConfig) {
        if let Some(interval) = interval(wishes) {
            self.interval = interval;
            self.next_ping = self.last_ping.map_or(self.next_ping, |last| last + interval);
        }
    }

    /// A frame came. Whether [`Liveness::next`] changed by it.
    pub(crate) fn heard(&mut self) -> bool {
        self.deadline.take().is_some()
    }

    /// The link may have died while nobody looked: the next ping is due at once, and has less time.
    pub(crate) fn doubt(&mut self, now: Instant, silence: Duration) {
        self.next_ping = now;
        self.expect(now, silence);
    }

    /// When to look again.
    pub(crate) fn next(&self) -> Instant {
        self.deadline.map_or(self.next_ping, |(deadline, _)| deadline.min(self.next_ping))
    }

    /// What is due now.
    pub(crate) fn due(&mut self, now: Instant) -> Due {
        if let Some((deadline, silence)) = self.deadline
            && deadline <= now
        {
            return Due::Dead(silence);
        }
        if self.next_ping > now {
            return Due::Nothing;
        }
        self.last_ping = Some(now);
        self.next_ping = now + self.interval;
        self.expect(now, self.silence);
        Due::Ping
    }

    /// The earliest deadline counts: a later ping gives a silent link no more time.
    fn expect(&mut self, now: Instant, silence: Duration) {
        let deadline = now + silence;
        if self.deadline.is_none_or(|(earlier, _)| deadline < earlier) {
            self.deadline = Some((deadline, silence));
        }
    }
}

/// The platform's interval between pings, where it names one, within bounds.
pub(crate) fn interval(wishes: &ClientConfig) -> Option<Duration> {
    let seconds = wishes.ping_interval?.clamp(*INTERVALS.start(), *INTERVALS.end());
    Some(Duration::from_secs(seconds.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn wish(ping_interval: i64) -> ClientConfig {
        ClientConfig { ping_interval: Some(ping_interval), ..ClientConfig::default() }
    }

    #[test]
    fn pings_come_at_once_and_then_at_the_interval_while_there_is_life() {
        let start = Instant::now();
        let mut link = Liveness::new(start, seconds(60), seconds(20));
        for n in 0..5 {
            let now = start + seconds(60) * n;
            assert_eq!((link.next(), link.due(now), link.due(now)), (now, Due::Ping, Due::Nothing));
            assert!(link.heard() && !link.heard());
        }
    }

    #[test]
    fn a_silent_link_dies_twenty_seconds_after_the_first_unanswered_ping() {
        let start = Instant::now();
        let mut link = Liveness::new(start, seconds(6), seconds(20));
        for at in [0, 6, 12, 18] {
            assert_eq!(link.due(start + seconds(at)), Due::Ping);
        }
        assert_eq!(link.next(), start + seconds(20));
        assert_eq!(link.due(start + seconds(20) - Duration::from_millis(1)), Due::Nothing);
        assert_eq!(link.due(start + seconds(20)), Due::Dead(seconds(20)));
    }

    #[test]
    fn a_doubted_link_is_pinged_at_once_and_has_five_seconds() {
        let start = Instant::now();
        let mut link = Liveness::new(start, seconds(60), seconds(20));
        link.due(start);
        link.heard();
        link.doubt(start + seconds(7), seconds(5));
        assert_eq!(link.due(start + seconds(7)), Due::Ping);
        assert_eq!(
            (link.next(), link.due(start + seconds(12))),
            (start + seconds(12), Due::Dead(seconds(5)))
        );
        link.heard();
        assert_eq!(link.next(), start + seconds(67));
    }

    #[test]
    fn a_doubt_does_not_lengthen_a_deadline() {
        let start = Instant::now();
        let mut link = Liveness::new(start, seconds(60), seconds(20));
        link.due(start);
        link.doubt(start + seconds(18), seconds(5));
        assert_eq!(link.due(start + seconds(20)), Due::Dead(seconds(20)));
    }

    #[test]
    fn a_new_interval_counts_from_the_last_ping_and_is_kept_within_bounds() {
        let start = Instant::now();
        let mut link = Liveness::new(start, seconds(120), seconds(20));
        link.due(start);
        link.heard();
        for (wished, used) in [(90, 90), (1, 5), (0, 5), (-7, 5), (i64::MIN, 5), (3600, 120), (i64::MAX, 120)]
        {
            link.follow(&wish(wished));
            assert_eq!(link.next(), start + seconds(used), "{wished}");
        }
        link.follow(&ClientConfig::default());
        assert_eq!(link.next(), start + seconds(120));
    }
}
