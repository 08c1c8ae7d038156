use std::{fs::File, io::Write, path::Path};

use longwire_contract::{Fault, FaultCode};
use longwire_engine::Machine;

use crate::{
    args::SettingsExport,
    exit::Exit,
    output::{say, write},
    words::Words,
};

/// `longwire settings export`: read from the data folder, so that an engine that runs there need not be asked.
pub(super) fn export(export: &SettingsExport, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let text = machine.exported_settings()?;
    if export.file == Path::new("-") {
        write(&text);
        return Ok(Exit::Ok);
    }
    let path = export.file.display().to_string();
    let written = File::create_new(&export.file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Fault::new(FaultCode::ExportFailed, &error).with("path", &path).with("error", error)
    })?;
    say(&words.filled("cli.settings.exported", [("path", path)]));
    Ok(Exit::Ok)
}
