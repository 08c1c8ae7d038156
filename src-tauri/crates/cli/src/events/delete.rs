use longwire_contract::{DeliveryState, EventQuery, EventSelection, Fault, call};
use longwire_engine::Machine;

use super::{
    PROGRAM,
    meant::{Count, count, selection},
};
use crate::{
    args::EventsDelete,
    confirm::{Consent, Person},
    exit::Exit,
    order::{Orders, order},
    output::{hint, say},
    words::Words,
};

/// `longwire events delete`: says how many, asks, and deletes them.
pub(super) async fn delete(
    delete: &EventsDelete,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let Ok(consent) = person.consent(delete.yes, true) else {
        hint(&words.plain("cli.events.delete_nobody"));
        return Ok(Exit::Usage);
    };
    let meant = selection(&delete.seqs, delete.filter.query(machine.now_ms()));
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let counted = counted(&mut orders, &meant).await;
    // Nobody is kept from the data folder while a person thinks.
    orders.close().await;
    let (all, waiting) = counted?;
    if all.events == 0 {
        hint(&words.plain("cli.events.none"));
        return Ok(Exit::Ok);
    }
    if consent == Consent::Asked {
        if waiting.events > 0 {
            hint(&words.filled("cli.events.delete_waiting", [("count", waiting.told(words))]));
        }
        if !person.agrees(&words.filled("cli.events.delete_ask", [("count", all.told(words))])) {
            hint(&words.plain("cli.unchanged"));
            return Ok(Exit::Failed);
        }
    }
    let deleted = order::<call::DeleteEvents>(machine, PROGRAM, &meant).await?;
    say(&words.filled("cli.events.deleted", [("count", deleted.events.to_string())]));
    Ok(Exit::Ok)
}

/// How many are meant, and how many of those that match wait for a target.
async fn counted(orders: &mut Orders, meant: &EventSelection) -> Result<(Count, Count), Fault> {
    let all = count(orders, meant).await?;
    let waiting = match meant {
        EventSelection::Matching(query) if query.state.is_none() => {
            let queued = EventQuery { state: Some(DeliveryState::Queued), ..query.clone() };
            count(orders, &EventSelection::Matching(queued)).await?
        }
        EventSelection::Matching(query) if query.state == Some(DeliveryState::Queued) => all,
        _ => Count { events: 0, more: false },
    };
    Ok((all, waiting))
}
