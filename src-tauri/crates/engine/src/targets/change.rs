//! The commands that change targets.

use longwire_contract::{
    AgentChange, Fault, FaultCode, TargetAddress, TargetDraft, TargetEdit, TargetKind, TargetRef,
    TargetReport,
};
use longwire_journal::TargetKey;
use tracing::warn;

use super::{Held, TargetSecrets, build::build, secrets, unknown};
use crate::{
    Engine,
    journal::fault,
    settings::{Settings, TargetSettings},
};

impl Engine {
    pub(crate) async fn add_target(&self, draft: TargetDraft) -> Result<TargetRef, Fault> {
        let (settings, _) = self.inner.settings.read()?;
        let name = match draft.name.trim() {
            "" => free_name(&settings, &draft.address),
            name => name.to_owned(),
        };
        let secrets = TargetSecrets::default().changed(&draft.secrets);
        let target = TargetSettings {
            app_id: draft.app_id,
            events: trimmed(draft.events),
            filters: trimmed(draft.filters),
            headers: secrets.headers.keys().cloned().collect(),
            deadline_s: deadline(draft.deadline_s.unwrap_or(30))?,
            remote: draft.remote,
            secrets: None,
            secrets_file: draft.secrets.file.filter(|file| !file.is_empty()).map(Into::into),
            ..TargetSettings::new(name, draft.address)
        };
        let mut target = self.checked(target, &secrets).await?;
        if self.is_agent(&target.name) || settings.targets.iter().any(|other| other.name == target.name) {
            return Err(exists(&target.name));
        }
        let store = &self.inner.options.secrets;
        if target.secrets_file.is_none() && !secrets.is_empty() {
            let id = secrets::new_id();
            secrets.keep(store, &id).await?;
            target.secrets = Some(id);
        }
        let _desk = self.desk().await?;
        let (name, kept) = (target.name.clone(), target.secrets.clone());
        let added = self.inner.settings.change(|settings| {
            if settings.targets.iter().any(|other| other.name == target.name) {
                return Err(exists(&target.name));
            }
            settings.targets.push(target);
            Ok(())
        });
        if let Err(fault) = added {
            if let Some(id) = kept {
                secrets::forget(store, &id).await.ok();
            }
            return Err(fault);
        }
        self.load_targets().await?;
        Ok(TargetRef { name })
    }

