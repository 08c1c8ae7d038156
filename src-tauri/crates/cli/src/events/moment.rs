use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

/// A moment as it is typed: so long ago, or by the clock on the wall.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Moment {
    /// So many milliseconds ago.
    Ago(u64),
    /// With a zone of its own.
    At(Timestamp),
    /// On this day at this time, here.
    Local(DateTime),
    /// The last time that it was this late, here.
    Clock(Time),
}

impl Moment {
    /// `90s`, `15m`, `1h`, `2d`, `10:30`, `2026-01-31`, `2026-01-31T10:30`, `2026-01-31T10:30:00+08:00`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        ago(text)
            .map(Self::Ago)
            .or_else(|| text.parse().ok().map(Self::At))
            .or_else(|| text.parse::<DateTime>().ok().map(Self::Local))
            .or_else(|| text.parse::<Date>().ok().map(|day| Self::Local(day.at(0, 0, 0, 0))))
            .or_else(|| text.parse().ok().map(Self::Clock))
            .ok_or_else(|| "write it as 90s, 15m, 1h or 2d, 10:30, 2026-01-31 or 2026-01-31T10:30".to_owned())
    }

    /// In milliseconds since the Unix epoch.
    pub(crate) fn ms(&self, now_ms: u64) -> u64 {
        self.ms_in(&TimeZone::system(), now_ms)
    }

    fn ms_in(&self, zone: &TimeZone, now_ms: u64) -> u64 {
        let local = |at: DateTime| at.to_zoned(zone.clone()).ok().map(|at| at.timestamp());
        let at = match self {
            Self::Ago(ms) => return now_ms.saturating_sub(*ms),
            Self::At(at) => Some(*at),
            Self::Local(at) => local(*at),
            Self::Clock(time) => {
                let now = Timestamp::from_millisecond(i64::try_from(now_ms).unwrap_or(i64::MAX)).ok();
                now.and_then(|now| {
                    let today = now.to_zoned(zone.clone()).date().to_datetime(*time);
                    let at = local(today)?;
                    if at <= now { Some(at) } else { local(today.checked_sub(1.day()).ok()?) }
                })
            }
        };
        at.map_or(0, |at| u64::try_from(at.as_millisecond()).unwrap_or(0))
    }
}

fn ago(text: &str) -> Option<u64> {
    let unit_ms = match text.chars().last()? {
        's' => 1000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    text[..text.len() - 1].parse::<u64>().ok()?.checked_mul(unit_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_769_855_400_000; // 2026-01-31 10:30 UTC

    fn ms(text: &str) -> u64 {
        Moment::parse(text).unwrap().ms_in(&TimeZone::UTC, NOW)
    }

    #[test]
    fn a_moment_is_so_long_ago_or_by_the_clock() {
        assert_eq!(ms("90s"), NOW - 90_000);
        assert_eq!(ms("15m"), NOW - 900_000);
        assert_eq!(ms("2d"), NOW - 172_800_000);
        assert_eq!(ms("2026-01-31"), NOW - 37_800_000);
        assert_eq!(ms("2026-01-31T10:30"), NOW);
        assert_eq!(ms("2026-01-31T18:30:00+08:00"), NOW);
        assert_eq!(ms("10:00"), NOW - 1_800_000);
        assert_eq!(ms("11:00"), NOW - 84_600_000, "what is still to come today was yesterday");
        assert_eq!(ms("9999999d"), 0);
        for wrong in ["", "h", "-1h", "soon", "2026-13-01", "25:00", "1.5h", "99999999999999999999s", "é"] {
            assert!(Moment::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_clock_is_that_of_the_place() {
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        let at = |text| Moment::parse(text).unwrap().ms_in(&shanghai, NOW);
        assert_eq!((at("18:30"), at("2026-01-31T18:30")), (NOW, NOW));
    }
}
