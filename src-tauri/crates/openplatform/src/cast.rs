use fastrand::Rng;
use serde_json::{Value, json};

use crate::ids;

/// The tenant an app lives in: who writes to it, and where. It stays the same as long as the simulator runs,
/// so that one person keeps one `open_id`.
pub(crate) struct Cast {
    pub(crate) tenant_key: String,
    /// The app's Verification Token, which every event carries.
    pub(crate) token: String,
    pub(crate) bot: Person,
    people: Vec<Person>,
    groups: Vec<Group>,
}

/// Somebody with the three ids the platform gives.
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) open_id: String,
    pub(crate) union_id: String,
    pub(crate) user_id: String,
    /// The chat between this person and the bot.
    pub(crate) chat_id: String,
}

/// A group chat the bot is in.
pub(crate) struct Group {
    pub(crate) chat_id: String,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

impl Cast {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let people = ["王小明", "李静", "陈雨桐", "Alice Johnson", "Ben Carter", "佐藤健"];
        let groups = [
            ("产品与研发", "Product & Engineering"),
            ("值班群", "On-call"),
            ("新人入职", "Onboarding"),
            ("周会纪要", "Weekly notes"),
        ];
        Self {
            tenant_key: ids::hex(rng, 16),
            token: ids::word(rng, 32),
            bot: Person::new("小助手", rng),
            people: people.into_iter().map(|name| Person::new(name, rng)).collect(),
            groups: groups
                .into_iter()
                .map(|(zh, en)| Group { chat_id: ids::prefixed(rng, "oc_"), zh, en })
                .collect(),
        }
    }

    pub(crate) fn person(&self, rng: &mut Rng) -> &Person {
        &self.people[rng.usize(..self.people.len())]
    }

    pub(crate) fn group(&self, rng: &mut Rng) -> &Group {
        &self.groups[rng.usize(..self.groups.len())]
    }
}

impl Person {
    fn new(name: &'static str, rng: &mut Rng) -> Self {
        Self {
            name,
            open_id: ids::prefixed(rng, "ou_"),
            union_id: ids::prefixed(rng, "on_"),
            user_id: ids::hex(rng, 8),
            chat_id: ids::prefixed(rng, "oc_"),
        }
    }

    /// The ids, as events carry them.
    pub(crate) fn ids(&self) -> Value {
        json!({ "union_id": self.union_id, "user_id": self.user_id, "open_id": self.open_id })
    }
}
