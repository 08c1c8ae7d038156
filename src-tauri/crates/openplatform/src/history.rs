use std::{collections::VecDeque, sync::Mutex};

use crate::delivery::Report;

/// A delivery that came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The app it was for.
    pub app_id: String,
    /// The event's id.
    pub event_id: String,
    /// The event's type.
    pub event_type: String,
    /// How it went.
    pub report: Report,
}

/// The last things of a kind. What is older is dropped, so that a long run takes no more memory than a short one.
pub(crate) struct History<T>(Mutex<VecDeque<T>>);

/// How many are kept.
pub(crate) const KEPT: usize = 1000;

impl<T: Clone> History<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    pub(crate) fn push(&self, item: T) {
        let mut items = lock(&self.0);
        if items.len() == KEPT {
            items.pop_front();
        }
        items.push_back(item);
    }

    /// All that are kept, the oldest first.
    pub(crate) fn all(&self) -> Vec<T> {
        lock(&self.0).iter().cloned().collect()
    }
}

/// Locks, also after a panic elsewhere: no invariant here spans a panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_kept() {
        let history = History::new();
        (0..KEPT + 5).for_each(|n| history.push(n));
        assert_eq!(history.all(), (5..KEPT + 5).collect::<Vec<_>>());
    }
}
