use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{SHORT, dialer, origin, server};
use crate::{Cause, Deadlines, Stage, Stream, Wire, race};

/// A port on which nothing listens.
async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn an_unencrypted_road_to_this_machine_stands_without_reading_any_root() {
    let address = server::each(|mut stream| async move {
        stream.write_all(b"hello").await.unwrap();
    })
    .await;
    let dialer = dialer(&["no such file".into()]);
    let mut road = dialer.dial(&origin(format!("ws://{address}/"))).await.unwrap();
    let mut said = String::new();
    road.stream.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "hello");
    assert!(matches!(&road.stream, Stream::Plain(Wire::Plain(tcp)) if tcp.nodelay().unwrap()));
    assert_eq!((road.trace.peer, road.trace.dns, road.trace.tls), (Some(address), None, None));
    assert!(road.trace.tcp.is_some());
    assert_eq!(dialer.roots().problems(), []);
}

#[tokio::test]
async fn a_name_is_looked_up_and_the_time_it_took_is_kept() {
    let address = server::silent().await;
    let road = dialer(&[]).dial(&origin(format!("http://localhost:{}", address.port()))).await.unwrap();
    assert!(road.trace.dns.is_some());
    assert_eq!(road.trace.peer, Some(address));
}

#[tokio::test]
async fn each_step_is_told_as_it_begins() {
    let address = server::silent().await;
    let mut begun = Vec::new();
    let to = |scheme| origin(format!("{scheme}://{address}"));
    dialer(&[]).dial_telling(&to("http"), &mut |stage| begun.push(stage)).await.unwrap();
    assert_eq!(begun, [Stage::Dns, Stage::Tcp]);
    begun.clear();
    let deadlines = Deadlines { tls: Duration::from_millis(20), ..Deadlines::default() };
    let dialer = dialer(&[]).with_deadlines(deadlines);
    dialer.dial_telling(&to("https"), &mut |stage| begun.push(stage)).await.unwrap_err();
    assert_eq!(begun, [Stage::Dns, Stage::Tcp, Stage::Tls], "the step that failed is the last one told");
}

#[tokio::test]
async fn a_closed_port_refuses_and_the_attempt_is_kept() {
    let port = closed_port().await;
    let error = dialer(&[]).dial(&origin(format!("http://127.0.0.1:{port}"))).await.unwrap_err();
    assert_eq!((error.stage, &error.cause), (Stage::Tcp, &Cause::Refused));
    assert_eq!(error.trace.attempts.len(), 1);
    assert_eq!(error.trace.attempts[0].fault.kind, io::ErrorKind::ConnectionRefused);
    assert!(error.trace.attempts[0].fault.code.is_some());
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("http://127.0.0.1:{port}: tcp failed: the connection was refused")),
        "{said}"
    );
}

#[tokio::test]
async fn a_refused_address_hands_over_to_the_next_one() {
    let alive = server::silent().await;
    let dead = SocketAddr::from((Ipv6Addr::LOCALHOST, closed_port().await));
    let mut failed = Vec::new();
    let failure = |address, _: io::Error| failed.push(address);
    let (peer, _) = race::first(&[dead, alive], TcpStream::connect, failure).await.unwrap();
    assert_eq!((peer, failed), (alive, vec![dead]));
}

#[tokio::test]
async fn a_host_that_drops_what_it_is_sent_runs_into_the_deadline() {
    // A listener that accepts nothing: once its queue is full, the kernel drops further attempts.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
        assert!(queued.len() < 100, "the queue never fills");
    }
    let error = dialer(&[])
        .with_deadlines(Deadlines { tcp: SHORT, ..Deadlines::default() })
        .dial(&origin(format!("http://{address}")))
        .await
        .unwrap_err();
    assert_eq!((error.stage, error.cause), (Stage::Tcp, Cause::TimedOut(SHORT)));
}

#[test]
fn a_resolver_that_does_not_answer_runs_into_the_deadline() {
    // Lookups wait for a thread here, and the only one is taken.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let holder = spawn_blocking(move || held.recv());
        let error = dialer(&[])
            .with_deadlines(Deadlines { dns: SHORT, ..Deadlines::default() })
            .dial(&origin("http://localhost:1"))
            .await
            .unwrap_err();
        assert_eq!((error.stage, error.cause), (Stage::Dns, Cause::TimedOut(SHORT)));
        drop(release);
        assert!(holder.await.unwrap().is_err());
    });
}
