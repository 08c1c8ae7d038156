//! `longwire agent …`: who answers messages by itself.

mod ask;
mod change;
mod show;

use longwire_contract::{AgentUsageQuery, AgentView, Call, Fault, call};
use longwire_engine::Machine;

pub(crate) use self::show::in_a_word;
use crate::{
    args::Agent,
    confirm::{Consent, Person},
    exit::Exit,
    order,
    output::{hint, print_json, say},
    words::Words,
};

/// What a second Longwire is told while one of these commands has the data folder.
const PROGRAM: &str = "longwire agent";

/// `longwire agent …`
pub(crate) async fn agent(command: Agent, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Agent::Show(options) => show::show(&options, machine, &words).await,
        Agent::On(on) => change::on(on, machine, &words, Person::here()).await,
        Agent::Off => change::off(machine, &words).await,
        Agent::Edit(edit) => change::edit(edit, machine, &words, Person::here()).await,
        Agent::Key(key) => change::key(key, machine, &words).await,
        Agent::Test(test) => ask::test(test, machine, &words).await,
        Agent::Usage(usage) => {
            let days = order::<call::ReadAgentUsage>(machine, &AgentUsageQuery { days: usage.days }).await?;
            if usage.json {
                print_json(&days);
                return Ok(Exit::Ok);
            }
            let busy: Vec<_> = days.iter().filter(|day| day.answers + day.failures > 0).collect();
            if busy.is_empty() {
                hint(&words.plain("cli.agent.no_usage"));
            }
            busy.iter().for_each(|day| say(&show::day(&words, day)));
            Ok(Exit::Ok)
        }
        Agent::Forget(forget) => {
            if let Some(exit) = unwilling(&words, &mut Person::here(), forget.yes, "cli.agent.forget") {
                return Ok(exit);
            }
            order::<call::ForgetAgent>(machine, &()).await?;
            say(&words.plain("cli.agent.forgotten"));
            Ok(Exit::Ok)
        }
    }
}

/// How the command ends where nobody agrees to what stands under `KEY_ask`, or nobody can be asked.
fn unwilling(words: &Words, person: &mut Person<'_>, yes: bool, key: &str) -> Option<Exit> {
    match person.consent(yes, true) {
        Ok(Consent::Given) => None,
        Ok(Consent::Asked) if person.agrees(&words.plain(&format!("{key}_ask"))) => None,
        Ok(Consent::Asked) => {
            hint(&words.plain("cli.unchanged"));
            Some(Exit::Failed)
        }
        Err(_) => {
            hint(&words.plain(&format!("{key}_nobody")));
            Some(Exit::Usage)
        }
    }
}

/// How it is set up and how it goes.
async fn view(machine: &Machine) -> Result<AgentView, Fault> {
    Ok(order::<call::ReadSnapshot>(machine, &()).await?.agent)
}

/// Has one of these commands carried out.
async fn order<C: Call>(machine: &Machine, request: &C::Request) -> Result<C::Response, Fault> {
    order::order::<C>(machine, PROGRAM, request).await
}
