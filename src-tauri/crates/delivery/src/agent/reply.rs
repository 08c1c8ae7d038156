//! The reply to a message, which grows in place.

use std::time::Duration;

use longwire_host::clock;
use longwire_journal::{MessageKey, Notebook};
use ring::digest;
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{
    card,
    platform::{Fault, Platform},
    split::pieces,
};

/// How often a reply is updated at most: the platform takes five a second of one message, and people read slower than that.
const PACE: Duration = Duration::from_secs(1);
/// How slow the updates become at most while the platform is busy.
const SLOWEST: Duration = Duration::from_secs(16);
/// How long the last words are tried to be shown.
const LAST_WORDS: Duration = Duration::from_secs(90);
/// After how long the last words are shown once more, where an update before them may still land.
const LATE: Duration = Duration::from_secs(3);
/// How many messages are known of one reply at most, those that are not used any more among them.
const MOST: usize = 64;

/// The messages that are the reply to one message.
pub(super) struct Reply<'a> {
    platform: &'a Platform,
    notebook: &'a Notebook,
    key: &'a MessageKey,
    parts: Vec<Part>,
    /// Whether it may have messages that nobody wrote down: the process may have been killed between.
    again: bool,
}

struct Part {
    id: String,
    /// The card it shows, where that is known.
    shows: Option<String>,
    /// Nobody knows what became of an update: it may land after a later one.
    unsure: bool,
}

impl<'a> Reply<'a> {
    /// With the messages in which it was begun before, where it was begun `again`.
    pub(super) fn new(
        platform: &'a Platform,
        notebook: &'a Notebook,
        key: &'a MessageKey,
        again: bool,
        begun: Vec<String>,
    ) -> Self {
        let parts = begun.into_iter().take(MOST).map(|id| Part { id, shows: None, unsure: false }).collect();
        Self { platform, notebook, key, parts, again }
    }

