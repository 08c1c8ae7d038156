use std::{sync::Arc, time::Duration};

use longwire_contract::{AttemptOutcome, TargetHealth};
use longwire_journal::{Attempt, Error, Record, Then};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Outside, Unwritten,
    lanes::Tried,
    retry::{self, Next},
    standing::view,
    work::{Courier, Done, Down, LAST_WORDS, NOTICE},
};
use crate::{
    Kind, Target,
    webhook::{Post, Sent},
};

/// How many connections are kept at most.
const MOST_KEPT: usize = 16;
/// Somebody has it and does not answer, or a gateway says so: it may be this event that brings the target down, so another one
/// tries first.
const BEHIND: Duration = Duration::from_millis(100);

/// An event that was handed over.
pub(super) struct Handed<K> {
    pub(super) seq: u32,
    pub(super) number: u32,
    pub(super) at_ms: u64,
    /// How often the target had moved when it went.
    generation: u32,
    /// Whether it was sent to see if the target is back.
    probe: bool,
    pub(super) kept: K,
    /// What came of it; absent where it was given up.
    sent: Option<Sent>,
}

impl<O: Outside> Courier<O> {
    /// Hands over what may go now.
    pub(super) fn hand(&mut self, now: Instant) {
        let most = match self.down {
            _ if self.target.paused || !self.may_write() => 0,
            None => self.parallel(),
            Some(_) if self.handing > 0 => 0,
            Some(down) => usize::from(down.retry_at.is_some_and(|at| at <= now)),
        };
        if most == 0 {
            self.put_back();
            return;
        }
        while self.handing < most
            && let Some(record) = self.stock.pop_front()
        {
            self.hand_over(record);
        }
        // The next ones are read while these are under way.
        let probing = self.down.is_some() && self.handing > 0;
        if self.stock.is_empty() && !self.fetching && !probing && self.readable(now) && self.lanes.ready() {
            let seqs: Vec<u32> = (0..most).map_while(|_| self.lanes.next()).collect();
            self.fetching = true;
            let outside = self.outside.clone();
            self.start(async move {
                let records = outside.records(seqs.clone()).await;
                Done::Fetched(seqs, records)
            });
        }
    }

    pub(super) fn fetched(&mut self, seqs: &[u32], records: Result<Vec<Record>, Error>) {
        self.fetching = false;
        match records {
            Ok(records) => {
                for seq in seqs {
                    if !records.iter().any(|record| record.seq == *seq) {
                        self.touch(*seq);
                        self.lanes.remove(*seq);
                    }
                }
                self.stock.extend(records);
            }
            Err(error) => {
                for seq in seqs {
                    self.lanes.back(*seq, None, self.lanes.tried(*seq));
                }
                self.not_readable(&error);
            }
        }
    }

    /// What was about to go waits on.
    fn put_back(&mut self) {
        for record in std::mem::take(&mut self.stock) {
            self.lanes.back(record.seq, None, self.lanes.tried(record.seq));
        }
    }

    fn hand_over(&mut self, record: Record) {
        let number = self.lanes.tried(record.seq).attempts + 1;
        let asked_ms = self.lanes.asked_ms(record.seq);
        let (at_ms, probe) = (self.outside.now_ms(), self.down.is_some());
        let (outside, target, over) = (self.outside.clone(), self.target.clone(), self.over.clone());
        let (mut kept, generation) = (self.kept.pop().unwrap_or_default(), self.generation);
        self.handing += 1;
        self.start(async move {
            let deadline = target.deadline;
            let post = Post { record: &record, number, at_ms, asked_ms, deadline, callback: false };
            let sent = within(&over, outside.hand(&target, &mut kept, post, after(&over, NOTICE))).await;
            Done::Handed(Handed { seq: record.seq, number, at_ms, generation, probe, kept, sent })
        });
    }

