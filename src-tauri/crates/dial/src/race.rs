//! Connecting to the first address that answers (Happy Eyeballs, RFC 8305 §4 and §5).

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;

/// How long an address may stay silent before the next one is tried beside it (RFC 8305 §5 recommends this).
pub(crate) const STAGGER: Duration = Duration::from_millis(250);

/// The families in turn, starting with the family of the first address; within a family the order stays.
pub(crate) fn interleave(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let mut first = addresses.iter().filter(|address| address.is_ipv6() == first_is_v6);
    let mut second = addresses.iter().filter(|address| address.is_ipv6() != first_is_v6);
    let mut order = Vec::with_capacity(addresses.len());
    loop {
        let before = order.len();
        order.extend(first.next());
        order.extend(second.next());
        if order.len() == before {
            return order;
        }
    }
}

/// Tries the addresses in their order: the next one as soon as one fails, or when it was silent for [`STAGGER`]. The
/// first to connect wins and the others are dropped. Failures are told as they happen, so that they are known even when
/// the caller's deadline ends the race. `None`: all have failed.
pub(crate) async fn first<S, E, F>(
    addresses: &[SocketAddr],
    connect: impl Fn(SocketAddr) -> F,
    mut failed: impl FnMut(SocketAddr, E),
) -> Option<(SocketAddr, S)>
where
    F: Future<Output = Result<S, E>>,
{
    let mut waiting = addresses.iter().copied();
    let mut running = FuturesUnordered::new();
    let mut start = |running: &mut FuturesUnordered<_>| {
        if let Some(address) = waiting.next() {
            let connecting = connect(address);
            running.push(async move { (address, connecting.await) });
        }
        waiting.len() > 0
    };
    let mut more = start(&mut running);
    loop {
        tokio::select! {
            ended = running.next() => match ended {
                None => return None,
                Some((address, Ok(stream))) => return Some((address, stream)),
                Some((address, Err(error))) => {
                    failed(address, error);
                    more = start(&mut running);
                }
            },
            // A fresh pause after each start: a failure that started the next address also restarts its wait.
            () = sleep(STAGGER), if more => more = start(&mut running),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::pending;
    use std::io;

    use tokio::time::Instant;

    use super::*;

    const V6: [&str; 3] = ["[2001:db8::1]:443", "[2001:db8::2]:443", "[2001:db8::3]:443"];
    const V4: [&str; 2] = ["192.0.2.1:443", "192.0.2.2:443"];

    fn of(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_starting_with_the_preferred_one() {
        assert_eq!(
            interleave(&of(&[V6[0], V6[1], V6[2], V4[0], V4[1]])),
            of(&[V6[0], V4[0], V6[1], V4[1], V6[2]])
        );
        assert_eq!(interleave(&of(&[V4[0], V4[1], V6[0]])), of(&[V4[0], V6[0], V4[1]]));
        assert_eq!(interleave(&of(&[V4[0], V4[1]])), of(&[V4[0], V4[1]]));
        assert_eq!(interleave(&[]), []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_is_passed_after_the_stagger_and_not_before() {
        let (started, begin) = (RefCell::new(Vec::new()), Instant::now());
        let connect = |address: SocketAddr| {
            started.borrow_mut().push((address, begin.elapsed()));
            async move { if address.is_ipv6() { pending().await } else { Ok(()) } }
        };
        let mut failed = Vec::new();
        let failure = |address, _: io::Error| failed.push(address);
        let won = first(&of(&[V6[0], V6[1], V4[0], V4[1]]), connect, failure).await;
        assert_eq!(won, Some((of(&V4)[0], ())));
        assert_eq!(failed, []);
        let (a, b, c) = (of(&V6)[0], of(&V6)[1], of(&V4)[0]);
        assert_eq!(*started.borrow(), [(a, Duration::ZERO), (b, STAGGER), (c, 2 * STAGGER)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_starts_the_next_address_at_once() {
        let begin = Instant::now();
        let connect = |address: SocketAddr| async move {
            if address.is_ipv6() { Err(io::ErrorKind::ConnectionRefused.into()) } else { Ok(()) }
        };
        let mut failed = Vec::new();
        let failure = |address, _: io::Error| failed.push(address);
        let won = first(&of(&[V6[0], V6[1], V4[0]]), connect, failure).await;
        assert_eq!(won, Some((of(&V4)[0], ())));
        assert_eq!(begin.elapsed(), Duration::ZERO);
        assert_eq!(failed, of(&V6[..2]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_address_may_still_win_after_the_next_was_started() {
        let connect = |address: SocketAddr| async move {
            match address.is_ipv6() {
                true => sleep(2 * STAGGER).await,
                false => pending().await,
            }
            Ok(())
        };
        let won = first(&of(&[V6[0], V4[0]]), connect, |_, _: io::Error| ()).await;
        assert_eq!(won, Some((of(&V6)[0], ())));
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_have_failed_the_race_is_over() {
        let connect = |_| async { Err::<(), _>(io::ErrorKind::HostUnreachable) };
        let mut failed = Vec::new();
        let failure = |address, kind| failed.push((address, kind));
        assert_eq!(first(&of(&[V6[0], V4[0]]), connect, failure).await, None);
        assert_eq!(failed.len(), 2);
    }
}
