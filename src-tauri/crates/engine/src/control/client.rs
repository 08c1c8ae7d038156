use std::{io, path::Path};

use longwire_contract::{Call, Fault, FaultCode, Request, Response};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::{Duration, timeout},
};

use super::{LONGEST_LINE, SOCKET};

/// A connection to the engine of a data folder.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<UnixStream>,
}

/// Longer than any command takes: the slowest asks the platform twice.
const DEADLINE: Duration = Duration::from_secs(40);

impl Client {
    /// Connects to the engine that holds the folder.
    ///
    /// # Errors
    /// [`FaultCode::NotRunning`] where there is none.
    pub async fn connect(data_dir: &Path) -> Result<Self, Fault> {
        match UnixStream::connect(data_dir.join(SOCKET)).await {
            Ok(stream) => Ok(Self { stream: BufReader::new(stream) }),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let detail = "its path is too long for a control socket: use a shorter one (--data-dir)";
                let fault = Fault::new(FaultCode::DataFolder, detail).with("error", detail);
                Err(fault.with("path", data_dir.display()))
            }
            Err(error) => {
                let detail = format!("no Longwire runs on {}: {error}", data_dir.display());
                Err(Fault::new(FaultCode::NotRunning, detail).with("path", data_dir.display()))
            }
        }
    }

    /// Gives a command and waits for its outcome.
    ///
    /// # Errors
    /// What the engine says; [`FaultCode::NotRunning`] where it went away or did not answer in 40 s.
    pub async fn call<C: Call>(&mut self, request: &C::Request) -> Result<C::Response, Fault> {
        let arguments = serde_json::to_value(request).map_err(internal)?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        let mut line = serde_json::to_vec(&request).map_err(internal)?;
        line.push(b'\n');
        let answer = timeout(DEADLINE, self.exchange(&line))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| {
                Fault::new(FaultCode::Internal, format!("the running Longwire did not answer: {error}"))
            })?;
        match serde_json::from_slice(&answer).map_err(internal)? {
            Response::Ok(value) => serde_json::from_value(value).map_err(internal),
            Response::Fault(fault) => Err(fault),
        }
    }

    async fn exchange(&mut self, line: &[u8]) -> io::Result<Vec<u8>> {
        self.stream.get_mut().write_all(line).await?;
        let mut answer = Vec::new();
        (&mut self.stream).take(LONGEST_LINE as u64).read_until(b'\n', &mut answer).await?;
        if answer.ends_with(b"\n") { Ok(answer) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

fn internal(error: serde_json::Error) -> Fault {
    Fault::new(FaultCode::Internal, format!("the running Longwire is of another version: {error}"))
}
