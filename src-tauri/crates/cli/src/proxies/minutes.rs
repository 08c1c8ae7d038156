/// How long the system's proxies stay off: 1 to 60 whole minutes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Minutes(u32);

const LONGEST: u32 = 60;

impl Minutes {
    /// `5m`, `90s`, `1h`; a number alone is minutes. A minute that has begun counts whole.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let how = "write a time from 1 minute to 1 hour, such as 5m, 90s or 1h";
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let count: u32 = digits.parse().map_err(|_| how.to_owned())?;
        let seconds = match text.strip_prefix(digits) {
            Some("s") => Some(count),
            Some("m" | "min" | "") => count.checked_mul(60),
            Some("h") => count.checked_mul(3600),
            _ => return Err(how.to_owned()),
        };
        match seconds {
            Some(0..60) => {
                Err("it is shorter than a minute: proxies that come back at once help nobody".to_owned())
            }
            Some(seconds @ 60..=3600) => Ok(Self(seconds.div_ceil(60))),
            _ => Err(format!(
                "it is longer than an hour: the longest is {LONGEST}m, and it can be said again to extend it"
            )),
        }
    }

    /// Their number.
    pub(crate) fn count(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_unit_it_has_and_in_minutes_without_one() {
        let cases =
            [("5m", 5), ("5", 5), ("1", 1), ("60s", 1), ("61s", 2), ("90s", 2), ("1h", 60), ("60min", 60)];
        for (text, minutes) in cases {
            assert_eq!(Minutes::parse(text), Ok(Minutes(minutes)), "{text}");
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_no_time_is_refused_in_words() {
        for short in ["0", "0m", "59s", "1s"] {
            assert!(Minutes::parse(short).unwrap_err().contains("shorter than a minute"), "{short}");
        }
        for long in ["61", "61m", "3601s", "2h", "4294967295", "4294967295h"] {
            assert!(Minutes::parse(long).unwrap_err().contains("longer than an hour"), "{long}");
        }
        for wrong in ["", "m", "-5", "five", "5 m", "5d", "1.5h", "5m5", "99999999999", "５m"] {
            assert!(Minutes::parse(wrong).unwrap_err().contains("such as 5m"), "{wrong}");
        }
    }
}
