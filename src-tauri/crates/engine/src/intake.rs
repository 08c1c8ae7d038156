use std::sync::Arc;

use longwire_contract::{AppId, EventOrigin};
use longwire_delivery::Answer;
use longwire_link::{BadFrame, Event, Intake, NotKept, Reply};

use crate::{inbox::Inbox, shared::Shared};

/// Where one app's link puts its events: into the inbox.
pub(crate) struct AppIntake {
    pub(crate) app_id: AppId,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: Arc<Inbox>,
}

impl Intake for AppIntake {
    fn bad_frame(&self, _: &BadFrame) {
        self.shared.change_app(&self.app_id, |view| view.bad_frames = view.bad_frames.saturating_add(1));
    }

    async fn keep(&self, event: Event) -> Result<Reply, NotKept> {
        // What the journal says of itself is told where it says it, once and not with each event.
        let taken =
            self.inbox.take(&self.app_id, EventOrigin::Platform, event, None).await.map_err(|_| NotKept)?;
        Ok(match taken.answer {
            Answer::Data(data) | Answer::Failed { toast: Some(data) } => Reply::with_data(data),
            Answer::Nothing | Answer::Failed { toast: None } => Reply::ok(),
        })
    }
}
