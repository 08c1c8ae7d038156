//! The agent: a target that answers messages by itself, with what a model says.
//!
//! A message goes to the model with what was said before in its chat; what the model says is shown in one reply, which grows in
//! place. A message is answered once, also where the process is killed in the middle: what was begun is in the notebook.

mod answering;
mod card;
mod chunk;
mod ended;
mod fence;
mod late;
mod markdown;
mod message;
mod model;
mod pace;
mod patience;
mod platform;
mod reply;
mod roads;
mod split;
mod sse;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use longwire_contract::AppId;
use longwire_dial::{Dialer, Origin};
use secrecy::SecretString;

pub(crate) use self::late::came;
pub use self::{answering::Agent, model::ask};

/// A model on an OpenAI-compatible server.
#[derive(Clone, Debug)]
pub struct Model {
    /// The server.
    pub origin: Origin,
    /// The path before `/chat/completions`: `/compatible-mode/v1`.
    pub path: String,
    /// The model's name there.
    pub name: String,
    /// The API key; without one nothing is asked.
    pub key: Option<SecretString>,
}

/// How it answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Manner {
    /// What the model is told first.
    pub prompt: String,
    /// Whether it answers in groups, where it is mentioned.
    pub groups: bool,
    /// How many questions and answers of a chat it remembers.
    pub memory: u32,
    /// How many answers a person gets on one day.
    pub per_person: u32,
    /// How many answers it gives on one day.
    pub per_day: u32,
    /// What it says by itself, in the language of its user.
    pub words: Words,
}

/// What it says where no model does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Words {
    /// The reply while the model has not said anything yet.
    pub thinking: String,
    /// It cannot answer just now: at most once an hour in a chat.
    pub unable: String,
    /// The person has had as many answers as there are in a day.
    pub enough: String,
    /// Pictures, files and the like are not read.
    pub only_text: String,
    /// After `/reset`.
    pub forgotten: String,
}

/// A bot, as the platform's API knows it.
#[derive(Clone, Debug)]
pub struct Bot {
    /// The platform.
    pub origin: Origin,
    /// The app's secret.
    pub secret: SecretString,
    /// The app's road.
    pub dialer: Arc<Dialer>,
}

/// Who knows the bots of the apps. Each time it is asked anew: secrets and roads change.
pub trait Bots: fmt::Debug + Send + Sync {
    /// The bot of an app; why it cannot be had, in English and without a secret, where it cannot.
    fn bot<'a>(&'a self, app: &'a AppId) -> Pin<Box<dyn Future<Output = Result<Bot, String>> + Send + 'a>>;
}

/// Why it does not answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// There is no API key.
    #[error("there is no API key")]
    NoKey,
    /// The server does not take the key (401, 403).
    #[error("the server does not take the API key: {0}")]
    KeyRefused(String),
    /// Too many questions for now, or the account is empty (429, 402); when the server wants to be asked again.
    #[error("the server wants fewer questions, or money: {message}")]
    Quota {
        /// What the server says, on one line.
        message: String,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The server does not know the model, or does not take the request (400, 404 and kin).
    #[error("the server refuses the request: {0}")]
    Refused(String),
    /// The server cannot be reached: the error of the road, on one line.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer, or stopped in the middle, for too long.
    #[error("the server did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// It failed (5xx), or broke the connection in the middle.
    #[error("the server failed: {0}")]
    Failed(String),
    /// What it said is none of what the protocol has, or far too much of it.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
    /// The platform does not let the bot reply: its code and words.
    #[error("the platform does not take the reply: {message} (code {code})")]
    ReplyRefused {
        /// The platform's code; 0 where it gave none.
        code: i64,
        /// What it said, on one line.
        message: String,
    },
    /// The platform could not be asked at all.
    #[error("the platform cannot be asked: {0}")]
    PlatformUnreachable(String),
    /// What was answered can neither be read nor written down: an answer might be the second.
    #[error("the notebook cannot be used: {0}")]
    Notebook(String),
}

impl Trouble {
    /// Whether it is between an app's bot and the platform, and not with what all apps share.
    fn is_of_replies(&self) -> bool {
        matches!(self, Self::ReplyRefused { .. } | Self::PlatformUnreachable(_))
    }

    /// The same without what a server said of it: that may be what somebody asked, or the key. For logs.
    pub(crate) fn unquoted(&self) -> String {
        let said = match self {
            Self::KeyRefused(_) => "the server does not take the API key",
            Self::Quota { .. } => "the server wants fewer questions, or money",
            Self::Refused(_) => "the server refuses the request",
            Self::Failed(_) => "the server failed",
            Self::Nonsense(_) => "the server's answer makes no sense",
            Self::ReplyRefused { code, .. } => {
                return format!("the platform does not take the reply (code {code})");
            }
            // These words are ours.
            Self::NoKey
            | Self::Unreachable(_)
            | Self::TimedOut(_)
            | Self::PlatformUnreachable(_)
            | Self::Notebook(_) => return self.to_string(),
        };
        said.to_owned()
    }
}

/// How the agent stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AgentState {
    /// Messages it answers just now.
    pub answering: u32,
    /// Why the last message was not answered, until one is: what is wrong with the model, or with the notebook.
    pub trouble: Option<Trouble>,
    /// What is wrong with the replies of an app, until one is shown.
    pub replies: BTreeMap<AppId, Trouble>,
    /// Grows with each answer and each failure: the notebook's counts have changed.
    pub done: u64,
}

impl AgentState {
    /// Why a message of this app's is not answered.
    fn note(&mut self, app: &AppId, trouble: Trouble) {
        if trouble.is_of_replies() {
            self.replies.insert(app.clone(), trouble);
        } else {
            self.trouble = Some(trouble);
        }
    }
}

/// What a model said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Said {
    /// Its words, in Markdown.
    pub text: String,
    /// The model, as the server names it.
    pub model: String,
    /// Tokens of the question, as the server counts them.
    pub prompt_tokens: u64,
    /// Tokens of the answer, as the server counts them.
    pub answer_tokens: u64,
    /// When the first words came, after the question.
    pub first: Duration,
    /// When the last ones came.
    pub took: Duration,
}
