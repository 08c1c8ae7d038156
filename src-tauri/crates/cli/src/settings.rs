//! `longwire settings …`: look at them, take them along, take them over, forget them.

mod export;
mod import;
mod login;
mod reset;

use longwire_contract::Fault;
use longwire_engine::Machine;

use crate::{
    args::Settings,
    confirm::Person,
    exit::Exit,
    output::{hint, write},
    words::Words,
};

/// What a second Longwire is told while one of these commands has the data folder.
const PROGRAM: &str = "longwire settings";

/// `longwire settings …`
pub(crate) async fn settings(command: Settings, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Settings::Show => show(machine, &words),
        Settings::Export(export) => export::export(&export, machine, &words),
        Settings::Import(import) => import::import(&import, machine, &words, Person::here()).await,
        Settings::Reset(reset) => reset::reset(&reset, machine, &words, Person::here()).await,
    }
}

/// `longwire settings show`
fn show(machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let text = machine.whole_settings()?;
    let path = machine.data_dir.join("config.toml");
    hint(&words.filled("cli.settings.show", [("path", path.display().to_string())]));
    write(&text);
    Ok(Exit::Ok)
}
