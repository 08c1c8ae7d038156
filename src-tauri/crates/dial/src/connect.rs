use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::cause::Cause;
use crate::limit::Limit;
use crate::race;
use crate::trace::{Attempt, Fault};

/// Connects to the first of these addresses that answers. What fails on the way there is written into `attempts`.
pub(crate) async fn connect(
    addresses: &[SocketAddr],
    limit: Limit,
    attempts: &mut Vec<Attempt>,
) -> Result<(SocketAddr, TcpStream), Cause> {
    let before = attempts.len();
    let failed = |address, error| attempts.push(Attempt { address, fault: Fault::from(&error) });
    let race = race::first(addresses, TcpStream::connect, failed);
    let silent = match limit.hold(race).await {
        Ok(Some((peer, stream))) => {
            // Frames and pings are small and must leave at once; a socket that refuses the option still works.
            let _ = stream.set_nodelay(true);
            return Ok((peer, stream));
        }
        Ok(None) => None,
        Err(cause) => Some(cause),
    };
    let faults = attempts[before..].iter().map(|attempt| attempt.fault.clone());
    let failed = faults.map(|fault| Cause::of_fault(fault, limit.allowed()));
    // Only an empty list of addresses leaves nothing to tell, and no lookup succeeds with one.
    Err(failed.chain(silent).max_by_key(telling).unwrap_or(Cause::TimedOut(limit.allowed())))
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
