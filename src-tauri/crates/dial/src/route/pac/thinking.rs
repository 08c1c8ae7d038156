//! A script's thread, and what it asks of the runtime meanwhile.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Zoned;
use tokio::net::lookup_host;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};

use super::PacFault;
use super::functions::World;
use super::sandbox::{self, Question, THREAD_STACK};
use crate::text;

/// A name to look up, and where its addresses go.
type Request = (String, Sender<Vec<IpAddr>>);

/// What is seen of a script while it thinks.
#[derive(Debug, Default)]
pub(super) struct Thought {
    /// It runs, and waits for nothing.
    runs: AtomicBool,
    /// It has looked up a name.
    asked: AtomicBool,
}

impl Thought {
    /// Whether it was the script's own doing, and not the network's, that it failed so.
    pub(super) fn would_fail_again(&self, fault: &PacFault) -> bool {
        let (runs, asked) = (self.runs.load(Ordering::Relaxed), self.asked.load(Ordering::Relaxed));
        match fault {
            PacFault::TimedOut(_) => runs,
            PacFault::Threw(_) => runs && !asked,
            PacFault::NotAScript(_) | PacFault::NoFunction => true,
            _ => false,
        }
    }
}

/// What the script answers. Past the deadline, or when the future is dropped, the script is stopped and its thread ends.
///
/// It is a thread of its own and not the runtime's: what a script can make the engine do in one piece is not stopped, and
/// a thread that hung there would keep the runtime from ending. `at_once` bounds how many could.
pub(super) async fn ask(
    script: Arc<str>,
    url: String,
    host: String,
    deadline: Instant,
    allowed: Duration,
    at_once: &Arc<Semaphore>,
    thought: &Thought,
) -> Result<String, PacFault> {
    let timed_out = PacFault::TimedOut(allowed);
    let Ok(place) = Arc::clone(at_once).acquire_owned().await else { return Err(timed_out) };
    let waiting = Waiting::default();
    let (ask, mut asked) = unbounded_channel();
    let (tell, mut told) = oneshot::channel();
    let given_up = Arc::clone(&waiting.given_up);
    let think = move || {
        let stop = move || given_up.load(Ordering::Relaxed) || Instant::now() >= deadline;
        let question = Question { script: &script, url: &url, host: &host, stop: Box::new(stop), allowed };
        let _ = tell.send(sandbox::answer(question, world(ask, deadline)));
        drop(place);
    };
    let thread = thread::Builder::new().name("pac".to_owned()).stack_size(THREAD_STACK);
    if let Err(error) = thread.spawn(think) {
        return Err(PacFault::Threw(text::line(&error.to_string())));
    }
    thought.runs.store(true, Ordering::Relaxed);
    loop {
        tokio::select! {
            answer = &mut told => {
                return answer.unwrap_or_else(|_| Err(PacFault::Threw("the engine failed".to_owned())));
            }
            Some((name, answer)) = asked.recv() => {
                thought.asked.store(true, Ordering::Relaxed);
                thought.runs.store(false, Ordering::Relaxed);
                let found = addresses(&name).await;
                thought.runs.store(true, Ordering::Relaxed);
                let _ = answer.send(found);
            }
        }
    }
}

/// Tells the script, when dropped, that nobody waits any more.
#[derive(Default)]
struct Waiting {
    given_up: Arc<AtomicBool>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}

fn world(ask: UnboundedSender<Request>, deadline: Instant) -> World {
    let lookup = move |name: &str| {
        let (answer, answered) = channel();
        let left = deadline.saturating_duration_since(Instant::now());
        match ask.send((name.to_owned(), answer)) {
            Ok(()) => answered.recv_timeout(left).unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    };
    World { now: Zoned::now(), lookup: Box::new(lookup), found: RefCell::new(HashMap::new()) }
}

async fn addresses(name: &str) -> Vec<IpAddr> {
    match lookup_host((name, 0)).await {
        Ok(found) => found.map(|address| address.ip()).collect(),
        Err(_) => Vec::new(),
    }
}
