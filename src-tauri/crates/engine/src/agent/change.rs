//! The commands about the agent.

use longwire_contract::{
    AgentAnswer, AgentChange, AgentDay, AgentQuestion, AgentReport, AgentUsageQuery, Fault,
};
use longwire_delivery::agent::{Said, ask};
use longwire_dial::route::Choice;
use longwire_host::clock;
use tracing::info;

use super::{Key, found, key, model, notebook_fault, rules, words};
use crate::Engine;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// The days that are told where nobody says how many, and the most.
const DAYS: (u32, u32) = (30, 366);
/// The longest question of a test, in characters.
const LONGEST_QUESTION: usize = 20_000;

impl Engine {
    /// Changes how the agent answers, and its key. It takes effect at once.
    ///
    /// # Errors
    /// Those of settings and of a key that cannot be, and of the secret store: nothing was changed then. Those of settings that
    /// cannot be read or written, and of what is made of them: the key was changed, where one was given.
    pub(crate) async fn change_agent(&self, change: AgentChange) -> Result<(), Fault> {
        let settings = change.settings.map(rules::checked).transpose()?;
        let key = change.key.map(key::checked).transpose()?;
        // Without the desk: a keychain may ask its user, and nothing else has to wait for that.
        if let Some(key) = key {
            key::keep(&self.inner.options.secrets, key).await?;
        }
        self.inner.agent.set_key(key::read(&self.inner.options).await);
        let _desk = self.desk().await?;
        let (settings, before) = self.inner.settings.change(|kept| {
            let before = kept.agent.on;
            if let Some(settings) = settings {
                kept.agent = settings;
            }
            Ok(before)
        })?;
        match (before, settings.agent.on) {
            (false, true) => info!(model = settings.agent.model, "the agent is switched on"),
            (true, false) => info!("the agent is switched off"),
            _ => {}
        }
        self.load_targets().await
    }

    /// Asks the model one question, past every chat.
    ///
    /// # Errors
    /// There is nothing to ask it with; why it does not answer is in the report.
    pub(crate) async fn ask_agent(&self, question: AgentQuestion) -> Result<AgentReport, Fault> {
        let (kept, _) = self.inner.settings.read()?;
        let language = kept.language.resolve(self.inner.options.system_language);
        let settings = question.settings.map_or(Ok(kept.agent), rules::checked)?;
        let key = match question.key.map(key::checked).transpose()?.flatten() {
            Some(secret) => Key { secret: Some(secret), ..Key::default() },
            None => self.agent_key().await,
        };
        let model = model(&settings, &key)?;
        let text: String = question.text.trim().chars().take(LONGEST_QUESTION).collect();
        let text = if text.is_empty() { words::question(language) } else { text };
        let dialer = self.inner.surroundings.roads.dialer(Choice::Auto);
        Ok(match ask(&dialer, &model, &words::prompt(&settings, language), &text).await {
            Ok(said) => AgentReport { answer: Some(answer(said)), finding: None },
            Err(trouble) => {
                let found = found::of_trouble(&trouble, &model.origin.host(), &model.name);
                AgentReport { answer: None, finding: Some(found::without(found, &key)) }
            }
        })
    }

    /// What the agent did, a day each, the oldest first; days without anything are there, too.
    ///
    /// # Errors
    /// [`FaultCode::AgentNotebook`](longwire_contract::FaultCode::AgentNotebook).
    pub(crate) async fn agent_days(&self, query: AgentUsageQuery) -> Result<Vec<AgentDay>, Fault> {
        let count = if query.days == 0 { DAYS.0 } else { query.days.min(DAYS.1) };
        // From noon: a day on which the clocks are put back is none the less one day.
        let noon_ms = clock::midnight_ms(clock::now_ms()) + DAY_MS / 2;
        let days = (0..count).rev().map(|back| clock::day(noon_ms.saturating_sub(u64::from(back) * DAY_MS)));
        let mut days: Vec<_> = days.map(|day| AgentDay { day, ..AgentDay::default() }).collect();
        if let (Some(notebook), Some(first)) = (self.notebook_if_any().await?, days.first()) {
            for known in notebook.days(first.day.clone()).await.map_err(notebook_fault)? {
                if let Some(day) = days.iter_mut().find(|day| day.day == known.day) {
                    *day = known;
                }
            }
        }
        Ok(days)
    }

    /// Forgets what was said in chats.
    ///
    /// # Errors
    /// [`FaultCode::AgentNotebook`](longwire_contract::FaultCode::AgentNotebook).
    pub(crate) async fn forget_chats(&self) -> Result<(), Fault> {
        match self.notebook_if_any().await? {
            Some(notebook) => notebook.forget().await.map_err(notebook_fault),
            None => Ok(()),
        }
    }
}

fn answer(said: Said) -> AgentAnswer {
    let ms = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    AgentAnswer {
        text: said.text,
        model: said.model,
        prompt_tokens: said.prompt_tokens,
        answer_tokens: said.answer_tokens,
        first_ms: ms(said.first),
        took_ms: ms(said.took),
    }
}
