use longwire_host::clock;

/// The local day whose events are counted.
#[derive(Debug, Default)]
pub(crate) struct Today {
    midnight_ms: u64,
    /// Until then the calendar is not asked again: it costs more than an event does.
    sure_until_ms: u64,
}

const SURE_FOR_MS: u64 = 1000;

impl Today {
    /// Whether another day has begun since this was last asked. The first time, one has.
    pub(crate) fn is_over(&mut self, now_ms: u64) -> bool {
        if now_ms < self.sure_until_ms {
            return false;
        }
        self.sure_until_ms = now_ms + SURE_FOR_MS;
        let midnight_ms = clock::midnight_ms(now_ms);
        let over = midnight_ms != self.midnight_ms;
        self.midnight_ms = midnight_ms;
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_day_is_over_once() {
        let mut today = Today::default();
        let noon = clock::midnight_ms(1_774_785_600_000) + DAY_MS / 2;
        assert!(today.is_over(noon));
        assert!(!today.is_over(noon));
        assert!(!today.is_over(noon + 2 * SURE_FOR_MS));
        assert!(today.is_over(noon + DAY_MS));
        assert!(!today.is_over(noon + DAY_MS + 2 * SURE_FOR_MS));
    }
}
