use std::{sync::Arc, time::Duration};

use longwire_contract::{Fault, FaultCode, TargetAddress};
use longwire_delivery::{Filter, FilterError, Kind, Target, agent::Agent};
use longwire_journal::{Journal, TargetKey};
use tracing::warn;

use super::{Absent, Held, TargetSecrets};
use crate::{
    Engine,
    journal::fault,
    settings::{Settings, TargetSettings},
};

/// What the agent is called among the targets, where no other is called so.
const NAME: &str = "agent";
/// What it gets.
const MESSAGE: &str = "im.message.receive_v1";
/// How long it may take for one message, all tries of it counted.
const DEADLINE: Duration = Duration::from_secs(600);

impl Engine {
    /// The agent as a target beside these, while it is on. Until its key was looked for, what it is to get waits.
    ///
    /// # Errors
    /// Those of [`Engine::agent`], [`FaultCode::Journal`].
    pub(super) async fn held_agent(
        &self,
        journal: &Journal,
        settings: &Settings,
        others: &[Held],
    ) -> Result<Option<Held>, Fault> {
        let Some(agent) = self.agent(settings).await? else { return Ok(None) };
        let taken = |name: &str| {
            let others = others.iter().map(|held| &held.settings.name);
            others.chain(settings.targets.iter().map(|target| &target.name)).any(|other| other == name)
        };
        let name = names().find(|name| !taken(name)).unwrap_or_default();
        let key = journal.target(&name).await.map_err(fault)?;
        held(name, key, agent, !self.knows_agent_key()).map(Some)
    }

    /// Drops what waits for an agent that is off, or has another name now: nobody waits for an answer to it any more.
    pub(super) async fn drop_agents_queue(
        &self,
        journal: &Journal,
        settings: &Settings,
        absent: &mut Vec<Absent>,
    ) {
        let was = |absent: &Absent| is_its_name(&absent.name) && self.had_agent();
        // One of the user's own that is named no more keeps what waits for it.
        let gone: Vec<_> = absent.extract_if(.., |absent| was(absent)).collect();
        if settings.agent.on && self.inner.surroundings.inbox.deliveries().is_none() {
            // It is not made for one command, and is not gone.
            return;
        }
        for absent in gone {
            if let Err(error) = journal.forget_target(absent.key).await {
                warn!(%error, "what waited for the agent is not dropped");
            }
        }
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

fn is_its_name(name: &str) -> bool {
    let rest = name.strip_prefix(NAME).map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
    rest.is_some_and(|rest| rest.is_empty() || rest.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_called_what_no_other_is_called_and_is_known_again() {
        let first: Vec<_> = names().take(3).collect();
        assert_eq!(first, ["agent", "agent 2", "agent 3"]);
        assert!(first.iter().all(|name| is_its_name(name)));
        for other in ["agents", "my agent", "agent x", "", "agent 2 3"] {
            assert!(!is_its_name(other), "{other}");
        }
    }
}
