//! Who is handed events: the targets of the settings and those given on the command line.

mod build;
mod change;
mod follow;
mod given;
mod secrets;
mod view;

use std::sync::{Mutex, PoisonError};

use longwire_contract::{Fault, FaultCode, Notice, NoticeCode, TargetAddress};
use longwire_delivery::{Kind, Target, Wanted};
use longwire_journal::TargetKey;
use tracing::warn;

pub(crate) use self::follow::{follow, show_settled};
pub use self::{given::GivenTarget, secrets::TargetSecrets};
use crate::{Engine, settings::TargetSettings};

/// The targets there are, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Targets(Mutex<Vec<Held>>);

/// One of them.
#[derive(Clone, Debug)]
struct Held {
    settings: TargetSettings,
    kind: longwire_contract::TargetKind,
    given: bool,
    encrypts: bool,
    has_token: bool,
    key: TargetKey,
    target: Target,
}

impl Targets {
    fn all(&self) -> Vec<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, held: Vec<Held>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn find(&self, name: &str) -> Option<Held> {
        self.all().into_iter().find(|held| held.settings.name == name)
    }

    /// The number the journal knows a target by.
    ///
    /// # Errors
    /// [`FaultCode::TargetUnknown`].
    pub(crate) fn key(&self, name: &str) -> Result<TargetKey, Fault> {
        self.find(name).map(|held| held.key).ok_or_else(|| unknown(name))
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

    /// The target of this name.
    ///
    /// # Errors
    /// [`FaultCode::TargetUnknown`].
    pub(crate) fn target(&self, name: &str) -> Result<Target, Fault> {
        self.find(name).map(|held| held.target).ok_or_else(|| unknown(name))
    }
}

impl Engine {
    /// Reads the targets anew and hands events to those from now on. One that cannot be used is left out and told.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`], [`FaultCode::Journal`].
    pub(crate) async fn load_targets(&self) -> Result<(), Fault> {
        let (settings, _) = self.inner.settings.read()?;
        let journal = self.journal().await?;
        let (mut held, mut unusable) = (Vec::new(), Vec::new());
        for target in settings.targets {
            match self.held(&journal, target.clone()).await {
                Ok(target) => held.push(target),
                Err(fault) => {
                    warn!(target = %target.name, %fault, "a target is left out");
                    let error = fault.values.get("error").cloned().unwrap_or(fault.detail);
                    let values = [("target".to_owned(), target.name), ("error".to_owned(), error)].into();
                    unusable.push(Notice { code: NoticeCode::TargetUnusable, values });
                }
            }
        }
        for given in &self.inner.options.targets {
            let key = journal.target(&given.name()).await.map_err(crate::journal::fault)?;
            held.push(given.held(key)?);
        }
        let targets = held.iter().map(|held| held.target.clone()).collect();
        self.inner.targets.set(held);
        if let Some(deliveries) = self.inner.surroundings.inbox.deliveries() {
            deliveries.set(targets).await.map_err(crate::journal::fault)?;
        }
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.notices.retain(|notice| notice.code != NoticeCode::TargetUnusable);
            snapshot.notices.extend(unusable);
        });
        self.show_targets();
        Ok(())
    }

    async fn held(
        &self,
        journal: &longwire_journal::Journal,
        settings: TargetSettings,
    ) -> Result<Held, Fault> {
        let store = &self.inner.options.secrets;
        let file = settings.secrets_file.as_deref();
        let is_webhook = matches!(settings.address, TargetAddress::Webhook(_));
        let secrets = match is_webhook {
            true => TargetSecrets::read(store, &settings.name, file).await?,
            false => TargetSecrets::default(),
        };
        let key = journal.target(&settings.name).await.map_err(crate::journal::fault)?;
        let target = build::build(key, &settings, &secrets)?;
        Ok(Held::new(settings, &secrets, target))
    }
}

impl Held {
    fn wants(&self, event: Wanted<'_>) -> bool {
        self.target.app_id.as_ref().is_none_or(|app| app == event.app_id) && self.target.filter.wants(event)
    }

    fn new(settings: TargetSettings, secrets: &TargetSecrets, target: Target) -> Self {
        let kind = view::kind(&target.kind);
        let (encrypts, has_token) = (secrets.encrypt_key.is_some(), secrets.verification_token.is_some());
        Self { settings, kind, given: false, encrypts, has_token, key: target.key, target }
    }
}

fn unknown(name: &str) -> Fault {
    Fault::new(FaultCode::TargetUnknown, format!("there is no target {name:?}")).with("target", name)
}