    pub(crate) async fn edit_target(&self, edit: TargetEdit) -> Result<(), Fault> {
        let old = self.target_settings(&edit.name)?;
        let store = &self.inner.options.secrets;
        let before = TargetSecrets::of(store, &old).await?;
        let secrets = before.clone().changed(&edit.secrets);
        let mut new = old.clone();
        if let Some(name) = edit.new_name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) {
            new.name = name;
        }
        if let Some(app) = edit.app {
            new.app_id = app.app_id;
        }
        if let Some(address) = edit.address {
            new.address = address;
        }
        if let Some(events) = edit.events {
            new.events = trimmed(events);
        }
        if let Some(filters) = edit.filters {
            new.filters = trimmed(filters);
        }
        if let Some(seconds) = edit.deadline_s {
            new.deadline_s = deadline(seconds)?;
        }
        if let Some(remote) = edit.remote {
            new.remote = remote;
        }
        if let Some(file) = edit.secrets.file {
            new.secrets_file = (!file.is_empty()).then(|| file.into());
        }
        new.headers = secrets.headers.keys().cloned().collect();
        let keeps = new.secrets_file.is_none() && !secrets.is_empty();
        // Under an id of their own until the change is made: what is there stays what it is until then.
        new.secrets = keeps.then(secrets::new_id);
        let new = self.checked(new, &secrets).await?;
        if let Some(id) = &new.secrets {
            secrets.keep(store, id).await?;
        }
        let _desk = self.desk().await?;
        let renamed = new.name != old.name;
        let changed = self.inner.settings.change(|settings| {
            let taken =
                settings.targets.iter().any(|other| other.name == new.name) || self.is_agent(&new.name);
            if renamed && taken {
                return Err(exists(&new.name));
            }
            let target = settings.targets.iter_mut().find(|target| target.name == old.name);
            let target = target.ok_or_else(|| unknown(&old.name))?;
            if *target != old {
                let error = "it was changed meanwhile: try again";
                return Err(Fault::new(FaultCode::TargetUnusable, error).with("error", error));
            }
            target.clone_from(&new);
            Ok(())
        });
        let forgotten = if changed.is_ok() { &old.secrets } else { &new.secrets };
        if let Some(id) = forgotten {
            secrets::forget(store, id).await.ok();
        }
        changed?;
        if renamed {
            let key = self.target_key(&old.name).await?;
            self.journal().await?.rename_target(key, &new.name).await.map_err(fault)?;
        }
        self.load_targets().await
    }

    pub(crate) async fn remove_target(&self, name: &str) -> Result<(), Fault> {
        if let Some(absent) = self.targets().await?.absent().into_iter().find(|absent| absent.name == name) {
            self.journal().await?.forget_target(absent.key).await.map_err(fault)?;
            return self.load_targets().await;
        }
        let target = self.target_settings(name)?;
        let _desk = self.desk().await?;
        let key = self.journal().await?.target(name).await.map_err(fault)?;
        self.inner.settings.change(|settings| {
            settings.targets.retain(|target| target.name != name);
            Ok(())
        })?;
        self.load_targets().await?;
        self.journal().await?.forget_target(key).await.map_err(fault)?;
        match &target.secrets {
            Some(id) => secrets::forget(&self.inner.options.secrets, id).await,
            None => Ok(()),
        }
    }

    /// Forgets targets that the settings had: what the journal has of them, and their secrets.
    ///
    /// # Errors
    /// Why something could not be forgotten; what could is.
    pub(crate) async fn forget_targets(&self, gone: &[TargetSettings]) -> Result<(), Fault> {
        let mut outcome = Ok(());
        for id in gone.iter().filter_map(|target| target.secrets.as_ref()) {
            outcome = outcome.and(secrets::forget(&self.inner.options.secrets, id).await);
        }
        let journal = self.journal().await?;
        let held = self.inner.targets.keys();
        let known = journal.targets().await.map_err(fault)?.into_iter();
        for (key, ..) in known.filter(|(key, ..)| !held.contains(key)) {
            outcome = outcome.and(journal.forget_target(key).await.map_err(fault));
        }
        self.inner.targets.set_absent(Vec::new());
        self.show_targets();
        outcome
    }

    pub(crate) async fn hold_target(&self, name: &str, paused: bool) -> Result<(), Fault> {
        self.target_settings(name)?;
        let _desk = self.desk().await?;
        self.inner.settings.change(|settings| {
            let target = settings.targets.iter_mut().find(|target| target.name == name);
            target.ok_or_else(|| unknown(name))?.paused = paused;
            Ok(())
        })?;
        self.load_targets().await
    }

    /// Lets a target have what waits for it, now.
    pub(crate) async fn resume_target(&self, name: &str) -> Result<(), Fault> {
        match self.targets().await?.find(name) {
            Some(held) if held.given => {}
            // Its key may be there by now.
            Some(held) if held.kind == TargetKind::Agent => self.change_agent(AgentChange::default()).await?,
            // Also one that could not be used: its secrets are read again.
            _ => self.hold_target(name, false).await?,
        }
        if let Some(error) = self.inner.targets.find(name).and_then(|held| held.unusable) {
            return Err(Fault::new(FaultCode::TargetUnusable, &error).with("error", error));
        }
        let key = self.target_key(name).await?;
        match self.inner.surroundings.inbox.deliveries() {
            Some(deliveries) => deliveries.hasten(key).await.map_err(fault),
            None => Ok(()),
        }
    }

    pub(crate) async fn test_target(&self, name: &str) -> Result<TargetReport, Fault> {
        let target = self.target(name).await?;
        let deliveries = self.inner.surroundings.inbox.deliveries();
        let deliveries =
            deliveries.ok_or_else(|| Fault::new(FaultCode::NotRunning, "no engine hands events over"))?;
        let attempt = deliveries.test(&target).await;
        Ok(TargetReport { ok: attempt.outcome == longwire_contract::AttemptOutcome::Delivered, attempt })
    }

    fn is_agent(&self, name: &str) -> bool {
        self.inner.targets.find(name).is_some_and(|held| held.kind == TargetKind::Agent)
    }

    /// A target of the settings, which can be changed.
    fn target_settings(&self, name: &str) -> Result<TargetSettings, Fault> {
        if self.inner.targets.find(name).is_some_and(|held: Held| held.given) {
            let error = "it was given on the command line, and is changed there";
            return Err(Fault::new(FaultCode::TargetUnusable, error).with("error", error));
        }
        if self.is_agent(name) {
            let error = "it is the agent, and is set up as such";
            return Err(Fault::new(FaultCode::TargetUnusable, error).with("error", error));
        }
        let (settings, _) = self.inner.settings.read()?;
        settings.targets.into_iter().find(|target| target.name == name).ok_or_else(|| unknown(name))
    }

    /// The target, where it can be one.
    async fn checked(
        &self,
        target: TargetSettings,
        secrets: &TargetSecrets,
    ) -> Result<TargetSettings, Fault> {
        let read;
        let secrets = match &target.secrets_file {
            Some(_) => {
                read = TargetSecrets::of(&self.inner.options.secrets, &target).await?;
                &read
            }
            None => secrets,
        };
        build(TargetKey(0), &target, secrets)?;
        Ok(target)
    }
}

fn deadline(seconds: u32) -> Result<u32, Fault> {
    let error = "the deadline is 1 to 600 seconds";
    (1..=600).contains(&seconds).then_some(seconds).ok_or_else(|| {
        warn!(seconds, "a deadline of a target was refused");
        Fault::new(FaultCode::TargetUnusable, error).with("error", error)
    })
}

fn trimmed(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// A name made of the address that no other target has.
fn free_name(settings: &Settings, address: &TargetAddress) -> String {
    let base = match address {
        TargetAddress::Webhook(url) => {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            // What stands before an @ may be a password, and what follows a ? too.
            let rest = rest.split(['?', '#']).next().unwrap_or_default();
            rest.rsplit_once('@').map_or(rest, |(_, host)| host).trim_end_matches('/').to_owned()
        }
        TargetAddress::Command(command) => {
            let file = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
            command.iter().map(file).take(2).collect::<Vec<_>>().join(" ")
        }
    };
    let taken = |name: &str| settings.targets.iter().any(|target| target.name == name);
    let numbered = (2..).map(|number| format!("{base} {number}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
}

fn exists(name: &str) -> Fault {
    Fault::new(FaultCode::TargetExists, format!("there is a target {name:?} already")).with("target", name)
}
