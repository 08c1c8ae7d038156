use longwire_contract::{CurlRequest, EventDetail, EventRef, Fault, TargetView, call};
use longwire_engine::Machine;

use super::{PROGRAM, detail};
use crate::{
    args::EventsShow,
    exit::Exit,
    order::{Orders, order},
    output::{print_json, say, write},
    words::Words,
};

/// `longwire events show`: one event, whole, or what is asked of it.
pub(super) async fn show(show: EventsShow, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let seq = show.seq;
    if let Some(target) = show.curl {
        let request = CurlRequest { seq, target: Some(target).filter(|target| !target.is_empty()) };
        say(&order::<call::CopyAsCurl>(machine, PROGRAM, &request).await?);
        return Ok(Exit::Ok);
    }
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let read = read(&mut orders, seq).await;
    orders.close().await;
    let (event, targets) = read?;
    if show.json {
        print_json(&event);
    } else if show.raw {
        write(&event.payload);
    } else {
        say(&detail::lines(words, &event, &targets, machine.now_ms()).join("\n"));
    }
    Ok(Exit::Ok)
}

/// The event, and who is handed events.
async fn read(orders: &mut Orders, seq: u32) -> Result<(EventDetail, Vec<TargetView>), Fault> {
    let event = orders.give::<call::ReadEvent>(&EventRef { seq }).await?;
    Ok((event, orders.give::<call::ReadSnapshot>(&()).await?.targets))
}
