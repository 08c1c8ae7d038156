//! Events on standard output: `run --print`.

use std::{future::Future, io::Write, pin::Pin};

use longwire_engine::{Closed, Printing};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Writes each event as one line, on a thread of its own: a reader that is slow holds back the events that wait for it, and
/// nothing else.
#[derive(Debug)]
pub(crate) struct Printer {
    /// To the writing thread; dropped, the thread ends.
    lines: mpsc::Sender<Line>,
    /// Cancelled when standard output is closed.
    broken: CancellationToken,
}

/// A line on its way out.
#[derive(Debug)]
struct Line {
    text: Vec<u8>,
    /// To the event's courier, when the line is written or cannot be.
    written: oneshot::Sender<Result<(), Closed>>,
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

impl Printing for Printer {
    fn print(&self, line: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<(), Closed>> + Send + '_>> {
        Box::pin(async move {
            let (written, outcome) = oneshot::channel();
            self.lines.send(Line { text: line, written }).await.map_err(|_| Closed)?;
            outcome.await.unwrap_or(Err(Closed))
        })
    }
}

fn write(mut output: impl Write, mut waiting: mpsc::Receiver<Line>, broken: &CancellationToken) {
    let mut batch = Vec::new();
    // What waits is written together and flushed once.
    while waiting.blocking_recv_many(&mut batch, WAITING) > 0 {
        let lines = batch.iter().try_for_each(|line: &Line| output.write_all(&line.text));
        let outcome = lines.and_then(|()| output.flush()).map_err(|_| Closed);
        if outcome.is_err() {
            broken.cancel();
        }
        for line in batch.drain(..) {
            line.written.send(outcome).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_is_written_when_that_is_said() {
        let page = Page::default();
        let printer = Printer::start(page.clone());
        printer.print(b"{}\n".to_vec()).await.unwrap();
        assert_eq!(*page.0.lock().unwrap(), b"{}\n");
    }

    #[tokio::test]
    async fn what_nobody_reads_is_not_printed() {
        let printer = Printer::start(Broken);
        assert_eq!(printer.print(b"{}\n".to_vec()).await, Err(Closed));
        printer.broken().cancelled().await;
    }
}
