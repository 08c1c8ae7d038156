//! A target in lines for a terminal.

use longwire_contract::{TargetHealth, TargetView, text::word};

use crate::{events::attempt, printable::one_line, words::Words};

/// Its name and address; what it gets, where that is not everything; and, where an engine hands it events, how it stands.
pub(super) fn lines(words: &Words, target: &TargetView, running: bool, now_ms: u64) -> Vec<String> {
    let mut lines = vec![who(target)];
    let mut wants = Vec::new();
    wants.extend(target.app_id.iter().map(ToString::to_string));
    if !target.events.is_empty() {
        wants.push(words.filled("targets.events", [("types", target.events.join(", "))]));
    }
    wants.extend(target.filters.iter().cloned());
    if target.given {
        wants.push(words.plain("targets.facts.given"));
    }
    if !wants.is_empty() {
        lines.push(format!("  {}", one_line(&words.listed(&wants))));
    }
    if running || matches!(target.health, TargetHealth::Paused | TargetHealth::Absent) {
        lines.push(format!("  {}", standing(words, target)));
    }
    lines.extend(trouble(words, target, now_ms).map(|told| format!("  ! {told}")));
    lines
}

/// It on one line, as `longwire status` has it: how it stands, and who it is.
pub(crate) fn summary(words: &Words, target: &TargetView) -> String {
    format!("→ {}  {}", who(target), standing(words, target))
}

/// Why what waits for it waits, where that is known.
pub(crate) fn held_up(words: &Words, target: &TargetView, now_ms: u64) -> Option<String> {
    match target.health {
        TargetHealth::Paused | TargetHealth::Absent => Some(health(words, target.health)),
        _ => trouble(words, target, now_ms),
    }
}

/// Its name, and its address where the name is not made of it.
fn who(target: &TargetView) -> String {
    let name = one_line(&target.name);
    match target.given || target.address.is_empty() || target.name == target.address {
        true => name,
        false => format!("{name}  {}", one_line(&target.address)),
    }
}

fn health(words: &Words, health: TargetHealth) -> String {
    words.plain(&format!("target_health.{}", word(&health)))
}

fn standing(words: &Words, target: &TargetView) -> String {
    let shape = match target.health {
        TargetHealth::Up => '●',
        TargetHealth::Untried => '○',
        TargetHealth::Down => '◌',
        TargetHealth::Failing => '✗',
        TargetHealth::Paused => '‖',
        TargetHealth::Absent => '–',
    };
    let health = health(words, target.health);
    let counts = [("queued", target.queued), ("failed", target.failed), ("delivered", target.delivered)];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    format!("{shape} {health}  {}", words.filled("cli.target.counts", counts))
}

/// What went wrong the last time, and when it is tried again.
fn trouble(words: &Words, target: &TargetView, now_ms: u64) -> Option<String> {
    let trouble = target.trouble.as_ref()?;
    let ago = words.duration(now_ms.saturating_sub(trouble.at_ms));
    let told = words.filled("targets.trouble", [("what", attempt(words, trouble)), ("time", ago)]);
    let Some(retry_at_ms) = target.retry_at_ms else { return Some(told) };
    let left = words.duration(retry_at_ms.saturating_sub(now_ms));
    Some(words.listed(&[told, words.filled("targets.retry_in", [("time", left)])]))
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::{super::testing::target, *};

    #[test]
    fn a_target_says_who_it_is_how_it_stands_and_what_went_wrong() {
        let words = Words::utc(Language::English);
        let told = lines(&words, &target(), true, 1_000_000);
        assert_eq!(told[0], "bot  http://127.0.0.1:3000/webhook");
        assert!(told[1].contains("im.message.*") && told[1].contains("chat_type = p2p"), "{told:#?}");
        assert_eq!(told[2], "  ◌ No answer  waiting 3, failed 1, delivered 7");
        assert!(told[3].contains("connection refused") && told[3].contains("1m 0s ago"), "{told:#?}");
        assert!(told[3].contains("5s"), "{told:#?}");
        let chinese = lines(&Words::utc(Language::Chinese), &target(), true, 1_000_000).join("\n");
        assert!(!chinese.contains("cli.") && !chinese.contains('{'), "{chinese}");
        assert!(chinese.contains("（connection refused），1 分钟 0 秒前；5 秒后重试"), "{chinese}");
    }

    #[test]
    fn without_an_engine_nothing_is_said_of_what_is_not_known() {
        let words = Words::utc(Language::English);
        let idle = TargetView { trouble: None, health: TargetHealth::Untried, ..target() };
        assert_eq!(lines(&words, &idle, false, 0).len(), 2);
        let paused = TargetView { health: TargetHealth::Paused, ..idle };
        assert!(lines(&words, &paused, false, 0)[2].contains("Paused"));
        let address = String::new();
        let absent =
            TargetView { health: TargetHealth::Absent, events: vec![], filters: vec![], address, ..paused };
        let told = lines(&words, &absent, false, 0);
        assert_eq!(told, ["bot", "  – Not in use now  waiting 3, failed 1, delivered 7"]);
    }

    #[test]
    fn a_summary_names_an_address_that_is_its_name_once() {
        let words = Words::utc(Language::English);
        let given = TargetView { name: target().address, given: true, ..target() };
        assert_eq!(summary(&words, &given).matches("127.0.0.1").count(), 1);
        assert_eq!(lines(&words, &given, true, 0)[0], "http://127.0.0.1:3000/webhook");
        // Whatever it is made of: a name without the address's closing slash, a program's words without their quotes.
        let command = TargetView { name: "bot a b".to_owned(), address: "bot 'a b'".to_owned(), ..given };
        assert_eq!(lines(&words, &command, true, 0)[0], "bot a b");
        assert!(summary(&words, &target()).starts_with("→ bot  http://127.0.0.1:3000/webhook  ◌ "));
    }
}
