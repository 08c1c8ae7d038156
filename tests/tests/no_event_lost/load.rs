use longwire_openplatform::{Failure, Running};
use tokio::task::JoinSet;

use crate::message::Message;

/// Messages of many chats at once. Those of one chat follow one another: the platform sends the next one when it holds the one
/// before as taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How many chats there are, and so how many events are on their way at a time.
    pub(crate) chats: u32,
    /// How many messages each of them has.
    pub(crate) each: u32,
    /// How much larger than a small one each is, in bytes.
    pub(crate) padding: usize,
}

impl Load {
    /// How many messages there are.
    pub(crate) fn total(&self) -> usize {
        (self.chats * self.each) as usize
    }

    /// All of them.
    pub(crate) fn messages(self) -> impl Iterator<Item = Message> {
        (0..self.chats).flat_map(move |chat| (0..self.each).map(move |number| Message { chat, number }))
    }

    /// Sends them; returns when the platform holds each as taken. Why they were not taken at once, those that were not.
    pub(crate) async fn send(self, platform: Running) -> Vec<Failure> {
        let mut chats = JoinSet::new();
        for chat in 0..self.chats {
            let platform = platform.clone();
            chats.spawn(async move {
                let mut failures = Vec::new();
                for number in 0..self.each {
                    let message = Message { chat, number };
                    let mut sent = platform.send_event(None, message.padded(self.padding)).unwrap();
                    if let Err(report) = sent.acked().await {
                        panic!("{message:?} is lost: {:?}", report.outcome);
                    }
                    failures.extend(
                        sent.report().attempts.into_iter().filter_map(|attempt| attempt.result.err()),
                    );
                }
                failures
            });
        }
        chats.join_all().await.into_iter().flatten().collect()
    }
}
