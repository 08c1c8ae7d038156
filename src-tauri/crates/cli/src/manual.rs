use std::{fs, io, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use longwire_contract::{Fault, FaultCode};

use crate::{
    args::{self, Arguments},
    exit::Exit,
};

/// `longwire manual`: the manual pages, one a command, as the packages install them.
pub(crate) fn manual(options: &args::Manual) -> Result<Exit, Fault> {
    write(&options.folder).map_err(|error| {
        let path = options.folder.display();
        Fault::new(FaultCode::ExportFailed, &error).with("path", path).with("error", error)
    })?;
    Ok(Exit::Ok)
}

fn write(folder: &Path) -> io::Result<()> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    pages(&command, folder)
}

fn pages(command: &Command, folder: &Path) -> io::Result<()> {
    let page = Man::new(command.clone()).manual("Longwire");
    let mut text = Vec::new();
    page.render(&mut text)?;
    fs::write(folder.join(page.get_filename()), text)?;
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| pages(command, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_is_shown_has_its_page() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        for page in ["longwire.1", "longwire-run.1", "longwire-app-add.1", "longwire-events-replay.1"] {
            let text = fs::read_to_string(folder.path().join(page)).unwrap();
            assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}: {text}");
        }
        assert!(!folder.path().join("longwire-manual.1").exists());
        let fault = manual(&args::Manual { folder: folder.path().join("gone") }).unwrap_err();
        assert_eq!(fault.code, FaultCode::ExportFailed);
    }
}
