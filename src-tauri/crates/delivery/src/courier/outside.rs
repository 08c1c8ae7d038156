use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use longwire_contract::AttemptOutcome;
use longwire_dial::Dialer;
use longwire_journal::{Attempt, Error, Journal, QueueCount, Record, TargetKey, Then, Waiting};

use crate::{
    Kind, Target,
    agent::came,
    print::line,
    webhook::{KeptAlive, Post, Sent},
};

/// What a courier needs of the world: a journal, targets, the time. In a test, a world in memory.
pub(crate) trait Outside: Send + Sync + 'static {
    /// What is kept of one handing over for the next.
    type Kept: Default + Send + 'static;

    /// Now, in milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;

    /// See [`Journal::waiting`].
    fn waiting(&self, limit: usize) -> impl Future<Output = Result<Vec<Waiting>, Error>> + Send;

    /// See [`Journal::records`].
    fn records(&self, seqs: Vec<u32>) -> impl Future<Output = Result<Vec<Record>, Error>> + Send;

    /// See [`Journal::queue_count`].
    fn count(&self) -> impl Future<Output = Result<QueueCount, Error>> + Send;

    /// See [`Journal::attempted`].
    fn attempted(&self, attempt: Attempt, then: Then) -> impl Future<Output = Result<(), Error>> + Send;

    /// Hands an event over. Nothing where it was stopped before the target said anything, as it is once `stop` is over.
    fn hand(
        &self,
        target: &Target,
        kept: &mut Self::Kept,
        post: Post<'_>,
        stop: impl Future<Output = ()> + Send,
    ) -> impl Future<Output = Option<Sent>> + Send;
}

/// The journal, and the roads from it to a target.
#[derive(Clone, Debug)]
pub(crate) struct Road {
    pub(crate) key: TargetKey,
    pub(crate) journal: Journal,
    pub(crate) dialer: Arc<Dialer>,
}

impl Outside for Road {
    type Kept = KeptAlive;

    fn now_ms(&self) -> u64 {
        longwire_host::clock::now_ms()
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<Waiting>, Error> {
        self.journal.waiting(self.key, limit).await
    }

    async fn records(&self, seqs: Vec<u32>) -> Result<Vec<Record>, Error> {
        self.journal.records(seqs).await
    }

    async fn count(&self) -> Result<QueueCount, Error> {
        self.journal.queue_count(self.key).await
    }

    async fn attempted(&self, attempt: Attempt, then: Then) -> Result<(), Error> {
        self.journal.attempted(attempt, then).await
    }

    async fn hand(
        &self,
        target: &Target,
        kept: &mut KeptAlive,
        post: Post<'_>,
        stop: impl Future<Output = ()> + Send,
    ) -> Option<Sent> {
        match &target.kind {
            Kind::Webhook(webhook) => Some(webhook.send(kept, &self.dialer, post).await),
            Kind::Command(program) => program.run(&target.name, post, stop).await,
            Kind::Agent(agent) => agent.answer(post.record, came(&post), stop).await,
            Kind::Print(printing) => {
                let started = tokio::time::Instant::now();
                // However slow the reader is, half a line is worse than a late one.
                let (outcome, detail) = match printing.print(line(post.record)).await {
                    Ok(()) => (AttemptOutcome::Delivered, String::new()),
                    Err(closed) => (AttemptOutcome::Unreachable, closed.to_string()),
                };
                let took: Duration = started.elapsed();
                let (status, response, retry_after) = (None, None, None);
                Some(Sent { outcome, status, took, response, body: Bytes::new(), retry_after, detail })
            }
        }
    }
}
