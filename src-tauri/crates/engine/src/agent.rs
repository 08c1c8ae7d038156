//! The agent: who answers messages by itself, where its user has switched it on.
//!
//! It is a target among the targets, made of the settings, the API key and the language. It is made anew when one of these
//! changes, and is none of the settings' targets: those are its user's own.

mod bots;
mod change;
mod found;
pub(crate) mod key;
pub(crate) mod rules;
mod view;
mod words;

use std::{path::PathBuf, sync::Arc};

use longwire_contract::{AgentSettings, Fault, FaultCode, Language};
use longwire_delivery::agent::{Agent, Model, Trouble};
use longwire_dial::{Origin, route::Choice};
use longwire_journal::Notebook;
use tokio::{
    sync::{Mutex, watch},
    task::spawn_blocking,
};

pub(crate) use self::view::follow;
use self::{bots::AppBots, key::Key};
use crate::{Engine, settings::Settings};

/// What it remembers is in this file of the data folder.
const NOTEBOOK: &str = "agent.db";

/// The agent of an engine.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// Its key, once it was looked for.
    key: std::sync::Mutex<Option<Key>>,
    /// What it remembers; opened when it is needed first.
    notebook: Mutex<Option<Notebook>>,
    /// Why that cannot be opened for an agent that is on.
    unopened: std::sync::Mutex<Option<String>>,
    /// The agent, while it is on.
    made: watch::Sender<Option<Made>>,
}

/// An agent, and what it was made of.
#[derive(Clone, Debug)]
struct Made {
    settings: AgentSettings,
    key: Key,
    language: Language,
    agent: Arc<Agent>,
}

impl Made {
    fn is_of(&self, settings: &AgentSettings, key: &Key, language: Language) -> bool {
        self.settings == *settings && self.key == *key && self.language == language
    }
}

impl Holding {
    fn key(&self) -> Option<Key> {
        self.key.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn set_key(&self, key: Key) {
        *self.key.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(key);
    }

    fn made(&self) -> Option<Made> {
        self.made.borrow().clone()
    }

    /// What keeps it from being made, where it is on and something does.
    fn unopened(&self) -> Option<Trouble> {
        let unopened = self.unopened.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unopened.clone().map(Trouble::Notebook)
    }

    fn set_unopened(&self, error: Option<String>) {
        *self.unopened.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = error;
    }
}

impl Engine {
    /// The agent of these settings, while it is on: the one that is there, where nothing has changed. Nothing for an engine that
    /// hands nothing over.
    ///
    /// # Errors
    /// [`FaultCode::AgentAddress`], [`FaultCode::AgentNotebook`]: it cannot be on.
    pub(crate) async fn agent(&self, settings: &Settings) -> Result<Option<Arc<Agent>>, Fault> {
        let holding = &self.inner.agent;
        if !settings.agent.on || self.inner.surroundings.inbox.deliveries().is_none() {
            holding.made.send_if_modified(|made| made.take().is_some());
            holding.set_unopened(None);
            return Ok(None);
        }
        let key = holding.key().unwrap_or_default();
        let language = settings.language.resolve(self.inner.options.system_language);
        let settings = settings.agent.clone();
        if let Some(made) = holding.made().filter(|made| made.is_of(&settings, &key, language)) {
            return Ok(Some(made.agent));
        }
        let (model, manner) = (model(&settings, &key)?, words::manner(&settings, language));
        let bots = Arc::new(AppBots(Arc::downgrade(&self.inner)));
        let dialer = Arc::new(self.inner.surroundings.roads.dialer(Choice::Auto));
        let notebook = self.notebook().await;
        holding.set_unopened(notebook.as_ref().err().map(|fault| fault.detail.clone()));
        let notebook = notebook?;
        let agent = Arc::new(Agent::new(model, manner, bots, notebook, dialer));
        let made = Made { settings, key, language, agent: agent.clone() };
        holding.made.send_replace(Some(made));
        Ok(Some(agent))
    }

