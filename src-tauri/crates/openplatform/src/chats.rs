//! What stands in the chats: what people wrote to a bot, and what bots said there. Bounded, the oldest goes first.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use crate::{catalogue::Written, content, history::lock};

/// How many messages of people can be answered, the newest.
const WRITTEN: usize = 20_000;
/// How many messages of bots are kept.
const SENT: usize = 4096;
/// How many bytes of content they may have together.
const BYTES: usize = 64 << 20;
/// How many updates are kept.
const UPDATES: usize = 4096;
/// How often a message may be updated, and a chat be written to, within [`WINDOW_MS`].
const PACE: usize = 5;
const WINDOW_MS: u64 = 1000;
/// For how long the same `uuid` is the same message.
const SAME_MS: u64 = 3_600_000;

/// A message that a bot sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recorded {
    /// The app that sent it.
    pub app_id: String,
    /// The id the simulator gave it.
    pub message_id: String,
    /// The chat it is in.
    pub chat_id: String,
    /// Where it went.
    pub target: Target,
    /// Its type: `text`, `post`, `interactive` …
    pub msg_type: String,
    /// Its content as it is now: JSON text, whose form depends on the type.
    pub content: String,
    /// When it came, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// How often it was updated since.
    pub updates: u64,
}

/// Where a bot's message goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// To a person or a chat.
    Receiver {
        /// What the id is: `open_id`, `chat_id` …
        id_type: String,
        /// The id.
        id: String,
    },
    /// In answer to this message.
    Reply {
        /// Its `message_id`.
        message_id: String,
        /// Whether it opens or joins a thread.
        in_thread: bool,
    },
}

/// A card that a bot put in place of one it had sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Update {
    /// The message.
    pub message_id: String,
    /// The new card.
    pub content: String,
    /// When it came, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

impl Recorded {
    /// What a person reads in it; of rich text and cards the Markdown, a line each.
    pub fn words(&self) -> String {
        content::words(&self.msg_type, &self.content)
    }
}

impl Update {
    /// What a person reads in it, as [`Recorded::words`].
    pub fn words(&self) -> String {
        content::words("interactive", &self.content)
    }
}

/// Why a message is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// It goes to nobody.
    NoReceiver,
    /// There is no such message.
    Unknown,
    /// It was withdrawn.
    Withdrawn,
    /// Another app sent it.
    NotTheSender,
    /// It is no card, and nothing else can be updated.
    NoCard,
    /// Too many within a second.
    TooOften,
}

#[derive(Default)]
pub(crate) struct Chats(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// By `message_id`.
    written: HashMap<String, Question>,
    order: VecDeque<String>,
    sent: VecDeque<Sent>,
    bytes: usize,
    updates: VecDeque<Update>,
}

/// A message of a person.
struct Question {
    app_id: String,
    chat_id: String,
    withdrawn: bool,
}

/// A message of a bot, and what tells whether the next one is taken.
struct Sent {
    recorded: Recorded,
    uuid: String,
    /// When it was last updated, the newest last.
    touched: VecDeque<u64>,
}

