use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use longwire_contract::{AppId, EventOrigin};
use longwire_dial::Dialer;
use longwire_host::clock;
use longwire_journal::{Asked, Begun, Error, Excuse, MessageKey, Notebook, Pair, Record, Tokens};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
    try_join,
};

use super::{
    AgentState, Bots, Manner, Model, Trouble,
    chunk::Refusal,
    ended::Ended,
    late::{self, Came},
    message::{Message, Wish},
    model::{Heard, Question, converse},
    patience::Patience,
    platform::{Fault, Kept, Platform},
    reply::Reply,
    roads::Roads,
};
use crate::{shortened, webhook::Sent};

/// The one type of event that brings messages.
const MESSAGE: &str = "im.message.receive_v1";
/// After how long without a word it is shown that somebody is at it.
const THINKING_AFTER: Duration = Duration::from_millis(1500);
/// How often a chat is told that there is no answer just now.
const EXCUSE_MS: u64 = 60 * 60 * 1000;
/// How long it is tried to say that.
const EXCUSE_WITHIN: Duration = Duration::from_secs(20);
/// How much of a question, and of an answer, is remembered, in characters; and of all that was said in a chat.
const LONGEST: usize = 8_000;
const LONGEST_MEMORY: usize = 24_000;

/// Who answers messages with what a model says.
pub struct Agent {
    pub(super) model: Model,
    manner: Manner,
    bots: Arc<dyn Bots>,
    notebook: Notebook,
    pub(super) dialer: Arc<Dialer>,
    roads: Roads,
    kept: Mutex<HashMap<AppId, Arc<Kept>>>,
    state: watch::Sender<AgentState>,
}

impl Agent {
    /// One that answers in this manner. `dialer` builds the road to the model's server; those to the platform are the bots'.
    pub fn new(
        model: Model,
        manner: Manner,
        bots: Arc<dyn Bots>,
        notebook: Notebook,
        dialer: Arc<Dialer>,
    ) -> Self {
        let state = watch::Sender::new(AgentState::default());
        let (roads, kept) = (Roads::default(), Mutex::default());
        Self { model, manner, bots, notebook, dialer, roads, kept, state }
    }

    /// How it stands.
    pub fn state(&self) -> watch::Receiver<AgentState> {
        self.state.subscribe()
    }

    /// Where its model is: `https://dashscope.aliyuncs.com/compatible-mode/v1`.
    pub fn address(&self) -> String {
        format!("{}{}", self.model.origin, self.model.path)
    }

    /// Answers the message that an event brings, where it is one to be answered. Nothing where it was stopped before: what was
    /// begun is gone on with at the next try.
    ///
    /// A message is answered once. One that was is not answered again when its event comes anew, or goes out again: whoever
    /// replays it is told so. One that could not be answered is asked anew then, and the reply that was begun shows the answer.
    /// One that came, or was written, too long ago is taken without an answer, unless a reply was begun.
    pub(crate) async fn answer(
        &self,
        record: &Record,
        came: Came,
        stop: impl Future<Output = ()> + Send,
    ) -> Option<Sent> {
        let began = Instant::now();
        let ended = tokio::select! {
            biased;
            ended = self.take(record, came) => ended.unwrap_or_else(|ended| ended),
            () = stop => return None,
        };
        if let Ended::Failed(Refusal { trouble, status, .. }) = &ended {
            let status = status.map(|status| format!(" (status {status})")).unwrap_or_default();
            tracing::warn!("event {} is not answered: {}{status}", record.seq, trouble.unquoted());
            self.state.send_modify(|state| {
                state.note(&record.app_id, trouble.clone());
                state.done += 1;
            });
        }
        Some(ended.sent(began.elapsed()))
    }

