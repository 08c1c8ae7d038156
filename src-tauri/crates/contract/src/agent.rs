use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AttemptView, Finding, Secret};

/// How the agent answers. It is off until its user switches it on: what people write to the bot then leaves the machine.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct AgentSettings {
    /// Whether it answers.
    pub on: bool,
    /// The address of an OpenAI-compatible server, up to what stands before `/chat/completions`.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// What the model is told before each conversation; one of Longwire's own in the app's language where empty.
    pub prompt: String,
    /// Whether it answers in groups, where it is mentioned.
    pub groups: bool,
    /// How many questions and answers of a chat it remembers, 0 to 100.
    pub memory: u32,
    /// How many answers a person gets on one day, 1 to 10 000.
    pub per_person: u32,
    /// How many answers it gives on one day at all, 1 to 100 000.
    pub per_day: u32,
}

impl Default for AgentSettings {
    /// Alibaba Cloud's Qwen, in mainland China.
    fn default() -> Self {
        Self {
            on: false,
            base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1".to_owned(),
            model: "qwen-plus".to_owned(),
            prompt: String::new(),
            groups: true,
            memory: 10,
            per_person: 50,
            per_day: 1000,
        }
    }
}

/// The agent, and how it goes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, TS)]
pub struct AgentView {
    /// How it is set up.
    pub settings: AgentSettings,
    /// Whether it has an API key, and where from.
    pub key: AgentKey,
    /// The target that is handed its messages, as among the targets; absent while it is off.
    #[ts(optional = nullable)]
    pub target: Option<String>,
    /// Messages it answers just now.
    pub answering: u32,
    /// What it has done today.
    pub today: AgentDay,
    /// The last attempt that failed, until one succeeds.
    #[ts(optional = nullable)]
    pub trouble: Option<AttemptView>,
}

/// Where the API key of the agent is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AgentKey {
    /// There is none.
    #[default]
    Absent,
    /// In the place where the system keeps secrets.
    Kept,
    /// In the environment: `LONGWIRE_AGENT_KEY`, or `DASHSCOPE_API_KEY`.
    Environment,
    /// It is kept, and cannot be read.
    Unreadable,
    /// Nobody knows yet: the place where the system keeps secrets has not answered.
    Unread,
}

/// What the agent did on one day.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct AgentDay {
    /// The day where Longwire runs: `2026-11-23`.
    pub day: String,
    /// Messages it answered.
    pub answers: u32,
    /// Messages it could not answer.
    pub failures: u32,
    /// Tokens of what was asked, as the server counts them.
    #[ts(type = "number")]
    pub prompt_tokens: u64,
    /// Tokens of what was answered, as the server counts them.
    #[ts(type = "number")]
    pub answer_tokens: u64,
}

/// A change to the agent; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(default)]
pub struct AgentChange {
    /// How it answers, all of it.
    #[ts(optional = nullable)]
    pub settings: Option<AgentSettings>,
    /// The API key, which goes to where the system keeps secrets; an empty one is taken out there.
    #[serde(serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub key: Option<Secret>,
}

/// A question to the model, to see whether address, model and key are right. Nobody else is told its answer.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
pub struct AgentQuestion {
    /// The question; a short one of Longwire's own where empty.
    #[serde(default)]
    pub text: String,
    /// How it is asked; as it is set up where absent. Whether it is on does not matter.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub settings: Option<AgentSettings>,
    /// With this key; with the one that is kept where absent.
    #[serde(default, serialize_with = "Secret::danger_serialize_option")]
    #[ts(type = "string | null", optional = nullable)]
    pub key: Option<Secret>,
}

/// What came of a question.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct AgentReport {
    /// The answer, where there is one.
    #[ts(optional = nullable)]
    pub answer: Option<AgentAnswer>,
    /// Why there is none, with what mends it.
    #[ts(optional = nullable)]
    pub finding: Option<Finding>,
}

/// The answer to a question.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct AgentAnswer {
    /// What the model says, in Markdown.
    pub text: String,
    /// The model that said it, as the server names it.
    pub model: String,
    /// Tokens of the question, as the server counts them; 0 where it does not.
    #[ts(type = "number")]
    pub prompt_tokens: u64,
    /// Tokens of the answer, as the server counts them; 0 where it does not.
    #[ts(type = "number")]
    pub answer_tokens: u64,
    /// When the first words came, in milliseconds after the question.
    #[ts(type = "number")]
    pub first_ms: u64,
    /// When the last ones came, in milliseconds after the question.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// How far back to tell what the agent did.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(default)]
pub struct AgentUsageQuery {
    /// So many days, today among them; 30 where 0, and at most 366.
    pub days: u32,
}
