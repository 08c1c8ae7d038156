//! The commands about kept events.

mod edited;
mod export;

use longwire_contract::{
    CurlRequest, Deleted, EventDetail, EventLines, EventPage, EventQuery, EventSelection, EventTypeCount,
    EventView, Fault, FaultCode, ReplayRequest, Replayed,
};
use longwire_delivery::{Kind, Wanted, line};
use longwire_host::clock;
use longwire_journal::{Record, Row};
use longwire_wire::Frame;

pub(crate) use self::export::export;
use crate::{Engine, journal::fault, preview};

/// The most events of one page of lines.
const LINES: u32 = 500;
/// The most bytes of payloads of one page of lines, unless one event alone has more.
const LINE_BYTES: u64 = 4_000_000;
/// The most events that targets are looked for at a time, where none had them before.
const CHUNK: usize = 100;

impl Engine {
    pub(crate) async fn event_page(&self, query: EventQuery) -> Result<EventPage, Fault> {
        let (rows, more) = self.journal().await?.page(query).await.map_err(fault)?;
        Ok(EventPage { events: rows.into_iter().map(view).collect(), more })
    }

    pub(crate) async fn event_types_kept(&self) -> Result<Vec<EventTypeCount>, Fault> {
        self.journal().await?.types().await.map_err(fault)
    }

    pub(crate) async fn event_detail(&self, seq: u32) -> Result<EventDetail, Fault> {
        let journal = self.journal().await?;
        let record = self.record(seq).await?;
        let deliveries = journal.deliveries(seq).await.map_err(fault)?;
        let frame = Frame::decode(record.frame.clone()).unwrap_or_default();
        let delivery = deliveries.iter().map(|delivery| delivery.state).max();
        let bytes = u32::try_from(record.payload.len()).unwrap_or(u32::MAX);
        Ok(EventDetail {
            payload: String::from_utf8_lossy(&record.payload).into_owned(),
            headers: frame.headers.into_iter().map(|header| (header.key, header.value)).collect(),
            frame: record.frame.iter().map(|byte| format!("{byte:02x}")).collect(),
            view: view(Row { record, bytes, delivery }),
            deliveries,
        })
    }

    pub(crate) async fn event_line_page(&self, query: EventQuery) -> Result<EventLines, Fault> {
        let limit = if query.limit == 0 { LINES } else { query.limit.min(LINES) };
        let journal = self.journal().await?;
        let (rows, more) = journal.page(EventQuery { limit, ..query }).await.map_err(fault)?;
        let fitting = fitting(rows.iter().map(|row| row.bytes));
        let seqs: Vec<u32> = rows.iter().take(fitting).map(|row| row.record.seq).collect();
        let before = seqs.last().copied().filter(|_| more || fitting < rows.len());
        let mut records = journal.records(seqs).await.map_err(fault)?;
        records.reverse();
        Ok(EventLines { lines: records.iter().map(text).collect(), before })
    }

    pub(crate) async fn replay(&self, request: ReplayRequest) -> Result<Replayed, Fault> {
        let journal = self.journal().await?;
        let target = match &request.target {
            Some(name) => Some(self.target_key(name).await?),
            None => None,
        };
        let now_ms = clock::now_ms();
        let mut replayed = journal.replay(request.events.clone(), target, now_ms).await.map_err(fault)?;
        if replayed.events == 0
            && target.is_none()
            && let EventSelection::Seqs(seqs) = request.events
        {
            replayed = self.replay_to_wanting(seqs, now_ms).await?;
        }
        if let Some(deliveries) = self.inner.surroundings.inbox.deliveries() {
            deliveries.wake(&self.inner.targets.keys());
        }
        match replayed.events {
            0 => Err(Fault::new(FaultCode::NoTarget, "no target wants these events")),
            _ => Ok(replayed),
        }
    }

