//! One event with all that there is to say of it, in lines for a terminal.

use longwire_contract::{
    AttemptOutcome, AttemptView, DeliveryState, DeliveryView, EventDetail, EventView, TargetView, text::word,
    words::padded,
};

use super::{
    json::pretty,
    row::{kind, readable, state},
};
use crate::{
    printable::{one_line, printable},
    target::held_up,
    words::{Words, size, took},
};

/// Room for the longest label in either language, in columns.
const LABEL_WIDTH: usize = 14;

/// What is known of it, its headers, its JSON, and what became of it at each target, which is read most and so stands last.
/// `targets` are those there are, `now_ms` is in milliseconds since the Unix epoch.
pub(super) fn lines(words: &Words, event: &EventDetail, targets: &[TargetView], now_ms: u64) -> Vec<String> {
    let mut lines = about(words, &event.view);
    if !event.headers.is_empty() {
        lines.extend([String::new(), words.plain("events.headers")]);
        let header = |(key, value): &(String, String)| format!("  {}: {}", one_line(key), one_line(value));
        lines.extend(event.headers.iter().map(header));
    }
    lines.extend([String::new(), printable(&pretty(&event.payload)), String::new()]);
    match event.deliveries.is_empty() {
        true => lines.push(words.plain("cli.events.unwanted_say")),
        false => lines.push(words.plain("cli.events.targets")),
    }
    lines.extend(event.deliveries.iter().flat_map(|delivery| {
        let why = held_up_by(words, delivery, targets, now_ms);
        at_target(words, delivery).into_iter().chain(why)
    }));
    lines
}

fn about(words: &Words, event: &EventView) -> Vec<String> {
    let kind = kind(words, event);
    let title = match readable(words, &event.event_type) {
        Some(meaning) => format!("{}  {kind}{}", event.seq, words.aside(&meaning)),
        None => format!("{}  {kind}", event.seq),
    };
    let again = match event.duplicates {
        0 => String::new(),
        count => words.filled("events.duplicates", [("count", count.to_string())]),
    };
    let optional = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let facts = [
        ("events.app", event.app_id.to_string()),
        ("events.time", words.stamp(event.at_ms)),
        ("cli.events.origin", words.plain(&format!("origin.{}", word(&event.origin)))),
        ("events.id", optional(&event.event_id)),
        ("cli.events.chat", optional(&event.chat_id)),
        ("events.size", size(event.bytes.into())),
        ("events.ack", words.filled("cli.events.acked", [("time", took(event.ack_ms))])),
        ("", again),
    ];
    let told = facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| {
        let label = if key.is_empty() { String::new() } else { words.plain(key) };
        format!("  {}  {value}", padded(&label, LABEL_WIDTH))
    });
    [title].into_iter().chain(told).collect()
}

fn at_target(words: &Words, delivery: &DeliveryView) -> Vec<String> {
    let mut title =
        format!("  {}", words.labelled(&one_line(&delivery.target), &state(words, delivery.state)));
    if let Some(at) = delivery.retry_at_ms {
        let again = words.filled("cli.events.retry_at", [("time", words.moment(at))]);
        title.push_str(&words.aside(&again));
    }
    let attempts = delivery.attempts.iter().flat_map(|one| {
        let line = format!("    {}  {}  {}", one.number, words.moment(one.at_ms), attempt(words, one));
        let response = one.response.as_deref().unwrap_or_default();
        let answer: Vec<_> = printable(response).lines().map(|line| format!("         {line}")).collect();
        [line].into_iter().chain(answer)
    });
    [title].into_iter().chain(attempts).collect()
}

/// Why one that was not attempted yet waits: what is wrong with its target, where another event found that out.
fn held_up_by(words: &Words, delivery: &DeliveryView, targets: &[TargetView], now_ms: u64) -> Option<String> {
    let waits = delivery.state == DeliveryState::Queued && delivery.attempts.is_empty();
    let target = targets.iter().find(|target| waits && target.name == delivery.target)?;
    Some(format!("    ! {}", held_up(words, target, now_ms)?))
}

