//! Which events a command means, and how many they are.

use longwire_contract::{EventQuery, EventSelection, Fault, FaultCode, call};

use crate::{order::Orders, target, words::Words};

/// Up to so many are counted: past that nobody needs the number.
const COUNTED: u32 = 500;

/// How many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Count {
    pub(super) events: u32,
    /// Whether there are more.
    pub(super) more: bool,
}

impl Count {
    /// In words: `12`, `more than 500`.
    pub(super) fn told(self, words: &Words) -> String {
        let number = self.events.to_string();
        if self.more { words.filled("cli.events.more_than", [("count", number)]) } else { number }
    }
}

/// Those of these numbers, or all that match.
pub(super) fn selection(seqs: &[u32], query: EventQuery) -> EventSelection {
    if seqs.is_empty() { EventSelection::Matching(query) } else { EventSelection::Seqs(seqs.to_vec()) }
}

/// How many there are of a selection.
///
/// # Errors
/// [`FaultCode::EventGone`] where one that is named is not kept, and those of [`known`].
pub(super) async fn count(orders: &mut Orders, selection: &EventSelection) -> Result<Count, Fault> {
    match selection {
        EventSelection::Seqs(seqs) => {
            for seq in seqs {
                if !is_kept(orders, *seq).await? {
                    return Err(gone(*seq));
                }
            }
            Ok(Count { events: u32::try_from(seqs.len()).unwrap_or(u32::MAX), more: false })
        }
        EventSelection::Matching(query) => {
            known(orders, query).await?;
            let query = EventQuery { limit: COUNTED, ..query.clone() };
            let page = orders.give::<call::ListEvents>(&query).await?;
            let events = u32::try_from(page.events.len()).unwrap_or(COUNTED);
            Ok(Count { events, more: page.more })
        }
    }
}

/// Whether the target that a query names is one, or was one that events are kept of: where a run that it was given to is over,
/// or it was removed.
///
/// # Errors
/// [`FaultCode::TargetUnknown`].
pub(super) async fn known(orders: &mut Orders, query: &EventQuery) -> Result<(), Fault> {
    let Some(name) = &query.target else { return Ok(()) };
    let targets = orders.give::<call::ReadSnapshot>(&()).await?.targets;
    if targets.iter().any(|target| target.name == *name) {
        return Ok(());
    }
    let any = EventQuery { target: Some(name.clone()), limit: 1, ..EventQuery::default() };
    let page = orders.give::<call::ListEvents>(&any).await?;
    if page.events.is_empty() { Err(target::unknown(name)) } else { Ok(()) }
}

fn gone(seq: u32) -> Fault {
    Fault::new(FaultCode::EventGone, format!("event {seq} is not kept")).with("seq", seq)
}

async fn is_kept(orders: &mut Orders, seq: u32) -> Result<bool, Fault> {
    let only = EventQuery {
        after: Some(seq.saturating_sub(1)),
        before: Some(seq.saturating_add(1)),
        limit: 1,
        ..EventQuery::default()
    };
    let page = orders.give::<call::ListEvents>(&only).await?;
    Ok(page.events.iter().any(|event| event.seq == seq))
}
