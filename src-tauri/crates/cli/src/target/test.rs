use longwire_contract::{Fault, TargetKind, TargetRef, call};
use longwire_engine::{Client, Machine};

use crate::{
    args::TargetName,
    events::attempt,
    exit::Exit,
    output::say,
    printable::printable,
    words::{Words, took},
};

/// `longwire target test`: whether it will take events.
pub(super) async fn test(name: TargetName, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let target = TargetRef { name: name.target };
    let mut client = Client::connect(&machine.data_dir).await?;
    let report = client.call::<call::TestTarget>(&target).await?;
    if report.ok {
        let targets = client.call::<call::ReadSnapshot>(&()).await?.targets;
        let is_program = |kind| kind == TargetKind::Command;
        let program = targets.iter().any(|view| view.name == target.name && is_program(view.kind));
        let key = if program { "targets.report.found" } else { "targets.report.ok" };
        let told = words.filled(key, [("time", took(report.attempt.took_ms))]);
        say(&format!("✓ {}", words.labelled(&target.name, &told)));
        return Ok(Exit::Ok);
    }
    let what = attempt(words, &report.attempt);
    let told = words.filled("targets.report.bad", [("what", what)]);
    say(&format!("✗ {}", words.labelled(&target.name, &told)));
    for line in printable(report.attempt.response.as_deref().unwrap_or_default()).lines() {
        say(&format!("    {line}"));
    }
    Ok(Exit::Failed)
}
