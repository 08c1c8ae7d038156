//! What the agent says where no model does, and what the model is told where its user says nothing.

use std::collections::BTreeMap;

use longwire_contract::{AgentSettings, Language, text::text};
use longwire_delivery::agent::{Manner, Words};

/// How the agent answers whose settings these are.
pub(crate) fn manner(settings: &AgentSettings, language: Language) -> Manner {
    Manner {
        prompt: prompt(settings, language),
        groups: settings.groups,
        memory: settings.memory,
        per_person: settings.per_person,
        per_day: settings.per_day,
        words: Words {
            thinking: said(language, "thinking"),
            unable: said(language, "unable"),
            enough: said(language, "enough"),
            only_text: said(language, "only_text"),
            forgotten: said(language, "forgotten"),
        },
    }
}

/// What the model is told first.
pub(crate) fn prompt(settings: &AgentSettings, language: Language) -> String {
    match settings.prompt.trim() {
        "" => said(language, "prompt"),
        prompt => prompt.to_owned(),
    }
}

/// The question of a test whose user asks none.
pub(crate) fn question(language: Language) -> String {
    said(language, "question")
}

fn said(language: Language, what: &str) -> String {
    text(language, &format!("agent_says.{what}"), &BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_its_users_language_and_does_as_it_is_told() {
        let settings = AgentSettings::default();
        let [english, chinese] = [Language::English, Language::Chinese].map(|it| manner(&settings, it));
        for Manner { prompt, words, .. } in [&english, &chinese] {
            let Words { thinking, unable, enough, only_text, forgotten } = words;
            let said = [prompt, thinking, unable, enough, only_text, forgotten];
            assert!(said.iter().all(|said| !said.is_empty() && !said.contains("agent_says")), "{said:?}");
        }
        assert_ne!(english.words, chinese.words);
        let told = AgentSettings { prompt: " Be brief. ".into(), groups: false, memory: 0, ..settings };
        let manner = manner(&told, Language::English);
        assert_eq!((manner.prompt.as_str(), manner.groups, manner.memory), ("Be brief.", false, 0));
    }
}
