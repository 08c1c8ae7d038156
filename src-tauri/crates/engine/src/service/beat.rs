use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use longwire_contract::AppId;
use tokio::sync::{mpsc, oneshot};

use crate::engine::Inner;

/// Asks a task whether it still runs: it answers between two other things that it does.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(mpsc::Sender<oneshot::Sender<()>>);

/// The pulses of the apps' tasks that are to run. They are not on the desk: a command that asks a keychain keeps that for as long as
/// the keychain asks its user.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pulses(Arc<Mutex<BTreeMap<AppId, Pulse>>>);

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

impl Pulses {
    /// The task of an app runs from now on.
    pub(crate) fn begin(&self, id: AppId, pulse: Pulse) {
        self.held().insert(id, pulse);
    }

    /// It is about to end, as it is meant to.
    pub(crate) fn end(&self, id: &AppId) {
        self.held().remove(id);
    }

    fn all(&self) -> Vec<(AppId, Pulse)> {
        self.held().iter().map(|(id, pulse)| (id.clone(), pulse.clone())).collect()
    }

    /// Whether this one is still to answer.
    fn has(&self, id: &AppId, pulse: &Pulse) -> bool {
        self.held().get(id).is_some_and(|held| held.0.same_channel(&pulse.0))
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<AppId, Pulse>> {
        // A panic while holding the lock leaves a list behind that is as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    for (id, pulse) in inner.pulses.all() {
        if !pulse.answers().await && inner.pulses.has(&id, &pulse) {
            return Err(Stuck::App(id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use longwire_contract::{Domain, Language};
    use longwire_host::fake::MemoryStore;
    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::{Apps, Engine, GivenApp, Machine, Options};

    #[tokio::test]
    async fn a_keychain_that_asks_its_user_stops_no_beat() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { data_dir: folder.path().to_owned(), system_language: Language::English };
        let id: AppId = "cli_0123456789abcdef".parse().unwrap();
        let domain = Domain::Custom("http://127.0.0.1:9".to_owned());
        let app = GivenApp { id: id.clone(), secret: Some("secret".into()), domain };
        let options = Options {
            secrets: Arc::<MemoryStore>::default(),
            system: false,
            apps: Apps::Only(app),
            ..Options::new(&machine, "test")
        };
        let engine = Engine::open(options).await.unwrap();
        // As a command has it that waits for the keychain.
        let desk = engine.inner.desk.lock().await;
        let beaten = timeout(Duration::from_secs(20), beat(&engine.inner)).await;
        assert_eq!(beaten, Ok(Ok(())));
        drop(desk);
        assert_eq!(engine.inner.pulses.all().len(), 1, "the app was asked");
        let (gone, _) = Pulse::of(async {});
        engine.inner.pulses.begin(id.clone(), gone);
        assert_eq!(beat(&engine.inner).await, Err(Stuck::App(id)));
        engine.close().await;
    }

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