impl Chats {
    /// Keeps that somebody wrote this to the app's bot, so that it can be answered.
    pub(crate) fn wrote(&self, app_id: &str, written: Written) {
        let mut inner = lock(&self.0);
        let Written { message_id, chat_id } = written;
        let question = Question { app_id: app_id.to_owned(), chat_id, withdrawn: false };
        if inner.written.insert(message_id.clone(), question).is_none() {
            inner.order.push_back(message_id);
        }
        if inner.order.len() > WRITTEN
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.written.remove(&oldest);
        }
    }

    /// Whoever wrote it takes it back.
    pub(crate) fn withdraw(&self, message_id: &str) {
        if let Some(question) = lock(&self.0).written.get_mut(message_id) {
            question.withdrawn = true;
        }
    }

    /// The chat in which a bot answers this message: a person's, or a bot's own.
    pub(crate) fn chat(&self, app_id: &str, message_id: &str) -> Result<String, Refusal> {
        let inner = lock(&self.0);
        if let Some(question) = inner.written.get(message_id).filter(|question| question.app_id == app_id) {
            return if question.withdrawn { Err(Refusal::Withdrawn) } else { Ok(question.chat_id.clone()) };
        }
        inner.find(message_id).map(|sent| sent.recorded.chat_id.clone()).ok_or(Refusal::Unknown)
    }

    /// Keeps a bot's message; where one with the same `uuid` is there already, that one, and `false`.
    pub(crate) fn say(&self, recorded: Recorded, uuid: &str) -> Result<(Recorded, bool), Refusal> {
        let mut inner = lock(&self.0);
        let now_ms = recorded.at_ms;
        if !uuid.is_empty()
            && let Some(same) = inner.sent.iter().rev().find(|sent| {
                sent.uuid == uuid
                    && sent.recorded.app_id == recorded.app_id
                    && sent.recorded.target == recorded.target
                    && now_ms < sent.recorded.at_ms + SAME_MS
            })
        {
            return Ok((same.recorded.clone(), false));
        }
        let recent = inner.sent.iter().rev().take_while(|sent| now_ms < sent.recorded.at_ms + WINDOW_MS);
        if recent.filter(|sent| sent.recorded.chat_id == recorded.chat_id).count() >= PACE {
            return Err(Refusal::TooOften);
        }
        inner.bytes += recorded.content.len();
        inner.sent.push_back(Sent {
            recorded: recorded.clone(),
            uuid: uuid.to_owned(),
            touched: VecDeque::new(),
        });
        inner.shrink();
        Ok((recorded, true))
    }

    /// Puts a card in the place of a bot's own.
    pub(crate) fn update(&self, app_id: &str, update: Update) -> Result<(), Refusal> {
        let mut inner = lock(&self.0);
        let Some(at) = inner.position(&update.message_id) else {
            let theirs = inner.written.get(&update.message_id).is_some_and(|other| other.app_id == app_id);
            return Err(if theirs { Refusal::NotTheSender } else { Refusal::Unknown });
        };
        let sent = &mut inner.sent[at];
        if sent.recorded.app_id != app_id {
            return Err(Refusal::NotTheSender);
        }
        if sent.recorded.msg_type != "interactive" {
            return Err(Refusal::NoCard);
        }
        sent.touched.retain(|touched| update.at_ms < touched + WINDOW_MS);
        if sent.touched.len() >= PACE {
            return Err(Refusal::TooOften);
        }
        sent.touched.push_back(update.at_ms);
        sent.recorded.updates += 1;
        let before = std::mem::replace(&mut sent.recorded.content, update.content.clone());
        inner.bytes = inner.bytes + update.content.len() - before.len();
        inner.updates.push_back(update);
        if inner.updates.len() > UPDATES {
            inner.updates.pop_front();
        }
        inner.shrink();
        Ok(())
    }

    /// A bot's message, as it is now.
    pub(crate) fn one(&self, message_id: &str) -> Option<Recorded> {
        lock(&self.0).find(message_id).map(|sent| sent.recorded.clone())
    }

    /// What bots said, the oldest first.
    pub(crate) fn sent(&self) -> Vec<Recorded> {
        lock(&self.0).sent.iter().map(|sent| sent.recorded.clone()).collect()
    }

    /// What they updated, the oldest first.
    pub(crate) fn updates(&self) -> Vec<Update> {
        lock(&self.0).updates.iter().cloned().collect()
    }
}

impl Inner {
    /// The newest are looked at first: they are asked for most.
    fn position(&self, message_id: &str) -> Option<usize> {
        self.sent.iter().rposition(|sent| sent.recorded.message_id == message_id)
    }

    fn find(&self, message_id: &str) -> Option<&Sent> {
        self.position(message_id).map(|at| &self.sent[at])
    }