    /// Whether there is anything to be seen of it.
    pub(super) fn is_begun(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Shows a text as it grows, until nobody adds to it any more. While there is none, `thinking` is shown after `patience`,
    /// where there is one.
    pub(super) async fn follow(
        &mut self,
        mut told: watch::Receiver<String>,
        thinking: &str,
        patience: Option<Duration>,
    ) -> Result<(), Fault> {
        let grows = self.platform.kept.pace.grows();
        let mut begin = patience.map(|patience| Instant::now() + patience);
        let (mut next, mut pace) = (Instant::now() + grows.first(), PACE);
        loop {
            let changed = tokio::select! {
                changed = told.changed() => changed.is_ok(),
                () = until(begin), if !self.is_begun() => {
                    self.tell(thinking, &mut pace).await?;
                    begin = Some(Instant::now() + pace);
                    continue;
                }
            };
            if !changed {
                return Ok(());
            }
            // Nobody waits for the next update once there are no more.
            let closed = async { while told.changed().await.is_ok() {} };
            tokio::select! {
                () = sleep_until(next) => {}
                () = closed => return Ok(()),
            }
            let text = told.borrow_and_update().clone();
            if !text.trim().is_empty() {
                self.tell(&text, &mut pace).await?;
            }
            next = Instant::now() + pace.max(grows.between());
        }
    }

    /// Shows that somebody is at it, where nothing is seen yet.
    pub(super) async fn begin(&mut self, thinking: &str) -> Result<(), Fault> {
        if self.is_begun() { Ok(()) } else { self.tell(thinking, &mut PACE.clone()).await }
    }

    /// Shows a text, whatever it takes.
    pub(super) async fn finish(&mut self, text: &str) -> Result<(), Fault> {
        let mut pause = PACE;
        let (mut fault, began) = (None, Instant::now());
        while began.elapsed() < LAST_WORDS {
            match self.show(text, true).await {
                Ok(()) => return self.make_sure(text).await,
                Err(Fault::Busy { rest, code, message }) => {
                    pause = pause.max(rest.unwrap_or_default());
                    fault = Some(Fault::Busy { rest, code, message });
                }
                Err(Fault::Unreachable(message)) => fault = Some(Fault::Unreachable(message)),
                Err(other) => return Err(other),
            }
            sleep(pause).await;
            pause = (pause * 2).min(SLOWEST);
        }
        fault.map_or(Ok(()), Err)
    }

    /// Shows the last words once more where an older update may have landed after them.
    async fn make_sure(&mut self, text: &str) -> Result<(), Fault> {
        if !self.parts.iter().any(|part| part.unsure) {
            return Ok(());
        }
        sleep(LATE).await;
        for part in self.parts.iter_mut().filter(|part| part.unsure) {
            (part.unsure, part.shows) = (false, None);
        }
        // They stand already, as far as is known.
        self.show(text, true).await.or(Ok(()))
    }

    /// Shows a text in between: what does not work now may work with the next.
    async fn tell(&mut self, text: &str, pace: &mut Duration) -> Result<(), Fault> {
        match self.show(text, false).await {
            Ok(()) => *pace = PACE,
            Err(Fault::Busy { rest, .. }) => *pace = (*pace * 2).max(rest.unwrap_or_default()).min(SLOWEST),
            Err(Fault::Unreachable(_)) => *pace = (*pace * 2).min(SLOWEST),
            Err(Fault::Unfit { .. }) => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Has each of its messages show what it is to show.
    async fn show(&mut self, text: &str, last: bool) -> Result<(), Fault> {
        let pieces = pieces(text);
        for (number, piece) in pieces.iter().enumerate() {
            let card = card::markdown(piece);
            if self.parts.get(number).is_some_and(|part| part.shows.as_ref() == Some(&card)) {
                continue;
            }
            match self.put(number, &card).await {
                // What is no Markdown to the platform is a text in any case.
                Err(Fault::Unfit { .. }) if last => self.put(number, &card::plain(piece)).await?,
                put => put?,
            }
            self.parts[number].shows = Some(card);
        }
        if last {
            // An answer begun anew may be shorter: what is left of the other one is none.
            for number in pieces.len()..self.parts.len() {
                match self.put(number, &card::markdown("")).await {
                    // Nothing is left of it at all.
                    Ok(()) | Err(Fault::Gone { .. }) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(())
    }

    async fn put(&mut self, number: usize, card: &str) -> Result<(), Fault> {
        if let Some(part) = self.parts.get_mut(number) {
            let updated = self.platform.update(&part.id, card).await;
            part.unsure |= matches!(updated, Err(Fault::Unreachable(_)));
            return updated;
        }
        let uuid = uuid(self.key, number);
        let replied = self.platform.reply(&self.key.message, card, &uuid).await;
        // It may be there all the same, and show this for good.
        self.again |= matches!(replied, Err(Fault::Unreachable(_)));
        let id = replied?;
        let part = u32::try_from(number).unwrap_or(u32::MAX);
        let written = self.notebook.replied(self.key.clone(), part, id.clone(), clock::now_ms());
        if let Err(error) = written.await {
            tracing::warn!("the agent's reply cannot be written down: {error}");
        }
        self.parts.push(Part { id: id.clone(), shows: None, unsure: false });
        // The platform gives the message it has by this number already, as it is, and takes nothing of this one.
        if self.again { self.platform.update(&id, card).await } else { Ok(()) }
    }
}

/// By which the platform knows a reply that it has already: it takes fifty characters.
fn uuid(key: &MessageKey, number: usize) -> String {
    let text = format!("{}\n{}\n{number}", key.app.as_str(), key.message);
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref()[..20].iter().fold("lw-".to_owned(), |uuid, byte| format!("{uuid}{byte:02x}"))
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_known_by_app_message_and_number() {
        let key = |message: &str| MessageKey {
            app: "cli_0123456789abcdef".parse().unwrap(),
            message: message.to_owned(),
        };
        let one = uuid(&key("om_1"), 0);
        assert_eq!(one, uuid(&key("om_1"), 0));
        assert_eq!(one.len(), 43);
        assert!(one != uuid(&key("om_1"), 1) && one != uuid(&key("om_2"), 0));
    }
}
