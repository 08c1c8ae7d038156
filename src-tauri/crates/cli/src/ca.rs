//! `longwire ca …`: looks at CAs, trusts them where that is asked for, and takes that back.

mod again;
mod choose;
mod describe;
mod fingerprint;
mod inspect;
mod list;
mod outcome;
mod question;
mod source;
#[cfg(test)]
mod testing;
mod trust;
mod untrust;

use std::path::Path;

use longwire_contract::{Fault, FaultCode, call};
use longwire_engine::{Cas, Client, Machine};

use self::{
    again::Again,
    choose::{Meant, Plan, certificate, stores},
    fingerprint::in_pairs,
};
pub(crate) use self::{fingerprint::Fingerprint, source::Source};
use crate::{
    args::{Ca, CaFrom},
    confirm::Person,
    exit::Exit,
    given_proxy,
    options::options,
    output::hint,
    words::{self, Words},
};

/// `longwire ca …`. `data_dir` is the data folder where the command line names one.
pub(crate) async fn ca(command: Ca, machine: &Machine, data_dir: Option<&Path>) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Ca::Inspect(inspect) => {
            let again = Again::of(&inspect.from, data_dir);
            inspect::inspect(inspect, machine, &words, &again).await
        }
        Ca::Trust(trust) => {
            let again = Again::of(&trust.from, data_dir);
            trust::trust(trust, machine, &words, &again, Person::here()).await
        }
        Ca::Untrust(untrust) => untrust::untrust(untrust, machine, &words, Person::here()).await,
        Ca::List(list) => list::list(&list, machine, &words),
    }
}

/// The CAs of the data folder, seen over the road that is given.
fn cas_on(from: &CaFrom, question: &question::Asked, machine: &Machine) -> Result<Cas, Fault> {
    let mut options = options(machine, "longwire ca")?;
    options.ca_files.clone_from(&from.road.ca_file);
    options.proxy = given_proxy::given(from.road.proxy.clone())?;
    Ok(Cas::new(&options).with_domain(question.domain.clone()))
}

/// The CAs of the data folder, without a road.
fn cas(machine: &Machine) -> Result<Cas, Fault> {
    Ok(Cas::new(&options(machine, "longwire ca")?))
}

/// Lets the engine that runs on the data folder know, so that a change takes effect at once. One that cannot be told reads
/// the list at its next start.
async fn tell_engine(machine: &Machine) {
    if let Ok(mut client) = Client::connect(&machine.data_dir).await
        && let Err(fault) = client.call::<call::ReloadCas>(&()).await
    {
        tracing::warn!(%fault, "the running Longwire could not be told");
    }
}

/// Says why a source gave nothing, and what was most likely meant.
fn with_hint(words: &Words, source: &Source, fault: Fault) -> Fault {
    if let (FaultCode::CaUnreadable, Source::Place(name)) = (fault.code, source)
        && Path::new(name).is_file()
    {
        hint(&words.filled("cli.ca.file_here", [("name", name.clone())]));
    }
    fault
}

/// Says on standard error why something was not done.
fn complain(words: &Words, fault: &Fault) {
    hint(&format!("longwire: {}", words::fault(words.language(), fault)));
}