    /// Whether its key was looked for: before that nobody knows whether it can answer.
    pub(crate) fn knows_agent_key(&self) -> bool {
        self.inner.agent.key().is_some()
    }

    /// Looks for the key, and has the agent know of it. Off the way of everything else: a keychain may ask its user.
    pub(crate) async fn look_for_agent_key(&self) {
        let key = key::read(&self.inner.options).await;
        self.inner.agent.set_key(key);
        let Ok(_desk) = self.desk().await else { return };
        if let Err(fault) = self.load_targets().await {
            tracing::warn!(%fault, "the agent");
        }
    }

    /// The key, which is looked for where that was not done yet.
    async fn agent_key(&self) -> Key {
        if let Some(key) = self.inner.agent.key() {
            return key;
        }
        let key = key::read(&self.inner.options).await;
        self.inner.agent.set_key(key.clone());
        key
    }

    /// What it remembers. The file is opened, or begun, the first time.
    ///
    /// # Errors
    /// [`FaultCode::AgentNotebook`].
    pub(crate) async fn notebook(&self) -> Result<Notebook, Fault> {
        let mut held = self.inner.agent.notebook.lock().await;
        self.opened(&mut held).await
    }

    /// The same, where there is one.
    ///
    /// # Errors
    /// [`FaultCode::AgentNotebook`].
    pub(crate) async fn notebook_if_any(&self) -> Result<Option<Notebook>, Fault> {
        let mut held = self.inner.agent.notebook.lock().await;
        if held.is_none() && !self.notebook_path().exists() {
            return Ok(None);
        }
        self.opened(&mut held).await.map(Some)
    }

    async fn opened(&self, held: &mut Option<Notebook>) -> Result<Notebook, Fault> {
        if let Some(notebook) = held {
            return Ok(notebook.clone());
        }
        let path = self.notebook_path();
        let opened = spawn_blocking(move || Notebook::open(&path)).await;
        let notebook = opened.map_err(notebook_fault)?.map_err(notebook_fault)?;
        Ok(held.insert(notebook).clone())
    }

    /// Writes down what is left and closes the file.
    pub(crate) async fn close_notebook(&self) {
        close(&mut *self.inner.agent.notebook.lock().await).await;
    }

    /// Forgets all of it: what was said, what was answered, and the key.
    ///
    /// # Errors
    /// Why something could not be forgotten; what could is.
    pub(crate) async fn forget_agent(&self) -> Result<(), Fault> {
        // Held until the files are gone: whoever opened them before that would write to what nobody finds again.
        let mut held = self.inner.agent.notebook.lock().await;
        close(&mut held).await;
        let path = self.notebook_path();
        let removed = spawn_blocking(move || Notebook::remove(&path)).await;
        drop(held);
        let forgotten = removed.map_err(notebook_fault).and_then(|removed| removed.map_err(notebook_fault));
        let key = key::keep(&self.inner.options.secrets, None).await;
        self.inner.agent.set_key(key::read(&self.inner.options).await);
        forgotten.and(key)
    }

    fn notebook_path(&self) -> PathBuf {
        self.inner.options.data_dir.join(NOTEBOOK)
    }
}

/// The model of these settings.
fn model(settings: &AgentSettings, key: &Key) -> Result<Model, Fault> {
    let (origin, path): (Origin, String) = rules::place(&settings.base_url).map_err(|error| {
        Fault::new(FaultCode::AgentAddress, &error).with("address", "").with("error", error)
    })?;
    Ok(Model { origin, path, name: settings.model.clone(), key: key.secret.clone() })
}

pub(crate) fn notebook_fault(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::AgentNotebook, &error).with("error", error)
}

async fn close(held: &mut Option<Notebook>) {
    if let Some(notebook) = held.take() {
        spawn_blocking(move || notebook.close()).await.ok();
    }
}