    async fn take(&self, record: &Record, came: Came) -> Result<Ended, Ended> {
        if record.event_type != MESSAGE {
            return Err(Ended::taken("no message"));
        }
        let message = Message::read(&record.payload).map_err(|why| Ended::Taken(why.to_string()))?;
        if !message.direct && !self.manner.groups {
            return Err(Ended::taken("groups are not answered"));
        }
        if !message.direct && !message.mentions_anybody() {
            return Err(Ended::taken("the bot is not mentioned"));
        }
        let key = MessageKey { app: record.app_id.clone(), message: message.id.clone() };
        let begun = self.notebook.replies(key.clone()).await?;
        let begun = begun.ok_or_else(|| Ended::taken("answered before"))?;
        // A reply that was begun before a kill is not left as it was.
        if came == Came::Long && begun.is_empty() {
            return Err(Ended::taken("too old to be answered"));
        }
        let _answering = Answering::begin(&self.state);
        let platform = self.platform(&key.app).await?;
        if came == Came::Now && begun.is_empty() && is_overdue(&platform, record, &message).await {
            return Err(Ended::taken("too old to be answered"));
        }
        let own = if message.mentions_anybody() { self.own_id(&platform, &message).await? } else { None };
        if !message.direct && !own.as_deref().is_some_and(|own| message.mentions(own)) {
            return Err(Ended::taken("the bot is not mentioned"));
        }
        match message.wish(own.as_deref()) {
            Wish::Look => self.decline(&platform, &key, &message.chat, begun).await,
            Wish::Forget => self.forget(&platform, self.asked(key, &message)).await,
            Wish::Answer(text) => self.ask(&platform, self.asked(key, &message), &text).await,
        }
    }

    fn asked(&self, key: MessageKey, message: &Message) -> Asked {
        let now_ms = clock::now_ms();
        Asked {
            key,
            chat: message.chat.clone(),
            person: message.person.clone(),
            day: clock::day(now_ms),
            now_ms,
            per_person: self.manner.per_person,
            per_day: self.manner.per_day,
            memory: self.manner.memory,
        }
    }

