use std::collections::BTreeMap;

use longwire_contract::{
    Domain, Language, Phase,
    text::{text, word},
};

use super::{Choice, Item, label};

/// The texts in the language that is spoken.
pub(super) struct Say(pub(super) Language);

impl Say {
    pub(super) fn plain(&self, key: &str) -> String {
        text(self.0, key, &BTreeMap::new())
    }

    pub(super) fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        text(self.0, key, &values)
    }

    pub(super) fn valued(&self, key: &str, values: &BTreeMap<String, String>) -> String {
        text(self.0, key, values)
    }

    pub(super) fn phase(&self, phase: Phase) -> String {
        self.plain(&format!("phase.{}", word(&phase)))
    }

    pub(super) fn domain(&self, domain: &Domain) -> String {
        match domain {
            Domain::Feishu => self.plain("domain.feishu"),
            Domain::Lark => self.plain("domain.lark"),
            Domain::Custom(url) => label::name(url),
        }
    }

    pub(super) fn tooltip(&self, state: &str) -> String {
        self.filled("tray.tooltip", &[("phase", state)])
    }

    /// A choice that always says the same.
    pub(super) fn choice(&self, choice: Choice) -> Item {
        let text = self.plain(choice.name());
        Item::choice(choice, text)
    }
}
