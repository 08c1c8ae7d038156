use std::{collections::VecDeque, sync::Arc};

use longwire_contract::{LogLevel, LogLine};

/// A line that is remembered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Remembered {
    pub(crate) line: LogLine,
    /// Whether a target's program wrote it: it may hold what was sent.
    pub(crate) quoted: bool,
}

/// The newest lines, so many at most. Those for whoever looks for a mistake have a part of their own: a burst of them
/// does not push out what everybody wants to know.
pub(super) struct Ring {
    debug: VecDeque<Arc<Remembered>>,
    rest: VecDeque<Arc<Remembered>>,
    /// Not told yet to those who listen.
    fresh: VecDeque<Arc<Remembered>>,
    /// The last number given.
    last: u32,
    seeded: bool,
}

/// How many lines are remembered.
pub(super) const MOST: usize = 2000;
const MOST_DEBUG: usize = 500;
/// The most lines that listeners are told of at a time.
const MOST_FRESH: usize = 200;

impl Ring {
    pub(super) const fn new() -> Self {
        Self { debug: VecDeque::new(), rest: VecDeque::new(), fresh: VecDeque::new(), last: 0, seeded: false }
    }

    /// Keeps a line under the next number; `heard` where somebody listens.
    pub(super) fn push(&mut self, mut line: Remembered, heard: bool) {
        self.last = self.last.wrapping_add(1);
        line.line.seq = self.last;
        let line = Arc::new(line);
        if heard {
            push_bounded(&mut self.fresh, line.clone(), MOST_FRESH);
        } else {
            self.fresh.clear();
        }
        self.keep(line);
    }

    /// Puts older lines before those that are here. Once: in a process that opens a second engine they are here already.
    pub(super) fn seed(&mut self, older: impl FnOnce() -> Vec<Remembered>) {
        if self.seeded {
            return;
        }
        self.seeded = true;
        let here = self.lines();
        let older = older();
        *self = Self { seeded: true, ..Self::new() };
        for line in older.into_iter().chain(here.iter().map(|line| Remembered::clone(line))) {
            self.push(line, false);
        }
    }

    /// All of them, oldest first.
    pub(super) fn lines(&self) -> Vec<Arc<Remembered>> {
        let mut lines: Vec<_> = self.debug.iter().chain(&self.rest).cloned().collect();
        lines.sort_by_key(|line| line.line.seq);
        lines
    }

    /// What nobody has been told of yet.
    pub(super) fn take_fresh(&mut self) -> VecDeque<Arc<Remembered>> {
        std::mem::take(&mut self.fresh)
    }

    fn keep(&mut self, line: Arc<Remembered>) {
        match line.line.level {
            LogLevel::Debug => push_bounded(&mut self.debug, line, MOST_DEBUG),
            _ => push_bounded(&mut self.rest, line, MOST - MOST_DEBUG),
        }
    }
}

fn push_bounded<T>(lines: &mut VecDeque<T>, line: T, most: usize) {
    if lines.len() == most {
        lines.pop_front();
    }
    lines.push_back(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: LogLevel, text: impl ToString) -> Remembered {
        let line =
            LogLine { seq: 0, at_ms: 0, level, app_id: None, part: "engine".into(), text: text.to_string() };
        Remembered { line, quoted: false }
    }

    fn texts(ring: &Ring) -> Vec<String> {
        ring.lines().iter().map(|line| line.line.text.clone()).collect()
    }

    #[test]
    fn a_hundred_thousand_lines_leave_the_newest() {
        let mut ring = Ring::new();
        ring.push(line(LogLevel::Info, "connected"), true);
        for n in 0..100_000 {
            ring.push(line(LogLevel::Debug, n), true);
        }
        let lines = ring.lines();
        assert_eq!(lines.len(), 1 + MOST_DEBUG);
        assert_eq!(lines[0].line.text, "connected", "a burst of details pushes nothing else out");
        assert_eq!(lines[500].line.text, "99999");
        assert!(ring.fresh.len() <= MOST_FRESH && ring.debug.capacity() < 2 * MOST_DEBUG);
        for n in 0..100_000 {
            ring.push(line(LogLevel::Warn, n), false);
        }
        assert_eq!(ring.lines().len(), MOST);
        assert!(ring.rest.capacity() <= 2 * MOST && ring.fresh.is_empty());
    }

    #[test]
    fn older_lines_come_before_those_that_are_here_and_only_once() {
        let mut ring = Ring::new();
        ring.push(line(LogLevel::Debug, "starting"), false);
        ring.push(line(LogLevel::Info, "started"), false);
        ring.seed(|| vec![line(LogLevel::Info, "yesterday")]);
        ring.seed(|| vec![line(LogLevel::Info, "again")]);
        ring.push(line(LogLevel::Info, "now"), false);
        assert_eq!(texts(&ring), ["yesterday", "starting", "started", "now"]);
        let numbers: Vec<_> = ring.lines().iter().map(|line| line.line.seq).collect();
        assert_eq!(numbers, [1, 2, 3, 4]);
    }
}
