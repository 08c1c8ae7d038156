use std::{io, time::Duration};

use longwire_contract::{DeliveryState, EventQuery, EventView, Fault, call};
use longwire_engine::{Client, Machine};
use tokio::time::sleep;

use super::{
    meant::known,
    row::{Widths, line},
};
use crate::{
    args::EventsTail,
    exit::Exit,
    order::Orders,
    order::is_gone,
    output::{hint, json_line, write_line},
    signals::Signals,
    words::Words,
};

/// How often it is asked what is new.
const PAUSE: Duration = Duration::from_millis(500);
/// So many numbers are looked at in one step, which is the most that a page holds.
const STEP: u32 = 500;
/// So often in a row an engine may be there and not answer.
const MOST_UNANSWERED: u32 = 3;

/// `longwire events tail`: what arrives, until Ctrl-C.
pub(super) async fn tail(tail: &EventsTail, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let mut signals = Signals::listen()?;
    let mut orders = Orders::Running(Client::connect(&machine.data_dir).await?);
    let query = tail.filter.query(machine.now_ms());
    known(&mut orders, &query).await?;
    let before = match tail.from {
        Some(seq) => seq.saturating_sub(1),
        None => newest(&mut orders).await?,
    };
    let mut follower = Follower { query, shown: before, seen: before };
    let show = |event: &EventView| match tail.json {
        true => write_line(&json_line(event)),
        false => write_line(&line(words, event, Widths::UNKNOWN)),
    };
    tokio::select! {
        () = signals.next() => Ok(Exit::Ok),
        end = follow(&mut follower, orders, machine, words, show) => end,
    }
}

/// Ends where nobody reads any more, or where an engine refuses.
async fn follow(
    follower: &mut Follower,
    orders: Orders,
    machine: &Machine,
    words: &Words,
    show: impl Fn(&EventView) -> io::Result<()>,
) -> Result<Exit, Fault> {
    let mut connection = Some(orders);
    let mut unanswered = 0;
    loop {
        if let Some(orders) = &mut connection {
            match follower.step(orders, &show).await {
                Ok(Reader::There) => unanswered = 0,
                Ok(Reader::Gone) => return Ok(Exit::Ok),
                // The engine has ended, or is about to; where one comes up each time and never answers, it is another fault.
                Err(fault) if is_gone(&fault) && unanswered < MOST_UNANSWERED => {
                    unanswered += 1;
                    connection = None;
                    hint(&words.plain("cli.events.tail_gone"));
                }
                Err(fault) => return Err(fault),
            }
        } else if let Ok(client) = Client::connect(&machine.data_dir).await {
            connection = Some(Orders::Running(client));
            hint(&words.plain("cli.events.tail_back"));
            continue;
        }
        sleep(PAUSE).await;
    }
}

/// Whether anybody reads what is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reader {
    There,
    Gone,
}

/// How far a tail is.
struct Follower {
    query: EventQuery,
    /// The last event that was shown, or need not be.
    shown: u32,
    /// The newest that was there when it was last asked.
    seen: u32,
}

impl Follower {
    /// Shows what is new, in order. One that is on its way to a target is shown the next time, when it is known how that
    /// ended; with it wait those behind it.
    async fn step(
        &mut self,
        orders: &mut Orders,
        show: &impl Fn(&EventView) -> io::Result<()>,
    ) -> Result<Reader, Fault> {
        let newest = newest(orders).await?;
        // Where the newest were deleted, or all of them were set aside as damaged.
        self.shown = self.shown.min(newest);
        while self.shown < newest {
            // As many numbers as a page holds at most: so nothing is left out of a page that would be older than the rest.
            let end = newest.min(self.shown.saturating_add(STEP));
            let query = EventQuery {
                after: Some(self.shown),
                before: Some(end.saturating_add(1)),
                limit: STEP,
                ..self.query.clone()
            };
            let page = orders.give::<call::ListEvents>(&query).await?.events;
            match self.show(page, show) {
                Ok(None) => self.shown = end,
                Ok(Some(stopped)) => {
                    self.shown = stopped;
                    break;
                }
                Err(_) => return Ok(Reader::Gone),
            }
        }
        self.seen = newest;
        Ok(Reader::There)
    }

    /// Shows those of a page, newest first, that are settled; the number before the first that is not.
    fn show(
        &self,
        page: Vec<EventView>,
        show: &impl Fn(&EventView) -> io::Result<()>,
    ) -> io::Result<Option<u32>> {
        for event in page.into_iter().rev() {
            if event.delivery == Some(DeliveryState::Queued) && event.seq > self.seen {
                return Ok(Some(event.seq - 1));
            }
            show(&event)?;
        }
        Ok(None)
    }
}

async fn newest(orders: &mut Orders) -> Result<u32, Fault> {
    let query = EventQuery { limit: 1, ..EventQuery::default() };
    let page = orders.give::<call::ListEvents>(&query).await?;
    Ok(page.events.first().map_or(0, |event| event.seq))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{super::testing::event, *};

    #[test]
    fn what_is_on_its_way_is_shown_the_next_time_and_in_order() {
        let queued = |seq| EventView { delivery: Some(DeliveryState::Queued), ..event(seq) };
        let page = || vec![event(8), queued(7), event(6), queued(5)];
        let mut follower = Follower { query: EventQuery::default(), shown: 4, seen: 5 };
        let shown = RefCell::new(Vec::new());
        let show = |event: &EventView| {
            shown.borrow_mut().push(event.seq);
            Ok(())
        };
        assert_eq!(follower.show(page(), &show).unwrap(), Some(6), "5 was seen before, 7 was not");
        assert_eq!(shown.take(), [5, 6]);
        follower.seen = 8;
        assert_eq!(follower.show(page(), &show).unwrap(), None);
        assert_eq!(shown.take(), [5, 6, 7, 8]);
    }
}
