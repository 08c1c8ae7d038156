//! The time, as this machine tells it.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::TimeZone};

/// Now.
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// Now, in milliseconds since the Unix epoch; 0 on a clock set before it.
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

/// When the local day that holds `now_ms` began, in milliseconds since the Unix epoch. The time zone is read
/// again on each call, so that a traveller's day is the one on their wall.
pub fn midnight_ms(now_ms: u64) -> u64 {
    midnight_in(now_ms, TimeZone::system())
}

/// The minute of the local day, from 0 to 1439.
pub fn minute_of_day(now_ms: u64) -> u16 {
    minute_in(now_ms, TimeZone::system())
}

fn minute_in(now_ms: u64, zone: TimeZone) -> u16 {
    let now =
        i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    let now = now.to_zoned(zone);
    u16::from(now.hour().unsigned_abs()) * 60 + u16::from(now.minute().unsigned_abs())
}

/// A moment as a part of a file's name, in local time: `2026-03-29-140503`.
pub fn file_stamp(now_ms: u64) -> String {
    stamp_in(now_ms, TimeZone::system())
}

/// The local day of a moment: `2026-03-29`.
pub fn day(now_ms: u64) -> String {
    let mut day = stamp_in(now_ms, TimeZone::system());
    // What follows the date is the time.
    day.truncate("2026-03-29".len());
    day
}

/// A moment in universal time: `2026-03-29T12:00:00.123Z`.
pub fn written(ms: u64) -> String {
    let at = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The milliseconds since the Unix epoch of a moment that is written so, or with another zone or fraction.
pub fn parsed_ms(text: &str) -> Option<u64> {
    text.parse::<Timestamp>().ok().and_then(|at| u64::try_from(at.as_millisecond()).ok())
}

fn stamp_in(now_ms: u64, zone: TimeZone) -> String {
    let now =
        i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    now.to_zoned(zone).strftime("%Y-%m-%d-%H%M%S").to_string()
}

fn midnight_in(now_ms: u64, zone: TimeZone) -> u64 {
    i64::try_from(now_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .and_then(|now| now.to_zoned(zone).start_of_day().ok())
        .and_then(|midnight| u64::try_from(midnight.timestamp().as_millisecond()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-29 12:00:00 UTC.
    const NOON: u64 = 1_774_785_600_000;
    const HOUR: u64 = 3_600_000;

    #[test]
    fn the_day_begins_at_local_midnight() {
        assert_eq!(midnight_in(NOON, TimeZone::UTC), NOON - 12 * HOUR);
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(midnight_in(NOON, shanghai.clone()), NOON - 20 * HOUR);
        assert_eq!(
            midnight_in(NOON + 4 * HOUR, shanghai),
            NOON + 4 * HOUR,
            "midnight belongs to the day it begins"
        );
    }

    #[test]
    fn a_day_that_loses_an_hour_still_begins_at_its_midnight() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(midnight_in(NOON, berlin), NOON - 13 * HOUR, "14:00 CEST, thirteen hours after 00:00 CET");
    }

    #[test]
    fn a_stamp_sorts_as_the_time_does_and_is_fit_for_a_name() {
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(stamp_in(NOON + 65_000, shanghai), "2026-03-29-200105");
        assert_eq!(stamp_in(u64::MAX, TimeZone::UTC), "1970-01-01-000000");
    }

    #[test]
    fn a_moment_is_written_and_read_to_the_millisecond() {
        assert_eq!(written(NOON + 7), "2026-03-29T12:00:00.007Z");
        assert_eq!(parsed_ms(&written(NOON + 7)), Some(NOON + 7));
        assert_eq!(parsed_ms("2026-03-29T20:00:00.123456+08:00"), Some(NOON + 123));
        for wrong in ["", "2026-03-29", "12:00", "1960-01-01T00:00:00Z", "soon"] {
            assert_eq!(parsed_ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_minute_is_that_of_the_clock_on_the_wall() {
        assert_eq!(minute_in(NOON + 90 * 60_000, TimeZone::UTC), 13 * 60 + 30);
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(minute_in(NOON, berlin), 14 * 60);
    }

    #[test]
    fn a_clock_beyond_all_calendars_does_no_harm() {
        assert_eq!(minute_in(u64::MAX, TimeZone::UTC), 0);
        assert_eq!(midnight_in(u64::MAX, TimeZone::UTC), 0);
        assert_eq!(midnight_in(0, TimeZone::UTC), 0);
    }

    #[test]
    fn now_is_after_this_was_written() {
        assert!(now_ms() > NOON - 365 * 24 * HOUR);
        assert!(midnight_ms(now_ms()) <= now_ms());
    }
}
