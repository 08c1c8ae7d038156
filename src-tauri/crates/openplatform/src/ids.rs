//! Identifiers of the platform's form, all from a given source of randomness.

use std::iter;

use fastrand::Rng;

/// `len` lower-case hexadecimal digits.
pub(crate) fn hex(rng: &mut Rng, len: usize) -> String {
    iter::repeat_with(|| char::from(b"0123456789abcdef"[rng.usize(..16)])).take(len).collect()
}

/// `len` decimal digits, the first of them not zero.
pub(crate) fn digits(rng: &mut Rng, len: usize) -> String {
    (0..len).map(|at| char::from(b'0' + rng.u8(u8::from(at == 0)..10))).collect()
}

/// A prefix such as `om_` and 32 hexadecimal digits.
pub(crate) fn prefixed(rng: &mut Rng, prefix: &str) -> String {
    format!("{prefix}{}", hex(rng, 32))
}

/// `len` letters and digits.
pub(crate) fn word(rng: &mut Rng, len: usize) -> String {
    iter::repeat_with(|| rng.alphanumeric()).take(len).collect()
}

/// A UUID of version 4.
pub(crate) fn uuid(rng: &mut Rng) -> String {
    let (a, b) = (rng.u64(..), rng.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_their_form_and_repeat_with_the_seed() {
        let mut rng = Rng::with_seed(1);
        let first = prefixed(&mut rng, "om_");
        assert_eq!(first.len(), 35);
        assert_ne!(first, prefixed(&mut rng, "om_"));
        assert_eq!(first, prefixed(&mut Rng::with_seed(1), "om_"));
        let uuid = uuid(&mut rng);
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(word(&mut rng, 8).len(), 8);
        for _ in 0..100 {
            let digits = digits(&mut rng, 19);
            assert!(
                digits.len() == 19 && !digits.starts_with('0') && digits.parse::<u64>().is_ok(),
                "{digits}"
            );
        }
    }
}
