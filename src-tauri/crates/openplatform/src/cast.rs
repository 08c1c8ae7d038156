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
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
}

/// Somebody with the three ids the platform gives.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) open_id: String,
    pub(crate) union_id: String,
    pub(crate) user_id: String,
    /// The chat between this person and the bot.
    pub(crate) chat_id: String,
}

/// A group chat the bot is in.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) chat_id: String,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

impl Cast {
    /// The cast of an app, always the same one: on the platform, too, a person has an `open_id` for each app, and
    /// keeps it.
    pub(crate) fn of(app_id: &str) -> Self {
        Self::new(&mut Rng::with_seed(seed(app_id)))
    }

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

    /// A person by number: those of the cast, then as many guests as there are numbers.
    pub(crate) fn person(&self, number: u32) -> Person {
        let known = usize::try_from(number).ok().and_then(|number| self.people.get(number));
        known.cloned().unwrap_or_else(|| Person::new("访客", &mut self.rng("person", number)))
    }

    /// A group by number.
    pub(crate) fn group(&self, number: u32) -> Group {
        let known = usize::try_from(number).ok().and_then(|number| self.groups.get(number));
        known.cloned().unwrap_or_else(|| {
            let chat_id = ids::prefixed(&mut self.rng("group", number), "oc_");
            Group { chat_id, zh: "群聊", en: "Group" }
        })
    }

    /// The chat between the bot and whoever has this id; one of its own where nobody is known to have it.
    pub(crate) fn chat_with(&self, id: &str) -> String {
        let has = |person: &&Person| {
            [&person.open_id, &person.union_id, &person.user_id].into_iter().any(|own| own == id)
        };
        let known = self.people.iter().find(has);
        known.map_or_else(
            || ids::prefixed(&mut Rng::with_seed(seed(id)), "oc_"),
            |person| person.chat_id.clone(),
        )
    }

    /// The randomness of somebody outside the cast, the same one always.
    fn rng(&self, kind: &str, number: u32) -> Rng {
        Rng::with_seed(seed(&format!("{} {kind} {number}", self.tenant_key)))
    }
}

/// FNV-1a.
fn seed(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_keeps_its_cast_and_another_has_its_own() {
        let (first, again, other) = (Cast::of("cli_a"), Cast::of("cli_a"), Cast::of("cli_b"));
        assert_eq!(first.people[0].open_id, again.people[0].open_id);
        assert_eq!(first.groups[1].chat_id, again.groups[1].chat_id);
        assert_ne!(first.people[0].open_id, other.people[0].open_id);
    }
}
