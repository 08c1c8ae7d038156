//! A certificate and its stores, in lines for a terminal.

use longwire_contract::{CaInspection, CaView, Store, StoreKind, StoreView, text::word, words::padded};

use super::{Again, Meant, Source, certificate, in_pairs};
use crate::words::Words;

/// Room for the longest label in either language, in columns.
const LABEL_WIDTH: usize = 12;

/// All that was found at a source, and what can be done with it.
pub(crate) fn inspection(
    words: &Words,
    inspection: &CaInspection,
    source: &Source,
    again: &Again,
) -> Vec<String> {
    let mut lines = Vec::new();
    for view in &inspection.certificates {
        lines.extend(one(words, inspection, view));
        lines.extend(road(words, inspection, view));
        lines.extend(trusted_by(words, view));
        lines.push(String::new());
    }
    lines.extend(caveat(words, inspection));
    if !has_what_helps(inspection) {
        lines.extend(elsewhere(words, inspection, source, again));
    }
    if !matches!(certificate(inspection, None), Meant::Refused(_)) {
        // The least that there is: who wants more is told how at the question.
        let command = format!("{} --app-only", again.command("trust", &source.to_string()));
        lines.push(words.filled("cli.ca.next", [("command", command)]));
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// A certificate: what it says of itself, and whether it may be trusted.
pub(crate) fn one(words: &Words, inspection: &CaInspection, view: &CaView) -> Vec<String> {
    let label = |key: &str, value: &str| labelled(words, key, value);
    let mut lines = vec![view.subject.clone()];
    if let Some(refusal) = view.refusal {
        lines.push(format!("  ✗ {}", words.plain(&format!("ca_refusal.{}", word(&refusal)))));
    }
    let by_itself = view.issuer == view.subject;
    let issuer = if by_itself { words.plain("cli.ca.itself") } else { view.issuer.clone() };
    let days = [("from", words.day(view.not_before_ms)), ("until", words.day(view.not_after_ms))];
    let key = [("key", view.key.clone()), ("signature", view.signature.clone())];
    lines.extend([
        label("issuer", &issuer),
        label("sha256", &in_pairs(&view.sha256)),
        label("valid", &words.filled("cli.ca.valid.range", days)),
        label("key", &words.filled("cli.ca.key.signed", key)),
    ]);
    if view.refusal.is_none() {
        lines.push(label("signs", &limits(words, view)));
        lines.push(label("readers", &words.plain("cli.ca.readers.who")));
    }
    if let Some(maker) = &view.interceptor {
        let kind = words.plain(&format!("maker.{}", word(&maker.kind)));
        let made = words.filled("cli.ca.maker.name", [("name", maker.name.clone()), ("kind", kind)]);
        lines.push(label("maker", &made));
    }
    if let (Some(host), Some(false), None) = (&inspection.host, view.signs_road, view.refusal) {
        lines.push(format!("  ! {}", words.filled("cli.ca.road.other", [("host", host.clone())])));
    }
    lines
}

/// What a store is called, and where it is; Longwire's own goes without the place.
pub(crate) fn store(words: &Words, store: &Store) -> String {
    let name = words.plain(&format!("store.{}", word(&store.kind)));
    if store.kind == StoreKind::App {
        name
    } else {
        words.filled("cli.ca.store", [("name", name), ("place", store.place.clone())])
    }
}

/// A kind of stores, and how it is named.
pub(crate) fn named(words: &Words, kind: StoreKind) -> String {
    let name = word(&kind);
    let flag = format!("--store {name}");
    words.filled("cli.ca.store", [("name", flag), ("place", words.plain(&format!("store.{name}")))])
}

/// What putting a certificate into a store means: who then trusts it, what is run or written.
pub(crate) fn change(words: &Words, view: &CaView, each: &StoreView) -> Vec<String> {
    let name = store(words, &each.store);
    if view.trusted.contains(&each.store) {
        return vec![format!("  = {name}: {}", words.plain("store_result.already"))];
    }
    if let Some(obstacle) = &each.obstacle {
        return vec![format!("  ✗ {name}: {obstacle}")];
    }
    let mut lines = vec![format!("  + {name}")];
    lines.push(format!("      {}", words.plain(&format!("store.{}.scope", word(&each.store.kind)))));
    if each.asks {
        lines.push(format!("      {}", words.plain("cli.ca.asks")));
    }
    lines.extend(each.does.iter().map(|does| format!("        {does}")));
    lines
}

/// How it came here, where that is to be known: without encryption, or from elsewhere than the chain.
pub(crate) fn caveat(words: &Words, inspection: &CaInspection) -> Option<String> {
    if let Some(proxy) = inspection.proxy.clone() {
        return Some(format!("! {}", words.filled("cli.ca.plain", [("proxy", proxy)])));
    }
    let place = inspection.found_at.as_ref()?;
    let values = [("name", place.name.clone()), ("path", place.path.clone())];
    Some(words.filled("cli.ca.found_at", values))
}

/// Whether something is here that may be trusted and mends the road, as far as that is known.
fn has_what_helps(inspection: &CaInspection) -> bool {
    let helps = |view: &CaView| view.refusal.is_none() && view.signs_road != Some(false);
    inspection.lacks.is_none() && inspection.certificates.iter().any(helps)
}

/// What the chain lacks, and where else the CA may be had from.
pub(crate) fn elsewhere(
    words: &Words,
    inspection: &CaInspection,
    source: &Source,
    again: &Again,
) -> Vec<String> {
    let inspect = |from: &str| again.command("inspect", from);
    let mut offers = Vec::new();
    if *source != Source::Platform && inspection.lacks.is_none() {
        offers.push((inspect("platform"), words.plain("cli.ca.from.platform")));
    }
    if *source != Source::Proxy {
        offers.push((inspect("proxy"), words.plain("cli.ca.from.proxy")));
    }
    let others = inspection.places.iter().filter(|place| *source != Source::Place(place.id.clone()));
    offers.extend(others.map(|place| {
        let what = [("name", place.name.clone()), ("place", place.path.clone())];
        (inspect(&place.id), words.filled("cli.ca.store", what))
    }));
    offers.push((inspect("FILE"), words.plain("cli.ca.from.file")));
    // They differ in names of ours alone, so that a character is a column.
    let width = offers.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    let offers = offers.iter().map(|(command, what)| format!("  {command:<width$}  {what}"));
    let lacks = inspection.lacks.clone().map(|lacks| words.filled("cli.ca.lacks", [("lacks", lacks)]));
    lacks.into_iter().chain([words.plain("cli.ca.elsewhere")]).chain(offers).collect()
}

fn road(words: &Words, inspection: &CaInspection, view: &CaView) -> Option<String> {
    let host = inspection.host.clone()?;
    (view.signs_road? && view.refusal.is_none())
        .then(|| labelled(words, "road", &words.filled("cli.ca.road.signs", [("host", host)])))
}

fn trusted_by(words: &Words, view: &CaView) -> Option<String> {
    if view.refusal.is_some() {
        return None;
    }
    let stores: Vec<_> = view.trusted.iter().map(|each| store(words, each)).collect();
    let told = if stores.is_empty() { words.plain("cli.ca.trusted.nobody") } else { stores.join(", ") };
    Some(labelled(words, "trusted", &told))
}

fn limits(words: &Words, view: &CaView) -> String {
    let hosts = if view.permitted.is_empty() {
        words.plain("cli.ca.signs.all")
    } else {
        words.filled("cli.ca.signs.names", [("names", view.permitted.join(", "))])
    };
    match view.path_length {
        Some(count) => words.filled("cli.ca.signs.depth", [("hosts", hosts), ("count", count.to_string())]),
        None => hosts,
    }
}

fn labelled(words: &Words, key: &str, value: &str) -> String {
    format!("  {}  {value}", padded(&words.plain(&format!("cli.ca.{key}")), LABEL_WIDTH))
}

#[cfg(test)]
mod tests {
    use longwire_contract::{CaRefusal, Language};

    use super::{super::testing, *};

    fn told(language: Language, found: &CaInspection, source: &Source) -> String {
        inspection(&Words::utc(language), found, source, &Again::default()).join("\n")
    }

    #[test]
    fn what_is_offered_is_a_command_with_the_road_that_was_given() {
        let again =
            Again::of(&testing::from(&["platform", "--domain", "https://h:1", "--proxy", "direct"]), None);
        let words = Words::utc(Language::English);
        let told = inspection(&words, &testing::inspection(), &Source::Platform, &again);
        let wanted = "longwire ca trust platform --domain https://h:1 --proxy direct --app-only";
        assert!(told.last().unwrap().ends_with(wanted), "{told:?}");
        let found = CaInspection { lacks: Some("mitmproxy".into()), ..testing::inspection() };
        let told = inspection(&words, &found, &Source::Platform, &again).join("\n");
        for source in ["proxy", "mitmproxy", "FILE"] {
            let offered = format!("\n  longwire ca inspect {source} --domain https://h:1 --proxy direct  ");
            assert!(told.contains(&offered), "{told}");
        }
    }

    #[test]
    fn a_ca_is_shown_with_all_that_decides_whether_to_trust_it() {
        let english = told(Language::English, &testing::inspection(), &Source::Platform);
        for part in [
            "mitmproxy\n",
            "7A:12:BC:34:7A",
            "2026-01-31 to 2026-02-01",
            "RSA 2048, signed with SHA-256 with RSA",
            "mitmproxy (debugging proxy)",
            "open.feishu.cn",
            "nobody here",
            "longwire ca trust platform --app-only",
        ] {
            assert!(english.contains(part), "{part}: {english}");
        }
        assert!(!english.contains("cli.ca.") && !english.contains('{'), "{english}");
        let chinese = told(Language::Chinese, &testing::inspection(), &Source::Platform);
        assert!(chinese.contains("2026-01-31") && chinese.contains("调试代理"), "{chinese}");
        assert!(!chinese.contains("cli.ca.") && !chinese.contains('{'), "{chinese}");
    }

    #[test]
    fn a_limited_ca_says_what_it_may_sign() {
        let view = CaView { permitted: vec!["corp.example".into()], path_length: Some(0), ..testing::view() };
        let found = CaInspection { certificates: vec![view], ..testing::inspection() };
        let english = told(Language::English, &found, &Source::Platform);
        assert!(english.contains("corp.example") && english.contains('0'), "{english}");
    }

    #[test]
    fn a_refused_certificate_says_why_and_where_the_ca_is_to_be_had() {
        let view = CaView {
            refusal: Some(CaRefusal::NotCa),
            signs_road: Some(true),
            stores: vec![],
            ..testing::view()
        };
        let found = CaInspection {
            certificates: vec![view],
            lacks: Some("mitmproxy".into()),
            ..testing::inspection()
        };
        let english = told(Language::English, &found, &Source::Platform);
        assert!(english.contains("✗ It is no CA"), "{english}");
        assert!(english.contains("longwire ca inspect proxy "), "{english}");
        assert!(english.contains("longwire ca inspect mitmproxy "), "{english}");
        assert!(english.contains("/home/u/.mitmproxy/mitmproxy-ca-cert.pem"), "{english}");
        assert!(!english.contains("longwire ca trust"), "{english}");
        assert!(!english.contains("longwire ca inspect platform"), "the platform was asked: {english}");
    }

    #[test]
    fn one_that_does_not_sign_the_road_says_so_and_names_the_other_places() {
        let view = CaView { signs_road: Some(false), ..testing::view() };
        let found = CaInspection { certificates: vec![view], ..testing::inspection() };
        let english = told(Language::English, &found, &Source::File("ca.pem".into()));
        assert!(english.contains("! ") && english.contains("longwire ca inspect platform"), "{english}");
        let found = CaInspection { host: None, ..testing::inspection() };
        assert!(!told(Language::English, &found, &Source::Platform).contains("! "));
    }

    #[test]
    fn what_the_chain_does_not_hold_says_where_it_was_found() {
        let found = CaInspection { found_at: testing::inspection().places.pop(), ..testing::inspection() };
        let english = told(Language::English, &found, &Source::Platform);
        assert!(english.contains("it is mitmproxy’s own file: /home/u/.mitmproxy"), "{english}");
    }

    #[test]
    fn what_came_without_encryption_is_to_be_compared() {
        let found = CaInspection { proxy: Some("127.0.0.1:8080".into()), ..testing::inspection() };
        let english = told(Language::English, &found, &Source::Proxy);
        assert!(english.contains("! ") && english.contains("127.0.0.1:8080"), "{english}");
    }

    #[test]
    fn a_change_to_a_store_is_told_with_its_scope_and_its_commands() {
        let words = Words::utc(Language::English);
        let view = CaView { trusted: vec![testing::store(StoreKind::App)], ..testing::view() };
        let lines: Vec<_> = view.stores.iter().map(|each| change(&words, &view, each).join("\n")).collect();
        assert_eq!(lines[0], "  = Longwire only: was there already");
        assert_eq!(lines[1], "  ✗ Firefox profile (/stores/firefox): certutil is not installed");
        for part in ["+ System (/stores/system)", "Every program", "password", "sudo update-ca-certificates"]
        {
            assert!(lines[2].contains(part), "{part}: {}", lines[2]);
        }
    }
}
