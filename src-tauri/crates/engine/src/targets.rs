//! Who is handed events: the targets of the settings and those given on the command line.

mod agent;
mod build;
mod change;
mod follow;
mod given;
mod secrets;
mod view;

use std::sync::{Mutex, PoisonError};

use longwire_contract::{Fault, FaultCode, Notice, NoticeCode};
use longwire_delivery::{Kind, Target, Wanted};
use longwire_journal::{QueueCount, TargetKey};
use tracing::warn;

pub(crate) use self::{
    build::judge,
    follow::{follow, show_settled},
    view::of_settings,
};
pub use self::{given::GivenTarget, secrets::TargetSecrets};
use crate::{Engine, settings::TargetSettings};

/// The targets there are, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    held: Mutex<Vec<Held>>,
    /// Those that are named no more, and for which events wait.
    absent: Mutex<Vec<Absent>>,
}

/// A target that is named no more.
#[derive(Clone, Debug)]
struct Absent {
    key: TargetKey,
    name: String,
    queue: QueueCount,
}

/// One of them.
#[derive(Clone, Debug)]
struct Held {
    settings: TargetSettings,
    kind: longwire_contract::TargetKind,
    given: bool,
    encrypts: bool,
    has_token: bool,
    /// Why it is held back, where it cannot be used.
    unusable: Option<String>,
    key: TargetKey,
    target: Target,
}

impl Targets {
    fn all(&self) -> Vec<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, held: Vec<Held>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn absent(&self) -> Vec<Absent> {
        self.absent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_absent(&self, absent: Vec<Absent>) {
        *self.absent.lock().unwrap_or_else(PoisonError::into_inner) = absent;
    }

    fn find(&self, name: &str) -> Option<Held> {
        self.all().into_iter().find(|held| held.settings.name == name)
    }

    /// The numbers the journal knows them by.
    pub(crate) fn keys(&self) -> Vec<TargetKey> {
        self.all().into_iter().map(|held| held.key).collect()
    }

    /// Who wants an event.
    pub(crate) fn wanting(&self, event: Wanted<'_>) -> Vec<TargetKey> {
        self.all().into_iter().filter(|held| held.wants(event)).map(|held| held.key).collect()
    }

    /// The first webhook that wants an event.
    pub(crate) fn webhook_for(&self, event: Wanted<'_>) -> Option<Target> {
        let is_webhook = |held: &Held| matches!(held.target.kind, Kind::Webhook(_));
        self.all().into_iter().find(|held| is_webhook(held) && held.wants(event)).map(|held| held.target)
    }
}

impl Engine {
    /// The targets, which an engine that connects nothing reads when it is asked for them first.
    ///
    /// # Errors
    /// Those of [`Engine::load_targets`].
    pub(crate) async fn targets(&self) -> Result<&Targets, Fault> {
        self.inner.targets_read.get_or_try_init(|| self.load_targets()).await?;
        Ok(&self.inner.targets)
    }

    /// The number the journal knows a target by.
    ///
    /// # Errors
    /// [`FaultCode::TargetUnknown`].
    pub(crate) async fn target_key(&self, name: &str) -> Result<TargetKey, Fault> {
        self.target(name).await.map(|target| target.key)
    }

    /// The target of this name.
    ///
    /// # Errors
    /// [`FaultCode::TargetUnknown`].
    pub(crate) async fn target(&self, name: &str) -> Result<Target, Fault> {
        self.targets().await?.find(name).map(|held| held.target).ok_or_else(|| unknown(name))
    }