/// How an attempt ended, its status, how long it took, and the technical cause.
pub(crate) fn attempt(words: &Words, attempt: &AttemptView) -> String {
    let outcome = words.plain(&format!("attempt.{}", word(&attempt.outcome)));
    let status = match attempt.status {
        Some(code) if matches!(attempt.outcome, AttemptOutcome::ExitedBadly) => {
            format!("  {}", words.filled("targets.exit", [("code", code.to_string())]))
        }
        Some(code) => format!("  {code}"),
        None => String::new(),
    };
    let detail = match attempt.detail.as_str() {
        "" => String::new(),
        detail => words.aside(&one_line(detail)),
    };
    format!("{outcome}{status}  {}{detail}", took(attempt.took_ms))
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, TargetHealth};

    use super::{super::testing::event, *};
    use crate::target::testing::target;

    fn tried() -> AttemptView {
        AttemptView {
            number: 2,
            at_ms: 1_769_855_401_000,
            took_ms: 12.3,
            outcome: AttemptOutcome::BadStatus,
            status: Some(500),
            response: Some("no\nsuch\x1b thing".to_owned()),
            detail: String::new(),
        }
    }

    #[test]
    fn an_event_shows_all_that_is_known_of_it() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let event = EventDetail {
                view: EventView { duplicates: 3, ..event(12) },
                payload: r#"{"event":{"x":"a"}}"#.to_owned(),
                headers: vec![("type".to_owned(), "event".to_owned())],
                frame: String::new(),
                deliveries: vec![DeliveryView {
                    target: "bot".to_owned(),
                    state: DeliveryState::Failed,
                    retry_at_ms: None,
                    attempts: vec![tried()],
                }],
            };
            let told = lines(&words, &event, &[], 0).join("\n");
            for part in [
                "12  im.message.receive_v1",
                "2026-01-31 10:30:00",
                "5e3702a84e847582be8db7fb73283c02",
                "1.2 kB",
                "1.2 ms",
                "  type: event",
                "    \"x\": \"a\"",
                &format!("  {}", words.labelled("bot", "✗ ")),
                "    2  01-31 10:30:01  ",
                "  500  12 ms",
                "         such\u{fffd} thing",
            ] {
                assert!(told.contains(part), "{part}: {told}");
            }
            assert!(!told.contains("cli.") && !told.contains("{count}"), "{told}");
        }
    }

    #[test]
    fn one_that_waits_says_why_where_another_event_found_that_out() {
        let words = Words::utc(Language::English);
        let waits = DeliveryView {
            target: "bot".to_owned(),
            state: DeliveryState::Queued,
            retry_at_ms: None,
            attempts: Vec::new(),
        };
        let why = |delivery, targets: &[TargetView]| held_up_by(&words, &delivery, targets, 1_000_000);
        let told = why(waits.clone(), &[target()]).unwrap();
        assert!(told.contains("nobody answers there") && told.contains("next try in 5s"), "{told}");
        let paused = TargetView { health: TargetHealth::Paused, ..target() };
        assert_eq!(why(waits.clone(), &[paused]).unwrap(), "    ! Paused");
        let other = TargetView { name: "other".to_owned(), ..target() };
        assert_eq!(why(waits.clone(), &[other]), None, "another's trouble");
        assert_eq!(
            why(DeliveryView { attempts: vec![tried()], ..waits }, &[target()]),
            None,
            "its own are told"
        );
    }

    #[test]
    fn an_event_nobody_wanted_says_so() {
        let words = Words::utc(Language::English);
        let payload = "not json".to_owned();
        let event = EventDetail {
            view: event(1),
            payload,
            headers: vec![],
            frame: String::new(),
            deliveries: vec![],
        };
        let told = lines(&words, &event, &[], 0).join("\n");
        assert!(told.contains("\nnot json\n") && told.contains("longwire target add"), "{told}");
    }

    #[test]
    fn the_exit_code_of_a_program_is_no_status() {
        let words = Words::utc(Language::English);
        let ended = AttemptView { outcome: AttemptOutcome::ExitedBadly, status: Some(3), ..tried() };
        assert!(attempt(&words, &ended).contains("exit code 3"));
    }
}
