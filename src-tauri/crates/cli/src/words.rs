//! What the command says, in the user's language.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use longwire_contract::{
    CaRefusal, Fault, FaultCode, Language,
    text::{text, word},
};

/// Values for a text's placeholders.
pub(crate) fn values<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a command was not carried out; the technical cause too, where the text alone would leave a person helpless.
pub(crate) fn fault(language: Language, fault: &Fault) -> String {
    let mut values = fault.values.clone();
    if let Some(refusal) = CaRefusal::ALL.iter().find(|code| values.get("refusal") == Some(&word(code))) {
        let words = text(language, &format!("ca_refusal.{}", word(refusal)), &BTreeMap::new());
        values.insert("refusal".to_owned(), words);
    }
    let said = text(language, &format!("fault.{}", word(&fault.code)), &values);
    let detail = fault.detail.as_str();
    match fault.code {
        FaultCode::BadRequest | FaultCode::Internal | FaultCode::SecretEmpty if !detail.is_empty() => {
            format!("{said} ({detail})")
        }
        FaultCode::NoSecretStore => format!("{said} {}", text(language, "cli.secret_file", &BTreeMap::new())),
        _ => said,
    }
}

/// Texts, and the times in them, for one reader.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    language: Language,
    zone: TimeZone,
}

impl Words {
    /// In this language, by the clock on this machine's wall.
    pub(crate) fn new(language: Language) -> Self {
        Self { language, zone: TimeZone::system() }
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A text without placeholders.
    pub(crate) fn plain(&self, key: &str) -> String {
        text(self.language, key, &BTreeMap::new())
    }

    /// A text with its placeholders filled.
    pub(crate) fn filled<const N: usize>(&self, key: &str, pairs: [(&str, String); N]) -> String {
        text(self.language, key, &values(pairs))
    }

    /// The day of a moment in milliseconds since the Unix epoch: `2026-01-31`.
    pub(crate) fn day(&self, ms: i64) -> String {
        self.told(ms, "%Y-%m-%d")
    }

    /// Its time of day: `23:59`.
    pub(crate) fn clock(&self, ms: i64) -> String {
        self.told(ms, "%H:%M")
    }

    fn told(&self, ms: i64, format: &str) -> String {
        // A certificate may name any year; one beyond the calendar is told as the number it is.
        Timestamp::from_millisecond(ms)
            .map_or_else(|_| ms.to_string(), |at| at.to_zoned(self.zone.clone()).strftime(format).to_string())
    }
}

#[cfg(test)]
impl Words {
    /// In this language, at a place that keeps universal time.
    pub(crate) fn utc(language: Language) -> Self {
        Self { language, zone: TimeZone::UTC }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_words() {
        let refused = Fault::new(FaultCode::CaRefused, "\"Old\" is not to be trusted");
        let refused = refused.with("refusal", "expired").with("subject", "Old");
        let told = fault(Language::English, &refused);
        assert!(told.contains("“Old”") && told.contains("It has expired"), "{told}");
        assert!(fault(Language::Chinese, &refused).contains("已过期"));
    }

    #[test]
    fn times_are_told_by_the_clock_on_the_wall() {
        let shanghai = Words { language: Language::English, zone: TimeZone::fixed(jiff::tz::offset(8)) };
        let late = 1_774_800_000_000; // 2026-03-29 16:00 UTC
        assert_eq!((shanghai.day(late), shanghai.clock(late)), ("2026-03-30".into(), "00:00".into()));
        assert_eq!(Words::utc(Language::English).clock(late), "16:00");
        assert_eq!(shanghai.day(i64::MAX), i64::MAX.to_string());
    }
}