    pub(super) fn handed(&mut self, handed: Handed<O::Kept>) {
        self.handing -= 1;
        self.keep(handed.kept, handed.generation);
        let tried = self.lanes.tried(handed.seq);
        let Some(sent) = handed.sent else {
            self.lanes.back(handed.seq, None, tried);
            return;
        };
        let attempt = self.attempt(handed.seq, handed.number, handed.at_ms, &sent, sent.outcome);
        let failed = tried.failed + 1;
        let next = match self.target.kind {
            Kind::Agent(_) => retry::after_agent(sent.outcome),
            _ => retry::after(sent.outcome, sent.status, sent.retry_after, failed),
        };
        if handed.generation != self.generation {
            self.ended_elsewhere(attempt, next, tried);
        } else if next == Next::Down {
            self.unanswered(attempt, &sent, handed.probe, tried);
        } else {
            self.answered(&attempt, next == Next::Delivered);
            self.write_next(attempt, next, failed);
        }
    }

    /// It went to where the target was before it moved. Unless it was taken there, it goes to where the target is.
    fn ended_elsewhere(&mut self, attempt: Attempt, next: Next, tried: Tried) {
        if next == Next::Delivered {
            self.taken_elsewhere();
            self.write_next(attempt, next, tried.failed);
        } else {
            let then = Then::Again(self.outside.now_ms());
            let tried = Tried { attempts: attempt.number, ..tried };
            self.write(Unwritten { attempt, then, due: None, tried });
        }
    }

    /// The target took one where it was before it moved.
    pub(super) fn taken_elsewhere(&self) {
        let now_ms = self.outside.now_ms();
        self.change(|state| {
            state.delivered += 1;
            state.last_ms = Some(now_ms);
        });
    }

    /// Nobody took it, which most often is not its fault. Once for each time that the target goes down, this is written down; it
    /// counts against the event then where somebody had it, for it may have been what brought the target down. Where nobody
    /// answered in time it counts each time: a bot that is only slow has it, and must not be given it for ever.
    fn unanswered(&mut self, attempt: Attempt, sent: &Sent, probe: bool, tried: Tried) {
        let first = self.down.is_none();
        if first || probe {
            self.goes_down(&attempt, sent);
        }
        let retry_at = self.down.and_then(|down| down.retry_at);
        let slow = sent.outcome == AttemptOutcome::TimedOut;
        let somebody = sent.status.is_some() || slow;
        if slow || (first && somebody) {
            let failed = tried.failed + 1;
            self.write_next(attempt, retry::again(sent.retry_after, failed), failed);
        } else if first {
            let pause = retry_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
            let then = Then::Again(self.outside.now_ms() + millis(pause));
            let tried = Tried { attempts: attempt.number, ..tried };
            self.write(Unwritten { attempt, then, due: None, tried });
        } else {
            let due = retry_at.filter(|_| somebody).map(|at| at + BEHIND);
            self.lanes.back(attempt.seq, due, tried);
        }
    }

    /// The target does not answer, which this attempt has shown.
    pub(super) fn goes_down(&mut self, attempt: &Attempt, sent: &Sent) {
        let wait = self.backoff.next(sent.retry_after);
        // A reader that went away does not come back.
        let again = !matches!(self.target.kind, Kind::Print(_));
        if self.down.is_none() {
            tracing::warn!("{} is down, its events wait: {}", self.target.name, attempt.detail);
        }
        self.down = Some(Down { retry_at: again.then(|| Instant::now() + wait) });
        let (now_ms, paused) = (self.outside.now_ms(), self.target.paused);
        self.change(|state| {
            state.stands(if paused { TargetHealth::Paused } else { TargetHealth::Down }, now_ms);
            state.retry_at_ms = (again && !paused).then(|| now_ms + millis(wait));
            state.trouble = Some(view(attempt));
        });
    }

