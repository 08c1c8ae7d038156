use longwire_contract::{DeliveryState, EventPage, EventQuery, EventView, Fault, TargetView, call};
use longwire_engine::Machine;

use super::{
    PROGRAM,
    meant::known,
    row::{Widths, line},
};
use crate::{
    args::EventsList,
    exit::Exit,
    order::Orders,
    output::{hint, json_line, say},
    printable::one_line,
    target::held_up,
    words::Words,
};

/// The most events of one page.
const PAGE: u32 = 500;

/// `longwire events list`: the newest that match, the newest of them last.
pub(super) async fn list(list: &EventsList, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let query = EventQuery { before: list.before, ..list.filter.query(machine.now_ms()) };
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let read = read(&mut orders, query.clone(), list.limit).await;
    let running = orders.is_running();
    orders.close().await;
    let (EventPage { events, more }, targets) = read?;
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
    if events.iter().any(|event| event.delivery == Some(DeliveryState::Queued)) {
        let meant =
            targets.iter().filter(|target| query.target.as_ref().is_none_or(|name| target.name == *name));
        meant.filter_map(|target| reason(words, target, machine.now_ms())).for_each(|reason| hint(&reason));
        if !running {
            hint(&words.plain("cli.target.not_running"));
        }
    }
    Ok(Exit::Ok)
}

/// The newest that match, and who is handed events.
async fn read(
    orders: &mut Orders,
    query: EventQuery,
    limit: u32,
) -> Result<(EventPage, Vec<TargetView>), Fault> {
    known(orders, &query).await?;
    let page = newest(orders, query, limit).await?;
    Ok((page, orders.give::<call::ReadSnapshot>(&()).await?.targets))
}

/// Why events wait for a target, where they do: once, not at each of them.
fn reason(words: &Words, target: &TargetView, now_ms: u64) -> Option<String> {
    let why = held_up(words, target, now_ms).filter(|_| target.queued > 0)?;
    Some(words.labelled(&format!("… {}", one_line(&target.name)), &why))
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

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;
    use crate::target::testing::target;

    #[test]
    fn a_target_that_events_wait_for_says_why() {
        let words = Words::utc(Language::Chinese);
        let told = reason(&words, &target(), 942_000).unwrap();
        assert_eq!(told, "… bot：没有应答  0.4 ms（connection refused），2 秒前；1 分钟 3 秒后重试");
        assert_eq!(reason(&words, &TargetView { queued: 0, ..target() }, 942_000), None);
    }
}
