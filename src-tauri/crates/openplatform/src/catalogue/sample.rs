use std::sync::LazyLock;

use fastrand::Rng;
use serde_json::{Value, value::RawValue};

use super::{Event, domain, envelope, is_callback, scene::Scene, template};
use crate::cast::Cast;

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(domain::samples);

/// An event of the platform as it could come: its type, and a body with the fields of the platform's documentation.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What to ask for: the type, or the type and a variant as in `im.message.receive_v1:image`.
    pub name: String,
    /// The type of the event.
    pub event_type: &'static str,
    /// Whether the answer travels in the acknowledgement and is shown to the user.
    pub callback: bool,
    /// The body's template, then what changes it.
    layers: Vec<&'static RawValue>,
}

/// Every sample, by domain, then by name.
pub fn samples() -> &'static [Sample] {
    &SAMPLES
}

/// The sample of exactly this name.
pub fn sample(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}

/// The names that are most like one that no sample has, the likeliest first; few, and none where nothing is like it.
pub fn nearest(name: &str) -> Vec<&'static str> {
    const MOST: usize = 5;
    const ALIKE: f64 = 0.7;
    let wanted = name.trim().to_lowercase();
    let mut near: Vec<_> = SAMPLES
        .iter()
        .map(|sample| (likeness(&wanted, &sample.name.to_lowercase()), sample.name.as_str()))
        .filter(|&(likeness, _)| likeness >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().map(|(_, name)| name).take(MOST).collect()
}

/// From 0 to 1. Somebody may know a part of the name only, such as `image` or `bot.added`, or mistype it.
fn likeness(wanted: &str, name: &str) -> f64 {
    if wanted.is_empty() {
        return 0.0;
    }
    if name.contains(wanted) {
        return 1.0;
    }
    let parts = name.split(['.', ':']).map(|part| strsim::normalized_damerau_levenshtein(wanted, part));
    parts.fold(strsim::normalized_damerau_levenshtein(wanted, name), f64::max)
}

impl Sample {
    pub(super) fn new(name: String, event_type: &'static str, layers: Vec<&'static RawValue>) -> Self {
        Self { name, event_type, callback: is_callback(event_type), layers }
    }

    /// The JSON that a client of this app would receive, with ids of its own. `now_ms` is the time in milliseconds
    /// since the Unix epoch. An app always meets the same people, in the same chats, with the same ids.
    pub fn payload(&self, app_id: &str, now_ms: u64, rng: &mut Rng) -> String {
        let event = self.event(None, app_id, &Cast::of(app_id), rng, now_ms);
        String::from_utf8_lossy(&event.payload).into_owned()
    }

    pub(super) fn event(
        &self,
        text: Option<&str>,
        app_id: &str,
        cast: &Cast,
        rng: &mut Rng,
        now_ms: u64,
    ) -> Event {
        let body = self.body(text, app_id, cast, rng, now_ms);
        envelope::seal(self.event_type, body, app_id, cast, rng, now_ms)
    }

    /// What stands in the envelope.
    pub(super) fn body(
        &self,
        text: Option<&str>,
        app_id: &str,
        cast: &Cast,
        rng: &mut Rng,
        now_ms: u64,
    ) -> Value {
        template::fill(self.template(), &mut Scene::new(app_id, cast, rng, now_ms, text))
    }

