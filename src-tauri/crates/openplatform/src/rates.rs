//! How often an app may ask for one thing: fifty times a second, and a thousand times a minute.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use crate::history::lock;

const A_SECOND: (u64, usize) = (1_000, 50);
const A_MINUTE: (u64, usize) = (60_000, 1_000);

/// What was asked within the last minute, by whom and of what.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<(String, &'static str), VecDeque<u64>>>);

impl Rates {
    /// Takes note of a request.
    ///
    /// # Errors
    /// It is one too many: after how many milliseconds there is room.
    pub(crate) fn ask(&self, app_id: &str, what: &'static str, now_ms: u64) -> Result<(), u64> {
        let mut asked = lock(&self.0);
        let asked = asked.entry((app_id.to_owned(), what)).or_default();
        while asked.front().is_some_and(|at| at + A_MINUTE.0 <= now_ms) {
            asked.pop_front();
        }
        for (window, most) in [A_MINUTE, A_SECOND] {
            // The one that has to be out of the window before there is room.
            let oldest = asked.len().checked_sub(most).map(|at| asked[at]);
            if let Some(oldest) = oldest.filter(|oldest| oldest + window > now_ms) {
                return Err(oldest + window - now_ms);
            }
        }
        asked.push_back(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_may_ask_fifty_times_a_second_and_a_thousand_times_a_minute() {
        let rates = Rates::default();
        let taken = |what, now_ms| (0..100).filter(|_| rates.ask("cli_1", what, now_ms).is_ok()).count();
        for second in 0..20 {
            assert_eq!(taken("reply", second * 1_000), 50, "{second}");
        }
        assert_eq!(rates.ask("cli_1", "reply", 20_000), Err(40_000));
        assert_eq!(taken("reply", 60_000), 50);
        assert_eq!(rates.ask("cli_1", "reply", 60_400), Err(600));
        assert_eq!((taken("update", 60_400), rates.ask("cli_2", "reply", 60_400)), (50, Ok(())));
    }
}
