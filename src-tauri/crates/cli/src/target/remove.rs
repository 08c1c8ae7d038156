use longwire_contract::{DeliveryState, EventQuery, Fault, TargetRef, call};
use longwire_engine::Machine;

use super::order;
use crate::{
    args::TargetRemove,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, say},
    words::Words,
};

/// `longwire target remove`: asks where events wait for it.
pub(super) async fn remove(
    remove: TargetRemove,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let name = remove.target;
    if order::<call::ReadSnapshot>(machine, &()).await?.targets.iter().any(|target| target.name == name) {
        let waiting = waiting(&name, machine).await?;
        if !waiting.is_empty() {
            let filled = |key| words.filled(key, [("target", name.clone()), ("count", waiting.clone())]);
            match person.consent(remove.yes, true) {
                Ok(Consent::Given) => {}
                Ok(Consent::Asked) => {
                    if !person.agrees(&filled("cli.target.remove_ask")) {
                        hint(&words.plain("cli.unchanged"));
                        return Ok(Exit::Failed);
                    }
                }
                Err(_) => {
                    hint(&filled("cli.target.remove_nobody"));
                    return Ok(Exit::Usage);
                }
            }
        }
    }
    order::<call::RemoveTarget>(machine, &TargetRef { name: name.clone() }).await?;
    say(&words.filled("cli.target.removed", [("target", name)]));
    Ok(Exit::Ok)
}

/// How many events wait for it, in words; empty where none does.
async fn waiting(target: &str, machine: &Machine) -> Result<String, Fault> {
    let query = EventQuery {
        target: Some(target.to_owned()),
        state: Some(DeliveryState::Queued),
        limit: 500,
        ..EventQuery::default()
    };
    let page = order::<call::ListEvents>(machine, &query).await?;
    let more = if page.more { "+" } else { "" };
    Ok(if page.events.is_empty() { String::new() } else { format!("{}{more}", page.events.len()) })
}
