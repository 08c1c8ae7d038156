use longwire_contract::AppId;
use tokio::sync::{mpsc, oneshot};

use crate::engine::Inner;

/// Asks a task whether it still runs: it answers between two other things that it does.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(mpsc::Sender<oneshot::Sender<()>>);

/// Who did not answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Stuck {
    /// The thread that writes events down is gone.
    #[error("the journal's writer is gone")]
    Journal,
    /// The task that holds an app's connection is gone.
    #[error("the task of {0} is gone")]
    App(AppId),
}

impl Pulse {
    /// One for the task that does `work`, and that task.
    pub(crate) fn of(work: impl Future<Output = ()>) -> (Self, impl Future<Output = ()>) {
        let (asking, mut asked) = mpsc::channel::<oneshot::Sender<()>>(1);
        let answering = async move {
            while let Some(answer) = asked.recv().await {
                answer.send(()).ok();
            }
            std::future::pending::<()>().await;
        };
        let task = async move {
            tokio::select! {
                () = work => {}
                () = answering => {}
            }
        };
        (Self(asking), task)
    }

    /// Whether it answers; waits for as long as it does not. No where it has ended.
    async fn answers(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).await.is_ok() && answered.await.is_ok()
    }
}

/// Goes once through everything that has to run for events to be received: the one state, the journal's thread, each app's task.
/// Whether anything is connected, or the disk is full, is not asked: that is no reason to start again.
pub(super) async fn beat(inner: &Inner) -> Result<(), Stuck> {
    inner.surroundings.shared.change_if(|_| false);
    if let Some(journal) = inner.journal.get()
        && !journal.answers().await
    {
        return Err(Stuck::Journal);
    }
    let pulses: Vec<_> =
        inner.desk.lock().await.running.iter().map(|(id, app)| (id.clone(), app.pulse())).collect();
    for (id, pulse) in pulses {
        if !pulse.answers().await {
            return Err(Stuck::App(id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_waits_answers_and_one_that_is_gone_or_never_runs_does_not() {
        let (pulse, task) = Pulse::of(sleep(Duration::from_secs(60)));
        let running = tokio::spawn(task);
        assert!(pulse.answers().await && pulse.answers().await);
        running.await.unwrap();
        assert!(!pulse.answers().await);
        let (pulse, _never_run) = Pulse::of(std::future::pending());
        assert!(timeout(Duration::from_secs(60), pulse.answers()).await.is_err());
    }

    #[tokio::test]
    async fn a_task_that_panicked_does_not_answer() {
        let (pulse, task) = Pulse::of(async { panic!("on purpose") });
        tokio::spawn(task).await.unwrap_err();
        assert!(!pulse.answers().await);
    }
}
