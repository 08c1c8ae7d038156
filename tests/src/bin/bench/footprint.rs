use std::{fs, path::PathBuf};

/// What a process takes, as Linux tells it in `/proc`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Footprint {
    /// Memory that is resident, in KiB.
    pub(crate) resident_kib: u64,
    /// The most that ever was, in KiB.
    pub(crate) peak_kib: u64,
    /// Open file descriptors.
    pub(crate) descriptors: u64,
    pub(crate) threads: u64,
    /// How often one of its threads went to sleep, and so will be, or was, woken.
    pub(crate) sleeps: u64,
    /// How often another program took the processor from one of its threads.
    pub(crate) preemptions: u64,
}

impl Footprint {
    /// Of a process; `None` where it has ended, or the system has no `/proc` as Linux has.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let proc = PathBuf::from(format!("/proc/{pid}"));
        let status = fs::read_to_string(proc.join("status")).ok()?;
        let (mut sleeps, mut preemptions) = (0, 0);
        for thread in fs::read_dir(proc.join("task")).ok()?.flatten() {
            // A thread may have ended since it was listed.
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            sleeps += field(&status, "voluntary_ctxt_switches").unwrap_or_default();
            preemptions += field(&status, "nonvoluntary_ctxt_switches").unwrap_or_default();
        }
        Some(Self {
            resident_kib: field(&status, "VmRSS")?,
            peak_kib: field(&status, "VmHWM")?,
            descriptors: fs::read_dir(proc.join("fd")).ok()?.count() as u64,
            threads: field(&status, "Threads")?,
            sleeps,
            preemptions,
        })
    }
}

/// The number of a line such as `VmRSS: 1234 kB`.
fn field(status: &str, name: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "VmHWM:\t    9016 kB\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n";
        assert_eq!(field(status, "VmHWM"), Some(9016));
        assert_eq!(field(status, "voluntary_ctxt_switches"), Some(150));
        assert_eq!(field(status, "nonvoluntary_ctxt_switches"), Some(545));
        assert_eq!(field(status, "VmHW"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_a_footprint_and_one_that_is_not_has_none() {
        let own = Footprint::of(std::process::id()).unwrap();
        assert!(own.peak_kib >= own.resident_kib && own.resident_kib > 100, "{own:?}");
        assert!(own.threads >= 1 && own.descriptors >= 1, "{own:?}");
        assert_eq!(Footprint::of(u32::MAX), None);
    }
}
