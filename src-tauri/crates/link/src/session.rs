use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use longwire_dial::Fault;
use longwire_wire::{ClientConfig, Frame, Inbound, Message, Reassembly};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, Sleep, sleep_until, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message as WsMessage,
        error::{CapacityError, ProtocolError},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};
use tracing::{debug, warn};

use crate::{
    BadFrame, Intake, SessionError, Tuning,
    censor::Censor,
    connect::Connection,
    keeping::{Keeping, Kept},
    liveness::{self, Due, Liveness},
    throttle::Throttle,
};

/// An open WebSocket: frames in, acknowledgements and pings out. One task drives it, by polling.
pub(crate) struct Session<S, I> {
    socket: WebSocketStream<S>,
    tuning: Tuning,
    /// In every ping.
    service_id: i32,
    reassembly: Reassembly,
    keeping: Keeping<I>,
    liveness: Liveness,
    /// Set to `liveness.next()`, so that an idle session wakes for its pings and nothing else.
    timer: Pin<Box<Sleep>>,
    /// Whether something was written since the last flush.
    unflushed: bool,
    life: Life,
    complaints: Throttle,
    censor: Censor,
    wishes: ClientConfig,
}

/// What a session has to tell.
#[derive(Debug)]
pub(crate) enum News {
    /// The first frame came: the link is up.
    Alive,
    /// It is over.
    Ended(SessionError),
}

/// Whether any frame has come, and whether that has been told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Life {
    NoSign,
    FirstSign,
    Known,
}

/// How many messages are taken before what was written is flushed and other tasks get their turn. Enough that a flush
/// costs little for each, and few enough that no acknowledgement waits for long.
const BATCH: usize = 256;

impl<S: AsyncRead + AsyncWrite + Unpin, I: Intake> Session<S, I> {
    pub(crate) fn new(connection: Connection<S>, intake: Arc<I>, tuning: Tuning) -> Self {
        let Connection { socket, info, wishes, censor } = connection;
        let now = Instant::now();
        Self {
            socket,
            tuning,
            service_id: info.service_id,
            reassembly: Reassembly::new(tuning.parts),
            keeping: Keeping::new(intake, tuning.keep),
            liveness: Liveness::new(now, liveness::interval(&wishes).unwrap_or(tuning.ping), tuning.silence),
            timer: Box::pin(sleep_until(now)),
            unflushed: false,
            life: Life::NoSign,
            complaints: Throttle::default(),
            censor,
            wishes,
        }
    }

    /// What the platform asks for, with what its pongs have changed.
    pub(crate) fn wishes(&self) -> ClientConfig {
        self.wishes
    }

    /// Runs until there is news.
    pub(crate) async fn next(&mut self) -> News {
        poll_fn(|cx| {
            let end = self.poll_turn(cx);
            match self.life {
                Life::FirstSign if end.is_pending() => {
                    self.life = Life::Known;
                    Poll::Ready(News::Alive)
                }
                _ => end.map(News::Ended),
            }
        })
        .await
    }

    /// The link may have died while the machine slept or its network changed: pings at once, with little patience.
    pub(crate) fn doubt(&mut self) {
        self.liveness.doubt(Instant::now(), self.tuning.woken_silence);
        self.set_timer();
    }

    /// Ends the session in good order: what is being kept is acknowledged, no new frame is taken, goodbye is said.
    pub(crate) async fn close(mut self) {
        let finish = Instant::now() + self.tuning.finish;
        let finished = timeout_at(finish, async {
            while let Some(kept) = poll_fn(|cx| self.keeping.poll_next(cx)).await {
                self.socket.feed(WsMessage::Binary(kept.ack(Instant::now()).encode())).await?;
            }
            self.socket.flush().await
        });
        if let Ok(Err(error)) = finished.await {
            debug!(error = %self.ended(error), "the session broke while closing");
            return;
        }
        farewell(&mut self.socket, self.tuning.farewell).await;
    }

