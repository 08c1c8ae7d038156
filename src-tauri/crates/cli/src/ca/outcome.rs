//! What came of a change of trust, store by store.

use longwire_contract::{
    CaOutcome, CaRoad, StoreKind, StoreOutcome, StoreResult, TrustedCa, text::word, words as said,
};

use super::describe;
use crate::{exit::Exit, words::Words};

/// The lines of an outcome.
pub(crate) fn lines(words: &Words, outcome: &CaOutcome) -> Vec<String> {
    let stores = outcome.stores.iter().map(|each| store(words, each));
    stores.chain(outcome.road.as_ref().map(|each| road(words, each))).collect()
}

/// The lines that make a bot of the user's own trust the certificate, whole, so that they can be copied.
pub(crate) fn environment(words: &Words, trusted: &TrustedCa) -> Vec<String> {
    vec![String::new(), words.plain("cli.ca.environment"), String::new(), trusted.environment.clone()]
}

/// 0 where every store is as it was asked for.
pub(crate) fn exit(outcome: &CaOutcome) -> Exit {
    let is_done = |each: &StoreOutcome| !matches!(each.result, StoreResult::Failed | StoreResult::Cancelled);
    if outcome.stores.iter().all(is_done) { Exit::Ok } else { Exit::Failed }
}

/// As [`exit`]; but 1 where the road was compared, and is not through with what Longwire trusts now. `signs_road` tells
/// whether the certificate signs it.
pub(crate) fn exit_of_trust(outcome: &CaOutcome, signs_road: Option<bool>) -> Exit {
    let is_through = outcome.road.as_ref().is_none_or(|road| road.here);
    // Longwire asks no browser: one who names nothing but browsers has what they wanted.
    let is_ours = |each: &StoreOutcome| !matches!(each.store.kind, StoreKind::Chromium | StoreKind::Firefox);
    let helps_nobody = signs_road == Some(false);
    let was_to_help = signs_road == Some(true) && outcome.stores.iter().any(is_ours);
    if !is_through && (helps_nobody || was_to_help) { Exit::Failed } else { exit(outcome) }
}

fn store(words: &Words, each: &StoreOutcome) -> String {
    let mark = match each.result {
        StoreResult::Added | StoreResult::Removed => '✓',
        StoreResult::Already | StoreResult::Absent => '=',
        StoreResult::Cancelled => '–',
        StoreResult::Failed => '✗',
    };
    let result = words.plain(&format!("store_result.{}", word(&each.result)));
    let mut line = format!("{mark} {}: {result}", describe::store(words, &each.store));
    if !each.detail.is_empty() {
        line.push_str(&format!(": {}", each.detail));
    }
    line
}

