use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use longwire_contract::{EventQuery, Fault, FaultCode, call};
use longwire_engine::Machine;

use super::{PROGRAM, meant::known};
use crate::{args::EventsExport, exit::Exit, order::Orders, words::Words};

/// `longwire events export`: what matches, as lines of JSON.
pub(super) async fn export(export: &EventsExport, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let query = export.filter.query(machine.now_ms());
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let exported = lines(&mut orders, query, words).await;
    orders.close().await;
    exported
}

async fn lines(orders: &mut Orders, mut query: EventQuery, words: &Words) -> Result<Exit, Fault> {
    let mut output = BufWriter::new(io::stdout());
    known(orders, &query).await?;
    let (mut progress, mut count) = (Progress::new(), 0);
    loop {
        let page = orders.give::<call::ReadEventLines>(&query).await?;
        let written = page.lines.iter().try_for_each(|line| writeln!(output, "{line}"));
        match written.and_then(|()| output.flush()) {
            Ok(()) => {}
            // Who reads has enough of them.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Ok),
            Err(error) => {
                let fault = Fault::new(FaultCode::ExportFailed, &error);
                return Err(fault.with("path", "stdout").with("error", error));
            }
        }
        count += page.lines.len();
        progress.show(&words.filled("cli.events.exported", [("count", count.to_string())]));
        match page.before {
            Some(before) => query.before = Some(before),
            None => return Ok(Exit::Ok),
        }
    }
}

/// How far it is, for a person whose terminal shows nothing else meanwhile.
struct Progress {
    watched: bool,
    shown: bool,
}

impl Progress {
    fn new() -> Self {
        let watched = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self { watched, shown: false }
    }

    fn show(&mut self, text: &str) {
        if self.watched {
            let mut stderr = io::stderr();
            write!(stderr, "\r{text}").and_then(|()| stderr.flush()).ok();
            self.shown = true;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            writeln!(io::stderr()).ok();
        }
    }
}
