//! The functions of a PAC script that ask what time it is. A range may run over the end of the week, the year or the
//! day. `GMT` as the last argument asks for that time zone in place of this machine's.

use jiff::Zoned;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// `weekdayRange(day)`, `weekdayRange(first, last)`.
pub(super) fn weekday_range(args: &[String], now: &Zoned) -> bool {
    let (args, now) = zoned(args, now);
    let today = now.weekday().to_sunday_zero_offset();
    let days: Option<Vec<i8>> = args.iter().map(|arg| Some(weekday(arg)?.to_sunday_zero_offset())).collect();
    match days.as_deref() {
        Some(&[day]) => today == day,
        Some(&[first, last]) => between(first, today, last),
        _ => false,
    }
}

/// `dateRange(day)`, `dateRange(month)`, `dateRange(year)`, and from one to another of: a day, a month, a year, a day and
/// month, a month and year, all three.
pub(super) fn date_range(args: &[String], now: &Zoned) -> bool {
    let (args, now) = zoned(args, now);
    let Some(parts) = args.iter().map(|arg| DatePart::of(arg)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let (first, last) = match parts.len() {
        1 => (&parts[..], &parts[..]),
        2 | 4 | 6 => parts.split_at(parts.len() / 2),
        _ => return false,
    };
    let (Some(first), Some(last)) = (PartialDate::of(first), PartialDate::of(last)) else { return false };
    // Of today, only what the range names counts.
    let today = PartialDate {
        year: first.year.map(|_| now.year()),
        month: first.month.map(|_| now.month()),
        day: first.day.map(|_| now.day()),
    };
    let names_the_same = first.year.is_some() == last.year.is_some()
        && first.month.is_some() == last.month.is_some()
        && first.day.is_some() == last.day.is_some();
    match first.year {
        _ if !names_the_same => false,
        // Years do not come round again.
        Some(_) => first <= today && today <= last,
        None => between(first, today, last),
    }
}

/// `timeRange(hour)`, `timeRange(first, last)`, and the same with minutes, and with minutes and seconds. The last hour or
/// minute belongs to the range, as it does in browsers.
pub(super) fn time_range(args: &[String], now: &Zoned) -> bool {
    let (args, now) = zoned(args, now);
    let Some(numbers) = args.iter().map(|arg| arg.parse::<u32>().ok()).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let seconds = |hour: u32, minute: u32, second: u32| {
        (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)
    };
    let (first, last) = match numbers[..] {
        [hour] => (seconds(hour, 0, 0), seconds(hour, 59, 59)),
        [first, last] => (seconds(first, 0, 0), seconds(last, 59, 59)),
        [h1, m1, h2, m2] => (seconds(h1, m1, 0), seconds(h2, m2, 59)),
        [h1, m1, s1, h2, m2, s2] => (seconds(h1, m1, s1), seconds(h2, m2, s2)),
        _ => return false,
    };
    let time = now.time();
    let time = [time.hour(), time.minute(), time.second()].map(|part| u32::from(part.unsigned_abs()));
    match (first, seconds(time[0], time[1], time[2]), last) {
        (Some(first), Some(now), Some(last)) => between(first, now, last),
        _ => false,
    }
}

/// The arguments without `GMT`, and the time in the zone that they ask for.
fn zoned<'a>(args: &'a [String], now: &Zoned) -> (&'a [String], DateTime) {
    match args.split_last() {
        Some((zone, args)) if zone == "GMT" => (args, now.with_time_zone(TimeZone::UTC).datetime()),
        _ => (args, now.datetime()),
    }
}

/// Whether something that comes round is in a range, which may run over the turn.
fn between<T: PartialOrd>(first: T, now: T, last: T) -> bool {
    if first <= last { first <= now && now <= last } else { first <= now || now <= last }
}

fn weekday(text: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|name| text.eq_ignore_ascii_case(name))?;
    Weekday::from_sunday_zero_offset(i8::try_from(at).ok()?).ok()
}

enum DatePart {
    Day(i8),
    Month(i8),
    Year(i16),
}

impl DatePart {
    fn of(text: &str) -> Option<Self> {
        if let Some(at) = MONTHS.iter().position(|name| text.eq_ignore_ascii_case(name)) {
            return Some(Self::Month(i8::try_from(at).ok()? + 1));
        }
        match text.parse::<i16>().ok()? {
            day @ 1..=31 => Some(Self::Day(i8::try_from(day).ok()?)),
            year @ 1000..=9999 => Some(Self::Year(year)),
            _ => None,
        }
    }
}

