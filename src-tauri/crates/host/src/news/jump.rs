use std::time::Duration;

/// Far above what a clock is off by, and below what a connection notices.
const TOLERANCE: Duration = Duration::from_secs(5);

/// Whether the machine slept or its clock was set, going by two clocks over the same stretch of time: one that tells
/// the time of day (`wall` is how far it went, `None` where it went back), and one that stands still during sleep.
pub(super) fn jumped(wall: Option<Duration>, monotonic: Duration) -> bool {
    wall.is_none_or(|wall| wall.abs_diff(monotonic) > TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_go_together_have_not_jumped() {
        let second = Duration::from_secs(1);
        for (wall, monotonic, expected) in [
            (Some(30 * second), 30 * second, false),
            (Some(30 * second + second / 100), 30 * second, false),
            (Some(35 * second), 30 * second, false),
            (Some(36 * second), 30 * second, true),
            (Some(8 * 3600 * second), 30 * second, true),
            (Some(24 * second), 30 * second, true),
            (Some(Duration::ZERO), 30 * second, true),
            (None, 30 * second, true),
            (Some(400 * second), 400 * second, false),
        ] {
            assert_eq!(jumped(wall, monotonic), expected, "{wall:?} {monotonic:?}");
        }
    }
}
