use longwire_contract::{Fault, TargetAddress, TargetDraft, call};
use longwire_engine::Machine;

use super::{keys, order};
use crate::{args::TargetAdd, command_line::words_of, exit::Exit, output::say, words::Words};

/// `longwire target add`
pub(super) async fn add(add: TargetAdd, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let address = match (&add.exec, add.url) {
        (Some(line), _) => TargetAddress::Command(words_of(line)?),
        (None, url) => TargetAddress::Webhook(url.unwrap_or_default()),
    };
    let is_webhook = matches!(address, TargetAddress::Webhook(_));
    // A program is sent no secrets, and those of a file are not to be had twice.
    let environment = is_webhook && add.keys.secrets_file.is_none();
    let draft = TargetDraft {
        name: add.name.unwrap_or_default(),
        app_id: add.wants.app_id,
        address,
        events: add.wants.events,
        filters: add.wants.filter,
        deadline_s: add.wants.deadline,
        remote: add.wants.remote,
        secrets: keys::given(&add.keys, environment, words)?,
    };
    let added = order::<call::AddTarget>(machine, &draft).await?;
    say(&words.filled("cli.target.added", [("target", added.name)]));
    Ok(Exit::Ok)
}