    /// Reads the targets anew and hands events to those from now on. One that cannot be used is left out and told.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`], [`FaultCode::Journal`].
    pub(crate) async fn load_targets(&self) -> Result<(), Fault> {
        let (settings, _) = self.inner.settings.read()?;
        let journal = self.journal().await?;
        // Before those of the settings, one of which may have its name now.
        let own = self.own_target(&journal, &settings).await?;
        let (mut held, mut unusable) = (Vec::<Held>::new(), Vec::new());
        for target in settings.targets.clone() {
            let name = target.name.clone();
            let fault = match self.held(&journal, target).await {
                Ok((target, fault)) => {
                    held.push(Held { unusable: fault.as_ref().map(reason), ..target });
                    fault
                }
                Err(fault) => Some(fault),
            };
            if let Some(fault) = fault {
                warn!(target = %name, %fault, "a target cannot be used");
                let error = reason(&fault);
                let values = [("target".to_owned(), name), ("error".to_owned(), error)].into();
                unusable.push(Notice { code: NoticeCode::TargetUnusable, values });
            }
        }
        for given in &self.inner.options.targets {
            let name = given.name(&settings.targets);
            if held.iter().any(|held| held.settings.name == name) {
                // Given twice, it is handed events once.
                continue;
            }
            let key = journal.target(&name).await.map_err(crate::journal::fault)?;
            held.push(given.held(name, key)?);
        }
        match self.held_agent(&journal, &settings, own.as_ref()).await {
            Ok(agent) => held.extend(agent),
            // It is told where the agent is set up.
            Err(fault) if fault.code == FaultCode::AgentNotebook => warn!(%fault, "the agent cannot be on"),
            Err(fault) => {
                warn!(%fault, "the agent cannot be on");
                let values =
                    [("target".to_owned(), "agent".to_owned()), ("error".to_owned(), reason(&fault))];
                unusable.push(Notice { code: NoticeCode::TargetUnusable, values: values.into() });
            }
        }
        let targets = held.iter().map(|held| held.target.clone()).collect();
        let keys: Vec<_> = held.iter().map(|held| held.key).collect();
        journal.hold(keys.clone());
        let known = journal.targets().await.map_err(crate::journal::fault)?.into_iter();
        let absent = known
            .filter(|(key, _, queue)| !keys.contains(key) && queue.queued > 0)
            .map(|(key, name, queue)| Absent { key, name, queue });
        let mut absent: Vec<_> = absent.collect();
        self.inner.targets.set(held);
        if let Some(deliveries) = self.inner.surroundings.inbox.deliveries() {
            deliveries.set(targets).await.map_err(crate::journal::fault)?;
        }
        // After its courier has ended, which may have written something back.
        self.drop_agents_queue(&journal, &settings, own.as_ref(), &mut absent).await;
        self.inner.targets.set_absent(absent);
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.notices.retain(|notice| notice.code != NoticeCode::TargetUnusable);
            snapshot.notices.extend(unusable);
            snapshot.agent.settings = settings.agent;
        });
        self.show_targets();
        self.show_agent().await;
        Ok(())
    }

    async fn held(
        &self,
        journal: &longwire_journal::Journal,
        settings: TargetSettings,
    ) -> Result<(Held, Option<Fault>), Fault> {
        let store = &self.inner.options.secrets;
        let key = journal.target(&settings.name).await.map_err(crate::journal::fault)?;
        let (secrets, unreadable) = match TargetSecrets::of(store, &settings).await {
            Ok(secrets) => (secrets, None),
            Err(fault) => (TargetSecrets::default(), Some(fault)),
        };
        let (target, unusable) = build::build_or_hold(key, &settings, &secrets)?;
        let fault = unusable.or(unreadable);
        // What it is to get waits until it can be used again.
        let target = Target { paused: target.paused || fault.is_some(), ..target };
        Ok((Held::new(settings, &secrets, target), fault))
    }
}

impl Held {
    fn wants(&self, event: Wanted<'_>) -> bool {
        self.target.app_id.as_ref().is_none_or(|app| app == event.app_id) && self.target.filter.wants(event)
    }

    fn new(settings: TargetSettings, secrets: &TargetSecrets, target: Target) -> Self {
        let kind = view::kind(&target.kind, &settings.address);
        let (encrypts, has_token) = (secrets.encrypt_key.is_some(), secrets.verification_token.is_some());
        Self { settings, kind, given: false, encrypts, has_token, unusable: None, key: target.key, target }
    }
}

fn reason(fault: &Fault) -> String {
    fault.values.get("error").cloned().unwrap_or_else(|| fault.detail.clone())
}

fn unknown(name: &str) -> Fault {
    Fault::new(FaultCode::TargetUnknown, format!("there is no target {name:?}")).with("target", name)
}
