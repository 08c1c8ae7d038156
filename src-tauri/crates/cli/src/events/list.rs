use longwire_contract::{EventPage, EventQuery, EventView, Fault, call};
use longwire_engine::Machine;

use super::{
    PROGRAM,
    row::{Widths, line},
};
use crate::{
    args::EventsList,
    exit::Exit,
    order::Orders,
    output::{hint, json_line, say},
    words::Words,
};

/// The most events of one page.
const PAGE: u32 = 500;

/// `longwire events list`: the newest that match, the newest of them last.
pub(super) async fn list(list: &EventsList, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let query = EventQuery { before: list.before, ..list.filter.query(machine.now_ms()) };
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let read = newest(&mut orders, query.clone(), list.limit).await;
    orders.close().await;
    let EventPage { events, more } = read?;
    if list.json {
        events.iter().for_each(|event| say(&json_line(event)));
        return Ok(Exit::Ok);
    }
    if events.is_empty() {
        let any = query != EventQuery::default();
        hint(&words.plain(if any { "cli.events.none" } else { "cli.events.empty" }));
    }
    let widths = Widths::of(words, &events);
    for event in &events {
        say(&line(words, event, widths));
    }
    if let Some(oldest) = events.first().filter(|_| more) {
        hint(&words.filled("cli.events.older", [("seq", oldest.seq.to_string())]));
    }
    Ok(Exit::Ok)
}

/// The newest that match, oldest first, and whether there are older ones.
async fn newest(orders: &mut Orders, mut query: EventQuery, limit: u32) -> Result<EventPage, Fault> {
    let (mut events, mut left): (Vec<EventView>, u32) = (Vec::new(), limit);
    let more = loop {
        query.limit = left.min(PAGE);
        let page = orders.give::<call::ListEvents>(&query).await?;
        left = left.saturating_sub(u32::try_from(page.events.len()).unwrap_or(u32::MAX));
        query.before = page.events.last().map(|event| event.seq);
        events.extend(page.events);
        if !page.more || left == 0 {
            break page.more;
        }
    };
    events.reverse();
    Ok(EventPage { events, more })
}
