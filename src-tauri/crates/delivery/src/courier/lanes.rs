use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use longwire_journal::Waiting;
use tokio::time::Instant;

/// The oldest events that wait for a target, and which of them may go now. Those of one lane go one after another, in the
/// order of their numbers; those without a lane go as they come.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    events: HashMap<u32, Event>,
    lanes: HashMap<Arc<str>, Lane>,
    /// Due, and the first of their lanes or without one.
    ready: BTreeSet<u32>,
    /// Not due yet.
    later: BTreeSet<(Instant, u32)>,
}

#[derive(Debug)]
struct Event {
    lane: Option<Arc<str>>,
    /// Where it stands among the later ones; absent once it is due.
    due: Option<Instant>,
    /// Somebody else hands it over, until it is due: it has no place in its lane.
    aside: bool,
    tried: Tried,
    /// When it was replayed, or is due after a try, in milliseconds since the Unix epoch; 0 for neither.
    asked_ms: u64,
    out: bool,
}

/// How often an event was handed over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Tried {
    /// How many attempts were written down.
    pub(super) attempts: u32,
    /// How many of those since it came here count against it.
    pub(super) failed: u32,
}

#[derive(Debug, Default)]
struct Lane {
    order: BTreeSet<u32>,
    ready: Option<u32>,
    out: bool,
}

impl Lanes {
    /// How many there are, those that are out among them.
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Takes one in, which is due at that moment or at once. One that is here already stays as it is; only where it waits for
    /// another try and the journal says that it is due, it is.
    ///
    /// One that was never tried and is not due yet is waited for by somebody else, and holds nobody of its lane up.
    pub(super) fn add(&mut self, waiting: Waiting, due: Option<Instant>) {
        if let Some(event) = self.events.get_mut(&waiting.seq) {
            event.asked_ms = event.asked_ms.max(waiting.not_before_ms);
            if due.is_none() && !event.out && !event.aside {
                self.due_now(waiting.seq);
            }
            return;
        }
        let lane = waiting.lane.map(|lane| match self.lanes.get_key_value(lane.as_str()) {
            Some((known, _)) => known.clone(),
            None => lane.into(),
        });
        let tried = Tried { attempts: waiting.attempts, failed: 0 };
        let aside = due.is_some() && tried.attempts == 0;
        self.events.insert(
            waiting.seq,
            Event { lane, due, aside, tried, asked_ms: waiting.not_before_ms, out: false },
        );
        self.place(waiting.seq);
    }

    /// Has those due whose moment is past.
    pub(super) fn promote(&mut self, now: Instant) {
        while let Some(&(due, seq)) = self.later.first()
            && due <= now
        {
            self.due_now(seq);
        }
    }

    /// When the next one is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.later.first().map(|(due, _)| *due)
    }

    /// Whether one may go now.
    pub(super) fn ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The oldest that may go, which is out from now on.
    pub(super) fn next(&mut self) -> Option<u32> {
        let seq = self.ready.pop_first()?;
        let event = self.events.get_mut(&seq)?;
        event.out = true;
        if let Some(lane) = event.lane.as_ref().and_then(|lane| self.lanes.get_mut(lane)) {
            lane.ready = None;
            lane.out = true;
        }
        Some(seq)
    }

    /// Takes one out of its turn and of its lane; how often it was tried. Nothing where it is out already.
    pub(super) fn take(&mut self, seq: u32) -> Option<Tried> {
        let tried = match self.events.get(&seq) {
            Some(event) if event.out => return None,
            Some(event) => event.tried,
            None => Tried::default(),
        };
        self.remove(seq);
        let event = Event { lane: None, due: None, aside: false, tried, asked_ms: 0, out: true };
        self.events.insert(seq, event);
        Some(tried)
    }

    /// How often it was tried.
    pub(super) fn tried(&self, seq: u32) -> Tried {
        self.events.get(&seq).map(|event| event.tried).unwrap_or_default()
    }

    /// When somebody asked for it once more; 0 where nobody did.
    pub(super) fn asked_ms(&self, seq: u32) -> u64 {
        self.events.get(&seq).map_or(0, |event| event.asked_ms)
    }

    /// One that is out comes back, due at that moment or at once.
    pub(super) fn back(&mut self, seq: u32, due: Option<Instant>, tried: Tried) {
        let Some(event) = self.events.get_mut(&seq) else { return };
        (event.due, event.tried, event.out) = (due, tried, false);
        if let Some(lane) = event.lane.as_ref().and_then(|lane| self.lanes.get_mut(lane)) {
            lane.out = false;
        }
        self.place(seq);
    }

    /// It waits no more.
    pub(super) fn remove(&mut self, seq: u32) {
        let Some(event) = self.events.remove(&seq) else { return };
        if let Some(due) = event.due {
            self.later.remove(&(due, seq));
        }
        self.ready.remove(&seq);
        if let Some(name) = event.lane
            && let Some(lane) = self.lanes.get_mut(&name)
        {
            lane.order.remove(&seq);
            lane.out &= !event.out;
            lane.ready = lane.ready.filter(|ready| *ready != seq);
            if lane.order.is_empty() && !lane.out {
                self.lanes.remove(&name);
            } else {
                self.review(&name);
            }
        }
    }

    /// Has those due that wait for another try.
    pub(super) fn hasten(&mut self) {
        let ours = |seq: &u32| self.events.get(seq).is_some_and(|event| !event.aside);
        let waiting: Vec<u32> = self.later.iter().map(|(_, seq)| *seq).filter(ours).collect();
        for seq in waiting {
            self.due_now(seq);
        }
    }

    fn due_now(&mut self, seq: u32) {
        if let Some(event) = self.events.get_mut(&seq)
            && let Some(due) = event.due.take()
        {
            event.aside = false;
            self.later.remove(&(due, seq));
            self.place(seq);
        }
    }

    /// Puts one that is not out where it belongs.
    fn place(&mut self, seq: u32) {
        let Some(event) = self.events.get(&seq) else { return };
        if let Some(due) = event.due {
            self.later.insert((due, seq));
            if event.aside {
                return;
            }
        }
        match event.lane.clone() {
            Some(name) => {
                self.lanes.entry(name.clone()).or_default().order.insert(seq);
                self.review(&name);
            }
            None if event.due.is_none() => {
                self.ready.insert(seq);
            }
            None => {}
        }
    }

    /// Has the first of a lane ready, and none else of it.
    fn review(&mut self, name: &str) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        if let Some(seq) = lane.ready.take() {
            self.ready.remove(&seq);
        }
        let due = |seq: &u32| self.events.get(seq).is_some_and(|event| event.due.is_none());
        if let Some(seq) = lane.order.first().copied().filter(|seq| !lane.out && due(seq)) {
            lane.ready = Some(seq);
            self.ready.insert(seq);
        }
    }
}

#[cfg(test)]
mod tests;
