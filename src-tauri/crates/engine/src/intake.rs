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
        let arrived = Instant::now();
        let seq = self.shared.next_seq();
        // The payload is a slice of the socket's buffer, which would stay as long as the list keeps the event.
        event.payload = Bytes::copy_from_slice(&event.payload);
        let received =
            Arc::new(ReceivedEvent { seq, app_id: self.app_id.clone(), at_ms: clock::now_ms(), event });
        let kept = match &self.sink {
            Some(sink) => sink.keep(received.clone()).await.map_err(|_| NotKept),
            None => Ok(()),
        };
        let code = if kept.is_ok() { 200 } else { 500 };
        self.shared.received(received, code, arrived.elapsed());
        kept.map(|()| Reply::ok())
    }
}
