use std::{sync::Arc, time::Duration};

use longwire_contract::{Fault, FaultCode, TargetAddress};
use longwire_delivery::{Filter, FilterError, Kind, Target, agent::Agent};
use longwire_journal::{Journal, QueueCount, TargetKey};
use tracing::warn;

use super::{Absent, Held, TargetSecrets};
use crate::{
    Engine,
    agent::notebook_fault,
    journal::fault,
    settings::{Settings, TargetSettings},
};

/// What the agent is called among the targets, where no other is called so.
const NAME: &str = "agent";
/// What it gets.
const MESSAGE: &str = "im.message.receive_v1";
/// How long it may take for one message, all tries of it counted.
const DEADLINE: Duration = Duration::from_secs(600);

/// What the agent is among the journal's targets.
#[derive(Clone, Debug)]
pub(super) struct Own {
    key: TargetKey,
    name: String,
}

impl Engine {
    /// What the agent was among the targets, where it is known. It makes room where another one has its name now: what waits for
    /// it stays its own.
    ///
    /// # Errors
    /// [`FaultCode::Journal`].
    pub(super) async fn own_target(
        &self,
        journal: &Journal,
        settings: &Settings,
    ) -> Result<Option<Own>, Fault> {
        // Where it cannot be opened, an agent that is on says so.
        let Ok(Some(notebook)) = self.notebook_if_any().await else { return Ok(None) };
        let Ok(Some((key, name))) = notebook.target().await else { return Ok(None) };
        let known = journal.targets().await.map_err(fault)?;
        if !known.iter().any(|(other, called, _)| (*other, called) == (key, &name)) {
            // Of a journal that is no more.
            return Ok(None);
        }
        if !self.is_taken(settings, &name) {
            return Ok(Some(Own { key, name }));
        }
        let name = self.free_name(settings, &known);
        journal.rename_target(key, &name).await.map_err(fault)?;
        if let Err(error) = notebook.set_target(Some((key, name.clone()))).await {
            warn!(%error, "what the agent is called now is not written down");
        }
        Ok(Some(Own { key, name }))
    }

    /// The agent as a target, while it is on. Until its key was looked for, what it is to get waits.
    ///
    /// # Errors
    /// Those of [`Engine::agent`], [`FaultCode::Journal`].
    pub(super) async fn held_agent(
        &self,
        journal: &Journal,
        settings: &Settings,
        own: Option<&Own>,
    ) -> Result<Option<Held>, Fault> {
        let Some(agent) = self.agent(settings).await? else { return Ok(None) };
        let Own { key, name } = match own {
            Some(own) => own.clone(),
            None => self.new_target(journal, settings).await?,
        };
        held(name, key, agent, !self.knows_agent_key()).map(Some)
    }

    /// Drops what waits for an agent that is off: nobody waits for an answer to it any more.
    pub(super) async fn drop_agents_queue(
        &self,
        journal: &Journal,
        settings: &Settings,
        own: Option<&Own>,
        absent: &mut Vec<Absent>,
    ) {
        let Some(own) = own else { return };
        let gone = absent.extract_if(.., |absent| absent.key == own.key).count() > 0;
        // It may be on, and not be made: for one command, or since something keeps it from being.
        if gone
            && !settings.agent.on
            && let Err(fault) = self.forget_own(journal, own).await
        {
            warn!(%fault, "what waited for the agent is not dropped");
        }
    }

    async fn forget_own(&self, journal: &Journal, own: &Own) -> Result<(), Fault> {
        journal.forget_target(own.key).await.map_err(fault)?;
        self.notebook().await?.set_target(None).await.map_err(notebook_fault)
    }

    async fn new_target(&self, journal: &Journal, settings: &Settings) -> Result<Own, Fault> {
        let name = self.free_name(settings, &journal.targets().await.map_err(fault)?);
        let key = journal.target(&name).await.map_err(fault)?;
        self.notebook().await?.set_target(Some((key, name.clone()))).await.map_err(notebook_fault)?;
        Ok(Own { key, name })
    }

    /// A name that no target has, and under which nothing waits or has failed.
    fn free_name(&self, settings: &Settings, known: &[(TargetKey, String, QueueCount)]) -> String {
        let is_full = |name: &str| {
            known.iter().any(|(_, other, queue)| other == name && *queue != QueueCount::default())
        };
        names().find(|name| !self.is_taken(settings, name) && !is_full(name)).unwrap_or_default()
    }

    /// Whether a target of the settings, or one that is given, is called so.
    fn is_taken(&self, settings: &Settings, name: &str) -> bool {
        settings.targets.iter().any(|target| target.name == name)
            || self.inner.options.targets.iter().any(|given| given.name(&settings.targets) == name)
    }
}

fn held(name: String, key: TargetKey, agent: Arc<Agent>, paused: bool) -> Result<Held, Fault> {
    let events = [MESSAGE.to_owned()];
    let filter = Filter::new(&events, &[]).map_err(|error| {
        let (FilterError::Pattern(filter) | FilterError::Condition(filter)) = &error;
        Fault::new(FaultCode::FilterUnusable, &error).with("filter", filter)
    })?;
    let target = Target {
        key,
        name: name.clone(),
        app_id: None,
        filter,
        kind: Kind::Agent(agent),
        deadline: DEADLINE,
        paused,
    };
    let settings = TargetSettings {
        events: events.to_vec(),
        deadline_s: u32::try_from(DEADLINE.as_secs()).unwrap_or(u32::MAX),
        ..TargetSettings::new(name, TargetAddress::Command(Vec::new()))
    };
    Ok(Held::new(settings, &TargetSecrets::default(), target))
}

fn names() -> impl Iterator<Item = String> {
    std::iter::once(NAME.to_owned()).chain((2..).map(|number| format!("{NAME} {number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_called_what_no_other_is_called() {
        let first: Vec<_> = names().take(3).collect();
        assert_eq!(first, ["agent", "agent 2", "agent 3"]);
    }
}
