use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A bot behind a webhook, which can be down.
pub(crate) struct Bot {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    posted: Mutex<Vec<Value>>,
    status: AtomicU16,
    up: AtomicBool,
}

impl Bot {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state =
            State { posted: Mutex::default(), status: AtomicU16::new(200), up: AtomicBool::new(true) };
        let bot = Self { address: listener.local_addr().unwrap(), state: Arc::new(state) };
        bot.serve(listener);
        bot
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/webhook", self.address)
    }

    /// What it was posted, in order.
    pub(crate) fn posted(&self) -> Vec<Value> {
        self.state.posted.lock().unwrap().clone()
    }

    /// Waits until it was posted so many.
    pub(crate) fn until(&self, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.posted().len() < count {
            assert!(Instant::now() < deadline, "{count} were to be posted: {:?}", self.posted());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Answers with this status from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.state.status.store(status, Ordering::SeqCst);
    }

    /// Goes down: nobody listens there any more.
    pub(crate) fn stop(&self) {
        self.state.up.store(false, Ordering::SeqCst);
        // The last connection it takes; then its socket is closed.
        let mut last = TcpStream::connect(self.address).unwrap();
        last.read_to_end(&mut Vec::new()).ok();
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(self.address).is_ok() {
            assert!(Instant::now() < deadline, "somebody listens on {}", self.address);
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Comes up again at the same place.
    pub(crate) fn listen(&self) {
        self.state.up.store(true, Ordering::SeqCst);
        self.serve(TcpListener::bind(self.address).unwrap());
    }

    fn serve(&self, listener: TcpListener) {
        let state = self.state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !state.up.load(Ordering::SeqCst) {
                    return;
                }
                let state = state.clone();
                thread::spawn(move || state.answer(stream));
            }
        });
    }
}

impl State {
    /// One request, one answer. Who closes early is no matter of the test's.
    fn answer(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.posted.lock().unwrap().push(serde_json::from_slice(&body).ok()?);
        let (status, text) = (self.status.load(Ordering::SeqCst), r#"{"msg":"success"}"#);
        let head =
            format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-type: application/json\r\n");
        write!(reader.get_mut(), "{head}content-length: {}\r\n\r\n{text}", text.len()).ok()
    }
}
