//! `longwire trigger`: an event of the catalogue, sent through the whole path.

mod catalogue;

use longwire_contract::{Fault, TriggerRequest, call};
use longwire_engine::{Client, Machine};

use crate::{
    args::Trigger,
    events::pretty,
    exit::Exit,
    handed,
    order::order,
    output::{print_json, say},
    payload,
    words::Words,
};

/// `longwire trigger`
pub(crate) async fn trigger(trigger: Trigger, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    if trigger.list {
        let samples = catalogue::samples();
        match trigger.json {
            true => print_json(&samples),
            false => say(&catalogue::lines(&words, &samples).join("\n")),
        }
        return Ok(Exit::Ok);
    }
    let print = trigger.print;
    let request = request(trigger)?;
    if print {
        // Whether or not an engine runs: nothing is sent.
        let payload = order::<call::ReadTrigger>(machine, "longwire trigger", &request).await?;
        say(&pretty(&payload));
        return Ok(Exit::Ok);
    }
    let mut client = Client::connect(&machine.data_dir).await?;
    let made = client.call::<call::Trigger>(&request).await?;
    handed::over(&mut client, made, &words).await
}

fn request(trigger: Trigger) -> Result<TriggerRequest, Fault> {
    let payload = trigger.payload.as_deref().map(payload::read).transpose()?;
    let event_type = trigger.event_type.unwrap_or_default();
    Ok(TriggerRequest { app_id: trigger.app_id, event_type, set: trigger.set, payload })
}
