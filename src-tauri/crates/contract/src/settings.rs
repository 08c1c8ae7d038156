use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{JournalSettings, NotifySettings, UpdateSettings};

/// A language every text exists in.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Language {
    /// The language for a locale as an OS names it (`zh_CN.UTF-8`, `zh-Hans-CN`, `en-GB`, `C`): Chinese for
    /// every kind of Chinese, English otherwise.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }
}

/// The language the user asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub enum LanguageChoice {
    /// Whatever the system speaks.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl LanguageChoice {
    /// The language to use, given the one the system speaks.
    pub fn resolve(self, system: Language) -> Language {
        match self {
            Self::System => system,
            Self::English => Language::English,
            Self::Chinese => Language::Chinese,
        }
    }

    /// The word in the settings file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

impl FromStr for LanguageChoice {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::System, Self::English, Self::Chinese]
            .into_iter()
            .find(|choice| choice.as_str() == text)
            .ok_or(())
    }
}

/// How the window looks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system does.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in the settings file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl FromStr for Theme {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == text).ok_or(())
    }
}

/// A change to the settings; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
pub struct SettingsChange {
    /// The language of the window, the tray and the command.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub language: Option<LanguageChoice>,
    /// How the window looks.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub theme: Option<Theme>,
    /// The CA files to trust besides the system's roots, all of them. They take effect at the next try.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub ca_files: Option<Vec<String>>,
    /// What the desktop is told, all of it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub notify: Option<NotifySettings>,
    /// How long events are kept, all of it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub journal: Option<JournalSettings>,
    /// How the user wants to be told of updates, all of it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub updates: Option<UpdateSettings>,
}

/// A CA file of the settings.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaFile {
    /// Its path.
    pub path: String,
    /// Why it is left out, where it is.
    #[ts(optional = nullable)]
    pub problem: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_gives_a_language() {
        for chinese in ["zh", "zh_CN.UTF-8", "zh-Hans-CN", "zh-Hant-HK", "ZH_tw"] {
            assert_eq!(Language::of_locale(chinese), Language::Chinese, "{chinese}");
        }
        for english in ["", "C", "POSIX", "en_GB.UTF-8", "de-DE", "zhx"] {
            assert_eq!(Language::of_locale(english), Language::English, "{english}");
        }
    }
}