    /// Does all that can be done now. Ready where the session has ended.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<SessionError> {
        let end = self.poll_messages(cx);
        if self.unflushed {
            match Pin::new(&mut self.socket).poll_flush(cx) {
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(error)) if end.is_ok() => return Poll::Ready(self.ended(error)),
                _ => {}
            }
        }
        match end {
            Ok(()) => self.poll_liveness(cx),
            Err(error) => Poll::Ready(error),
        }
    }

    /// Takes what can be read, hands it over, and writes the acknowledgements that are ready. Nothing is read while the
    /// intake is at its limit or the peer takes no acknowledgements, so that neither can make us keep more and more.
    fn poll_messages(&mut self, cx: &mut Context<'_>) -> Result<(), SessionError> {
        for _ in 0..BATCH {
            match Pin::new(&mut self.socket).poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Err(self.ended(error)),
                Poll::Pending => return Ok(()),
            }
            if let Poll::Ready(Some(kept)) = self.keeping.poll_next(cx) {
                self.write(&kept.ack(Instant::now()))?;
                continue;
            }
            if self.keeping.len() >= self.tuning.in_flight {
                return Ok(());
            }
            match Pin::new(&mut self.socket).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => self.take(message, cx)?,
                Poll::Ready(Some(Err(error))) => return Err(self.ended(error)),
                Poll::Ready(None) => return Err(SessionError::Cut),
                Poll::Pending => return Ok(()),
            }
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    fn poll_liveness(&mut self, cx: &mut Context<'_>) -> Poll<SessionError> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let now = Instant::now();
            match self.liveness.due(now) {
                Due::Dead(silence) => return Poll::Ready(SessionError::Silent(silence)),
                Due::Ping => {
                    self.reassembly.expire(now.into_std());
                    if let Err(error) = self.ping(cx) {
                        return Poll::Ready(error);
                    }
                }
                Due::Nothing => {}
            }
            self.set_timer();
        }
    }

    fn ping(&mut self, cx: &mut Context<'_>) -> Result<(), SessionError> {
        self.write(&Frame::ping(self.service_id))?;
        if let Poll::Ready(flushed) = Pin::new(&mut self.socket).poll_flush(cx) {
            flushed.map_err(|error| self.ended(error))?;
            self.unflushed = false;
        }
        Ok(())
    }

    fn take(&mut self, message: WsMessage, cx: &mut Context<'_>) -> Result<(), SessionError> {
        if self.life == Life::NoSign {
            self.life = Life::FirstSign;
        }
        if self.liveness.heard() {
            self.set_timer();
        }
        match message {
            WsMessage::Binary(bytes) => self.receive(bytes, cx)?,
            WsMessage::Text(text) => self.complain(BadFrame::Text { bytes: text.len() }),
            WsMessage::Close(goodbye) => {
                self.unflushed = true;
                return Err(closed(goodbye, &self.censor));
            }
            // tungstenite answers a ping by itself, when the next message is looked for.
            WsMessage::Ping(_) | WsMessage::Pong(_) | WsMessage::Frame(_) => {}
        }
        Ok(())
    }

    fn receive(&mut self, bytes: Bytes, cx: &mut Context<'_>) -> Result<(), SessionError> {
        let arrived = Instant::now();
        let message = match self.read(bytes, arrived) {
            Ok(Some(message)) => message,
            Ok(None) => return Ok(()),
            Err(error) => {
                self.complain(error.into());
                return Ok(());
            }
        };
        let kept = match message.event() {
            Ok(event) => self.keeping.start(message, event, arrived, cx),
            Err(error) => {
                self.complain(error.into());
                Some(Kept::failed(message, arrived))
            }
        };
        kept.map_or(Ok(()), |kept| self.write(&kept.ack(Instant::now())))
    }

    fn read(&mut self, bytes: Bytes, now: Instant) -> Result<Option<Message>, longwire_wire::Error> {
        match Inbound::of(Frame::decode(bytes)?)? {
            Inbound::Part(part) => self.reassembly.accept(part, now.into_std()),
            Inbound::Pong(Some(wishes)) => {
                self.follow(wishes);
                Ok(None)
            }
            // The official clients do not answer a ping either.
            Inbound::Pong(None) | Inbound::Ping => Ok(None),
        }
    }

    fn follow(&mut self, wishes: ClientConfig) {
        self.wishes = wishes.or(self.wishes);
        self.liveness.follow(&wishes);
        self.set_timer();
    }

    fn complain(&mut self, bad: BadFrame) {
        self.keeping.intake().bad_frame(&bad);
        if let Some(held_back) = self.complaints.pass(Instant::now()) {
            warn!(held_back, "passed over {bad}");
        }
    }

    fn write(&mut self, frame: &Frame) -> Result<(), SessionError> {
        self.unflushed = true;
        let message = WsMessage::Binary(frame.encode());
        Pin::new(&mut self.socket).start_send(message).map_err(|error| self.ended(error))
    }

    fn set_timer(&mut self) {
        self.timer.as_mut().reset(self.liveness.next());
    }

    fn ended(&self, error: tungstenite::Error) -> SessionError {
        ended(error, &self.censor)
    }
}

/// Says goodbye and waits for the peer's. What still comes is not acknowledged, so the platform sends it again.
pub(crate) async fn farewell<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    patience: Duration,
) {
    let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    let farewell = async {
        socket.send(WsMessage::Close(Some(goodbye))).await?;
        while socket.next().await.transpose()?.is_some() {}
        Ok::<_, tungstenite::Error>(())
    };
    if timeout(patience, farewell).await.is_err() {
        debug!("the platform did not say goodbye in time");
    }
}

/// What a broken WebSocket means for its session.
pub(crate) fn ended(error: tungstenite::Error, censor: &Censor) -> SessionError {
    match error {
        tungstenite::Error::Io(error) => fault(&error).map_or(SessionError::Cut, SessionError::Os),
        tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed
        | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => SessionError::Cut,
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { max_size: limit, .. }) => {
            SessionError::TooLarge { limit }
        }
        other => SessionError::Protocol(censor.line(&other.to_string())),
    }
}

/// What a peer's goodbye says.
pub(crate) fn closed(goodbye: Option<CloseFrame>, censor: &Censor) -> SessionError {
    let (code, reason) = goodbye.map(|frame| (frame.code.into(), censor.line(&frame.reason))).unzip();
    SessionError::Closed { code, reason: reason.unwrap_or_default() }
}

/// An error of the operating system that tells more than that the connection is gone.
pub(crate) fn fault(error: &io::Error) -> Option<Fault> {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let cut = matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof);
    (!cut).then(|| Fault::from(error))
}
