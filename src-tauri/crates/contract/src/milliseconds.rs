use std::time::Duration;

/// A time in milliseconds as views have it, to the microsecond: finer than that nothing here is measured, and more digits would
/// only be those of the arithmetic.
pub fn milliseconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a time that is shown")]
    let us = time.as_micros() as f64;
    us / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_the_digits_it_was_measured_with() {
        for (nanos, text) in [
            (0, "0.0"),
            (1_718_125, "1.718"),
            (999, "0.0"),
            (12_000_000, "12.0"),
            (2_999_999_999, "2999.999"),
        ] {
            let ms = milliseconds(Duration::from_nanos(nanos));
            assert_eq!(serde_json::to_string(&ms).unwrap(), text);
        }
        for us in (0..10_000_000).step_by(997) {
            let text = milliseconds(Duration::from_micros(us)).to_string();
            let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            assert!(decimals <= 3, "{text}");
        }
    }
}
