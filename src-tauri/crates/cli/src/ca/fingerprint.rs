/// A certificate's SHA-256, or its beginning, as a person gives it: in any case, with colons, dashes, spaces or nothing
/// between the digits. Held as capital digits alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fingerprint(String);

/// Digits of a whole one.
const WHOLE: usize = 64;
/// Digits that tell the certificates of one machine apart.
const FEWEST: usize = 8;

impl Fingerprint {
    /// A whole one.
    pub(crate) fn whole(text: &str) -> Result<Self, String> {
        let digits = digits(text)?;
        match digits.len() {
            WHOLE => Ok(Self(digits)),
            count => Err(format!("a SHA-256 has {WHOLE} digits, this has {count}")),
        }
    }

    /// A whole one, or as much of its beginning as tells it apart.
    pub(crate) fn prefix(text: &str) -> Result<Self, String> {
        let digits = digits(text)?;
        match digits.len() {
            FEWEST..=WHOLE => Ok(Self(digits)),
            count => Err(format!("between {FEWEST} and {WHOLE} digits are needed, this has {count}")),
        }
    }

    /// Its digits.
    pub(crate) fn digits(&self) -> &str {
        &self.0
    }

    /// Whether a whole one begins with it.
    pub(crate) fn begins(&self, sha256: &str) -> bool {
        sha256.starts_with(&self.0)
    }
}

/// A SHA-256 as keychains, browsers and proxies show it: `7A:12:…`.
pub(crate) fn in_pairs(sha256: &str) -> String {
    let pairs = sha256.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
    pairs.collect::<Vec<_>>().join(":")
}

fn digits(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-') && !c.is_whitespace()).collect();
    if digits.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(digits.to_ascii_uppercase())
    } else {
        Err("a SHA-256 is made of the digits 0 to 9 and A to F".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_any_program_shows_it() {
        let plain = "7A12BC34".repeat(8);
        let pairs = in_pairs(&plain);
        assert!(pairs.starts_with("7A:12:BC:34:7A") && pairs.len() == 95, "{pairs}");
        for shown in [plain.clone(), plain.to_lowercase(), pairs.clone(), pairs.replace(':', " ")] {
            assert_eq!(Fingerprint::whole(&shown).unwrap().digits(), plain);
        }
        let beginning = Fingerprint::prefix("7a:12:bc:34").unwrap();
        assert!(beginning.begins(&plain) && !beginning.begins(&plain[2..]));
    }

    #[test]
    fn what_is_too_short_or_no_number_is_refused() {
        assert!(Fingerprint::whole("7A12BC34").unwrap_err().contains("this has 8"));
        for wrong in ["", "7A12BC3", "7A12BC3G", &"A".repeat(65)] {
            assert!(Fingerprint::prefix(wrong).is_err(), "{wrong}");
        }
    }
}
