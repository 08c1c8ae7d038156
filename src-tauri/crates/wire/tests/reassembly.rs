//! Parts that lie, parts that never come, and what is kept of them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use longwire_wire::{Error, Frame, Header, Inbound, Limits, Message, Method, Part, Reassembly, key};

const AGE: Duration = Duration::from_secs(30);

#[test]
fn parts_in_any_order_and_repeated_make_the_message_and_the_last_one_its_acknowledgement() {
    let mut reassembly = Reassembly::new(Limits::default());
    let now = Instant::now();
    for (seq, text) in [("2", "c"), ("0", "a"), ("2", "again"), ("0", "a")] {
        assert_eq!(reassembly.accept(part("m", "3", seq, text), now), Ok(None));
    }
    let last = part("m", "3", "1", "b");
    let message = reassembly.accept(last.clone(), now).unwrap().unwrap();
    assert_eq!(message.payload, "abc");
    assert_eq!(*message.frame, Frame { payload: None, ..last.frame });
    assert_eq!((reassembly.incomplete(), reassembly.next_expiry()), (0, None));
}

#[test]
fn a_frame_that_counts_no_parts_is_whole() {
    for headers in
        [vec![], vec![(key::SUM, "1")], vec![(key::SEQ, "0")], vec![(key::SUM, "1"), (key::SEQ, "0")]]
    {
        assert_eq!(accept_one(data(&headers, "{}")).unwrap().unwrap().payload, "{}", "{headers:?}");
    }
    let no_payload = Part { frame: Frame { payload: None, ..data(&[], "").frame }, ..data(&[], "") };
    assert_eq!(accept_one(no_payload).unwrap().unwrap().payload, "");
}

#[test]
fn counts_that_lie_are_named() {
    let bad = |key, value: &str| Err(Error::BadCount { key, value: value.to_owned() });
    assert_eq!(accept_one(part("m", "0", "0", "")), bad(key::SUM, "0"));
    for lie in ["-1", "", "two", "1.0", "0x1", " 1", "18446744073709551616"] {
        assert_eq!(accept_one(part("m", lie, "0", "")), bad(key::SUM, lie));
        assert_eq!(accept_one(part("m", "2", lie, "")), bad(key::SEQ, lie));
    }
    for (seq, sum) in [(1, 1), (2, 2), (u64::MAX, 2)] {
        let part = part("m", &sum.to_string(), &seq.to_string(), "");
        assert_eq!(accept_one(part), Err(Error::SeqBeyondSum { seq, sum }));
    }
    assert_eq!(accept_one(data(&[(key::SEQ, "1")], "")), Err(Error::SeqBeyondSum { seq: 1, sum: 1 }));
    assert_eq!(accept_one(data(&[(key::MESSAGE_ID, "m"), (key::SUM, "2")], "")), Err(Error::NoSeq));
    assert_eq!(accept_one(data(&[(key::SUM, "2"), (key::SEQ, "0")], "")), Err(Error::NoMessageId));
    assert_eq!(accept_one(part("", "2", "0", "")), Err(Error::NoMessageId));
}

#[test]
fn a_claim_of_many_parts_takes_no_memory() {
    for sum in [1025, u64::MAX] {
        let part = part("m", &sum.to_string(), "0", "");
        assert_eq!(accept_one(part), Err(Error::TooManyParts { sum, limit: 1024 }));
    }
}

#[test]
fn a_part_count_that_changes_drops_the_message() {
    let mut reassembly = Reassembly::new(Limits::default());
    let now = Instant::now();
    reassembly.accept(part("m", "2", "0", "a"), now).unwrap();
    assert_eq!(reassembly.accept(part("m", "3", "1", "b"), now), Err(Error::SumChanged { was: 2, now: 3 }));
    assert_eq!(reassembly.incomplete(), 0);
    // Sent again, it arrives.
    reassembly.accept(part("m", "2", "0", "a"), now).unwrap();
    assert_eq!(reassembly.accept(part("m", "2", "1", "b"), now).unwrap().unwrap().payload, "ab");
}

