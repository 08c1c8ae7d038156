use std::{
    collections::{HashMap, hash_map::Entry},
    time::Duration,
};

use longwire_openplatform::{Recorded, Running, Target};
use tokio::time::sleep;
use tracing::info;

use crate::printable::one_line;

/// How long a message has to stay as it is until its updates are told: one that grows is not told word by word.
const SETTLED: Duration = Duration::from_secs(2);
/// How long what follows a message at once is waited for, so that they are looked at together.
const TOGETHER: Duration = Duration::from_millis(100);
/// How much of a message is shown, in characters.
const SHOWN: usize = 100;

/// What bots say, a short line each: when it comes, and again when it has been updated and stays so.
#[derive(Default)]
pub(crate) struct Replies {
    /// How many messages and updates have been seen.
    seen: (u64, u64),
    /// How often each message had been updated when it was last told.
    told: HashMap<String, u64>,
}

impl Replies {
    /// Waits for what is to be told next, and tells it. May be dropped while it waits.
    pub(crate) async fn tell(&mut self, platform: &Running) {
        let updated = self.updated(platform);
        let seen = self.seen;
        let more = async {
            platform.until(|stats| (stats.messages, stats.updates) != seen).await;
            sleep(TOGETHER).await;
            platform.stats()
        };
        if updated.is_empty() {
            let stats = more.await;
            self.seen = (stats.messages, stats.updates);
        } else {
            tokio::select! {
                stats = more => self.seen = (stats.messages, stats.updates),
                () = sleep(SETTLED) => {
                    for message in updated {
                        info!(updates = message.updates, text = %short(&message), "updated");
                        self.told.insert(message.message_id, message.updates);
                    }
                }
            }
        }
        let messages = platform.messages();
        self.told.retain(|id, _| messages.iter().any(|message| message.message_id == *id));
        for message in messages {
            let text = short(&message);
            if let Entry::Vacant(untold) = self.told.entry(message.message_id) {
                match message.target {
                    Target::Reply { .. } => info!(chat = %message.chat_id, %text, "replied"),
                    Target::Receiver { .. } => info!(chat = %message.chat_id, %text, "said"),
                }
                untold.insert(message.updates);
            }
        }
    }

    /// The messages that have been updated since they were told.
    fn updated(&self, platform: &Running) -> Vec<Recorded> {
        let changed = |message: &Recorded| {
            self.told.get(&message.message_id).is_some_and(|told| *told != message.updates)
        };
        platform.messages().into_iter().filter(changed).collect()
    }
}

/// The beginning of what a person reads in a message, on one line.
fn short(message: &Recorded) -> String {
    let mut line = one_line(message.words().trim());
    if let Some((end, _)) = line.char_indices().nth(SHOWN) {
        line.truncate(end);
        line.push('…');
    }
    line
}
