use longwire_contract::{CurlRequest, EventRef, Fault, call};
use longwire_engine::Machine;

use super::{PROGRAM, detail};
use crate::{
    args::EventsShow,
    exit::Exit,
    order::order,
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
    let event = order::<call::ReadEvent>(machine, PROGRAM, &EventRef { seq }).await?;
    if show.json {
        print_json(&event);
    } else if show.raw {
        write(&event.payload);
    } else {
        say(&detail::lines(words, &event).join("\n"));
    }
    Ok(Exit::Ok)
}