#[test]
fn a_message_is_given_up_when_no_part_comes_for_its_age() {
    let mut reassembly = Reassembly::new(Limits { age: AGE, ..Limits::default() });
    let start = Instant::now();
    let just_before = AGE - Duration::from_millis(1);
    reassembly.accept(part("m", "3", "0", "a"), start).unwrap();
    reassembly.accept(part("m", "3", "1", "b"), start + just_before).unwrap();
    assert_eq!(reassembly.next_expiry(), Some(start + just_before + AGE));
    // A part that is there already does not keep the message.
    reassembly.accept(part("m", "3", "1", "b"), start + just_before * 2).unwrap();
    assert_eq!(reassembly.expire(start + just_before * 2), 0);
    assert_eq!(reassembly.expire(start + just_before + AGE), 1);
    assert_eq!(reassembly.accept(part("m", "3", "2", "c"), start + just_before + AGE), Ok(None));
}

#[test]
fn what_is_kept_is_bounded_and_what_is_complete_makes_room() {
    let now = Instant::now();
    let limits = Limits { message_bytes: 10, bytes: 1000, messages: 2, ..Limits::default() };

    let mut large = Reassembly::new(limits);
    assert_eq!(
        large.accept(part("m", "1", "0", "12345678901"), now),
        Err(Error::MessageTooLarge { limit: 10 })
    );
    large.accept(part("m", "2", "0", "123456"), now).unwrap();
    assert_eq!(large.accept(part("m", "2", "1", "12345"), now), Err(Error::MessageTooLarge { limit: 10 }));
    assert_eq!(large.incomplete(), 0);

    let mut many = Reassembly::new(limits);
    many.accept(part("a", "2", "0", ""), now).unwrap();
    many.accept(part("b", "2", "0", ""), now).unwrap();
    assert_eq!(many.accept(part("c", "2", "0", ""), now), Err(Error::TooManyMessages { limit: 2 }));
    assert!(many.accept(part("whole", "1", "0", ""), now).unwrap().is_some());
    assert!(many.accept(part("a", "2", "1", ""), now).unwrap().is_some());
    many.accept(part("c", "2", "0", ""), now).unwrap();
    assert_eq!(many.accept(part("d", "2", "0", ""), now + limits.age), Ok(None));
    assert_eq!(many.incomplete(), 1);
}

#[test]
fn empty_parts_are_not_free() {
    let mut reassembly = Reassembly::new(Limits { bytes: 1000, ..Limits::default() });
    let accepted = (0..1000).take_while(|seq| {
        let part = part("m", "1000", &seq.to_string(), "");
        reassembly.accept(part, Instant::now()) != Err(Error::BufferFull { limit: 1000 })
    });
    assert!((1..10).contains(&accepted.count()));
}

#[test]
fn whatever_becomes_of_a_message_its_room_is_free_again() {
    let mut reassembly = Reassembly::new(Limits { bytes: 1000, age: AGE, ..Limits::default() });
    let mut now = Instant::now();
    for _ in 0..100 {
        assert_eq!(reassembly.accept(part("whole", "2", "0", "a"), now), Ok(None));
        assert!(reassembly.accept(part("whole", "2", "1", "b"), now).unwrap().is_some());
        assert_eq!(reassembly.accept(part("changed", "2", "0", "a"), now), Ok(None));
        assert_eq!(
            reassembly.accept(part("changed", "3", "1", "b"), now),
            Err(Error::SumChanged { was: 2, now: 3 })
        );
        assert_eq!(reassembly.accept(part("late", "2", "0", "a"), now), Ok(None));
        now += AGE;
    }
}

fn accept_one(part: Part) -> Result<Option<Message>, Error> {
    Reassembly::new(Limits::default()).accept(part, Instant::now())
}

fn part(id: &str, sum: &str, seq: &str, payload: &str) -> Part {
    data(&[(key::MESSAGE_ID, id), (key::SUM, sum), (key::SEQ, seq)], payload)
}

fn data(headers: &[(&str, &str)], payload: &str) -> Part {
    let headers = [&[(key::TYPE, key::TYPE_EVENT)], headers].concat();
    let frame = Frame {
        method: Method::Data as i32,
        headers: headers.iter().map(|(key, value)| Header::new(*key, *value)).collect(),
        payload: Some(Bytes::copy_from_slice(payload.as_bytes())),
        ..Frame::default()
    };
    let Ok(Inbound::Part(part)) = Inbound::of(frame) else { panic!("not a data frame") };
    part
}
