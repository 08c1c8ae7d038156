//! What became of an event that was made here.

use std::time::Duration;

use longwire_contract::{AttemptOutcome, DeliveryState, DeliveryView, EventDetail, EventRef, Fault, call};
use longwire_engine::Client;
use tokio::time::{Instant, sleep};

use crate::{
    events,
    exit::Exit,
    output::{hint, say},
    printable::one_line,
    words::{Words, took},
};

/// How long is waited for the targets. A target may take longer; what becomes of it then is in the list.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long until it is looked at again.
const PAUSE: Duration = Duration::from_millis(50);

/// Says of each target how it stands with the event, as soon as that is known.
pub(crate) async fn over(client: &mut Client, made: EventRef, words: &Words) -> Result<Exit, Fault> {
    let until = Instant::now() + PATIENCE;
    let event = loop {
        let event = client.call::<call::ReadEvent>(&made).await?;
        let waits = event.deliveries.iter().any(|delivery| !is_settled(delivery));
        if !waits || Instant::now() >= until {
            break event;
        }
        sleep(PAUSE).await;
    };
    say(&lines(words, &event).join("\n"));
    if event.deliveries.is_empty() {
        hint(&words.plain("cli.events.unwanted_say"));
    }
    let failed = event.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Failed);
    Ok(if failed { Exit::Failed } else { Exit::Ok })
}

/// Whether nothing more is to be waited for. A target that does not answer may be down for long.
fn is_settled(delivery: &DeliveryView) -> bool {
    delivery.state != DeliveryState::Queued || !delivery.attempts.is_empty()
}

fn lines(words: &Words, event: &EventDetail) -> Vec<String> {
    let number = words.filled("cli.events.number", [("seq", event.view.seq.to_string())]);
    let kind = one_line(&event.view.event_type);
    if event.deliveries.is_empty() {
        return vec![words.labelled(&number, &words.labelled(&kind, &words.plain("cli.events.kept")))];
    }
    let told = |delivery: &DeliveryView| {
        let target = format!("{kind} → {}", one_line(&delivery.target));
        words.labelled(&number, &words.labelled(&target, &how(words, delivery)))
    };
    event.deliveries.iter().map(told).collect()
}

fn how(words: &Words, delivery: &DeliveryView) -> String {
    let state = events::state(words, delivery.state);
    match delivery.attempts.last() {
        Some(last) if last.outcome == AttemptOutcome::Delivered => {
            words.filled("cli.events.delivered_in", [("time", took(last.took_ms))])
        }
        Some(last) => words.labelled(&state, &events::attempt(words, last)),
        None => state,
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{AttemptView, EventOrigin, EventView, Language};

    use super::*;

    fn event(deliveries: Vec<DeliveryView>) -> EventDetail {
        let view = EventView {
            seq: 12,
            app_id: "cli_0123456789abcdef".parse().unwrap(),
            origin: EventOrigin::Trigger,
            at_ms: 0,
            event_type: "im.message.receive_v1".to_owned(),
            event_id: None,
            chat_id: None,
            preview: None,
            bytes: 2,
            ack_ms: 0.1,
            duplicates: 0,
            delivery: None,
        };
        let payload = "{}".to_owned();
        EventDetail { view, payload, headers: vec![], frame: String::new(), deliveries }
    }

    fn delivery(state: DeliveryState, outcome: AttemptOutcome) -> DeliveryView {
        let attempt = AttemptView {
            number: 1,
            at_ms: 0,
            took_ms: 12.0,
            outcome,
            status: None,
            response: None,
            detail: String::new(),
        };
        DeliveryView { target: "bot".to_owned(), state, retry_at_ms: None, attempts: vec![attempt] }
    }

    #[test]
    fn each_target_has_its_line() {
        let words = Words::utc(Language::English);
        let event = event(vec![
            delivery(DeliveryState::Delivered, AttemptOutcome::Delivered),
            delivery(DeliveryState::Queued, AttemptOutcome::Unreachable),
        ]);
        let told = lines(&words, &event);
        assert_eq!(told[0], "event 12: im.message.receive_v1 → bot: delivered in 12 ms");
        assert_eq!(told[1], "event 12: im.message.receive_v1 → bot: … waiting: nobody answers there  12 ms");
        assert!(is_settled(&event.deliveries[1]), "a bot that is down is not waited for");
        assert_eq!(lines(&words, &super::tests::event(vec![])).len(), 1);
    }
}