    fn template(&self) -> Value {
        let mut body = Value::Object(serde_json::Map::new());
        for layer in &self.layers {
            template::merge(&mut body, serde_json::from_str(layer.get()).unwrap_or_default());
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use longwire_wire::{Frame, Kind, Message};
    use serde_json::Value;

    use super::*;

    const APP: &str = "cli_0123456789abcdef";
    const NOW: u64 = 1_763_800_000_123;

    fn payload(sample: &Sample, seed: u64) -> String {
        sample.payload(APP, NOW, &mut Rng::with_seed(seed))
    }

    fn json(name: &str) -> Value {
        serde_json::from_str(&payload(sample(name).unwrap(), 5)).unwrap()
    }

    #[test]
    fn there_are_many_and_each_has_a_name_of_its_own() {
        let names: HashSet<_> = samples().iter().map(|sample| &sample.name).collect();
        assert_eq!(names.len(), samples().len());
        let types: HashSet<_> = samples().iter().map(|sample| sample.event_type).collect();
        assert!(types.len() >= 100, "{}", types.len());
        for sample in samples() {
            let event_type = sample.name.split(':').next().unwrap();
            assert_eq!(event_type, sample.event_type);
            assert!(std::ptr::eq(super::sample(&sample.name).unwrap(), sample));
            assert!(super::sample(event_type).is_some(), "{event_type} has variants only");
        }
        assert!(sample("im.message.receive_v1:").is_none() && sample("IM.message.receive_v1").is_none());
    }

    #[test]
    fn every_sample_is_filled_and_its_ids_are_fresh() {
        let (mut ids, rng) = (HashSet::new(), &mut Rng::with_seed(11));
        for sample in samples() {
            for _ in 0..2 {
                let text = sample.payload(APP, NOW, rng);
                let json: Value = serde_json::from_str(&text).unwrap();
                assert!(!text.contains("${") && !text.contains("\"$"), "{text}");
                let id = json["header"]["event_id"].as_str().or(json["uuid"].as_str()).unwrap();
                assert!(ids.insert(id.to_owned()), "{}", sample.name);
            }
            assert_eq!(payload(sample, 3), payload(sample, 3), "{}", sample.name);
        }
    }

    #[test]
    fn every_sample_is_an_event_as_a_client_reads_it() {
        for sample in samples() {
            let payload = payload(sample, 9);
            let json: Value = serde_json::from_str(&payload).unwrap();
            let event = read(&payload);
            assert_eq!(event.event_type, sample.event_type, "{payload}");
            assert_eq!(event.app_id.as_deref(), Some(APP), "{payload}");
            assert_eq!(event.tenant_key.as_deref(), Some(Cast::of(APP).tenant_key.as_str()), "{payload}");
            assert!(event.event_id.is_some_and(|id| id.len() == 32), "{payload}");
            if sample.event_type == "im.message.receive_v1" {
                let message = &json["event"]["message"];
                assert_eq!(event.message_id.as_deref(), message["message_id"].as_str());
                assert_eq!(event.chat_id.as_deref(), message["chat_id"].as_str());
                assert!(event.message_id.is_some() && event.chat_id.is_some());
                let content = message["content"].as_str().unwrap();
                // The platform sends a fixed English text in place of what was forwarded.
                let forwarded = message["message_type"] == "merge_forward";
                assert_eq!(
                    serde_json::from_str::<Value>(content).is_ok_and(|json| json.is_object()),
                    !forwarded
                );
            }
            let created = if sample.callback { NOW * 1000 } else { NOW };
            let expected = match json["schema"].as_str() {
                Some(_) => created.to_string(),
                None => format!("{}.{:03}", NOW / 1000, NOW % 1000),
            };
            assert_eq!(event.create_time, Some(expected), "{payload}");
        }
    }

    #[test]
    fn a_person_keeps_their_ids_and_an_app_its_people() {
        let people = Cast::of(APP).people;
        for seed in 0..20 {
            let text =
                sample("im.chat.member.user.added_v1").unwrap().payload(APP, NOW, &mut Rng::with_seed(seed));
            let json: Value = serde_json::from_str(&text).unwrap();
            let event = &json["event"];
            let person = |ids: &Value| people.iter().find(|person| person.ids() == *ids).unwrap().name;
            let others = event["users"].as_array().unwrap();
            assert!(others.iter().all(|user| person(&user["user_id"]) == user["name"]), "{text}");
            let named: HashSet<_> = others.iter().map(|user| person(&user["user_id"])).collect();
            assert!(named.len() == 2 && !named.contains(person(&event["operator_id"])), "{text}");
        }
    }

    #[test]
    fn a_variant_changes_what_it_names_only() {
        let (plain, group) = (json("im.message.receive_v1"), json("im.message.receive_v1:group"));
        assert_eq!(plain["event"]["sender"], group["event"]["sender"]);
        assert_eq!(group["event"]["message"]["mentions"][0]["name"], "小助手");
        assert!(plain["event"]["message"].get("mentions").is_none());
        let form = json("card.action.trigger:form");
        assert!(form["event"]["action"].get("value").is_none());
        assert!(form["event"]["action"]["form_value"].is_object());
        let changed = json("contact.department.updated_v3");
        let (new, old) = (&changed["event"]["object"], &changed["event"]["old_object"]);
        assert_eq!(new["open_department_id"], old["open_department_id"]);
    }

    #[test]
    fn what_is_mistyped_or_half_known_finds_its_name() {
        assert_eq!(nearest("im.message.recieve_v1")[0], "im.message.receive_v1");
        assert_eq!(nearest("card_action_trigger")[0], "card.action.trigger");
        assert_eq!(nearest(" Leave_ApprovalV2")[0], "leave_approvalV2");
        assert!(nearest("sticker").contains(&"im.message.receive_v1:sticker"));
        assert!(nearest("bot.added").contains(&"im.chat.member.bot.added_v1"));
        assert_eq!(nearest("im").len(), 5);
        assert!(nearest("").is_empty() && nearest("qqqqqqqqqqqqqq").is_empty());
    }

    fn read(payload: &str) -> longwire_wire::Event {
        let payload = payload.to_owned().into();
        Message { kind: Kind::Event, frame: Arc::new(Frame::default()), payload }.event().unwrap()
    }
}
