//! `longwire logs`: the newest lines of the log, and those that come.

use std::io;

use longwire_contract::{Fault, FaultCode, LogLine, LogQuery, call, text::word};
use longwire_engine::{Client, Machine, log};
use tokio::time::{Duration, sleep};

use crate::{
    args::Logs,
    exit::Exit,
    order::is_gone,
    output::{hint, json_line, write_line},
    printable::one_line,
    signals::Signals,
    words::Words,
};

/// How often it is asked what is new.
const PAUSE: Duration = Duration::from_millis(300);
/// All that is remembered.
const ALL: u32 = 2000;

/// `longwire logs`
pub(crate) async fn logs(logs: &Logs, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    let query = logs.query();
    let show = |line: &LogLine| match logs.json {
        true => write_line(&json_line(line)),
        false => write_line(&told(&words, line)),
    };
    let mut client = match Client::connect(&machine.data_dir).await {
        Ok(client) => client,
        Err(fault) if fault.code == FaultCode::NotRunning && !logs.follow => {
            let page = log::in_file(&machine.data_dir, &query);
            page.lines.iter().try_for_each(show).ok();
            return Ok(Exit::Ok);
        }
        Err(fault) => return Err(fault),
    };
    let mut signals = Signals::listen()?;
    let page = client.call::<call::ReadLog>(&query).await?;
    let mut shown = Shown::default();
    if shown.show(&page.lines, &show).is_err() || !logs.follow {
        return Ok(Exit::Ok);
    }
    tokio::select! {
        () = signals.next() => Ok(Exit::Ok),
        end = follow(client, &query, shown, machine, &words, &show) => end,
    }
}

/// Shows what comes. When the engine ends, it waits for the next one and goes on. Ends where nobody reads any more.
async fn follow(
    client: Client,
    query: &LogQuery,
    mut shown: Shown,
    machine: &Machine,
    words: &Words,
    show: &impl Fn(&LogLine) -> io::Result<()>,
) -> Result<Exit, Fault> {
    let query = LogQuery { limit: ALL, ..query.clone() };
    let mut connection = Some(client);
    loop {
        sleep(PAUSE).await;
        match &mut connection {
            Some(client) => match client.call::<call::ReadLog>(&query).await {
                Ok(page) if shown.show(&page.lines, show).is_err() => return Ok(Exit::Ok),
                Ok(_) => {}
                // It has ended, or is about to.
                Err(fault) if is_gone(&fault) => {
                    connection = None;
                    shown.begin_anew();
                    hint(&words.plain("cli.logs.gone"));
                }
                Err(fault) => return Err(fault),
            },
            None => connection = Client::connect(&machine.data_dir).await.ok(),
        }
    }
}

/// What has been shown: each line once, also where another engine numbers them anew.
#[derive(Debug, Default)]
struct Shown {
    last: Option<u32>,
    at_ms: u64,
}

impl Shown {
    /// Shows those of a page, oldest first, that are new.
    fn show(&mut self, lines: &[LogLine], show: &impl Fn(&LogLine) -> io::Result<()>) -> io::Result<()> {
        for line in lines {
            let new = match self.last {
                Some(last) => line.seq > last,
                None => line.at_ms > self.at_ms,
            };
            if new {
                show(line)?;
                self.at_ms = line.at_ms;
            }
        }
        self.last = lines.last().map(|line| line.seq).or(self.last);
        Ok(())
    }

    /// The next engine begins with what the file says, which was shown.
    fn begin_anew(&mut self) {
        self.last = None;
    }
}

/// `03-29 12:00:00 INFO  link cli_…: connected to wss://…`
fn told(words: &Words, line: &LogLine) -> String {
    let app = line.app_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let level = word(&line.level).to_uppercase();
    one_line(&format!("{} {level:5} {}{app}: {}", words.moment(line.at_ms), line.part, line.text))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use longwire_contract::{Language, LogLevel};

    use super::*;

    fn line(seq: u32, at_ms: u64) -> LogLine {
        let app_id = Some("cli_0123456789abcdef".parse().unwrap());
        LogLine { seq, at_ms, level: LogLevel::Warn, app_id, part: "link".into(), text: "a\u{1b}[2Jb".into() }
    }

    #[test]
    fn a_line_gives_the_terminal_no_orders() {
        let told = told(&Words::utc(Language::English), &line(1, 1_774_785_600_000));
        assert_eq!(told, "03-29 12:00:00 WARN  link cli_0123456789abcdef: a\u{fffd}[2Jb");
    }

    #[test]
    fn each_line_is_shown_once_also_after_another_engine_has_begun() {
        let seen = RefCell::new(Vec::new());
        let show = |line: &LogLine| {
            seen.borrow_mut().push((line.seq, line.at_ms));
            Ok(())
        };
        let mut shown = Shown::default();
        shown.show(&[line(7, 10), line(9, 20)], &show).unwrap();
        shown.show(&[line(7, 10), line(9, 20), line(12, 20)], &show).unwrap();
        shown.show(&[], &show).unwrap();
        assert_eq!(seen.take(), [(7, 10), (9, 20), (12, 20)]);
        shown.begin_anew();
        shown.show(&[line(1, 10), line(2, 20), line(3, 30)], &show).unwrap();
        shown.show(&[line(2, 20), line(3, 30), line(4, 30)], &show).unwrap();
        assert_eq!(seen.take(), [(3, 30), (4, 30)]);
    }
}
