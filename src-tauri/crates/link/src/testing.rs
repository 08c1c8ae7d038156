//! A platform in memory: tickets and WebSockets as a test scripts them, under paused time.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use longwire_dial::{Trace, route::Way};
use longwire_wire::{ClientConfig, Event, Frame, Header, Method, Reply, key};
use tokio::{
    io::DuplexStream,
    sync::{Semaphore, mpsc, oneshot, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use crate::{
    BadFrame, Error, Intake, NotKept, Nudge, Stage as Hop, State, Tuning,
    hold::hold,
    platform::{Begins, Grant, Opened, Opening, Platform, Walk},
    ticket::Ticket,
    upgrade::websocket,
};

/// How a try is to go.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// The endpoint step fails.
    NoTicket(Error),
    /// The upgrade fails.
    NoUpgrade(Error),
    /// A session opens; the endpoint wishes this.
    Open(ClientConfig),
    /// The endpoint never answers.
    Hang,
}

/// What [`Plan`] is used when the script is at its end.
pub(crate) struct Fake {
    script: Mutex<VecDeque<Plan>>,
    then: Plan,
    tickets: Arc<AtomicU32>,
    links: mpsc::UnboundedSender<Link>,
    tuning: Tuning,
}

impl Fake {
    /// A platform of which every try goes alike, and the sessions that it opens.
    pub(crate) fn of(plan: Plan, tuning: Tuning) -> (Self, mpsc::UnboundedReceiver<Link>) {
        let (links, opened) = mpsc::unbounded_channel();
        let (script, tickets) = (Mutex::default(), Arc::default());
        (Self { script, then: plan, tickets, links, tuning }, opened)
    }

    fn plan(&self, at_upgrade: bool) -> Plan {
        let mut script = self.script.lock().unwrap();
        match script.front() {
            // A try that gets as far as the upgrade is taken off there.
            Some(Plan::NoUpgrade(_) | Plan::Open(_)) if !at_upgrade => script.front().cloned(),
            _ => script.pop_front(),
        }
        .unwrap_or_else(|| self.then.clone())
    }
}

impl Platform for Fake {
    type Io = DuplexStream;

    async fn ticket(&self, begins: &mut Begins<'_>) -> Walk {
        begins(Hop::Dns);
        let number = self.tickets.fetch_add(1, Relaxed);
        let wishes = match self.plan(false) {
            Plan::NoTicket(error) => {
                return Walk { trace: Trace::default(), took: None, skew: None, result: Err(error) };
            }
            Plan::Hang => pending().await,
            Plan::Open(wishes) => wishes,
            Plan::NoUpgrade(_) => ClientConfig::default(),
        };
        let url = format!("wss://frontier.test/ws?service_id=7&device_id=d{number}&ticket=ticket-{number}");
        let grant = Grant { ticket: Ticket::parse(&url).unwrap(), way: Way::Direct, wishes };
        Walk { trace: Trace::default(), took: Some(Duration::ZERO), skew: None, result: Ok(grant) }
    }

    async fn open(&self, ticket: Ticket, _: &Way, begins: &mut Begins<'_>) -> Opening<DuplexStream> {
        begins(Hop::Upgrade);
        let socket = match self.plan(true) {
            Plan::NoUpgrade(error) => return Opening { route: None, result: Err(error) },
            _ => {
                let (ours, theirs) = tokio::io::duplex(256 << 10);
                let socket = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
                self.links.send(Link { socket, device_id: ticket.device_id }).unwrap();
                WebSocketStream::from_raw_socket(ours, Role::Client, Some(websocket(&self.tuning))).await
            }
        };
        Opening { route: None, result: Ok(Opened { socket, took: Duration::ZERO }) }
    }
}

/// A link being held, and everything around it.
pub(crate) struct Stage {
    pub(crate) states: watch::Receiver<State>,
    pub(crate) nudges: mpsc::Sender<Nudge>,
    pub(crate) desk: Arc<Desk>,
    tickets: Arc<AtomicU32>,
    links: mpsc::UnboundedReceiver<Link>,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<()>,
}

impl Stage {
    /// Follows the script, then repeats `then`.
    pub(crate) fn script(script: impl IntoIterator<Item = Plan>, then: Plan, tuning: Tuning) -> Self {
        Self::with_desk(script, then, tuning, Desk::default())
    }

    /// Sessions that open, and an intake.
    pub(crate) fn open(desk: Desk) -> Self {
        Self::with_desk([], Plan::Open(ClientConfig::default()), Tuning::default(), desk)
    }

    pub(crate) fn with_desk(
        script: impl IntoIterator<Item = Plan>,
        then: Plan,
        tuning: Tuning,
        desk: Desk,
    ) -> Self {
        let (link_sender, links) = mpsc::unbounded_channel();
        let (state, states) = watch::channel(State::Closed);
        let (nudges, nudged) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let (tickets, desk) = (Arc::<AtomicU32>::default(), Arc::new(desk));
        let script = Mutex::new(script.into_iter().collect());
        let fake = Fake { script, then, tickets: tickets.clone(), links: link_sender, tuning };
        let rng = fastrand::Rng::with_seed(7);
        let task = tokio::spawn(hold(fake, tuning, desk.clone(), rng, state, nudged, stopped));
        Self { states, nudges, desk, tickets, links, stop: Some(stop), task }
    }

    /// How many tickets have been asked for.
    pub(crate) fn tickets(&self) -> u32 {
        self.tickets.load(Relaxed)
    }

    /// The next session that opens, however long it takes.
    pub(crate) async fn link(&mut self) -> Link {
        self.links.recv().await.unwrap()
    }

    /// The next session, brought up.
    pub(crate) async fn live_link(&mut self) -> Link {
        let mut link = self.link().await;
        link.answer_ping(None).await;
        self.state(|state| matches!(state, State::Connected { .. })).await;
        link
    }

    /// The first state from now on of which this holds.
    pub(crate) async fn state(&mut self, wanted: impl FnMut(&State) -> bool) -> State {
        self.states.wait_for(wanted).await.unwrap().clone()
    }

    pub(crate) async fn waiting(&mut self) -> State {
        self.state(|state| matches!(state, State::Waiting { .. })).await
    }

    pub(crate) async fn refused(&mut self) -> State {
        self.state(|state| matches!(state, State::Refused { .. })).await
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// The platform's end of a session.
pub(crate) struct Link {
    pub(crate) socket: WebSocketStream<DuplexStream>,
    pub(crate) device_id: String,
}

impl Link {
    /// What comes next, however long it takes.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        self.socket.next().await.transpose().unwrap_or(None)
    }

    pub(crate) async fn frame(&mut self) -> Frame {
        match self.next().await {
            Some(Message::Binary(bytes)) => Frame::decode(bytes).unwrap(),
            other => panic!("a frame was to come, not {other:?}"),
        }
    }

    pub(crate) async fn ping(&mut self) {
        assert_eq!(self.frame().await, Frame::ping(7));
    }

    pub(crate) async fn answer_ping(&mut self, wishes: Option<ClientConfig>) {
        self.ping().await;
        self.send_frame(&Frame::pong(7, wishes.as_ref())).await;
    }

    /// Whether nothing comes for this long.
    pub(crate) async fn silent_for(&mut self, time: Duration) -> bool {
        timeout(time, self.next()).await.is_err()
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    pub(crate) async fn send_frame(&mut self, frame: &Frame) {
        self.send(Message::Binary(frame.encode())).await;
    }
}

/// An event's frame; `id` comes back with its acknowledgement.
pub(crate) fn event(id: &str, payload: &str) -> Frame {
    let headers = [(key::TYPE, "event"), (key::MESSAGE_ID, id), (key::SUM, "1"), (key::SEQ, "0")];
    Frame {
        seq_id: 1,
        method: Method::Data as i32,
        headers: headers.map(|(key, value)| Header::new(key, value)).to_vec(),
        payload: Some(Bytes::copy_from_slice(payload.as_bytes())),
        ..Frame::default()
    }
}

/// Which event an acknowledgement is for, and what it says.
pub(crate) fn acked(ack: &Frame) -> (String, String) {
    let id = ack.header(key::MESSAGE_ID).unwrap().to_owned();
    (id, String::from_utf8(ack.payload.clone().unwrap().into()).unwrap())
}

/// An intake that does what the event's payload says: `"panic"`, `"refuse"`, `"hang"`, `"gate"` (waits for a permit), or
/// is kept at once.
pub(crate) struct Desk {
    pub(crate) started: AtomicU32,
    pub(crate) gate: Semaphore,
    pub(crate) bad: Mutex<Vec<BadFrame>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { started: AtomicU32::new(0), gate: Semaphore::new(0), bad: Mutex::default() }
    }
}

impl Intake for Desk {
    async fn keep(&self, event: Event) -> Result<Reply, NotKept> {
        self.started.fetch_add(1, Relaxed);
        match event.text() {
            "\"panic\"" => panic!("as the event asks"),
            "\"refuse\"" => Err(NotKept),
            "\"hang\"" => pending().await,
            "\"gate\"" => {
                self.gate.acquire().await.unwrap().forget();
                Ok(Reply::ok())
            }
            "\"reply\"" => Ok(Reply::with_data("{}")),
            _ => Ok(Reply::ok()),
        }
    }

    fn bad_frame(&self, bad: &BadFrame) {
        self.bad.lock().unwrap().push(bad.clone());
    }
}
