//! How the engine stands, in a line of words for the keeper's own list of services.

use std::collections::BTreeMap;

use longwire_contract::{
    AppView, Phase, Snapshot,
    text::{text, word},
    words,
};

/// The most apps that are named; the line has to stay one.
const NAMED: usize = 3;

/// The line.
pub(super) fn said(snapshot: &Snapshot) -> String {
    let language = snapshot.language;
    let plain = |key: &str| text(language, key, &BTreeMap::new());
    if snapshot.apps.is_empty() {
        return plain("supervisor.no_app");
    }
    let filled = |key: &str, pairs: [(&str, String); 2]| {
        let values = pairs.map(|(name, value)| (name.to_owned(), value)).into();
        text(language, key, &values)
    };
    let one = |app: &AppView| {
        let name = if app.name.is_empty() { app.app_id.to_string() } else { app.name.clone() };
        let phase = plain(&format!("phase.{}", word(&app.phase)));
        let standing = match app.blocked_by().filter(|_| app.phase != Phase::Paused) {
            Some(found) => {
                filled("supervisor.because", [("phase", phase), ("finding", words::title(language, found))])
            }
            None => phase,
        };
        filled("supervisor.app", [("app", name), ("standing", standing)])
    };
    // What is wrong stands first.
    let mut apps: Vec<&AppView> = snapshot.apps.iter().collect();
    apps.sort_by_key(|app| app.phase == Phase::Connected || app.phase == Phase::Paused);
    let mut told: Vec<String> = apps.iter().take(NAMED).map(|app| one(app)).collect();
    if let Some(more) = apps.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let connected = apps.iter().filter(|app| app.phase == Phase::Connected).count();
        let numbers = [("more", more.to_string()), ("connected", connected.to_string())];
        told.push(filled("supervisor.more", numbers));
    }
    let line = told.join(&plain("supervisor.then"));
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use longwire_contract::{FindingCode, Language};
    use longwire_diagnosis::finding;

    use super::*;

    fn app(number: u64, phase: Phase) -> AppView {
        AppView { phase, ..AppView::new(format!("cli_{number:016x}").parse().unwrap(), 0) }
    }

    fn line(language: Language, apps: Vec<AppView>) -> String {
        said(&Snapshot { apps, language, ..Snapshot::default() })
    }

    #[test]
    fn it_says_who_is_connected_and_why_another_is_not() {
        let refused = AppView {
            name: "bot\n王".to_owned(),
            findings: vec![finding(FindingCode::CredentialsWrong, "secret detail")],
            ..app(2, Phase::NeedsYou)
        };
        let english = line(Language::English, vec![app(1, Phase::Connected), refused.clone()]);
        assert!(english.starts_with("bot 王: ") && !english.contains("secret detail"), "{english}");
        assert!(english.ends_with("; cli_0000000000000001: Connected"), "{english}");
        assert!(!english.contains('\n'), "{english}");
        let chinese = line(Language::Chinese, vec![refused]);
        assert!(chinese.contains("：") && !chinese.contains("NeedsYou"), "{chinese}");
    }

    #[test]
    fn without_an_app_it_says_how_one_is_added_and_many_stay_one_line() {
        assert!(line(Language::English, Vec::new()).contains("longwire app add"));
        assert!(line(Language::Chinese, Vec::new()).contains("longwire app add"));
        let many = (0..50).map(|number| app(number, Phase::Connected)).collect();
        let told = line(Language::English, many);
        assert!(told.len() < 300 && told.contains("47"), "{told}");
    }
}
