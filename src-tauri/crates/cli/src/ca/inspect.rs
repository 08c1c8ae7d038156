use longwire_contract::Fault;
use longwire_engine::Machine;

use super::{Again, Meant, cas_on, certificate, describe, question, with_hint};
use crate::{
    args::CaInspect,
    exit::Exit,
    output::{print_json, say},
    words::Words,
};

/// `longwire ca inspect`: what is to be had at a source, and whether it may be trusted.
pub(crate) async fn inspect(
    inspect: CaInspect,
    machine: &Machine,
    words: &Words,
    again: &Again,
) -> Result<Exit, Fault> {
    let from = &inspect.from;
    let asked = question::asked(from, machine.apps()?, words)?;
    let cas = cas_on(from, &asked, machine)?;
    let found = cas.inspect(asked.question).await.map_err(|fault| with_hint(words, &from.source, fault))?;
    if inspect.json {
        print_json(&found);
    } else {
        say(&describe::inspection(words, &found, &from.source, again).join("\n"));
    }
    Ok(match certificate(&found, None) {
        Meant::One(_) | Meant::Several(_) => Exit::Ok,
        Meant::Refused(_) | Meant::Unknown => Exit::Failed,
    })
}