/// The parts of a date that are named. The largest comes first, and so orders.
#[derive(Clone, Copy, Default, Eq, Ord, PartialEq, PartialOrd)]
struct PartialDate {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    fn of(parts: &[DatePart]) -> Option<Self> {
        let mut date = Self::default();
        for part in parts {
            let named_twice = match part {
                DatePart::Day(day) => date.day.replace(*day).is_some(),
                DatePart::Month(month) => date.month.replace(*month).is_some(),
                DatePart::Year(year) => date.year.replace(*year).is_some(),
            };
            if named_twice {
                return None;
            }
        }
        Some(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a call, written as in a script, is true at a time.
    fn holds(call: &str, at: &str) -> bool {
        let now: Zoned = at.parse().unwrap();
        let (name, args) = call.strip_suffix(')').unwrap().split_once('(').unwrap();
        let args: Vec<String> = args.split(',').map(|arg| arg.trim().to_owned()).collect();
        match name {
            "weekdayRange" => weekday_range(&args, &now),
            "dateRange" => date_range(&args, &now),
            "timeRange" => time_range(&args, &now),
            _ => panic!("{name}"),
        }
    }

    #[test]
    fn a_range_of_weekdays_may_run_over_the_weekend() {
        let (friday, saturday, monday) = (
            "2026-11-20T12:00:00[Asia/Shanghai]",
            "2026-11-21T03:00:00[Asia/Shanghai]",
            "2026-11-23T12:00:00[Asia/Shanghai]",
        );
        for (call, at, expected) in [
            ("weekdayRange(FRI)", friday, true),
            ("weekdayRange(fri)", friday, true),
            ("weekdayRange(MON)", friday, false),
            ("weekdayRange(MON, FRI)", friday, true),
            ("weekdayRange(MON, FRI)", saturday, false),
            ("weekdayRange(FRI, MON)", saturday, true),
            ("weekdayRange(FRI, MON)", monday, true),
            ("weekdayRange(SAT, SUN)", monday, false),
            ("weekdayRange(FRI, GMT)", saturday, true),
            ("weekdayRange(SAT, GMT)", saturday, false),
            ("weekdayRange(MON, FRI, GMT)", saturday, true),
            ("weekdayRange(GMT)", friday, false),
            ("weekdayRange(DIM)", friday, false),
            ("weekdayRange()", friday, false),
            ("weekdayRange(MON, TUE, FRI)", friday, false),
        ] {
            assert_eq!(holds(call, at), expected, "{call} {at}");
        }
    }

    #[test]
    fn a_range_of_dates_counts_what_it_names() {
        let day = "2026-11-22T02:00:00[Asia/Shanghai]";
        for (call, expected) in [
            ("dateRange(22)", true),
            ("dateRange(21)", false),
            ("dateRange(21, GMT)", true),
            ("dateRange(NOV)", true),
            ("dateRange(nov)", true),
            ("dateRange(DEC)", false),
            ("dateRange(2026)", true),
            ("dateRange(2025)", false),
            ("dateRange(1, 22)", true),
            ("dateRange(23, 31)", false),
            ("dateRange(25, 22)", true),
            ("dateRange(OCT, FEB)", true),
            ("dateRange(FEB, OCT)", false),
            ("dateRange(2025, 2026)", true),
            ("dateRange(2027, 2026)", false),
            ("dateRange(22, NOV, 30, NOV)", true),
            ("dateRange(24, DEC, 22, NOV)", true),
            ("dateRange(24, DEC, 21, NOV)", false),
            ("dateRange(NOV, 2026, NOV, 2026)", true),
            ("dateRange(DEC, 2025, OCT, 2026)", false),
            ("dateRange(24, DEC, 2025, 22, NOV, 2026)", true),
            ("dateRange(23, NOV, 2026, 1, JAN, 2027)", false),
            ("dateRange(1, NOV)", false),
            ("dateRange(22, 22, 22, 22)", false),
            ("dateRange(1, JAN, 2026)", false),
            ("dateRange(0)", false),
            ("dateRange(undefined)", false),
        ] {
            assert_eq!(holds(call, day), expected, "{call}");
        }
    }

    #[test]
    fn a_range_of_times_takes_its_last_hour_and_minute_in() {
        for (call, time, expected) in [
            ("timeRange(12)", "12:00:00", true),
            ("timeRange(12)", "12:59:59", true),
            ("timeRange(12)", "13:00:00", false),
            ("timeRange(9, 17)", "08:59:59", false),
            ("timeRange(9, 17)", "17:59:59", true),
            ("timeRange(9, 17)", "18:00:00", false),
            ("timeRange(22, 6)", "23:00:00", true),
            ("timeRange(22, 6)", "06:30:00", true),
            ("timeRange(22, 6)", "12:00:00", false),
            ("timeRange(8, 30, 17, 0)", "08:29:59", false),
            ("timeRange(8, 30, 17, 0)", "08:30:00", true),
            ("timeRange(8, 30, 17, 0)", "17:00:59", true),
            ("timeRange(8, 30, 17, 0)", "17:01:00", false),
            ("timeRange(0, 0, 0, 0, 0, 30)", "00:00:30", true),
            ("timeRange(0, 0, 0, 0, 0, 30)", "00:00:31", false),
            ("timeRange(4, GMT)", "12:00:00", true),
            ("timeRange(12, GMT)", "12:00:00", false),
            ("timeRange(25)", "12:00:00", false),
            ("timeRange(12, 0, 13)", "12:00:00", false),
            ("timeRange(noon)", "12:00:00", false),
        ] {
            assert_eq!(holds(call, &format!("2026-11-22T{time}[Asia/Shanghai]")), expected, "{call} {time}");
        }
    }
}
