use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use crate::{PATIENCE, message::Message};

/// Below the ports that the system gives away, so that nobody has it while the webhook is not there. The network is the test's
/// own.
const PORT: u16 = 3000;
const GOOD: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"msg\":\"success\"}";

/// A bot behind a webhook, which behaves as it is told and remembers what it was posted.
pub(crate) struct Webhook {
    shared: Arc<Shared>,
}

struct Shared {
    behaviour: watch::Sender<Behaviour>,
    /// How many connections there are.
    open: watch::Sender<usize>,
    log: Mutex<Log>,
    /// How many messages were answered well, each counted once.
    good: watch::Sender<usize>,
}

/// What a webhook does with what it is posted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Behaviour {
    /// Takes it.
    Good,
    /// Answers with this status.
    Status(u16),
    /// Says nothing.
    Hangs,
    /// Closes the connection before its answer is whole.
    Breaks,
    /// Is not there.
    Gone,
}

/// What was posted.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// The message, by the event's id.
    pub(crate) message: Message,
    /// Which event Longwire says it is, and which attempt.
    pub(crate) seq: u32,
    pub(crate) attempt: u32,
    /// How many times Longwire was killed before it was posted.
    pub(crate) epoch: usize,
    /// How it was met.
    pub(crate) met: Behaviour,
    /// Whether it was the event to the byte.
    pub(crate) exact: bool,
}

#[derive(Default)]
struct Log {
    posts: Vec<Post>,
    good: HashSet<Message>,
    epoch: usize,
}

impl Webhook {
    pub(crate) async fn start() -> Self {
        let shared = Shared {
            behaviour: watch::Sender::new(Behaviour::Good),
            open: watch::Sender::new(0),
            log: Mutex::default(),
            good: watch::Sender::new(0),
        };
        let shared = Arc::new(shared);
        let listener = listen().await;
        tokio::spawn(accept(shared.clone(), listener));
        Self { shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{PORT}/webhook/event")
    }

    /// Behaves so from now on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.shared.behaviour.send_replace(behaviour);
    }

    /// How many messages were answered well, each counted once.
    pub(crate) fn good(&self) -> usize {
        *self.shared.good.borrow()
    }

    /// Waits until so many messages were answered well. A minute without any ends the test.
    pub(crate) async fn until_good(&self, wanted: usize) {
        let mut good = self.shared.good.subscribe();
        while *good.borrow_and_update() < wanted {
            let changed = timeout(PATIENCE, good.changed()).await;
            assert!(changed.is_ok(), "{} of {wanted} came, and no more", self.good());
        }
    }

    /// How many posts were met so.
    pub(crate) fn met(&self, behaviour: Behaviour) -> usize {
        self.shared.log.lock().unwrap().posts.iter().filter(|post| post.met == behaviour).count()
    }

    /// Waits until all that those who are gone have posted is in the log, and begins to count as after a kill.
    pub(crate) async fn next_epoch(&self) {
        let mut open = self.shared.open.subscribe();
        timeout(PATIENCE, open.wait_for(|open| *open == 0)).await.unwrap().unwrap();
        self.shared.log.lock().unwrap().epoch += 1;
    }

    /// All that was posted, in the order it came.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.shared.log.lock().unwrap().posts.clone()
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind(("127.0.0.1", PORT)).await.unwrap()
}

async fn accept(shared: Arc<Shared>, mut listener: TcpListener) {
    let mut behaviour = shared.behaviour.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => Some(accepted.unwrap()),
            _ = behaviour.wait_for(|now| *now == Behaviour::Gone) => None,
        };
        let Some((stream, _)) = accepted else {
            drop(listener);
            // The test is over where nobody is left to say anything.
            if behaviour.wait_for(|now| *now != Behaviour::Gone).await.is_err() {
                return;
            }
            listener = listen().await;
            continue;
        };
        shared.open.send_modify(|open| *open += 1);
        let shared = shared.clone();
        tokio::spawn(async move {
            // Whoever posts may be killed at any moment.
            let _ = shared.serve(stream).await;
            shared.open.send_modify(|open| *open -= 1);
        });
    }
}

impl Shared {
    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut behaviour = self.behaviour.subscribe();
        let mut read = BytesMut::new();
        loop {
            let post = tokio::select! {
                biased;
                post = posted(&mut stream, &mut read) => post?,
                _ = behaviour.wait_for(|now| *now == Behaviour::Gone) => return Ok(()),
            };
            let Some(post) = post else { return Ok(()) };
            match self.meet(post) {
                Behaviour::Good => stream.write_all(GOOD.as_bytes()).await?,
                Behaviour::Status(status) => {
                    let answer = format!("HTTP/1.1 {status} Trouble\r\nContent-Length: 2\r\n\r\nno");
                    stream.write_all(answer.as_bytes()).await?;
                }
                Behaviour::Hangs => {
                    // Until the other side has enough of it.
                    return stream.read_u8().await.map(drop);
                }
                Behaviour::Breaks => {
                    return stream.write_all(&GOOD.as_bytes()[..GOOD.len() - 5]).await;
                }
                Behaviour::Gone => return Ok(()),
            }
        }
    }

    /// Writes down what was posted, and says how it is met.
    fn meet(&self, mut post: Post) -> Behaviour {
        let mut log = self.log.lock().unwrap();
        (post.met, post.epoch) = (*self.behaviour.borrow(), log.epoch);
        let met = post.met;
        if met == Behaviour::Good && log.good.insert(post.message) {
            self.good.send_replace(log.good.len());
        }
        log.posts.push(post);
        met
    }
}

/// The next request; `None` where there is none any more.
async fn posted(stream: &mut TcpStream, read: &mut BytesMut) -> std::io::Result<Option<Post>> {
    loop {
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let header = |name: &str| {
                let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                line.unwrap_or_else(|| panic!("no {name} in\n{head}"))
            };
            let length: usize = header("content-length").parse().unwrap();
            if read.len() >= end + 4 + length {
                assert!(head.starts_with("post /webhook/event http/1.1"), "{head}");
                let message = Message::of(header("x-longwire-event-id")).unwrap();
                let mut post = Post {
                    message,
                    seq: header("x-longwire-event").parse().unwrap(),
                    attempt: header("x-longwire-attempt").parse().unwrap(),
                    epoch: 0,
                    met: Behaviour::Good,
                    exact: false,
                };
                let request = read.split_to(end + 4 + length);
                post.exact = message.is_brought_by(&request[end + 4..]);
                return Ok(Some(post));
            }
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
}
