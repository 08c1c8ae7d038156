//! The texts of every view, in both languages. They live beside the window, which is compiled against their keys and
//! given its own by the shell.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Serialize;
use ts_rs::TS;

use crate::{Guide, Language};

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| catalogue(include_str!("../../../../ui/src/i18n/en.json")));
static CHINESE: LazyLock<Catalogue> =
    LazyLock::new(|| catalogue(include_str!("../../../../ui/src/i18n/zh-CN.json")));

type Catalogue = BTreeMap<String, String>;

/// What only the engine, the tray and the command say: the first part of the keys that the window never asks for.
pub const ELSEWHERE: &[&str] = &["cli", "notification", "prompt", "toast", "tray"];

/// All that the window says in one language, fit to be sent to it at once.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, TS)]
pub struct Texts {
    /// The language of all of it.
    pub language: Language,
    /// The texts, each under its key.
    pub texts: BTreeMap<&'static str, &'static str>,
    /// The guides' titles, in the order a list shows them.
    pub guides: BTreeMap<Guide, &'static str>,
}

impl Texts {
    /// Those of a language.
    pub fn of(language: Language) -> Self {
        let own = |key: &str| !ELSEWHERE.contains(&key.split('.').next().unwrap_or_default());
        Self {
            language,
            texts: all(language)
                .iter()
                .filter(|(key, _)| own(key))
                .map(|(key, text)| (key.as_str(), text.as_str()))
                .collect(),
            guides: Guide::ALL.iter().map(|guide| (*guide, guide.title(language))).collect(),
        }
    }
}

/// The text of a key, its `{placeholders}` filled from `values`. A key that is in no catalogue comes back as it
/// is: a test holds the catalogues complete.
pub fn text(language: Language, key: &str, values: &BTreeMap<String, String>) -> String {
    fill(all(language).get(key).map_or(key, String::as_str), values)
}

/// A code's name on the wire, which is also its part of a text's key; empty for a value that has no one name.
pub fn word(code: &impl Serialize) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn all(language: Language) -> &'static Catalogue {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

fn catalogue(json: &str) -> Catalogue {
    // The files are part of the build and tested below.
    serde_json::from_str(json).unwrap_or_default()
}

fn fill(template: &str, values: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if values.contains_key(name) => {
                filled.push_str(&values[name]);
                rest = tail;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        Action, AttemptOutcome, CaMakerKind, CaRefusal, CheckKind, DeliveryState, EventOrigin, FaultCode,
        FindingCode, LeasePhase, LeaseState, NoteCode, NoticeCode, Phase, ProxyKind, SimulatedEventKind,
        SimulatedFault, StoreKind, StoreResult, TargetHealth, TargetKind,
    };

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let values = BTreeMap::from([("host".to_owned(), "a{b}".to_owned())]);
        assert_eq!(fill("to {host}: {other} {", &values), "to a{b}: {other} {");
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        assert!(!ENGLISH.is_empty());
        let keys = |catalogue: &Catalogue| catalogue.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&ENGLISH), keys(&CHINESE));
        for (key, english) in ENGLISH.iter() {
            assert_eq!(placeholders(english), placeholders(&CHINESE[key]), "{key}");
            assert!(!english.trim().is_empty() && !CHINESE[key].trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn the_window_is_given_its_own_texts_and_the_titles_of_all_guides() {
        for language in [Language::English, Language::Chinese] {
            let given = Texts::of(language);
            let (own, elsewhere): (Vec<_>, Vec<_>) =
                all(language).keys().partition(|key| given.texts.contains_key(key.as_str()));
            for key in elsewhere {
                assert!(ELSEWHERE.iter().any(|part| key.starts_with(&format!("{part}."))), "{key}");
            }
            for part in ELSEWHERE {
                assert!(all(language).keys().any(|key| key.starts_with(part)), "nobody says {part}");
                assert!(!own.iter().any(|key| key.starts_with(&format!("{part}."))), "{part}");
            }
            assert_eq!(given.texts["nav.settings"], all(language)["nav.settings"]);
            assert!(given.guides.keys().eq(Guide::ALL));
            assert!(given.guides.values().all(|title| !title.is_empty()));
        }
    }

    #[test]
    fn every_code_has_its_texts() {
        let mut wanted = Vec::new();
        for code in FindingCode::ALL {
            wanted.extend(["title", "say", "do"].map(|part| format!("finding.{}.{part}", word(code))));
        }
        wanted.extend(FaultCode::ALL.iter().map(|code| format!("fault.{}", word(code))));
        wanted.extend(NoteCode::ALL.iter().map(|code| format!("note.{}", word(code))));
        wanted.extend(CheckKind::ALL.iter().map(|kind| format!("check.{}", word(kind))));
        wanted.extend(Action::ALL.iter().map(|action| format!("mend.{}", word(action))));
        wanted.extend(NoticeCode::ALL.iter().map(|code| format!("notice.{}", word(code))));
        wanted.extend(SimulatedEventKind::ALL.iter().map(|kind| format!("simulator.event.{}", word(kind))));
        wanted.extend(SimulatedFault::ALL.iter().map(|fault| format!("simulator.fault.{}", word(fault))));
        wanted.extend(CaRefusal::ALL.iter().map(|code| format!("ca_refusal.{}", word(code))));
        wanted.extend(CaMakerKind::ALL.iter().map(|kind| format!("maker.{}", word(kind))));
        for kind in StoreKind::ALL {
            wanted.extend(["", ".scope"].map(|part| format!("store.{}{part}", word(kind))));
        }
        wanted.extend(StoreResult::ALL.iter().map(|result| format!("store_result.{}", word(result))));
        wanted.extend(ProxyKind::ALL.iter().map(|kind| format!("proxy_kind.{}", word(kind))));
        wanted.extend(LeasePhase::ALL.iter().map(|phase| format!("lease.{}", word(phase))));
        wanted.extend(LeaseState::ALL.iter().map(|state| format!("lease_change.{}", word(state))));
        let phases = [Phase::Paused, Phase::Connected, Phase::Connecting, Phase::Waiting, Phase::NeedsYou];
        wanted.extend(phases.iter().map(|phase| format!("phase.{}", word(phase))));
        wanted.extend(AttemptOutcome::ALL.iter().map(|outcome| format!("attempt.{}", word(outcome))));
        let kinds = [TargetKind::Webhook, TargetKind::Command, TargetKind::Print, TargetKind::Gone];
        wanted.extend(kinds.iter().map(|kind| format!("target_kind.{}", word(kind))));
        let healths = [
            TargetHealth::Untried,
            TargetHealth::Up,
            TargetHealth::Failing,
            TargetHealth::Down,
            TargetHealth::Paused,
            TargetHealth::Absent,
        ];
        wanted.extend(healths.iter().map(|health| format!("target_health.{}", word(health))));
        let states = [DeliveryState::Delivered, DeliveryState::Queued, DeliveryState::Failed];
        wanted.extend(states.iter().map(|state| format!("delivery.{}", word(state))));
        let origins = [EventOrigin::Platform, EventOrigin::Trigger, EventOrigin::Edited];
        wanted.extend(origins.iter().map(|origin| format!("origin.{}", word(origin))));
        let missing: Vec<_> = wanted.iter().filter(|key| !ENGLISH.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }
}
