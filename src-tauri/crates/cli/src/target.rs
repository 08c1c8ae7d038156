//! `longwire target …`: who is handed events.

mod add;
mod edit;
mod keys;
mod list;
mod remove;
mod row;
mod test;
#[cfg(test)]
pub(crate) mod testing;

use longwire_contract::{Call, Fault, FaultCode, TargetRef, call};
use longwire_engine::Machine;

pub(crate) use self::row::{held_up, summary};
use crate::{
    args::{Target, TargetName},
    confirm::Person,
    exit::Exit,
    order,
    output::say,
    words::Words,
};

/// What a second Longwire is told while one of these commands has the data folder.
const PROGRAM: &str = "longwire target";

/// `longwire target …`
pub(crate) async fn target(command: Target, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Target::Add(add) => add::add(add, machine, &words).await,
        Target::List(list) => list::list(&list, machine, &words).await,
        Target::Edit(edit) => edit::edit(edit, machine, &words).await,
        Target::Remove(remove) => remove::remove(remove, machine, &words, Person::here()).await,
        Target::Pause(name) => named::<call::PauseTarget>(name, machine, &words, "cli.target.paused").await,
        Target::Resume(name) => {
            named::<call::ResumeTarget>(name, machine, &words, "cli.target.resumed").await
        }
        Target::Test(name) => test::test(name, machine, &words).await,
    }
}

/// There is no target of this name.
pub(crate) fn unknown(name: &str) -> Fault {
    Fault::new(FaultCode::TargetUnknown, "there is no target of this name").with("target", name)
}

/// Has a command carried out that takes a target's name, and says that it was.
async fn named<C: Call<Request = TargetRef, Response = ()>>(
    name: TargetName,
    machine: &Machine,
    words: &Words,
    done: &str,
) -> Result<Exit, Fault> {
    let target = TargetRef { name: name.target };
    order::<C>(machine, &target).await?;
    say(&words.filled(done, [("target", target.name)]));
    Ok(Exit::Ok)
}

/// Has one of these commands carried out.
async fn order<C: Call>(machine: &Machine, request: &C::Request) -> Result<C::Response, Fault> {
    order::order::<C>(machine, PROGRAM, request).await
}
