use std::{
    io,
    sync::{Arc, Weak},
};

use longwire_contract::{Fault, FaultCode, Push, Response, Snapshot};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::{broadcast::error::RecvError, watch},
    time::{Duration, Instant, sleep_until, timeout},
};

use super::{Hello, Told};
use crate::{Engine, engine::Inner, log};

/// A follower that takes nothing for this long has hung, and is left.
const STALLED: Duration = Duration::from_secs(10);
/// A follower is told of changes at most this often; what happens in between is told as one.
const PACE: Duration = Duration::from_millis(100);

/// Tells a client all that changes, the state first, until it goes or the engine closes. It does not keep the engine alive.
pub(super) async fn follow(mut stream: UnixStream, engine: &Weak<Inner>) -> io::Result<()> {
    let Some(inner) = engine.upgrade() else { return Ok(()) };
    let engine = Engine { inner };
    let (mut snapshots, mut events, mut lines) = (engine.snapshots(), engine.arrivals(), log::news());
    let mut arrivals = engine.inner.surroundings.inbox.listen();
    drop(engine);

    let (mut from, mut to) = stream.split();
    let snapshot = snapshots.borrow_and_update().clone();
    let Snapshot { version, program, pid, .. } = &*snapshot;
    let hello = Hello { version: version.clone(), program: program.clone(), pid: *pid };
    let hello = serde_json::to_value(hello).map_err(|error| Fault::new(FaultCode::Internal, error));
    write(&mut to, &hello.map_or_else(Response::Fault, Response::Ok)).await?;
    tell(&mut to, Push::Snapshot(Box::new(Snapshot::clone(&snapshot)))).await?;
    drop(snapshot);
    let mut next = Instant::now() + PACE;
    // Whoever follows has nothing more to say: a byte, or the end, and it is over.
    let mut byte = [0];
    loop {
        tokio::select! {
            _ = from.read(&mut byte) => return Ok(()),
            changed = changed(&mut snapshots, next) => {
                let Some(snapshot) = changed else { return Ok(()) };
                tell(&mut to, Push::Snapshot(Box::new(Snapshot::clone(&snapshot)))).await?;
                next = Instant::now() + PACE;
            }
            batch = events.recv() => match batch {
                Ok(batch) => tell(&mut to, Push::Events((*batch).clone())).await?,
                // A view finds the gap, and reads its page again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
            batch = lines.recv() => match batch {
                Ok(batch) => tell(&mut to, Push::Log((*batch).clone())).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
            Some(arrival) = arrivals.next() => {
                write(&mut to, &Told::Arrival(arrival)).await?;
                if arrivals.missed_any() {
                    write(&mut to, &Told::Missed).await?;
                }
            }
        }
    }
}

/// The state once it has changed, not before a moment; none once the engine is gone.
async fn changed(snapshots: &mut watch::Receiver<Arc<Snapshot>>, next: Instant) -> Option<Arc<Snapshot>> {
    sleep_until(next).await;
    snapshots.changed().await.ok()?;
    Some(snapshots.borrow_and_update().clone())
}

async fn tell(to: &mut (impl AsyncWriteExt + Unpin), push: Push) -> io::Result<()> {
    write(to, &Told::Push(push)).await
}

async fn write(to: &mut (impl AsyncWriteExt + Unpin), told: &impl serde::Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    timeout(STALLED, to.write_all(&line)).await?
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, Notice, NoticeCode};
    use longwire_host::fake::MemoryStore;
    use tokio::io::{AsyncBufReadExt, BufReader};

    use super::*;
    use crate::{Apps, Machine, Options};

    async fn engine(folder: &tempfile::TempDir) -> Engine {
        let machine = Machine { data_dir: folder.path().to_owned(), system_language: Language::English };
        let options = Options {
            secrets: Arc::<MemoryStore>::default(),
            system: false,
            apps: Apps::None,
            ..Options::new(&machine, "test")
        };
        Engine::open(options).await.unwrap()
    }

    /// Far more than a socket takes that nobody reads from.
    fn grow(engine: &Engine) {
        let values = [("error".to_owned(), "x".repeat(1 << 20))].into();
        let notice = Notice { code: NoticeCode::JournalUnusable, values };
        engine.inner.surroundings.shared.change(|snapshot| snapshot.notices.push(notice));
    }

    #[tokio::test]
    async fn a_follower_that_does_not_read_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder).await;
        grow(&engine);
        tokio::time::pause();
        let (_client, stream) = UnixStream::pair().unwrap();
        let error = follow(stream, &Arc::downgrade(&engine.inner)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        engine.close().await;
    }

    #[tokio::test]
    async fn one_that_reads_is_told_all_and_one_that_goes_or_speaks_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder).await;
        for says in [true, false] {
            let (client, stream) = UnixStream::pair().unwrap();
            let weak = Arc::downgrade(&engine.inner);
            let following = tokio::spawn(async move { follow(stream, &weak).await });
            let mut client = BufReader::new(client);
            let mut lines = Vec::new();
            for number in 0..3 {
                let mut line = String::new();
                client.read_line(&mut line).await.unwrap();
                lines.push(line);
                if number == 1 {
                    grow(&engine);
                }
            }
            assert!(lines[0].contains("\"program\":\"test\""), "{}", lines[0]);
            assert!(lines[1].starts_with("{\"push\":{\"kind\":\"snapshot\""));
            assert!(lines[2].len() > 1 << 20, "{}", lines[2].len());
            if says {
                client.write_all(b"{").await.unwrap();
            } else {
                drop(client);
            }
            following.await.unwrap().unwrap();
        }
        engine.close().await;
    }
}
