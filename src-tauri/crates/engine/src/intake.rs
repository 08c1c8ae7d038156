use std::sync::Arc;

use bytes::Bytes;
use longwire_contract::AppId;
use longwire_host::clock;
use longwire_link::{BadFrame, Event, Intake, NotKept, Reply};
use tokio::time::Instant;

use crate::{options::Sink, recent::ReceivedEvent, shared::Shared};

/// Where one app's link puts its events: into the sink, then into the list every view shows.
pub(crate) struct AppIntake {
    pub(crate) app_id: AppId,
    pub(crate) shared: Arc<Shared>,
    pub(crate) sink: Option<Arc<dyn Sink>>,
}

impl Intake for AppIntake {
    fn bad_frame(&self, _: &BadFrame) {
        self.shared.change_app(&self.app_id, |view| view.bad_frames = view.bad_frames.saturating_add(1));
    }

    async fn keep(&self, mut event: Event) -> Result<Reply, NotKept> {
        // The payload is a slice of the socket's buffer, which would stay as long as the list keeps the event.
        event.payload = Bytes::copy_from_slice(&event.payload);
        let received = ReceivedEvent { app_id: self.app_id.clone(), at_ms: clock::now_ms(), event };
        let mut arrival = Arrival {
            shared: &self.shared,
            received: Arc::new(received),
            arrived: Instant::now(),
            ack_code: FAILED,
        };
        if let Some(sink) = &self.sink {
            sink.keep(arrival.received.clone()).await.map_err(|_| NotKept)?;
        }
        arrival.ack_code = KEPT;
        Ok(Reply::ok())
    }
}

const KEPT: u16 = 200;
const FAILED: u16 = 500;

/// An event on its way into the list. It gets there whatever happens: a keeping that takes too long, or whose link ends,
/// is dropped, and that is just what a user looks for.
struct Arrival<'a> {
    shared: &'a Shared,
    received: Arc<ReceivedEvent>,
    arrived: Instant,
    ack_code: u16,
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.shared.received(self.received.clone(), self.ack_code, self.arrived.elapsed());
    }
}
