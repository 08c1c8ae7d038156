use std::{
    io,
    path::Path,
    sync::{Arc, Weak},
};

use longwire_contract::{Fault, FaultCode, Request, Response, dispatch};
use longwire_host::files;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    time::{Duration, sleep, timeout},
};
use tracing::{debug, info, warn};

use super::{FOLLOW, LONGEST_LINE, SOCKET, YIELD, follow::follow};
use crate::{Engine, engine::Inner};

/// A client that says nothing for this long is gone.
const IDLE: Duration = Duration::from_secs(60);
/// More clients at once than any user has.
const MOST_CLIENTS: usize = 16;

/// Binds the socket in the data folder. The folder's lock is held, so a socket that is there is a dead engine's.
pub(crate) fn bind(data_dir: &Path) -> io::Result<UnixListener> {
    let path = data_dir.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    files::restrict(&path)?;
    Ok(listener)
}

/// Takes the socket out of the data folder.
pub(crate) fn remove(data_dir: &Path) {
    // That it is gone already is as well.
    std::fs::remove_file(data_dir.join(SOCKET)).ok();
}

/// Answers clients for as long as it is polled. It does not keep the engine alive.
pub(crate) async fn serve(listener: UnixListener, engine: Weak<Inner>) {
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    let mut clients = tokio::task::JoinSet::new();
    loop {
        while clients.try_join_next().is_some() {}
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let engine = engine.clone();
                clients.spawn(async move {
                    if let Err(error) = answer(stream, &engine).await {
                        debug!(%error, "a control client went away");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: it passes.
                warn!(%error, "cannot accept a control client");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(stream: UnixStream, engine: &Weak<Inner>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = (&mut stream).take(LONGEST_LINE as u64);
        if timeout(IDLE, bounded.read_until(b'\n', &mut line)).await?? == 0 {
            return Ok(());
        }
        let response = match serde_json::from_slice::<Request>(&line) {
            Ok(request) if request.command == FOLLOW => return follow(stream.into_inner(), engine).await,
            Ok(request) => {
                let Some(inner) = engine.upgrade() else { return Ok(()) };
                if request.command == YIELD {
                    give_way(&inner)
                } else {
                    dispatch(&Engine { inner }, request).await
                }
            }
            // The line is not repeated: it may hold a secret.
            Err(_) => Err(Fault::new(FaultCode::BadRequest, "the line is not a request")),
        };
        let response = response.map_or_else(Response::Fault, Response::Ok);
        let mut answer = serde_json::to_vec(&response)?;
        answer.push(b'\n');
        stream.get_mut().write_all(&answer).await?;
    }
}

/// Has whoever opened the engine close it, where it gives way. That takes a moment; when it is over the data folder is free.
fn give_way(engine: &Inner) -> Result<Value, Fault> {
    if engine.options.yields {
        info!("a service takes over");
        engine.yielding.notify_one();
        return Ok(Value::Null);
    }
    let detail = "this Longwire keeps its data folder until it is quit";
    let holder = &engine.options.program;
    Err(Fault::new(FaultCode::HeldByOther, detail).with("holder", holder).with("pid", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_that_says_nothing_or_half_a_line_is_left_after_a_while() {
        for said in ["", "{\"command\":\"snap"] {
            let (mut client, stream) = UnixStream::pair().unwrap();
            client.write_all(said.as_bytes()).await.unwrap();
            let error = answer(stream, &Weak::new()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{said:?}");
        }
    }
}
