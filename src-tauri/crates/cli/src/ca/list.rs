use longwire_contract::{Fault, TrustedCa, words::padded};
use longwire_engine::Machine;

use super::{cas, describe, in_pairs, outcome};
use crate::{
    args::CaList,
    exit::Exit,
    output::{hint, print_json, say},
    words::Words,
};

/// `longwire ca list`: what was trusted with Longwire, and where it was put.
pub(crate) fn list(list: &CaList, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let trusted = cas(machine)?.list()?;
    if list.json {
        print_json(&trusted);
        return Ok(Exit::Ok);
    }
    if trusted.is_empty() {
        hint(&words.plain("cli.ca.list.empty"));
    }
    for (number, one) in trusted.iter().enumerate() {
        if number > 0 {
            say("");
        }
        say(&entry(words, one).join("\n"));
        if list.env {
            say(&outcome::environment(words, one).join("\n"));
        }
    }
    if !list.env && !trusted.is_empty() {
        hint(&words.plain("cli.ca.list.env"));
    }
    Ok(Exit::Ok)
}

/// A certificate that was trusted, and where it was put.
pub(super) fn entry(words: &Words, one: &TrustedCa) -> Vec<String> {
    let stores: Vec<_> = one.stores.iter().map(|each| describe::store(words, each)).collect();
    let labelled = |key: &str, value: &str| {
        format!("  {}  {value}", padded(&words.plain(&format!("cli.ca.{key}")), LABEL_WIDTH))
    };
    vec![
        one.subject.clone(),
        labelled("sha256", &in_pairs(&one.sha256)),
        labelled("list.added", &words.day(i64::try_from(one.added_ms).unwrap_or(i64::MAX))),
        labelled("list.until", &words.day(one.not_after_ms)),
        labelled("list.stores", &stores.join(", ")),
        labelled("list.file", &one.path),
    ]
}

/// Room for the longest label in either language, in columns.
const LABEL_WIDTH: usize = 13;

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::{super::testing, *};

    #[test]
    fn an_entry_says_what_was_put_where_and_when() {
        let lines =
            entry(&Words::utc(Language::English), &testing::trusted(&"7A12BC34".repeat(8))).join("\n");
        for part in [
            "mitmproxy\n",
            "7A:12:BC:34",
            "since  2026-01-31",
            "until    2026-02-01",
            "Longwire only, System (/stores/system)",
            "/data/ca/7A12BC34.pem",
        ] {
            assert!(lines.contains(part), "{part}: {lines}");
        }
    }
}
