use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use longwire_contract::{EventQuery, Exported, Fault, FaultCode};
use longwire_host::{clock, paths};

use crate::Engine;

impl Engine {
    /// Writes the events that match into a new file, oldest last.
    pub(crate) async fn export(&self, query: EventQuery) -> Result<Exported, Fault> {
        let folder =
            paths::downloads().ok_or_else(|| failed(Path::new(""), "the user has no home folder"))?;
        let name = format!("longwire-events-{}", clock::file_stamp(clock::now_ms()));
        let (path, file) = create(&folder, &name).map_err(|error| failed(&folder, error))?;
        let mut output = BufWriter::new(file);
        let (mut query, mut events) = (EventQuery { limit: 0, ..query }, 0);
        loop {
            let page = self.event_line_page(query.clone()).await?;
            for line in &page.lines {
                writeln!(output, "{line}").map_err(|error| failed(&path, error))?;
                events += 1;
            }
            match page.before {
                Some(before) => query.before = Some(before),
                None => break,
            }
        }
        output.flush().map_err(|error| failed(&path, error))?;
        Ok(Exported { path: path.display().to_string(), events })
    }
}

/// A file of this name that was not there before; numbered where one was.
fn create(folder: &Path, name: &str) -> std::io::Result<(PathBuf, File)> {
    let mut number = 1;
    loop {
        let tail = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{tail}.ndjson"));
        match longwire_host::files::create_new(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

fn failed(path: &Path, error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::ExportFailed, &error).with("path", path.display()).with("error", error)
}