    /// The bot of an app. What is kept for it is kept for all its messages.
    async fn platform(&self, app: &AppId) -> Result<Platform, Ended> {
        let mut patience = Patience::begin();
        let bot = loop {
            match self.bots.bot(app).await {
                Ok(bot) => break bot,
                Err(why) => patience.wait(&Refusal::of(Trouble::PlatformUnreachable(why))).await?,
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.entry(app.clone()).or_default().clone();
        Ok(Platform { app: app.clone(), bot, kept })
    }

    /// The bot's own id; for a chat of two, where it only says what to leave out, if it can be had.
    async fn own_id(&self, platform: &Platform, message: &Message) -> Result<Option<String>, Ended> {
        let mut patience = Patience::begin();
        loop {
            match platform.open_id().await {
                Ok(own) => return Ok(Some(own)),
                Err(_) if message.direct => return Ok(None),
                Err(fault) => patience.wait(&fault.into()).await?,
            }
        }
    }

    /// Says that only text is read, once an hour in a chat: nothing else keeps anybody from sending pictures.
    async fn decline(
        &self,
        platform: &Platform,
        key: &MessageKey,
        chat: &str,
        begun: Vec<String>,
    ) -> Result<Ended, Ended> {
        let (what, now_ms) = (Excuse::OnlyText, clock::now_ms());
        let told = self.notebook.excused(key.app.clone(), chat.to_owned(), what, now_ms, EXCUSE_MS).await?;
        // Or it was said before we were stopped.
        if !told && begun.is_empty() {
            Reply::new(platform, &self.notebook, key, false, begun)
                .finish(&self.manner.words.only_text)
                .await?;
            self.notebook.excuse(key.app.clone(), chat.to_owned(), what, now_ms, EXCUSE_MS).await?;
        }
        self.notebook.settled(key.clone(), now_ms).await?;
        Ok(Ended::taken("no text"))
    }

    /// Forgets a chat in any case. That it says so counts like an answer.
    async fn forget(&self, platform: &Platform, asked: Asked) -> Result<Ended, Ended> {
        self.notebook.forget_chat(asked.key.app.clone(), asked.chat.clone()).await?;
        let (again, replies) = match self.notebook.begin(asked.clone()).await? {
            Begun::Done => return Ok(Ended::taken("answered before")),
            Begun::Enough { tell, again, replies } => {
                return self.enough(platform, &asked.key, tell, again, replies).await;
            }
            Begun::Go { again, replies, .. } => (again, replies),
        };
        let mut reply = Reply::new(platform, &self.notebook, &asked.key, again, replies);
        match reply.finish(&self.manner.words.forgotten).await.map_err(Ended::from) {
            Ok(()) | Err(Ended::Taken(_)) => {
                self.notebook.settled(asked.key, asked.now_ms).await?;
                Ok(Ended::taken("forgotten"))
            }
            Err(ended) => {
                self.notebook.failed(asked.key, asked.day, false, Tokens::default()).await?;
                Err(ended)
            }
        }
    }

    /// Says that there are no more answers today, where nobody did.
    async fn enough(
        &self,
        platform: &Platform,
        key: &MessageKey,
        tell: bool,
        again: bool,
        replies: Vec<String>,
    ) -> Result<Ended, Ended> {
        if tell {
            let mut reply = Reply::new(platform, &self.notebook, key, again, replies);
            if let Err(fault) = reply.finish(&self.manner.words.enough).await {
                // The next message is told it.
                self.notebook.untold(key.clone()).await?;
                return Err(fault.into());
            }
        }
        Ok(Ended::taken("no more answers today"))
    }

    async fn ask(&self, platform: &Platform, asked: Asked, text: &str) -> Result<Ended, Ended> {
        let (again, replies, memory) = match self.notebook.begin(asked.clone()).await? {
            Begun::Done => return Ok(Ended::taken("answered before")),
            Begun::Enough { tell, again, replies } => {
                return self.enough(platform, &asked.key, tell, again, replies).await;
            }
            Begun::Go { again, replies, memory } => (again, replies, within(memory)),
        };
        let mut reply = Reply::new(platform, &self.notebook, &asked.key, again, replies);
        let question = Question { prompt: &self.manner.prompt, memory: &memory, text };
        let (told, half) = watch::channel(String::new());
        let mut spent = Tokens::default();
        match self.answered(&asked, &mut reply, question, &told, &mut spent).await {
            Ok(heard) => {
                let pair = Pair { question: short(text), answer: short(&heard.said.text) };
                let app = asked.key.app.clone();
                let unwritten = self.notebook.answered(asked, pair, spent).await.err();
                if let Some(error) = &unwritten {
                    tracing::warn!("that the agent has answered cannot be written down: {error}");
                }
                self.state.send_modify(|state| {
                    state.trouble = unwritten.map(|error| Trouble::Notebook(error.to_string()));
                    state.replies.remove(&app);
                    state.done += 1;
                });
                Ok(Ended::answered(&heard))
            }
            Err(ended @ Ended::Taken(_)) => {
                self.notebook.spent(asked.day, spent).await?;
                self.notebook.settled(asked.key, clock::now_ms()).await?;
                Err(ended)
            }
            Err(ended) => {
                let half = half.borrow().clone();
                // What the model was heard of is paid for, and so may be what it refuses for what it says.
                let refused = matches!(&ended, Ended::Failed(Refusal { of_content: true, .. }));
                let counts = refused || spent != Tokens::default() || !half.is_empty();
                let failed = self.notebook.failed(asked.key.clone(), asked.day.clone(), counts, spent);
                if let Err(error) = failed.await {
                    tracing::warn!("that the agent has not answered cannot be written down: {error}");
                }
                let excuse = self.excuse(&asked, &mut reply, &half, &ended);
                // It is said where it can be; that there is no answer is so in any case.
                timeout(EXCUSE_WITHIN, excuse).await.ok();
                Err(ended)
            }
        }
    }

    /// Has the question answered and the answer shown, for as long as there is hope.
    async fn answered(
        &self,
        asked: &Asked,
        reply: &mut Reply<'_>,
        question: Question<'_>,
        told: &watch::Sender<String>,
        spent: &mut Tokens,
    ) -> Result<Heard, Ended> {
        let Asked { key, chat, now_ms, .. } = asked;
        let (app, chat) = (key.app.clone(), chat.clone());
        let quiet = self.notebook.excused(app, chat, Excuse::Unable, *now_ms, EXCUSE_MS).await?;
        let thinking = &self.manner.words.thinking;
        let mut patience = Patience::begin();
        let heard = loop {
            match self.once(reply, question, told, quiet, spent).await? {
                Ok(heard) => break heard,
                Err(refusal) => {
                    // Seen at once, and not only once it is given up.
                    self.state.send_modify(|state| state.note(&key.app, refusal.trouble.clone()));
                    let pause = patience.next(&refusal).ok_or(Ended::Failed(refusal))?;
                    if !quiet {
                        reply.begin(thinking).await?;
                    }
                    sleep(pause).await;
                }
            }
        };
        let more = if heard.cut { "\n\n…" } else { "" };
        reply.finish(&format!("{}{more}", heard.said.text)).await?;
        Ok(heard)
    }

    /// Asks once, and shows the answer while it comes.
    async fn once(
        &self,
        reply: &mut Reply<'_>,
        question: Question<'_>,
        told: &watch::Sender<String>,
        quiet: bool,
        spent: &mut Tokens,
    ) -> Result<Result<Heard, Refusal>, Fault> {
        let (words, heard) = watch::channel(String::new());
        let asking = async {
            let heard = converse(&self.roads, &self.dialer, &self.model, question, &words, spent).await;
            // The last try's words are what is left, should there be no other.
            if !words.borrow().is_empty() {
                told.send_replace(words.borrow().clone());
            }
            drop(words);
            Ok(heard)
        };
        let after = (!quiet).then_some(THINKING_AFTER);
        let following = reply.follow(heard, &self.manner.words.thinking, after);
        let (heard, ()) = try_join!(asking, following)?;
        Ok(heard)
    }

    /// Says that there is no answer: in the reply that was begun, else once an hour.
    async fn excuse(
        &self,
        asked: &Asked,
        reply: &mut Reply<'_>,
        half: &str,
        ended: &Ended,
    ) -> Result<(), Ended> {
        if !ended.may_be_said() {
            return Ok(());
        }
        let (app, chat) = (asked.key.app.clone(), asked.chat.clone());
        let may = self.notebook.excuse(app, chat, Excuse::Unable, clock::now_ms(), EXCUSE_MS).await?;
        let unable = &self.manner.words.unable;
        if !half.trim().is_empty() {
            reply.finish(&format!("{half}\n\n{unable}")).await?;
        } else if may || reply.is_begun() {
            reply.finish(unable).await?;
        }
        Ok(())
    }
}

/// Whether the platform could not bring a message for so long that nobody waits for its answer. By the platform's clock: this
/// machine's may be wrong.
async fn is_overdue(platform: &Platform, record: &Record, message: &Message) -> bool {
    let written_ms = message.written_ms.filter(|_| record.origin == EventOrigin::Platform);
    let Some(written_ms) = written_ms.filter(|written| late::is_overdue(*written, clock::now_ms())) else {
        return false;
    };
    let ahead_ms = platform.ahead_ms().await;
    ahead_ms.is_some_and(|ahead| late::is_overdue(written_ms, clock::now_ms().saturating_add_signed(-ahead)))
}

/// As much of what was said last as a model is told.
fn within(mut memory: Vec<Pair>) -> Vec<Pair> {
    let mut held = 0;
    let too_much = memory.iter().rposition(|pair| {
        held += pair.question.chars().count() + pair.answer.chars().count();
        held > LONGEST_MEMORY
    });
    memory.drain(..too_much.map_or(0, |at| at + 1));
    memory
}

fn short(text: &str) -> String {
    shortened(text, LONGEST).into_owned()
}

/// One more message is answered, for as long as this is there.
struct Answering<'a>(&'a watch::Sender<AgentState>);

impl<'a> Answering<'a> {
    fn begin(state: &'a watch::Sender<AgentState>) -> Self {
        state.send_modify(|state| state.answering += 1);
        Self(state)
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.answering = state.answering.saturating_sub(1));
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(Refusal::of(Trouble::Notebook(error.to_string())))
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("model", &self.model)
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}
