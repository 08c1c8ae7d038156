//! One event on its way: to a random client, again after each failure, until it is taken or given up.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{sync::watch, time};

use crate::{
    catalogue::Event,
    client::{Client, Order},
    frames::{self, Postmark},
    history::Settled,
    state::State,
    tickets::SERVICE_ID,
    violation::Violation,
};

/// An event that was sent. Dropping it changes nothing: the simulator goes on delivering.
#[derive(Debug)]
pub struct Delivery {
    /// The app it is for.
    pub app_id: String,
    /// What is sent.
    pub event: Event,
    report: watch::Receiver<Report>,
}

/// How a delivery goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Every try so far, in order.
    pub attempts: Vec<Attempt>,
    /// What became of it.
    pub outcome: Outcome,
}

/// One try to deliver an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The client it went to: the `device_id` of its session.
    pub device_id: Option<String>,
    /// What the client said, or why it counts as failed.
    pub result: Result<Ack, Failure>,
}

/// An acknowledgement of success.
#[derive(Clone, Debug, PartialEq)]
pub struct Ack {
    /// What a callback answered: the bytes inside `data`.
    pub data: Option<Bytes>,
    /// How long the client says it took.
    pub biz_rt: Duration,
    /// How long it took from the first frame's queueing.
    pub took: Duration,
}

/// Why a try failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Failure {
    /// No client of the app is connected.
    #[error("no client is connected")]
    NoClient,
    /// The client left before it answered.
    #[error("the client left")]
    Disconnected,
    /// No acknowledgement in time.
    #[error("no acknowledgement in {0:?}")]
    NoAck(Duration),
    /// An acknowledgement that says it failed.
    #[error("the client said {0}")]
    Code(u16),
    /// An acknowledgement against the protocol.
    #[error("{0}")]
    Violation(#[from] Violation),
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Outcome {
    /// Not settled yet.
    #[default]
    Pending,
    /// A client took it.
    Acked,
    /// A callback that no client took. Callbacks are not sent again.
    Failed,
    /// An event that no client took, also not in the last try.
    Lost,
}

impl Delivery {
    /// How it goes at the moment.
    pub fn report(&self) -> Report {
        self.report.borrow().clone()
    }

    /// Waits for its end. The outcome is still [`Outcome::Pending`] where the simulator was shut down.
    pub async fn settled(&mut self) -> Report {
        self.until(|report| report.outcome != Outcome::Pending).await
    }

    /// Waits until a client took it.
    ///
    /// # Errors
    /// How it went, where none did.
    pub async fn acked(&mut self) -> Result<Ack, Report> {
        let report = self.settled().await;
        match report.attempts.last() {
            Some(Attempt { result: Ok(ack), .. }) => Ok(ack.clone()),
            _ => Err(report),
        }
    }

    /// Waits until this many tries came to their end, or all that there will be.
    pub async fn attempts(&mut self, count: usize) -> Report {
        self.until(|report| report.attempts.len() >= count || report.outcome != Outcome::Pending).await
    }

    async fn until(&mut self, wanted: impl FnMut(&Report) -> bool) -> Report {
        // An error: the simulator was shut down, and nothing more will come.
        let _ = self.report.wait_for(wanted).await;
        self.report()
    }
}

/// Starts to deliver an event.
pub(crate) fn start(state: &Arc<State>, app_id: String, event: Event) -> Delivery {
    let (report, watched) = watch::channel(Report::default());
    if let Some(written) = event.written() {
        state.chats.wrote(&app_id, written);
    }
    let delivery = Delivery { app_id: app_id.clone(), event: event.clone(), report: watched };
    let (state, shutdown) = (state.clone(), state.shutdown.clone());
    state.clone().tasks.spawn(async move {
        shutdown.run_until_cancelled(run(&state, app_id, event, &report)).await;
    });
    delivery
}

async fn run(state: &Arc<State>, app_id: String, event: Event, report: &watch::Sender<Report>) {
    let counters = &state.counters;
    let mut pauses = if event.is_callback() { &[][..] } else { &state.redelivery[..] }.iter();
    let outcome = loop {
        counters.count(&counters.sent);
        let attempt = attempt(state, &app_id, &event).await;
        let taken = attempt.result.is_ok();
        report.send_modify(|report| report.attempts.push(attempt));
        if taken {
            counters.acked.fetch_add(1, Relaxed);
            break Outcome::Acked;
        }
        counters.count(&counters.failed);
        match pauses.next() {
            Some(&pause) => time::sleep(pause).await,
            None if event.is_callback() => break Outcome::Failed,
            None => {
                counters.lost.fetch_add(1, Relaxed);
                break Outcome::Lost;
            }
        }
        counters.redelivered.fetch_add(1, Relaxed);
    };
    report.send_modify(|report| report.outcome = outcome);
    let report = report.borrow().clone();
    state.settled.push(Settled { app_id, event_id: event.event_id, event_type: event.event_type, report });
    counters.tell();
}

async fn attempt(state: &State, app_id: &str, event: &Event) -> Attempt {
    let Some(client) = state.any_client(app_id) else {
        return Attempt { device_id: None, result: Err(Failure::NoClient) };
    };
    let result = push(state, &client, event).await;
    Attempt { device_id: Some(client.view.device_id.clone()), result }
}

async fn push(state: &State, client: &Client, event: &Event) -> Result<Ack, Failure> {
    let (message_id, trace_id, log_id) = state.delivery_ids();
    let postmark = Postmark {
        service: SERVICE_ID,
        message_id: &message_id,
        trace_id: &trace_id,
        instance_id: &state.instance_id,
        log_id,
        now_ms: state.now_ms(),
    };
    let count = event.payload.len().div_ceil(state.fragment).max(1) as u64;
    let frames = frames::split(&event.payload, &postmark, state.frame_numbers(count), state.fragment);
    let encoded = frames.iter().map(longwire_wire::Frame::encode).collect();
    let Some(last) = frames.into_iter().next_back() else { return Err(Failure::Disconnected) };
    let sent = longwire_wire::Frame { payload: None, ..last };

    let answer = client.expect(&message_id, sent);
    let start = Instant::now();
    let exchange = async {
        client.orders.send(Order::Push(encoded)).await.map_err(|_| Failure::Disconnected)?;
        answer.await.map_err(|_| Failure::Disconnected)
    };
    let receipt = match time::timeout(state.ack_deadline, exchange).await {
        Ok(Ok(answer)) => answer?,
        Ok(Err(failure)) => return Err(failure),
        Err(_) => {
            client.retire(&message_id);
            return Err(Failure::NoAck(state.ack_deadline));
        }
    };
    if receipt.code != 200 {
        return Err(Failure::Code(receipt.code));
    }
    Ok(Ack { data: receipt.data, biz_rt: receipt.biz_rt.unwrap_or_default(), took: start.elapsed() })
}
