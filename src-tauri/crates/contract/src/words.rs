//! Findings and notes as a person reads them, for the views that are text: the command, the tray, a copied report.

use std::collections::BTreeMap;

use crate::{
    Check, DoctorReport, Finding, Language, Mark, Note, NoteCode, Progress, Severity,
    text::{text, word},
};

/// What is wrong, why, and what to do.
pub fn finding(language: Language, finding: &Finding) -> String {
    told(language, finding, &["title", "say", "do"])
}

/// What is wrong, in a few words that may stand behind a colon.
pub fn title(language: Language, finding: &Finding) -> String {
    text(language, &format!("finding.{}.title", word(&finding.code)), &in_words(language, &finding.values))
}

/// What is wrong, as a sentence.
pub fn headline(language: Language, finding: &Finding) -> String {
    told(language, finding, &["title"])
}

/// What is wrong and why, where nothing goes on and so nothing can be said of what will.
pub fn finding_alone(language: Language, finding: &Finding) -> String {
    told(language, finding, &["title", "say"])
}

/// A line of words about a step. What failed is told by what is found of it, where that has a name.
pub fn note(language: Language, note: &Note) -> String {
    if let (NoteCode::Failed, Some(code)) = (note.code, note.values.get("finding")) {
        return text(language, &format!("finding.{code}.title"), &in_words(language, &note.values));
    }
    text(language, &format!("note.{}", word(&note.code)), &in_words(language, &note.values))
}

/// A step on one line: its mark, what it is, how long it took, what there is to say of it.
pub fn check(language: Language, check: &Check) -> String {
    let mark = match check.mark {
        Mark::Ok => '✓',
        Mark::Warn => '!',
        Mark::Bad => '✗',
        Mark::Busy => '…',
        Mark::Off => '–',
    };
    let name = text(language, &format!("check.{}", word(&check.kind)), &BTreeMap::new());
    let time = check.ms.map(|ms| format!("{ms:.0} ms")).unwrap_or_default();
    let said = check.note.as_ref().map(|said| note(language, said)).unwrap_or_default();
    format!("{mark} {}  {time:>8}  {said}", padded(&name, CHECK_WIDTH)).trim_end().to_owned()
}

/// A whole report.
pub fn report(language: Language, report: &DoctorReport) -> String {
    let mut told = vec![format!("Longwire {}  {}  {}", report.version, report.app_id, report.domain)];
    told.extend(report.checks.iter().map(|one| check(language, one)));
    told.push(found(language, report));
    told.join("\n")
}

/// What a report has to say beyond its road's steps: the other roads, and what was found.
pub fn found(language: Language, report: &DoctorReport) -> String {
    let mut told = Vec::new();
    for other in &report.others {
        let values = BTreeMap::from([("route".to_owned(), note(language, &other.route))]);
        told.extend([String::new(), text(language, "report.other", &values)]);
        told.extend(other.checks.iter().map(|one| check(language, one)));
    }
    told.push(String::new());
    told.extend(report.findings.iter().map(|found| mark_of(found).to_owned() + &finding(language, found)));
    if report.progress == Progress::Cancelled {
        told.push(text(language, "report.cancelled", &BTreeMap::new()));
    } else if report.findings.iter().all(|found| found.severity == Severity::Advice) {
        told.push(text(language, "report.well", &BTreeMap::new()));
    }
    told.join("\n")
}

fn mark_of(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "✗ ",
        Severity::Warning => "! ",
        Severity::Advice => "✓ ",
    }
}

/// Room for the longest name of a step in either language.
const CHECK_WIDTH: usize = 14;

/// A text with spaces up to a width in a terminal's columns.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// A text's width in a terminal's columns; Chinese characters take two.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| if c < '\u{2e80}' { 1 } else { 2 }).sum()
}

fn told(language: Language, finding: &Finding, parts: &[&str]) -> String {
    let values = in_words(language, &finding.values);
    let part = |part| text(language, &format!("finding.{}.{part}", word(&finding.code)), &values);
    let sentences = parts.iter().map(|name| sentence(language, &part(name)));
    sentences.collect::<Vec<_>>().join(if language == Language::Chinese { "" } else { " " })
}

/// A text that may begin in lower case, to stand behind a colon, or end with another's words, as a sentence. Chinese has
/// no capitals, and a name at its beginning is left as it is.
fn sentence(language: Language, text: &str) -> String {
    let text = text.trim();
    let mut sentence = match language {
        Language::English => capitalised(text),
        Language::Chinese => text.to_owned(),
    };
    if !text.ends_with(['.', '!', '?', '。', '！', '？', '…']) {
        sentence.push(if language == Language::Chinese { '。' } else { '.' });
    }
    sentence
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    first + rest.as_str()
}

/// The values with those that are names of ours as the user reads them.
fn in_words(language: Language, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let worded = |(name, value): (&String, &String)| {
        let key = format!("{name}.{value}");
        let words = text(language, &key, &BTreeMap::new());
        (name.clone(), if words == key { value.clone() } else { words })
    };
    values.iter().map(worded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FindingCode;

    #[test]
    fn a_finding_is_told_in_whole_sentences() {
        let unknown = Finding {
            code: FindingCode::PlatformCode,
            severity: Severity::Error,
            blocks_connection: true,
            action: None,
            values: BTreeMap::new(),
            detail: String::new(),
        };
        let unknown = unknown.with("code", 7).with("message", "unknown failure");
        let english = finding(Language::English, &unknown);
        assert!(english.contains('7') && english.contains("unknown failure. "), "{english}");
        assert!(english.chars().next().is_some_and(char::is_uppercase), "{english}");
        let chinese = finding(Language::Chinese, &unknown);
        assert!(chinese.contains("unknown failure。"), "{chinese}");
        assert_eq!(sentence(Language::Chinese, "open.feishu.cn 的证书"), "open.feishu.cn 的证书。");
        assert!(finding_alone(Language::English, &unknown).len() < english.len());
    }
}
