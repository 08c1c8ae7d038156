use std::time::Duration;

/// How much is measured.
pub(crate) struct Plan {
    /// How often bare and Longwire take turns.
    pub(crate) rounds: usize,
    /// Events of a turn, one in flight.
    pub(crate) alone: u64,
    /// Events of a turn, 64 in flight.
    pub(crate) together: u64,
    /// Events after which the footprint is taken.
    pub(crate) some: u64,
    /// Events after which it is taken again.
    pub(crate) many: u64,
    /// For how long acknowledgements are timed while answers stream, and as long while none does.
    pub(crate) streaming: Duration,
    /// How often each way is connected, by us and by curl.
    #[cfg(target_os = "linux")]
    pub(crate) connects: usize,
    /// How often the app is started each way.
    #[cfg(target_os = "linux")]
    pub(crate) starts: usize,
    /// How often its window is opened after the first time.
    #[cfg(target_os = "linux")]
    pub(crate) openings: usize,
    /// How long it may settle before its memory is taken.
    #[cfg(target_os = "linux")]
    pub(crate) settle: Duration,
    /// How long it is watched with its window closed.
    #[cfg(target_os = "linux")]
    pub(crate) quiet: Duration,
    /// How long the idle connection is watched, at least.
    pub(crate) rest: Duration,
}

impl Plan {
    pub(crate) fn full() -> Self {
        Self {
            rounds: 7,
            alone: 20_000,
            together: 200_000,
            some: 100_000,
            many: 1_000_000,
            streaming: Duration::from_secs(5),
            #[cfg(target_os = "linux")]
            connects: 201,
            #[cfg(target_os = "linux")]
            starts: 9,
            #[cfg(target_os = "linux")]
            openings: 9,
            #[cfg(target_os = "linux")]
            settle: Duration::from_secs(15),
            #[cfg(target_os = "linux")]
            quiet: Duration::from_secs(90),
            rest: Duration::from_secs(26),
        }
    }

    pub(crate) fn quick() -> Self {
        Self {
            rounds: 3,
            alone: 3_000,
            together: 30_000,
            some: 20_000,
            many: 200_000,
            streaming: Duration::from_secs(3),
            #[cfg(target_os = "linux")]
            connects: 21,
            #[cfg(target_os = "linux")]
            starts: 3,
            #[cfg(target_os = "linux")]
            openings: 3,
            #[cfg(target_os = "linux")]
            settle: Duration::from_secs(5),
            #[cfg(target_os = "linux")]
            quiet: Duration::from_secs(20),
            rest: Duration::from_secs(6),
        }
    }
}
