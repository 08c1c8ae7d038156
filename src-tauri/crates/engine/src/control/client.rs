use std::{
    io,
    path::{Path, PathBuf},
};

use longwire_contract::{Call, Fault, FaultCode, Request, Response, call};
use longwire_host::paths;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::{Duration, timeout},
};

use super::{FOLLOW, Hello, LONGEST_LINE, SOCKET, Told, YIELD};

/// A connection to the engine of a data folder.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<UnixStream>,
    data_dir: PathBuf,
}

/// Longer than any command takes: the slowest asks the platform twice.
const DEADLINE: Duration = Duration::from_secs(40);

impl Client {
    /// Connects to the engine that holds the folder.
    ///
    /// # Errors
    /// [`FaultCode::NotRunning`] where there is none; [`FaultCode::NotYours`] where the folder is closed to this user.
    pub async fn connect(data_dir: &Path) -> Result<Self, Fault> {
        match UnixStream::connect(data_dir.join(SOCKET)).await {
            Ok(stream) => Ok(Self { stream: BufReader::new(stream), data_dir: data_dir.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let detail = "its path is too long for a control socket: use a shorter one (--data-dir)";
                let fault = Fault::new(FaultCode::DataFolder, detail).with("error", detail);
                Err(fault.with("path", data_dir.display()))
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(not_yours(data_dir, &paths::owner(data_dir).unwrap_or_else(|| "root".to_owned())))
            }
            Err(error) => Err(not_running(data_dir, &error)),
        }
    }

    /// Gives a command and waits for its outcome.
    ///
    /// # Errors
    /// What the engine says; [`FaultCode::NotRunning`] where it went away or did not answer in 40 s.
    pub async fn call<C: Call>(&mut self, request: &C::Request) -> Result<C::Response, Fault> {
        let arguments = serde_json::to_value(request).map_err(internal)?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        serde_json::from_value(self.carry_out(&request).await?).map_err(internal)
    }

    /// Gives a command by its name and waits for its outcome.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub(crate) async fn carry_out(&mut self, request: &Request) -> Result<Value, Fault> {
        let mut line = serde_json::to_vec(request).map_err(internal)?;
        line.push(b'\n');
        let answer = timeout(DEADLINE, self.exchange(&line))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| match error.kind() {
                // It has closed, or is about to: another one may follow.
                io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => {
                    not_running(&self.data_dir, &error)
                }
                _ => Fault::new(FaultCode::Internal, format!("the running Longwire did not answer: {error}")),
            })?;
        match serde_json::from_slice(&answer).map_err(internal)? {
            Response::Ok(value) => Ok(value),
            Response::Fault(fault) => Err(fault),
        }
    }

    /// Asks to be told of all that changes.
    ///
    /// # Errors
    /// [`FaultCode::OtherVersion`] or [`FaultCode::NewerVersion`], or as [`Client::call`].
    pub(crate) async fn follow(mut self) -> Result<Followed, Fault> {
        let hello = self.greet().await?;
        if let Some(fault) = hello.other_version() {
            return Err(fault);
        }
        Ok(Followed { hello, stream: self.stream, line: Vec::new() })
    }

    /// Asks who the engine is, whatever version it has.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn hello(mut self) -> Result<Hello, Fault> {
        self.greet().await
    }

    async fn greet(&mut self) -> Result<Hello, Fault> {
        let request = Request { command: FOLLOW.to_owned(), arguments: Value::Null };
        let hello = match self.carry_out(&request).await {
            // It is from before there was such a command.
            Err(fault) if fault.code == FaultCode::BadRequest => {
                let request =
                    Request { command: call::ReadSnapshot::NAME.to_owned(), arguments: Value::Null };
                self.carry_out(&request).await?
            }
            answer => answer?,
        };
        serde_json::from_value(hello).map_err(internal)
    }

    async fn exchange(&mut self, line: &[u8]) -> io::Result<Vec<u8>> {
        self.stream.get_mut().write_all(line).await?;
        let mut answer = Vec::new();
        (&mut self.stream).take(LONGEST_LINE as u64).read_until(b'\n', &mut answer).await?;
        if answer.ends_with(b"\n") { Ok(answer) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// An engine that is followed.
#[derive(Debug)]
pub(crate) struct Followed {
    hello: Hello,
    stream: BufReader<UnixStream>,
    line: Vec<u8>,
}

impl Followed {
    /// What it tells next; none once it is gone. It may be dropped before it ends, and asked again: no half of a line is lost.
    ///
    /// # Errors
    /// [`FaultCode::OtherVersion`] where what it says is not understood.
    pub(crate) async fn next(&mut self) -> Result<Option<Told>, Fault> {
        let left = LONGEST_LINE.saturating_sub(self.line.len());
        let read = (&mut self.stream).take(left as u64).read_until(b'\n', &mut self.line).await;
        if !matches!(read, Ok(1..)) || !self.line.ends_with(b"\n") {
            return Ok(None);
        }
        let told = serde_json::from_slice(&self.line).map_err(|_| other_version(&self.hello));
        self.line.clear();
        told.map(Some)
    }
}

/// Asks the engine of a data folder to leave it to a service; it is about to when this returns.
///
/// # Errors
/// [`FaultCode::HeldByOther`] where it does not give way; as [`Client::call`] else.
pub(crate) async fn ask_to_yield(data_dir: &Path) -> Result<(), Fault> {
    let request = Request { command: YIELD.to_owned(), arguments: Value::Null };
    Client::connect(data_dir).await?.carry_out(&request).await.map(drop)
}

/// The folder is another user's, who alone may say what is to be done with it.
pub(crate) fn not_yours(data_dir: &Path, user: &str) -> Fault {
    let path = data_dir.display();
    let fault = Fault::new(FaultCode::NotYours, format!("{path} is the user {user}'s"));
    fault.with("path", path).with("user", user)
}

fn not_running(data_dir: &Path, error: &io::Error) -> Fault {
    let detail = format!("no Longwire runs on {}: {error}", data_dir.display());
    Fault::new(FaultCode::NotRunning, detail).with("path", data_dir.display())
}

/// This version, which alone is understood.
const OURS: &str = env!("CARGO_PKG_VERSION");

impl Hello {
    /// That it is of another version, where it is.
    pub fn other_version(&self) -> Option<Fault> {
        (self.version != OURS).then(|| other_version(self))
    }
}

fn other_version(hello: &Hello) -> Fault {
    let Hello { version, program, pid } = hello;
    let detail = format!("{program} (process {pid}) is version {version}, and this is {OURS}");
    // The one that is to be started again is the older one: it goes on as it was while its file was replaced.
    let code = if is_newer(version, OURS) { FaultCode::NewerVersion } else { FaultCode::OtherVersion };
    let fault = Fault::new(code, detail).with("theirs", version).with("ours", OURS);
    fault.with("holder", program).with("pid", pid)
}

/// Whether a version is after another one; not where either is none.
fn is_newer(version: &str, than: &str) -> bool {
    let numbers = |version: &str| {
        let release = version.split(['-', '+']).next().unwrap_or_default();
        release.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()
    };
    numbers(version).zip(numbers(than)).is_some_and(|(version, than)| version > than)
}

fn internal(error: serde_json::Error) -> Fault {
    Fault::new(FaultCode::Internal, format!("the running Longwire is of another version: {error}"))
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;

    use super::*;

    #[test]
    fn the_older_one_of_two_is_to_be_started_again() {
        for (theirs, ours, newer) in [
            ("0.1.1", "0.1.0", true),
            ("0.10.0", "0.9.9", true),
            ("1.0.0", "0.99.99", true),
            ("0.2.0-rc.1", "0.1.0", true),
            ("0.1.0", "0.1.1", false),
            ("0.9.9", "0.10.0", false),
            ("0.1.0", "0.1.0", false),
            ("", "0.1.0", false),
            ("99999999999999999999.0.0", "0.1.0", false),
            ("new", "0.1.0", false),
        ] {
            assert_eq!(is_newer(theirs, ours), newer, "{theirs} {ours}");
        }
        let code = |version: &str| {
            let hello = Hello { version: version.into(), program: "longwire run".into(), pid: 7 };
            hello.other_version().map(|fault| fault.code)
        };
        assert_eq!(code("999.0.0"), Some(FaultCode::NewerVersion));
        assert_eq!(code("0.0.1"), Some(FaultCode::OtherVersion));
        assert_eq!(code(OURS), None);
    }

    #[tokio::test]
    async fn one_that_closes_before_it_answers_is_not_running_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let closing = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut byte = [0];
            stream.read_exact(&mut byte).await.unwrap();
        };
        let asking = async { Client::connect(folder.path()).await.unwrap().follow().await.map(drop) };
        let (outcome, ()) = tokio::join!(asking, closing);
        assert_eq!(outcome.unwrap_err().code, FaultCode::NotRunning);
    }
}
