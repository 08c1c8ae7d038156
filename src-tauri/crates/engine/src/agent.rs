//! The agent: who answers messages by itself, where its user has switched it on.

use longwire_contract::{AgentChange, AgentDay, AgentQuestion, AgentReport, AgentUsageQuery, Fault};

use crate::Engine;

impl Engine {
    /// Changes how the agent answers, and its key.
    pub(crate) async fn change_agent(&self, _change: AgentChange) -> Result<(), Fault> {
        unimplemented!()
    }

    /// Asks the model one question, past every chat.
    pub(crate) async fn ask_agent(&self, _question: AgentQuestion) -> Result<AgentReport, Fault> {
        unimplemented!()
    }

    /// What the agent did, a day each.
    pub(crate) async fn agent_days(&self, _query: AgentUsageQuery) -> Result<Vec<AgentDay>, Fault> {
        unimplemented!()
    }

    /// Forgets what it remembers of chats.
    pub(crate) async fn forget_chats(&self) -> Result<(), Fault> {
        unimplemented!()
    }
}
