//! `longwire events …`: what is kept of what arrived, looked at, followed, handed over again, written out, deleted.

mod delete;
mod detail;
mod export;
mod json;
mod list;
mod meant;
mod moment;
mod replay;
mod row;
mod show;
mod tail;
#[cfg(test)]
mod testing;

use longwire_contract::Fault;
use longwire_engine::Machine;

pub(crate) use self::{detail::attempt, json::pretty, moment::Moment, row::state};
use crate::{args::Events, confirm::Person, exit::Exit, words::Words};

/// What a second Longwire is told while one of these commands has the data folder.
const PROGRAM: &str = "longwire events";

/// `longwire events …`
pub(crate) async fn events(command: Events, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Events::List(list) => list::list(&list, machine, &words).await,
        Events::Show(show) => show::show(show, machine, &words).await,
        Events::Tail(tail) => tail::tail(&tail, machine, &words).await,
        Events::Replay(replay) => replay::replay(&replay, machine, &words, Person::here()).await,
        Events::Export(export) => export::export(&export, machine, &words).await,
        Events::Delete(delete) => delete::delete(&delete, machine, &words, Person::here()).await,
    }
}
