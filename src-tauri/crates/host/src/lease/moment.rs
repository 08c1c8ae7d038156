use std::{fmt, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::clock;

/// A clock that goes on during sleep and that nobody sets. (macOS counts sleep in this one; Linux does not.)
#[cfg(target_os = "macos")]
const CLOCK: ClockId = ClockId::Monotonic;
#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;

/// A moment, by both clocks of this machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Moment {
    /// Which start of the machine it belongs to; empty where the system does not tell.
    pub(super) boot: String,
    /// Since that start, sleep counted, in milliseconds.
    pub(super) up_ms: u64,
    /// Since the Unix epoch, in milliseconds, by a clock that may be set.
    pub(super) wall_ms: u64,
}

/// When a lease is over.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Deadline {
    boot: String,
    from_ms: u64,
    until_ms: u64,
}

/// What tells the time.
pub(super) trait Clock: fmt::Debug + Send + Sync {
    fn now(&self) -> Moment;
}

/// The clocks of this machine.
#[derive(Debug)]
pub(super) struct Clocks;

impl Clock for Clocks {
    fn now(&self) -> Moment {
        let up = clock_gettime(CLOCK);
        let up = Duration::new(up.tv_sec.unsigned_abs(), u32::try_from(up.tv_nsec).unwrap_or(0));
        Moment { boot: boot(), up_ms: millis(up), wall_ms: clock::now_ms() }
    }
}

impl Deadline {
    pub(super) fn new(now: &Moment, length: Duration) -> Self {
        let until_ms = now.up_ms.saturating_add(millis(length));
        Self { boot: now.boot.clone(), from_ms: now.up_ms, until_ms }
    }

    /// What is left of it; nothing after the machine has started anew.
    pub(super) fn left(&self, now: &Moment) -> Duration {
        if self.boot != now.boot || now.up_ms < self.from_ms {
            return Duration::ZERO;
        }
        Duration::from_millis(self.until_ms.saturating_sub(now.up_ms))
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(target_os = "linux")]
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| String::new(), |id| id.trim().to_owned())
}

#[cfg(target_os = "macos")]
fn boot() -> String {
    const NAME: &std::ffi::CStr = c"kern.bootsessionuuid";
    let mut bytes = [0_u8; 64];
    let mut length = bytes.len();
    // SAFETY: the name ends with a zero; the system writes no more than `length` bytes, which is what there is room for,
    // and sets `length` to what it wrote.
    #[allow(unsafe_code)]
    let status = unsafe {
        libc::sysctlbyname(NAME.as_ptr(), bytes.as_mut_ptr().cast(), &raw mut length, std::ptr::null_mut(), 0)
    };
    match status {
        0 => {
            String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()).trim_end_matches('\0').to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(boot: &str, up_ms: u64, wall_ms: u64) -> Moment {
        Moment { boot: boot.to_owned(), up_ms, wall_ms }
    }

    #[test]
    fn a_deadline_comes_nearer_with_the_time_that_goes_by() {
        let deadline = Deadline::new(&at("a", 1000, 5), MINUTE);
        assert_eq!(deadline.left(&at("a", 1000, 5)), MINUTE);
        assert_eq!(deadline.left(&at("a", 60_999, 5)), Duration::from_millis(1));
        assert_eq!(deadline.left(&at("a", 61_000, 5)), Duration::ZERO);
        assert_eq!(deadline.left(&at("a", 900_000, 5)), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_is_set_does_not_move_a_deadline() {
        let deadline = Deadline::new(&at("a", 1000, 1_774_785_600_000), MINUTE);
        for wall_ms in [0, 1_000_000, u64::MAX] {
            assert_eq!(deadline.left(&at("a", 31_000, wall_ms)), MINUTE / 2);
        }
    }

    #[test]
    fn a_deadline_of_another_start_of_the_machine_is_over() {
        let deadline = Deadline::new(&at("a", 1000, 5), MINUTE);
        assert_eq!(deadline.left(&at("b", 2000, 5)), Duration::ZERO);
        let unnamed = Deadline::new(&at("", 1000, 5), MINUTE);
        assert_eq!(unnamed.left(&at("", 2000, 5)), Duration::from_secs(59));
        assert_eq!(unnamed.left(&at("", 500, 5)), Duration::ZERO, "the machine is younger than the lease");
    }

    #[test]
    fn this_machine_tells_its_start_and_its_time() {
        let (first, second) = (Clocks.now(), Clocks.now());
        assert!(!first.boot.is_empty());
        assert_eq!(first.boot, second.boot);
        assert!(0 < first.up_ms && first.up_ms <= second.up_ms);
    }
}
