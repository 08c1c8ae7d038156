//! The agent as the views show it, and what is to be said of it.

use std::{sync::Weak, time::Duration};

use longwire_contract::{AgentDay, AgentKey, AgentView, TargetKind};
use longwire_delivery::agent::AgentState;
use longwire_host::clock;
use tokio::time::sleep;
use tracing::warn;

use super::{Key, found, rules};
use crate::{Engine, engine::Inner, options::Apps, shared::Source};

/// How often views hear of it at most.
const PACE: Duration = Duration::from_millis(200);
/// How far the day that is shown may be behind the calendar.
const BEHIND: Duration = Duration::from_secs(600);

/// Shows how the agent stands, as it changes.
pub(crate) async fn follow(engine: Weak<Inner>) {
    let Some(mut made) = engine.upgrade().map(|inner| inner.agent.made.subscribe()) else { return };
    loop {
        let state = made.borrow_and_update().as_ref().map(|made| made.agent.state());
        let Some(inner) = engine.upgrade() else { return };
        Engine { inner }.show_agent().await;
        sleep(PACE).await;
        let changed = async {
            match state {
                Some(mut state) => tokio::select! {
                    changed = made.changed() => changed.is_ok(),
                    // An agent ends with the news that another one is there, or none.
                    Ok(()) = state.changed() => true,
                    () = sleep(BEHIND) => true,
                },
                None => made.changed().await.is_ok(),
            }
        };
        if !changed.await {
            return;
        }
    }
}

impl Engine {
    /// Tells the views how the agent stands.
    pub(crate) async fn show_agent(&self) {
        let holding = &self.inner.agent;
        let (key, place) = match holding.key() {
            Some(key) => (key.clone(), key.place),
            None => (Key::default(), AgentKey::Unread),
        };
        let today = self.agent_today().await;
        // After what takes its time: it is as it is now.
        let made = holding.made();
        let state =
            made.as_ref().map_or_else(AgentState::default, |made| made.agent.state().borrow().clone());
        let found = made.as_ref().filter(|_| self.knows_agent_key()).and_then(|made| {
            let host = rules::place(&made.settings.base_url).map(|(origin, _)| origin.host().into_owned());
            found::found(&key, state.trouble.as_ref(), &host.unwrap_or_default(), &made.settings.model)
        });
        let unopened = || holding.unopened().map(|trouble| found::of_trouble(&trouble, "", ""));
        let of_replies = |(app, trouble)| (Some(app), found::of_trouble(&trouble, "", ""));
        let troubles = found.or_else(unopened).map(|found| (None, found)).into_iter();
        let troubles = troubles.chain(state.replies.into_iter().map(of_replies)).collect();
        self.inner.surroundings.shared.tell(Source::Agent, troubles, |snapshot| {
            let target = snapshot.targets.iter().find(|target| target.kind == TargetKind::Agent);
            let view = AgentView {
                settings: snapshot.agent.settings.clone(),
                key: place,
                target: target.map(|target| target.name.clone()),
                answering: state.answering,
                today,
                trouble: target.and_then(|target| target.trouble.clone()),
            };
            let changed = snapshot.agent != view;
            snapshot.agent = view;
            changed
        });
    }

    /// Shows it as it is now, where no engine runs that follows it.
    pub(crate) async fn refresh_agent(&self) {
        if matches!(self.inner.options.apps, Apps::None) {
            self.agent_key().await;
            self.show_agent().await;
        }
    }

    async fn agent_today(&self) -> AgentDay {
        let day = clock::day(clock::now_ms());
        let days = match self.notebook_if_any().await {
            Ok(Some(notebook)) => notebook.days(day.clone()).await.map_err(super::notebook_fault),
            Ok(None) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        };
        let days = days.unwrap_or_else(|fault| {
            warn!(%fault, "what the agent did today is not known");
            Vec::new()
        });
        days.into_iter().find(|today| today.day == day).unwrap_or(AgentDay { day, ..AgentDay::default() })
    }
}
