use std::path::Path;

use longwire_contract::{EditedEvent, EventSelection, Fault, FaultCode, ReplayRequest, call};
use longwire_engine::{Client, Machine};

use super::{
    PROGRAM,
    meant::{Count, count, selection},
};
use crate::{
    args::EventsReplay,
    confirm::{Consent, Person},
    exit::Exit,
    handed,
    order::{Orders, order},
    output::{hint, say},
    payload,
    words::Words,
};

/// So many go out without a question.
const UNASKED: u32 = 20;

/// `longwire events replay`: says how many, asks where they are many, and has them handed over once more.
pub(super) async fn replay(
    replay: &EventsReplay,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    if let Some(file) = &replay.payload {
        // Who could be asked holds standard input, from which the payload may come.
        drop(person);
        return edited(replay, file, machine, words).await;
    }
    let meant = selection(&replay.seqs, replay.filter().query(machine.now_ms()));
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let counted = count(&mut orders, &meant).await;
    let running = orders.is_running();
    // Nobody is kept from the data folder while a person thinks.
    orders.close().await;
    let counted = counted?;
    if counted.events == 0 {
        hint(&words.plain("cli.events.replay_none"));
        return Ok(Exit::Ok);
    }
    if is_asked(counted) {
        match person.consent(replay.yes, true) {
            Ok(Consent::Given) => {}
            Ok(Consent::Asked) => {
                let question = words.filled("cli.events.replay_ask", [("count", counted.told(words))]);
                if !person.agrees(&question) {
                    hint(&words.plain("cli.unchanged"));
                    return Ok(Exit::Failed);
                }
            }
            Err(_) => {
                hint(&words.filled("cli.events.replay_nobody", [("count", counted.told(words))]));
                return Ok(Exit::Usage);
            }
        }
    }
    send(meant, replay.to.clone(), running, machine, words).await
}

async fn send(
    events: EventSelection,
    target: Option<String>,
    running: bool,
    machine: &Machine,
    words: &Words,
) -> Result<Exit, Fault> {
    let replayed = order::<call::ReplayEvents>(machine, PROGRAM, &ReplayRequest { events, target }).await?;
    let counts = [("events", replayed.events.to_string()), ("deliveries", replayed.deliveries.to_string())];
    say(&words.filled("cli.events.replayed", counts));
    if !running {
        hint(&words.plain("cli.events.replay_later"));
    }
    Ok(Exit::Ok)
}

fn is_asked(count: Count) -> bool {
    count.more || count.events > UNASKED
}

/// One event with another payload.
async fn edited(replay: &EventsReplay, file: &Path, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let [seq] = replay.seqs[..] else {
        return Err(Fault::new(FaultCode::BadRequest, "--payload is for one event: name one"));
    };
    let payload = payload::read(file)?;
    let mut client = Client::connect(&machine.data_dir).await?;
    let edited = EditedEvent { seq, payload, target: replay.to.clone() };
    let made = client.call::<call::SendEdited>(&edited).await?;
    handed::over(&mut client, made, words).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_many_are_asked_for() {
        let count = |events, more| Count { events, more };
        assert!(!is_asked(count(20, false)) && is_asked(count(21, false)) && is_asked(count(1, true)));
    }
}
