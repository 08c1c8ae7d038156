//! What the command says, in the user's language.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use longwire_contract::{
    CaRefusal, Fault, FaultCode, Language, Notice,
    text::{text, word},
};

use crate::printable::one_line;

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
    let then = |key| text(language, key, &BTreeMap::new());
    match fault.code {
        FaultCode::BadRequest | FaultCode::Internal | FaultCode::SecretEmpty if !detail.is_empty() => {
            format!("{said}{}", aside(language, detail))
        }
        FaultCode::TargetRemote => sentences(language, &said, &then("cli.target.remote")),
        FaultCode::TriggerUnknown => sentences(language, &said, &near(language, &values)),
        FaultCode::NoSecretStore => sentences(language, &said, &then("cli.secret_file")),
        _ => said,
    }
}

/// Something the user should know, on one line. Its values may be what others wrote.
pub(crate) fn notice(language: Language, notice: &Notice) -> String {
    one_line(&text(language, &format!("notice.{}", word(&notice.code)), &notice.values))
}

/// One sentence after another; Chinese ones stand without a space.
pub(crate) fn sentences(language: Language, first: &str, second: &str) -> String {
    match language {
        Language::English => format!("{first} {second}"),
        Language::Chinese => format!("{first}{second}"),
    }
}

/// What stands in parentheses behind something else.
fn aside(language: Language, text: &str) -> String {
    match language {
        Language::English => format!(" ({text})"),
        Language::Chinese => format!("（{text}）"),
    }
}

/// What may have been meant by a name that the catalogue does not have.
fn near(language: Language, values: &BTreeMap<String, String>) -> String {
    let known = values.get("near").is_some_and(|near| !near.is_empty());
    text(language, if known { "cli.trigger.near" } else { "cli.trigger.which" }, values)
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

    /// What stands in parentheses behind something else: the technical cause, which is English in either language.
    pub(crate) fn aside(&self, text: &str) -> String {
        aside(self.language, text)
    }

    /// Who or what, and what there is to say of it.
    pub(crate) fn labelled(&self, name: &str, said: &str) -> String {
        match self.language {
            Language::English => format!("{name}: {said}"),
            Language::Chinese => format!("{name}：{said}"),
        }
    }

    /// What is said one thing after another in one sentence.
    pub(crate) fn listed(&self, said: &[String]) -> String {
        said.join(match self.language {
            Language::English => "; ",
            Language::Chinese => "；",
        })
    }

    /// A duration in its two largest units: `3d 4h`, `5m 10s`, `7s`.
    pub(crate) fn duration(&self, ms: u64) -> String {
        let seconds = ms / 1000;
        let units = [
            (seconds / 86_400, "cli.days"),
            (seconds / 3600 % 24, "cli.hours"),
            (seconds / 60 % 60, "cli.minutes"),
            (seconds % 60, "cli.seconds"),
        ];
        let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
        let shown = units.iter().skip(first).take(2);
        let told = shown.map(|(count, unit)| self.filled(unit, [("n", count.to_string())]));
        told.collect::<Vec<_>>().join(" ")
    }

    /// The day of a moment in milliseconds since the Unix epoch: `2026-01-31`.
    pub(crate) fn day(&self, ms: i64) -> String {
        self.told(ms, "%Y-%m-%d")
    }

    /// Its time of day: `23:59`.
    pub(crate) fn clock(&self, ms: i64) -> String {
        self.told(ms, "%H:%M")
    }

    /// The day and the time of day: `01-31 23:59:59`.
    pub(crate) fn moment(&self, ms: u64) -> String {
        self.told(i64::try_from(ms).unwrap_or(i64::MAX), "%m-%d %H:%M:%S")
    }

    /// The same with the year.
    pub(crate) fn stamp(&self, ms: u64) -> String {
        self.told(i64::try_from(ms).unwrap_or(i64::MAX), "%Y-%m-%d %H:%M:%S")
    }

    fn told(&self, ms: i64, format: &str) -> String {
        // A certificate may name any year; one beyond the calendar is told as the number it is.
        Timestamp::from_millisecond(ms)
            .map_or_else(|_| ms.to_string(), |at| at.to_zoned(self.zone.clone()).strftime(format).to_string())
    }
}

/// How long something took, from milliseconds: `0.4 ms`, `12 ms`, `1.2 s`.
pub(crate) fn took(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// A size in bytes: `512 B`, `1.2 kB`, `34.5 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let mut size = bytes;
    let mut rest = 0;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000 || unit == "GB" {
            return if unit == "B" {
                format!("{size} {unit}")
            } else {
                format!("{size}.{} {unit}", rest / 100)
            };
        }
        (size, rest) = (size / 1000, size % 1000);
    }
    format!("{bytes} B")
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
    fn chinese_sentences_stand_without_a_space_and_the_cause_in_parentheses() {
        let remote = Fault::new(FaultCode::TargetRemote, "").with("address", "https://a.example/");
        let told = fault(Language::Chinese, &remote);
        assert!(told.contains("--remote") && !told.contains("。 "), "{told}");
        assert!(fault(Language::English, &remote).contains(". Add --remote"));
        let journal = Fault::new(FaultCode::Journal, "").with("error", "disk I/O error");
        assert!(fault(Language::Chinese, &journal).contains("（disk I/O error）"));
        let bad = Fault::new(FaultCode::BadRequest, "name one");
        assert!(fault(Language::Chinese, &bad).ends_with("（name one）"));
    }

    #[test]
    fn an_event_that_is_not_there_is_named_whether_or_not_it_ever_was() {
        let gone = Fault::new(FaultCode::EventGone, "event 99 is not kept").with("seq", 99);
        let told = fault(Language::English, &gone);
        assert_eq!(told, "There is no event 99 here: it is no longer kept, or never was.");
        assert!(fault(Language::Chinese, &gone).contains("99"));
    }

    #[test]
    fn a_duration_shows_its_two_largest_units() {
        let cases =
            [(0, "0s"), (7_900, "7s"), (310_000, "5m 10s"), (3_600_000, "1h 0m"), (273_600_000, "3d 4h")];
        for (ms, shown) in cases {
            assert_eq!(Words::utc(Language::English).duration(ms), shown);
        }
        assert_eq!(Words::utc(Language::Chinese).duration(273_600_000), "3 天 4 小时");
        for (ms, shown) in [(0.42, "0.4 ms"), (12.3, "12 ms"), (1_234.0, "1.2 s")] {
            assert_eq!(took(ms), shown);
        }
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_suits() {
        let cases =
            [(512, "512 B"), (1_250, "1.2 kB"), (34_560_000, "34.5 MB"), (9_000_000_000_000, "9000.0 GB")];
        for (bytes, shown) in cases {
            assert_eq!(size(bytes), shown);
        }
    }

    #[test]
    fn a_name_the_catalogue_does_not_have_is_told_with_those_that_are_like_it() {
        let unknown = Fault::new(FaultCode::TriggerUnknown, "").with("event_type", "im.mesage");
        let told = fault(Language::English, &unknown.clone().with("near", "im.message.receive_v1"));
        assert!(told.contains("im.mesage") && told.contains("im.message.receive_v1"), "{told}");
        let told = fault(Language::Chinese, &unknown.with("near", ""));
        assert!(told.contains("longwire trigger --list"), "{told}");
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