/// How the road stands now. One who wanted it for Longwire alone has no use for a complaint about the system.
fn road(words: &Words, road: &CaRoad) -> String {
    if let Some(finding) = &road.finding {
        return format!("✗ {}", said::finding(words.language(), finding));
    }
    let (mark, key) = match (road.here, road.system) {
        (true, true) => ('✓', "cli.ca.road.both"),
        (true, false) => ('✓', "cli.ca.road.here"),
        (false, _) => ('✗', "cli.ca.road.neither"),
    };
    format!("{mark} {}", words.filled(key, [("host", road.host.clone())]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use longwire_contract::{Finding, FindingCode, Language, Severity};

    use super::{super::testing, *};

    fn outcome(results: &[(StoreKind, StoreResult, &str)]) -> CaOutcome {
        let stores = results.iter().map(|(kind, result, detail)| StoreOutcome {
            store: testing::store(*kind),
            result: *result,
            detail: (*detail).to_owned(),
        });
        CaOutcome {
            sha256: "7A".repeat(32),
            subject: "mitmproxy".into(),
            stores: stores.collect(),
            road: None,
        }
    }

    #[test]
    fn each_store_has_its_line_and_its_mark() {
        let outcome = outcome(&[
            (StoreKind::App, StoreResult::Added, ""),
            (StoreKind::Chromium, StoreResult::Already, ""),
            (StoreKind::Firefox, StoreResult::Cancelled, ""),
            (StoreKind::System, StoreResult::Failed, "pkexec failed: no agent"),
        ]);
        let lines = lines(&Words::utc(Language::English), &outcome);
        assert_eq!(lines[0], "✓ Longwire only: added");
        assert_eq!(lines[1], "= Chrome and Chromium (/stores/chromium): was there already");
        assert!(lines[2].starts_with("– Firefox profile (/stores/firefox): cancelled"), "{}", lines[2]);
        assert_eq!(lines[3], "✗ System (/stores/system): failed: pkexec failed: no agent");
    }

    #[test]
    fn it_is_well_only_when_every_store_is_as_it_was_asked_for() {
        let of = |results: &[StoreResult]| {
            exit(&outcome(&results.iter().map(|each| (StoreKind::App, *each, "")).collect::<Vec<_>>()))
        };
        assert_eq!(of(&[StoreResult::Added, StoreResult::Already]), Exit::Ok);
        assert_eq!(of(&[StoreResult::Removed, StoreResult::Absent]), Exit::Ok);
        assert_eq!(of(&[StoreResult::Added, StoreResult::Cancelled]), Exit::Failed);
        assert_eq!(of(&[StoreResult::Failed, StoreResult::Added]), Exit::Failed);
    }

    #[test]
    fn a_road_that_is_not_through_is_a_failure_of_what_was_to_mend_it() {
        let of = |kind, here, signs_road| {
            let road = CaRoad { host: "h".into(), system: false, here, finding: None };
            let outcome = CaOutcome { road: Some(road), ..outcome(&[(kind, StoreResult::Added, "")]) };
            exit_of_trust(&outcome, signs_road)
        };
        let app = StoreKind::App;
        assert_eq!(of(app, false, Some(false)), Exit::Failed, "it signs another road");
        assert_eq!(of(app, false, Some(true)), Exit::Failed);
        assert_eq!(of(app, true, Some(false)), Exit::Ok, "the road is through by another CA");
        assert_eq!(of(app, true, Some(true)), Exit::Ok);
        assert_eq!(of(app, false, None), Exit::Ok, "it was compared with no road");
        assert_eq!(of(StoreKind::Chromium, false, Some(true)), Exit::Ok, "Longwire asks no browser");
        let nowhere = outcome(&[(app, StoreResult::Added, "")]);
        assert_eq!(exit_of_trust(&nowhere, Some(false)), Exit::Ok);
    }

    #[test]
    fn the_road_says_who_trusts_it_and_what_still_stands_in_the_way() {
        let words = Words::utc(Language::English);
        let stands = |here, system, finding| {
            road(&words, &CaRoad { host: "open.feishu.cn".into(), system, here, finding })
        };
        assert!(stands(true, true, None).starts_with("✓ "));
        assert_ne!(stands(true, true, None), stands(true, false, None));
        assert!(stands(false, false, None).starts_with("✗ "));
        let finding = Finding {
            code: FindingCode::TrustFailing,
            severity: Severity::Error,
            blocks_connection: true,
            action: None,
            values: BTreeMap::new(),
            detail: String::new(),
        };
        let failing = stands(false, true, Some(finding.with("issuer", "mitmproxy").with("host", "h")));
        assert!(failing.starts_with("✗ Trusting “mitmproxy”"), "{failing}");
    }

    #[test]
    fn the_lines_for_a_bot_stand_alone_to_be_copied() {
        let lines = environment(&Words::utc(Language::English), &testing::trusted("7A"));
        assert_eq!(lines.last().unwrap(), &testing::trusted("7A").environment);
        assert!(lines[1].contains("Java") && lines[2].is_empty());
    }
}
