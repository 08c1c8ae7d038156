use std::collections::{HashMap, HashSet};

use crate::{
    load::Load,
    message::Message,
    record::Record,
    webhook::{Behaviour, Post},
};

/// What came of a load, as three who know nothing of one another tell it: who sent it, the journal, and the bot.
pub(crate) struct Account<'a> {
    pub(crate) load: Load,
    /// The journal in the end.
    pub(crate) record: &'a Record,
    /// All that was posted.
    pub(crate) posts: &'a [Post],
    /// What the journal held as delivered when each epoch began; nothing before the first.
    pub(crate) delivered: &'a [HashSet<Message>],
}

impl Account<'_> {
    /// Holds to it that nothing is lost, nothing is out of order, and nothing came again without need.
    pub(crate) fn settle(&self) {
        self.all_are_kept_once();
        self.all_are_delivered();
        self.none_came_again_without_need();
        self.each_chat_is_in_order();
        self.attempts_are_counted();
    }

    /// How many messages came again after they had been answered well.
    pub(crate) fn again(&self) -> usize {
        self.taken().count() - self.load.total()
    }

    fn all_are_kept_once(&self) {
        let kept = self.record.kept();
        for message in self.load.messages() {
            assert_eq!(kept.get(&message), Some(&1), "{message:?} in the journal");
        }
        assert_eq!(kept.len(), self.load.total(), "events that nobody sent");
    }

    fn all_are_delivered(&self) {
        let taken: HashSet<Message> = self.taken().map(|post| post.message).collect();
        let delivered = self.record.delivered();
        for message in self.load.messages() {
            assert!(taken.contains(&message), "{message:?} never reached the bot");
            assert!(delivered.contains(&message), "{message:?} is not written down as delivered");
        }
        assert_eq!(self.record.deliveries(), self.load.total());
        let wrong: Vec<_> = self.posts.iter().filter(|post| !post.exact).take(3).collect();
        assert!(wrong.is_empty(), "not what was sent: {wrong:?}");
    }

    /// What was answered well may come again only if Longwire was killed before it was written down: later, therefore, and not
    /// where the journal had it as delivered.
    fn none_came_again_without_need(&self) {
        let mut last: HashMap<Message, usize> = HashMap::new();
        for post in self.posts {
            let known = &self.delivered[post.epoch];
            assert!(!known.contains(&post.message), "{post:?} came again after a recorded success");
            let before = last.get(&post.message);
            assert!(before.is_none_or(|epoch| *epoch < post.epoch), "{post:?} came again unprovoked");
            if post.met == Behaviour::Good {
                last.insert(post.message, post.epoch);
            }
        }
    }

    /// A message is posted when those before it in its chat have been taken, and never after one of those behind it.
    fn each_chat_is_in_order(&self) {
        let mut next: HashMap<u32, u32> = HashMap::new();
        let mut numbers: HashMap<u32, Message> = HashMap::new();
        for post in self.posts {
            let Message { chat, number } = post.message;
            let next = next.entry(chat).or_default();
            assert!(number == *next || number + 1 == *next, "{post:?}, where {next} was the next one");
            if post.met == Behaviour::Good && number == *next {
                *next += 1;
            }
            let known = *numbers.entry(post.seq).or_insert(post.message);
            assert_eq!(known, post.message, "two events of one number");
        }
    }

    /// The number of an attempt never goes back. It stays where the one before was not written down, and jumps over those that
    /// found nobody.
    fn attempts_are_counted(&self) {
        let mut last: HashMap<Message, u32> = HashMap::new();
        for post in self.posts {
            let last = last.entry(post.message).or_insert(1);
            assert!(post.attempt >= *last, "{post:?} after attempt {last}");
            *last = post.attempt;
        }
    }

    fn taken(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| post.met == Behaviour::Good)
    }
}
