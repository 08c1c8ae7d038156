use longwire_contract::{Fault, call};
use longwire_engine::Machine;

use super::{PROGRAM, row};
use crate::{
    args::TargetList,
    exit::Exit,
    order::Orders,
    output::{hint, print_json, say},
    words::Words,
};

/// `longwire target list`: who is handed events, and how each stands.
pub(super) async fn list(list: &TargetList, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let read = orders.give::<call::ReadSnapshot>(&()).await;
    let running = orders.is_running();
    orders.close().await;
    let targets = read?.targets;
    if list.json {
        print_json(&targets);
        return Ok(Exit::Ok);
    }
    if targets.is_empty() {
        hint(&words.plain("cli.target.empty"));
    }
    for target in &targets {
        say(&row::lines(words, target, running, machine.now_ms()).join("\n"));
    }
    if !running && !targets.is_empty() {
        hint(&words.plain("cli.target.not_running"));
    }
    Ok(Exit::Ok)
}
