//! Events on standard output: `run --print`.

use std::{future::Future, io::Write, pin::Pin, sync::Arc};

use longwire_engine::{NotKept, ReceivedEvent, Sink};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Writes each event as one line, on a thread of its own: a reader that is slow holds back acknowledgements, not
/// pings.
pub(crate) struct Printer {
    /// To the writing thread; dropped, the thread ends.
    lines: mpsc::Sender<Line>,
    /// Cancelled when standard output is closed.
    broken: CancellationToken,
}

/// A line on its way out.
struct Line {
    text: Vec<u8>,
    /// To the event's keeper, when the line is written or cannot be. Nobody waits where its deadline has passed.
    written: oneshot::Sender<Result<(), NotKept>>,
}

/// Lines that may wait for the writer; past this, events wait for their line's turn.
const WAITING: usize = 1024;

impl Printer {
    pub(crate) fn start(output: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        let broken = CancellationToken::new();
        let closed = broken.clone();
        std::thread::spawn(move || write(output, waiting, &closed));
        Self { lines, broken }
    }

    /// Cancelled when nobody reads any more.
    pub(crate) fn broken(&self) -> CancellationToken {
        self.broken.clone()
    }
}

impl Sink for Printer {
    fn keep(
        &self,
        event: Arc<ReceivedEvent>,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotKept>> + Send + '_>> {
        Box::pin(async move {
            let (written, outcome) = oneshot::channel();
            self.lines.send(Line { text: line(&event), written }).await.map_err(|_| NotKept)?;
            outcome.await.unwrap_or(Err(NotKept))
        })
    }
}

fn write(mut output: impl Write, mut waiting: mpsc::Receiver<Line>, broken: &CancellationToken) {
    let mut batch = Vec::new();
    // What waits is written together and flushed once.
    while waiting.blocking_recv_many(&mut batch, WAITING) > 0 {
        let lines = batch.iter().try_for_each(|line: &Line| output.write_all(&line.text));
        let outcome = lines.and_then(|()| output.flush()).map_err(|_| NotKept);
        if outcome.is_err() {
            broken.cancel();
        }
        for line in batch.drain(..) {
            line.written.send(outcome).ok();
        }
    }
}

/// The event as received, on one line, with a `longwire` object as its last member.
fn line(received: &ReceivedEvent) -> Vec<u8> {
    let about = json!({ "app_id": received.app_id, "received_ms": received.at_ms });
    // A line break can stand only between the tokens of valid JSON, where a space does as well.
    let text = received.event.text().trim().replace(['\n', '\r'], " ");
    let mut line = match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(members) if members.trim().is_empty() => format!("{{\"longwire\":{about}}}"),
        Some(members) => format!("{{{members},\"longwire\":{about}}}"),
        None => format!("{{\"payload\":{text},\"longwire\":{about}}}"),
    };
    line.push('\n');
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::io;

    use serde_json::Value;

    use super::*;

    fn received(payload: &str) -> ReceivedEvent {
        ReceivedEvent::sample(payload)
    }

    #[test]
    fn an_event_is_one_line_of_json_with_our_object_last() {
        for payload in ["{\n  \"a\": \"x\\ny\",\r\n \"b\": [1, 2]\n}\n", "{}", " { } ", "[1,\n2]"] {
            let line = String::from_utf8(line(&received(payload))).unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{line:?}");
            assert!(line.ends_with("}\n"));
            let value: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["longwire"]["app_id"], "cli_0123456789abcdef");
            let original: Value = serde_json::from_str(payload).unwrap();
            match original {
                Value::Object(members) => {
                    for (key, member) in members {
                        assert_eq!(value[&key], member);
                    }
                }
                other => assert_eq!(value["payload"], other),
            }
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_not_kept() {
        let printer = Printer::start(Closed);
        assert_eq!(printer.keep(Arc::new(received("{}"))).await, Err(NotKept));
        printer.broken().cancelled().await;
    }
}
