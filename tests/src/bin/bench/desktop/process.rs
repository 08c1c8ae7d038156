use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, fs,
    time::{Duration, Instant},
};

use longwire_tests::desktop::processes_below;
use tokio::time::sleep;

use crate::Error;

/// What a process and all below it keep in memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Memory {
    /// Pages that belong to no file, in KiB.
    pub(super) anonymous_kib: u64,
    /// Pages that nobody else shares, in KiB.
    private_kib: u64,
    /// How many of the processes are WebKit's.
    pub(super) webkit: usize,
}

/// How much of a processor was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rest {
    taken: Duration,
    time: Duration,
    sleeps: u64,
}

impl Memory {
    /// Of a process and all below it, now.
    pub(super) fn below(pid: u32) -> Result<Self, Error> {
        Self::sum(family(pid))
    }

    /// Of one process, now.
    pub(super) fn of(pid: u32) -> Result<Self, Error> {
        Self::sum(vec![(pid, String::new())])
    }

    fn sum(processes: Vec<(u32, String)>) -> Result<Self, Error> {
        let mut memory = Self { anonymous_kib: 0, private_kib: 0, webkit: 0 };
        for (pid, name) in processes {
            let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
            let kib = |name| field(&rollup, name).unwrap_or_default();
            memory.anonymous_kib += kib("Anonymous");
            memory.private_kib += kib("Private_Clean") + kib("Private_Dirty");
            memory.webkit += usize::from(name.starts_with("WebKit"));
        }
        Ok(memory)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |kib: u64| kib as f64 / 1024.0;
        write!(f, "{:.1} MiB ({:.0} private)", mib(self.anonymous_kib), mib(self.private_kib))
    }
}

impl Rest {
    /// Of one processor.
    pub(super) fn percent(self) -> f64 {
        100.0 * self.taken.as_secs_f64() / self.time.as_secs_f64()
    }
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs_f64();
        let wakes = self.sleeps as f64 / seconds;
        let taken = self.taken.as_secs_f64() * 1e3;
        write!(f, "{:.3} % ({taken:.1} ms in {seconds:.0} s, {wakes:.1} wakes a second)", self.percent())
    }
}

/// Watches a process and all below it for that time.
pub(super) async fn watch(pid: u32, time: Duration) -> Result<Rest, Error> {
    let (begin, before) = (Instant::now(), usage(pid)?);
    sleep(time).await;
    let mut rest = Rest { taken: Duration::ZERO, time: begin.elapsed(), sleeps: 0 };
    // A thread that ended in between takes what it took with it; one that began is counted whole.
    for (thread, (taken, sleeps)) in usage(pid)? {
        let (taken_before, sleeps_before) = before.get(&thread).copied().unwrap_or_default();
        rest.taken += taken.saturating_sub(taken_before);
        rest.sleeps += sleeps.saturating_sub(sleeps_before);
    }
    Ok(rest)
}

/// The processor's time of each thread, to the nanosecond, and how often it went to sleep.
fn usage(pid: u32) -> Result<BTreeMap<OsString, (Duration, u64)>, Error> {
    let mut usage = BTreeMap::new();
    for (pid, _) in family(pid) {
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?;
            // It may have ended since it was listed.
            let told = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            let taken = told.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0);
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let sleeps = field(&status, "voluntary_ctxt_switches").unwrap_or_default();
            usage.insert(thread.file_name(), (Duration::from_nanos(taken), sleeps));
        }
    }
    Ok(usage)
}

fn family(pid: u32) -> Vec<(u32, String)> {
    let mut family = processes_below(pid);
    family.push((pid, String::new()));
    family
}

/// The number of a line such as `Anonymous: 1234 kB`.
fn field(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse().ok()
}
