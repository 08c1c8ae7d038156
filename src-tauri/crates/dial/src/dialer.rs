use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::cause::Cause;
use crate::deadlines::Deadlines;
use crate::error::{Error, Stage};
use crate::origin::{Origin, Scheme};
use crate::race;
use crate::resolve;
use crate::roots::Roots;
use crate::stream::Stream;
use crate::tls;
use crate::trace::Trace;

/// Builds roads. Cheap to clone; the clones share the trusted roots.
#[derive(Clone, Debug)]
pub struct Dialer {
    roots: Arc<Roots>,
    deadlines: Deadlines,
}

/// A road that stands.
#[derive(Debug)]
pub struct Road {
    /// Its bytes.
    pub stream: Stream,
    /// What was seen while it was built.
    pub trace: Trace,
}

/// Told of each step as it begins.
pub type Begins<'a> = dyn FnMut(Stage) + Send + 'a;

impl Dialer {
    /// A dialer that trusts these roots, with the default deadlines.
    pub fn new(roots: Arc<Roots>) -> Self {
        Self { roots, deadlines: Deadlines::default() }
    }

    /// The same with other deadlines.
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// The deadlines in force.
    pub fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// The roots trusted, shared by every clone.
    pub fn roots(&self) -> &Arc<Roots> {
        &self.roots
    }

    /// Builds the road to an origin: name, connection, TLS. Dropping the future gives up and closes what was opened.
    pub async fn dial(&self, origin: &Origin) -> Result<Road, Error> {
        self.dial_telling(origin, &mut |_| {}).await
    }

    /// The same, and says when the next step begins: the lookup of the name first.
    pub async fn dial_telling(&self, origin: &Origin, begins: &mut Begins<'_>) -> Result<Road, Error> {
        let mut trace = Trace::default();
        match self.walk(origin, &mut trace, begins).await {
            Ok(stream) => Ok(Road { stream, trace }),
            Err((stage, cause)) => {
                Err(Error { stage, cause, origin: origin.clone(), trace: Box::new(trace) })
            }
        }
    }

    async fn walk(
        &self,
        origin: &Origin,
        trace: &mut Trace,
        begins: &mut Begins<'_>,
    ) -> Result<Stream, (Stage, Cause)> {
        begins(Stage::Dns);
        let began = Instant::now();
        let addresses = within(self.deadlines.dns, resolve::addresses(origin))
            .await
            .map_err(|cause| (Stage::Dns, cause))?;
        trace.dns = origin.address().is_none().then(|| began.elapsed());

        begins(Stage::Tcp);
        let began = Instant::now();
        let tcp = connect(&race::interleave(&addresses), self.deadlines.tcp, trace)
            .await
            .map_err(|cause| (Stage::Tcp, cause))?;
        trace.tcp = Some(began.elapsed());

        match origin.scheme() {
            Scheme::Plain => Ok(Stream::Plain(tcp)),
            Scheme::Tls => {
                begins(Stage::Tls);
                let began = Instant::now();
                let handshake =
                    tls::handshake(&self.roots, origin.server_name(), tcp, self.deadlines.tls, trace);
                let tls = handshake.await.map_err(|cause| (Stage::Tls, cause))?;
                trace.tls = Some(began.elapsed());
                Ok(Stream::Tls(Box::new(tls)))
            }
        }
    }
}

/// A step under its deadline.
pub(crate) async fn within<T>(
    deadline: Duration,
    step: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    timeout(deadline, step).await.unwrap_or(Err(Cause::TimedOut(deadline)))
}

async fn connect(
    addresses: &[SocketAddr],
    deadline: Duration,
    trace: &mut Trace,
) -> Result<TcpStream, Cause> {
    let race = race::first(addresses, TcpStream::connect, &mut trace.attempts);
    let silent = match timeout(deadline, race).await {
        Ok(Some((peer, stream))) => {
            // Frames and pings are small and must leave at once; a socket that refuses the option still works.
            let _ = stream.set_nodelay(true);
            trace.peer = Some(peer);
            return Ok(stream);
        }
        Ok(None) => None,
        Err(_) => Some(Cause::TimedOut(deadline)),
    };
    let failed = trace.attempts.iter().map(|attempt| Cause::of_fault(attempt.fault.clone(), deadline));
    // Only an empty list of addresses leaves nothing to tell, and no lookup succeeds with one.
    Err(failed.chain(silent).max_by_key(telling).unwrap_or(Cause::TimedOut(deadline)))
}

/// How much a failed address tells: a refusal comes from the host itself, silence from the way there, and "no road" is
/// what every machine without IPv6 says of every IPv6 address.
fn telling(cause: &Cause) -> u8 {
    match cause {
        Cause::Refused => 3,
        Cause::Unreachable(_) => 0,
        Cause::TimedOut(_) => 1,
        _ => 2,
    }
}