    /// The target answered, well or not.
    pub(super) fn answered(&mut self, attempt: &Attempt, well: bool) {
        // What cannot be sent says nothing about who would have got it.
        let silent = attempt.outcome == AttemptOutcome::NotSendable;
        if !silent {
            if self.down.take().is_some() {
                tracing::info!("{} answers again", self.target.name);
            }
            self.backoff.forgive();
        }
        let (now_ms, paused) = (self.outside.now_ms(), self.target.paused);
        self.change(|state| {
            if !silent && !paused {
                state.stands(if well { TargetHealth::Up } else { TargetHealth::Failing }, now_ms);
            }
            if well {
                state.delivered += 1;
                state.last_ms = Some(now_ms);
                state.trouble = None;
            } else {
                state.trouble = Some(view(attempt));
            }
        });
    }

    fn write_next(&mut self, attempt: Attempt, next: Next, failed: u32) {
        let (then, due) = match next {
            Next::Delivered => (Then::Delivered, None),
            Next::Again(pause) => {
                (Then::Again(self.outside.now_ms() + millis(pause)), Some(Instant::now() + pause))
            }
            Next::Failed | Next::Down => (Then::Failed, None),
        };
        // What the agent is told of may be what somebody asked it: it logs its own words.
        if then == Then::Failed && !matches!(self.target.kind, Kind::Agent(_)) {
            tracing::warn!("{} did not take event {}: {}", self.target.name, attempt.seq, attempt.detail);
        }
        let tried = Tried { attempts: attempt.number, failed };
        self.write(Unwritten { attempt, then, due, tried });
    }

    pub(super) fn attempt(
        &self,
        seq: u32,
        number: u32,
        at_ms: u64,
        sent: &Sent,
        outcome: AttemptOutcome,
    ) -> Attempt {
        Attempt {
            seq,
            target: self.target.key,
            number,
            at_ms,
            took_us: u64::try_from(sent.took.as_micros()).unwrap_or(u64::MAX),
            outcome,
            status: sent.status.map(i32::from),
            response: sent.response.clone(),
            detail: sent.detail.clone(),
        }
    }

    /// Keeps what one handing over leaves for the next, to the same place.
    pub(super) fn keep(&mut self, kept: O::Kept, generation: u32) {
        if generation == self.generation && self.kept.len() < MOST_KEPT {
            self.kept.push(kept);
        }
    }

    /// The target is another one from now on. What is under way to where it was is given a moment; what failed there says
    /// nothing about where it is.
    pub(super) fn retarget(&mut self, target: Arc<Target>) {
        let moved = target.kind != self.target.kind || target.deadline != self.target.deadline;
        let paused = target.paused;
        let resumed = self.target.paused && !paused;
        if moved {
            self.over.cancel();
            self.over = CancellationToken::new();
            self.kept.clear();
            self.generation = self.generation.wrapping_add(1);
        }
        self.target = target;
        if moved || resumed {
            self.down = None;
            self.backoff.forgive();
            self.lanes.hasten();
        }
        let now_ms = self.outside.now_ms();
        self.change(|state| {
            if moved {
                (state.trouble, state.bad_answer) = (None, None);
            }
            if paused {
                state.stands(TargetHealth::Paused, now_ms);
            } else if moved || resumed {
                state.stands(TargetHealth::Untried, now_ms);
            }
        });
    }

    /// Tries at once whatever waits for a moment.
    pub(super) fn hasten(&mut self) {
        self.backoff.forgive();
        self.lanes.hasten();
        if let Some(Down { retry_at: Some(at) }) = &mut self.down {
            *at = Instant::now();
        }
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Some time after it is over.
pub(super) async fn after(over: &CancellationToken, time: Duration) {
    over.cancelled().await;
    sleep(time).await;
}

/// What comes of it, unless it takes too long once it is over.
pub(super) async fn within<T>(over: &CancellationToken, work: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::select! {
        biased;
        done = work => done,
        () = after(over, LAST_WORDS) => None,
    }
}
