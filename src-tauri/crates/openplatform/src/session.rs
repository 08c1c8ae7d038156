//! One client's link, from its opening to its end.

use std::{future::pending, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use longwire_wire::{ClientConfig, Frame, Inbound, Method};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time,
};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{
    client::{Arrival, Client, Order},
    fault::Fault,
    flood,
    garbage::Garbage,
    history::lock,
    link::Link,
    receipt,
    state::State,
    tickets::SERVICE_ID,
    violation::Violation,
};

/// How long a link lives under [`Fault::Flapping`].
const FLAP: Duration = Duration::from_secs(1);
/// How often a link gets a piece of garbage under [`Fault::Garbage`], besides before each event.
const LITTER: Duration = Duration::from_secs(1);

/// Serves a client until either end closes the link.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    state: &Arc<State>,
    client: &Arc<Client>,
    stream: S,
    orders: mpsc::Receiver<Order>,
) {
    let link = Link::new(stream).await;
    let mut session = Session { state, client, link, garbage: Garbage::new() };
    // An error is the client's leaving, as `None` is.
    let _ = session.serve(orders).await;
}

struct Session<'a, S> {
    state: &'a Arc<State>,
    client: &'a Arc<Client>,
    link: Link<S>,
    garbage: Garbage,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    async fn serve(&mut self, mut orders: mpsc::Receiver<Order>) -> Result<(), Error> {
        let mut fault = self.state.fault.subscribe();
        let mut now = *fault.borrow_and_update();
        let flap = now == Some(Fault::Flapping);
        let mut end = pin!(async {
            if !flap {
                pending::<()>().await;
            }
            time::sleep(FLAP).await;
        });
        let mut litter = time::interval(LITTER);
        litter.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        loop {
            if now.is_some_and(Fault::silences_links) {
                // What is read here is lost to the WebSocket, so that the link ends with the fault.
                tokio::select! {
                    () = self.link.swallow() => {}
                    _ = fault.changed() => {}
                }
                return Ok(());
            }
            tokio::select! {
                biased;
                _ = fault.changed() => {
                    now = *fault.borrow_and_update();
                    litter.reset_immediately();
                }
                () = &mut end => return Ok(()),
                inbound = self.link.next() => match inbound {
                    Some(message) => self.receive(message).await?,
                    None => return Ok(()),
                },
                _ = litter.tick(), if now == Some(Fault::Garbage) => self.litter().await?,
                order = orders.recv() => match order {
                    Some(order) => self.carry_out(order, now).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    async fn carry_out(&mut self, order: Order, fault: Option<Fault>) -> Result<(), Error> {
        match order {
            Order::Push(frames) => {
                if fault == Some(Fault::Garbage) {
                    self.litter().await?;
                }
                for frame in frames {
                    self.link.feed(Message::Binary(frame)).await?;
                }
            }
            Order::Flood(order) => {
                let flood::Flood { plan, done } = *order;
                let outcome = flood::run(&mut self.link, plan).await;
                let _ = done.send(outcome);
            }
        }
        Ok(())
    }

    async fn litter(&mut self) -> Result<(), Error> {
        let (message, message_id) = self.state.with_rng(|rng| self.garbage.piece(rng));
        // Whatever a client answers to garbage is neither an acknowledgement nor a fault of its own.
        self.client.retire(&message_id);
        self.link.feed(message).await
    }

    async fn receive(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Binary(raw) => self.receive_frame(raw).await,
            Message::Text(_) => {
                self.violated(Violation::Text);
                Ok(())
            }
            // tungstenite answers pings of the WebSocket itself, and a close.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn receive_frame(&mut self, raw: Bytes) -> Result<(), Error> {
        let frame = match Frame::decode(raw.clone()) {
            Ok(frame) => frame,
            Err(error) => {
                self.violated(Violation::NotAFrame(error.to_string()));
                return Ok(());
            }
        };
        if frame.method == Method::Data as i32 {
            match self.client.take(&raw, &frame) {
                Arrival::Taken => {}
                Arrival::Late => self.state.counters.count(&self.state.counters.late),
                Arrival::Wrong(violation) => self.violated(violation),
            }
            return Ok(());
        }
        if let Err(violation) = receipt::required_fields(&raw).and_then(|()| ping(&frame)) {
            self.violated(violation);
        }
        match Inbound::of(frame) {
            Ok(Inbound::Ping) => self.pong().await,
            Ok(other) => {
                self.violated(Violation::Unknown(format!("{other:?}")));
                Ok(())
            }
            Err(error) => {
                self.violated(Violation::Unknown(error.to_string()));
                Ok(())
            }
        }
    }

    async fn pong(&mut self) -> Result<(), Error> {
        let config: ClientConfig = *lock(&self.state.config);
        self.link.feed(Message::Binary(Frame::pong(SERVICE_ID, Some(&config)).encode())).await?;
        self.state.counters.count(&self.state.counters.pings);
        Ok(())
    }

    fn violated(&self, violation: Violation) {
        self.state.violated(&self.client.view, violation);
    }
}

/// Whether a control frame is the ping that the official SDKs send.
fn ping(frame: &Frame) -> Result<(), Violation> {
    let wrong = |what: String| Err(Violation::BadPing(what));
    if frame.service != SERVICE_ID {
        return wrong(format!("service is {}", frame.service));
    }
    if (frame.seq_id, frame.log_id) != (0, 0) {
        return wrong(format!("SeqID and LogID are {} and {}", frame.seq_id, frame.log_id));
    }
    Ok(())
}
