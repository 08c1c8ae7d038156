//! An event on one line.

use longwire_contract::{
    DeliveryState, EventView,
    text::word,
    words::{columns, padded},
};

use crate::{printable::one_line, words::Words};

/// How much room the columns take.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Widths {
    seq: usize,
    kind: usize,
    state: usize,
}

impl Widths {
    /// For lines whose like is not known yet.
    pub(super) const UNKNOWN: Self = Self { seq: 5, kind: 30, state: 11 };
    /// A type that is longer pushes what follows it to the right.
    const LONGEST_KIND: usize = 48;

    /// As much as these need.
    pub(super) fn of(words: &Words, events: &[EventView]) -> Self {
        events.iter().fold(Self::default(), |widths, event| Self {
            seq: widths.seq.max(event.seq.to_string().len()),
            kind: widths.kind.max(columns(&kind(words, event)).min(Self::LONGEST_KIND)),
            state: widths.state.max(columns(&standing(words, event))),
        })
    }
}

/// Its number, when it arrived, its type, how it stands, how often it came again, and what it says.
pub(super) fn line(words: &Words, event: &EventView, widths: Widths) -> String {
    let seq = format!("{:>width$}", event.seq, width = widths.seq);
    let at = words.moment(event.at_ms);
    let kind = padded(&kind(words, event), widths.kind);
    let state = padded(&standing(words, event), widths.state);
    let again = if event.duplicates > 0 { format!("×{}  ", event.duplicates + 1) } else { String::new() };
    let said = match &event.preview {
        Some(preview) => one_line(preview),
        None => readable(words, &event.event_type).unwrap_or_default(),
    };
    format!("{seq}  {at}  {kind}  {state}  {again}{said}").trim_end().to_owned()
}

/// A state with its mark.
pub(crate) fn state(words: &Words, state: DeliveryState) -> String {
    let mark = match state {
        DeliveryState::Delivered => '✓',
        DeliveryState::Queued => '…',
        DeliveryState::Failed => '✗',
    };
    format!("{mark} {}", words.plain(&format!("delivery.{}", word(&state))))
}

/// What a type means, where it is a known one.
pub(super) fn readable(words: &Words, event_type: &str) -> Option<String> {
    let key = format!("event.type.{event_type}");
    let told = words.plain(&key);
    (told != key).then_some(told)
}

/// The type, or that it has none.
pub(super) fn kind(words: &Words, event: &EventView) -> String {
    match event.event_type.as_str() {
        "" => words.plain("events.untyped"),
        event_type => one_line(event_type),
    }
}

fn standing(words: &Words, event: &EventView) -> String {
    match event.delivery {
        Some(delivery) => state(words, delivery),
        None => format!("– {}", words.plain("cli.events.unwanted")),
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::{super::testing::event, *};

    #[test]
    fn an_event_is_a_line_that_says_how_it_stands() {
        let words = Words::utc(Language::English);
        let mut known = event(12);
        known.preview = Some("hello\x1b[2J".to_owned());
        known.delivery = Some(DeliveryState::Delivered);
        known.duplicates = 1;
        let mut untyped = event(7);
        untyped.event_type.clear();
        let events = [known, untyped];
        let widths = Widths::of(&words, &events);
        let told = events.map(|event| line(&words, &event, widths));
        assert_eq!(told[0], "12  01-31 10:30:00  im.message.receive_v1  ✓ delivered  ×2  hello\u{fffd}[2J");
        assert_eq!(told[1], " 7  01-31 10:30:00  Event without a type   – no target");
    }

    #[test]
    fn the_columns_stand_in_chinese_too() {
        let words = Words::utc(Language::Chinese);
        let states = [Some(DeliveryState::Failed), Some(DeliveryState::Queued), None];
        let events: Vec<_> = states.iter().map(|state| EventView { delivery: *state, ..event(1) }).collect();
        let widths = Widths::of(&words, &events);
        let column = |line: &str| columns(&line[..line.find("收到消息").unwrap()]);
        let told: Vec<_> = events.iter().map(|event| column(&line(&words, event, widths))).collect();
        assert!(told.iter().all(|at| *at == told[0]), "{told:?}");
    }
}
