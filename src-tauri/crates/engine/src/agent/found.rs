//! What is to be said of the agent's troubles.

use longwire_contract::{AgentKey, Finding, FindingCode};
use longwire_delivery::{agent::Trouble, shortened};
use longwire_diagnosis::finding;
use secrecy::ExposeSecret;

use super::key::Key;

/// The longest that is told of what a server said, in characters.
const LONGEST: usize = 300;

/// What there is to say of an agent that is on. `host` and `model` are what it asks.
pub(crate) fn found(key: &Key, trouble: Option<&Trouble>, host: &str, model: &str) -> Option<Finding> {
    let found = match (key.place, trouble) {
        (AgentKey::Absent, _) => of_trouble(&Trouble::NoKey, host, model),
        (AgentKey::Unreadable, _) => {
            let error = key.error.as_deref().unwrap_or_default();
            finding(FindingCode::AgentNoKey, format!("the API key cannot be read: {error}"))
        }
        (_, trouble) => of_trouble(trouble?, host, model),
    };
    Some(without(found, key))
}

/// What a trouble means to its user.
pub(crate) fn of_trouble(trouble: &Trouble, host: &str, model: &str) -> Finding {
    use FindingCode as Code;
    let detail = short(&trouble.to_string());
    let of = |code| finding(code, &detail).with("host", host).with("model", model);
    match trouble {
        Trouble::NoKey => of(Code::AgentNoKey),
        Trouble::KeyRefused(message) => of(Code::AgentKeyWrong).with("message", short(message)),
        Trouble::Quota { message, .. } => of(Code::AgentQuota).with("message", short(message)),
        Trouble::Refused(message) => of(Code::AgentRefused).with("message", short(message)),
        Trouble::Unreachable(error) => of(Code::AgentUnreachable).with("error", short(error)),
        Trouble::TimedOut(_) => of(Code::AgentFailing).with("error", &detail),
        Trouble::Failed(error) | Trouble::Nonsense(error) => {
            of(Code::AgentFailing).with("error", short(error))
        }
        Trouble::ReplyRefused { code, message } => {
            of(Code::AgentReplyRefused).with("code", code).with("message", short(message))
        }
        Trouble::PlatformUnreachable(error) => of(Code::AgentPlatformUnreachable).with("error", short(error)),
        Trouble::Notebook(error) => of(Code::AgentNotebook).with("error", short(error)),
    }
}

/// Without the key, should a server have said it back.
pub(crate) fn without(mut found: Finding, key: &Key) -> Finding {
    if let Some(secret) = &key.secret {
        let secret = secret.expose_secret();
        found.detail = found.detail.replace(secret, "…");
        for value in found.values.values_mut() {
            *value = value.replace(secret, "…");
        }
    }
    found
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&line, LONGEST).into_owned()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use longwire_contract::{Action, Language, Severity, text::text, text::word};

    use super::*;

    fn troubles() -> Vec<(Trouble, FindingCode)> {
        use FindingCode as Code;
        let said = || "said".to_owned();
        vec![
            (Trouble::NoKey, Code::AgentNoKey),
            (Trouble::KeyRefused(said()), Code::AgentKeyWrong),
            (Trouble::Quota { message: said(), retry_after: None }, Code::AgentQuota),
            (Trouble::Refused(said()), Code::AgentRefused),
            (Trouble::Unreachable(said()), Code::AgentUnreachable),
            (Trouble::TimedOut(Duration::from_secs(60)), Code::AgentFailing),
            (Trouble::Failed(said()), Code::AgentFailing),
            (Trouble::Nonsense(said()), Code::AgentFailing),
            (Trouble::ReplyRefused { code: 230_002, message: said() }, Code::AgentReplyRefused),
            (Trouble::PlatformUnreachable(said()), Code::AgentPlatformUnreachable),
            (Trouble::Notebook(said()), Code::AgentNotebook),
        ]
    }

    #[test]
    fn every_trouble_is_a_warning_with_all_its_values_and_blocks_nothing() {
        for (trouble, code) in troubles() {
            let found = of_trouble(&trouble, "a.example", "qwen-plus");
            assert_eq!(
                (found.code, found.severity, found.blocks_connection),
                (code, Severity::Warning, false)
            );
            for language in [Language::English, Language::Chinese] {
                for part in ["title", "say", "do"] {
                    let said = text(language, &format!("finding.{}.{part}", word(&code)), &found.values);
                    assert!(!said.contains(['{', '}']), "{said}");
                }
            }
        }
        let replies = of_trouble(&Trouble::ReplyRefused { code: 1, message: String::new() }, "", "");
        assert_eq!(replies.action, Some(Action::OpenConsole));
    }

    #[test]
    fn without_a_key_nothing_else_is_said() {
        let absent = Key::default();
        for trouble in [None, Some(&Trouble::KeyRefused(String::new()))] {
            assert_eq!(found(&absent, trouble, "", "").unwrap().code, FindingCode::AgentNoKey);
        }
        let locked = Key { place: AgentKey::Unreadable, secret: None, error: Some("locked".into()) };
        assert!(found(&locked, None, "", "").unwrap().detail.contains("locked"));
        let kept = Key { place: AgentKey::Kept, secret: Some("sk-1".into()), error: None };
        assert_eq!(found(&kept, None, "", ""), None);
    }

    #[test]
    fn a_server_that_says_the_key_back_or_talks_for_long_is_not_repeated() {
        let kept = Key { place: AgentKey::Kept, secret: Some("sk-planted".into()), error: None };
        let said = format!("no such key: sk-planted\n{}", "x".repeat(10_000));
        let found = found(&kept, Some(&Trouble::KeyRefused(said)), "a.example", "m").unwrap();
        let whole = format!("{found:?}");
        assert!(!whole.contains("planted") && whole.len() < 2000, "{whole}");
        assert_eq!(found.values.keys().collect::<Vec<_>>(), ["host", "message", "model"]);
        let _: &BTreeMap<String, String> = &found.values;
    }
}
