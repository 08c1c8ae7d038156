use std::{collections::VecDeque, sync::Arc};

use longwire_contract::{AppId, EventDetail, EventView};
use tokio::time::Duration;

use crate::preview;

/// One event the engine has received.
#[derive(Debug)]
pub struct ReceivedEvent {
    /// The app that received it.
    pub app_id: AppId,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What the platform sent.
    pub event: longwire_wire::Event,
}

impl ReceivedEvent {
    /// An event with this payload, from an app that is nobody's: for tests of what is done with events.
    #[doc(hidden)]
    pub fn sample(payload: &str) -> Self {
        let message = longwire_wire::Message {
            kind: longwire_wire::Kind::Event,
            frame: Arc::default(),
            payload: payload.to_owned().into(),
        };
        #[allow(clippy::expect_used)]
        Self {
            app_id: "cli_0123456789abcdef".parse().expect("it has the form of an App ID"),
            at_ms: 0,
            event: message.event().expect("a sample is JSON"),
        }
    }
}

/// The last events, bounded in number and in bytes.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// In the order of their numbers.
    events: VecDeque<Kept>,
    bytes: usize,
    last_seq: u32,
}

#[derive(Debug)]
struct Kept {
    /// Its place in the list, from 1.
    seq: u32,
    received: Arc<ReceivedEvent>,
    ack_code: u16,
    ack_time: Duration,
}

/// As many as the window's list shows.
const MOST_EVENTS: usize = 500;
/// Above this the oldest go first, so that a burst of large events costs no more memory than this.
const MOST_BYTES: usize = 2 * 1024 * 1024;

impl Recent {
    pub(crate) fn push(&mut self, received: Arc<ReceivedEvent>, ack_code: u16, ack_time: Duration) {
        self.bytes += received.event.payload.len();
        // Numbered here and not at its arrival: several are being kept at a time, and not the first ends first.
        self.last_seq = self.last_seq.saturating_add(1);
        self.events.push_back(Kept { seq: self.last_seq, received, ack_code, ack_time });
        while self.events.len() > MOST_EVENTS || (self.bytes > MOST_BYTES && self.events.len() > 1) {
            if let Some(oldest) = self.events.pop_front() {
                self.bytes -= oldest.received.event.payload.len();
            }
        }
    }

    /// The number of the last event; 0 before the first.
    pub(crate) fn last_seq(&self) -> u32 {
        self.last_seq
    }

    /// What is kept of the events after `seq`, oldest first.
    pub(crate) fn after(&self, seq: u32) -> Vec<EventView> {
        let first = self.events.partition_point(|kept| kept.seq <= seq);
        self.events.range(first..).map(Kept::view).collect()
    }

    pub(crate) fn detail(&self, seq: u32) -> Option<EventDetail> {
        let at = self.events.binary_search_by_key(&seq, |kept| kept.seq).ok()?;
        let kept = self.events.get(at)?;
        let event = &kept.received.event;
        Some(EventDetail {
            view: kept.view(),
            payload: event.text().to_owned(),
            headers: event
                .headers()
                .iter()
                .map(|header| (header.key.clone(), header.value.clone()))
                .collect(),
        })
    }
}

impl Kept {
    fn view(&self) -> EventView {
        let ReceivedEvent { app_id, at_ms, event } = &*self.received;
        EventView {
            seq: self.seq,
            app_id: app_id.clone(),
            at_ms: *at_ms,
            event_type: event.event_type.clone(),
            event_id: event.event_id.clone(),
            preview: preview::of(&event.event_type, &event.payload),
            bytes: u32::try_from(event.payload.len()).unwrap_or(u32::MAX),
            ack_code: self.ack_code,
            ack_ms: self.ack_time.as_secs_f64() * 1000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(recent: &mut Recent, payload: &str) {
        recent.push(Arc::new(ReceivedEvent::sample(payload)), 200, Duration::ZERO);
    }

    #[test]
    fn the_list_is_in_order_and_each_event_in_it_is_found() {
        let mut recent = Recent::default();
        for _ in 0..MOST_EVENTS + 7 {
            push(&mut recent, "{}");
        }
        let listed: Vec<u32> = recent.after(0).iter().map(|event| event.seq).collect();
        assert_eq!(listed.len(), MOST_EVENTS);
        assert!(listed.is_sorted() && listed.iter().all(|seq| recent.detail(*seq).is_some()));
        assert!(recent.detail(7).is_none(), "the oldest are gone");
        assert_eq!(recent.after(recent.last_seq() - 2).len(), 2);
    }

    #[test]
    fn large_events_push_out_the_oldest_and_one_always_stays() {
        let mut recent = Recent::default();
        let large = format!("{{\"text\":\"{}\"}}", "x".repeat(MOST_BYTES / 2));
        for _ in 0..3 {
            push(&mut recent, &large);
        }
        assert_eq!(recent.after(0).len(), 1);
        push(&mut recent, &format!("{{\"text\":\"{}\"}}", "x".repeat(MOST_BYTES)));
        assert_eq!(recent.after(0).iter().map(|event| event.seq).collect::<Vec<_>>(), [4]);
    }
}