    /// Hands events that nobody had to those who want them now.
    async fn replay_to_wanting(&self, seqs: Vec<u32>, now_ms: u64) -> Result<Replayed, Fault> {
        let journal = self.journal().await?;
        let mut replayed = Replayed::default();
        for chunk in seqs.chunks(CHUNK) {
            for record in journal.records(chunk.to_vec()).await.map_err(fault)? {
                let wanted = Wanted {
                    app_id: &record.app_id,
                    event_type: &record.event_type,
                    payload: &record.payload,
                };
                let wanting = self.targets().await?.wanting(wanted);
                for target in &wanting {
                    let one = EventSelection::Seqs(vec![record.seq]);
                    let done = journal.replay(one, Some(*target), now_ms).await.map_err(fault)?;
                    replayed.deliveries += done.deliveries;
                }
                replayed.events += u32::from(!wanting.is_empty());
            }
        }
        Ok(replayed)
    }

    pub(crate) async fn curl(&self, CurlRequest { seq, target }: CurlRequest) -> Result<String, Fault> {
        let record = self.record(seq).await?;
        let target = match target {
            Some(name) => self.target(&name).await?,
            None => {
                let wanted = Wanted {
                    app_id: &record.app_id,
                    event_type: &record.event_type,
                    payload: &record.payload,
                };
                self.targets().await?.webhook_for(wanted).ok_or_else(no_webhook)?
            }
        };
        match &target.kind {
            Kind::Webhook(webhook) => Ok(webhook.curl(&record, clock::now_ms())),
            Kind::Command(_) | Kind::Print(_) | Kind::Agent(_) => Err(no_webhook()),
        }
    }

    pub(crate) async fn delete_events(&self, events: EventSelection) -> Result<Deleted, Fault> {
        let events = self.journal().await?.delete(events).await.map_err(fault)?;
        if let Some(deliveries) = self.inner.surroundings.inbox.deliveries() {
            deliveries.wake(&self.inner.targets.keys());
        }
        self.show_journal().await;
        Ok(Deleted { events })
    }

    pub(crate) async fn record(&self, seq: u32) -> Result<Record, Fault> {
        let records = self.journal().await?.records(vec![seq]).await.map_err(fault)?;
        let gone = || Fault::new(FaultCode::EventGone, format!("event {seq} is not kept")).with("seq", seq);
        records.into_iter().next().ok_or_else(gone)
    }

    /// Rows of these events, as the views show them.
    pub(crate) async fn views(&self, seqs: Vec<u32>) -> Vec<EventView> {
        let Ok(journal) = self.journal().await else { return Vec::new() };
        let rows = journal.rows(seqs).await.unwrap_or_default();
        rows.into_iter().map(view).collect()
    }
}

fn view(Row { record, bytes, delivery }: Row) -> EventView {
    EventView {
        seq: record.seq,
        app_id: record.app_id,
        origin: record.origin,
        at_ms: record.at_ms,
        preview: preview::of(&record.event_type, &record.payload),
        event_type: record.event_type,
        event_id: record.event_id,
        chat_id: record.chat_id,
        bytes,
        ack_ms: f64::from(record.ack_us) / 1e3,
        duplicates: record.duplicates,
        delivery,
    }
}

/// How many events of these sizes fit into a page: one at least.
fn fitting(sizes: impl Iterator<Item = u32>) -> usize {
    let sums = sizes.scan(0, |sum: &mut u64, bytes| {
        *sum += u64::from(bytes);
        Some(*sum)
    });
    sums.enumerate().take_while(|(at, sum)| *at == 0 || *sum <= LINE_BYTES).count()
}

/// A line without its end.
fn text(record: &Record) -> String {
    String::from_utf8_lossy(&line(record)).trim_end().to_owned()
}

fn no_webhook() -> Fault {
    Fault::new(FaultCode::NoTarget, "there is no webhook that wants this event")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_what_fits_and_one_event_at_least() {
        assert_eq!(fitting([].into_iter()), 0);
        assert_eq!(fitting([8_000_000, 1].into_iter()), 1);
        assert_eq!(fitting([2_000_000, 2_000_000, 1].into_iter()), 2);
        assert_eq!(fitting([1; 500].into_iter()), 500);
    }
}
