use std::io::{BufWriter, Write};

use longwire_contract::{EventQuery, Exported, Fault};
use longwire_host::clock;

use crate::{
    Engine,
    downloads::{self, failed},
};

impl Engine {
    /// Writes the events that match into a new file, oldest last.
    pub(crate) async fn export(&self, query: EventQuery) -> Result<Exported, Fault> {
        let name = format!("longwire-events-{}", clock::file_stamp(clock::now_ms()));
        let (path, file) = downloads::create(&name, "ndjson")?;
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