    fn shrink(&mut self) {
        while (self.sent.len() > SENT || self.bytes > BYTES)
            && let Some(oldest) = self.sent.pop_front()
        {
            self.bytes -= oldest.recorded.content.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "cli_a";

    fn reply(to: &str, number: u64, at_ms: u64) -> Recorded {
        Recorded {
            app_id: APP.to_owned(),
            message_id: format!("om_reply{number}"),
            chat_id: "oc_1".to_owned(),
            target: Target::Reply { message_id: to.to_owned(), in_thread: false },
            msg_type: "interactive".to_owned(),
            content: "{}".to_owned(),
            at_ms,
            updates: 0,
        }
    }

    fn update(number: u64, at_ms: u64) -> Update {
        Update { message_id: format!("om_reply{number}"), content: "{\"new\":1}".to_owned(), at_ms }
    }

    #[test]
    fn one_uuid_is_one_reply_for_an_hour() {
        let chats = Chats::default();
        assert!(chats.say(reply("om_q", 1, 1000), "u").unwrap().1);
        let (same, new) = chats.say(reply("om_q", 2, 1000 + SAME_MS - 1), "u").unwrap();
        assert_eq!((same.message_id.as_str(), new), ("om_reply1", false));
        assert!(chats.say(reply("om_other", 3, 9000), "u").unwrap().1, "of another message");
        assert!(chats.say(reply("om_q", 4, 1000 + SAME_MS), "u").unwrap().1);
        assert_eq!(chats.sent().len(), 3);
    }

    #[test]
    fn a_chat_and_a_message_take_five_a_second() {
        let chats = Chats::default();
        for number in 0..5 {
            chats.say(reply("om_q", number, 100), "").unwrap();
            chats.update(APP, update(0, 100)).unwrap();
        }
        assert_eq!(chats.say(reply("om_q", 5, 1099), ""), Err(Refusal::TooOften));
        assert_eq!(chats.update(APP, update(0, 1099)), Err(Refusal::TooOften));
        chats.update(APP, update(1, 1099)).unwrap();
        chats.say(reply("om_q", 5, 1100), "").unwrap();
        chats.update(APP, update(0, 1100)).unwrap();
        let first = chats.one("om_reply0").unwrap();
        assert_eq!((first.updates, first.content.as_str()), (6, "{\"new\":1}"));
        assert_eq!(chats.updates().len(), 7);
    }

    #[test]
    fn only_what_is_there_is_answered_and_only_ones_own_is_updated() {
        let chats = Chats::default();
        chats.wrote(APP, Written { message_id: "om_q".to_owned(), chat_id: "oc_7".to_owned() });
        assert_eq!(chats.chat(APP, "om_q").as_deref(), Ok("oc_7"));
        assert_eq!(chats.chat("cli_b", "om_q"), Err(Refusal::Unknown));
        assert_eq!(
            chats.update(APP, Update { message_id: "om_q".to_owned(), ..update(0, 1) }),
            Err(Refusal::NotTheSender)
        );
        chats.withdraw("om_q");
        assert_eq!(chats.chat(APP, "om_q"), Err(Refusal::Withdrawn));
        chats.say(reply("om_q", 1, 1), "").unwrap();
        assert_eq!(chats.update("cli_b", update(1, 2)), Err(Refusal::NotTheSender));
        assert_eq!(chats.update(APP, update(9, 2)), Err(Refusal::Unknown));
        chats.say(Recorded { msg_type: "text".to_owned(), ..reply("om_q", 2, 1) }, "").unwrap();
        assert_eq!(chats.update(APP, update(2, 2)), Err(Refusal::NoCard));
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let chats = Chats::default();
        for number in 0..SENT as u64 + 3 {
            chats.say(reply("om_q", number, number * 1000), "").unwrap();
            chats.wrote(APP, Written { message_id: format!("om_{number}"), chat_id: "oc_1".to_owned() });
        }
        assert_eq!(chats.sent().len(), SENT);
        assert!(chats.one("om_reply2").is_none() && chats.one("om_reply3").is_some());
        let large = "x".repeat(BYTES / 2);
        for number in 0..3 {
            let at_ms = 1_000_000_000 + number * 1000;
            chats
                .say(Recorded { content: large.clone(), ..reply("om_q", 90_000 + number, at_ms) }, "")
                .unwrap();
        }
        assert_eq!(chats.sent().len(), 2);
    }
}
