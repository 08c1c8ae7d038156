use longwire_contract::AttemptOutcome;
use longwire_journal::{Attempt, Then};
use tokio::time::{Instant, sleep_until};

use super::{
    Ask, Outside, Unwritten,
    handing::{after, within},
    lanes::Tried,
    retry::{self, Next},
    standing::view,
    work::{Courier, Done, NOTICE},
};
use crate::{
    Toast, answer,
    webhook::{Post, Sent},
};

/// How many callbacks are under way at once. A bot that does not answer so many will not answer more.
const MOST: usize = 32;

/// A callback that was handed over.
pub(super) struct Asked<K> {
    seq: u32,
    number: u32,
    at_ms: u64,
    /// How often the target had moved when it went.
    generation: u32,
    kept: K,
    /// What came of it, and how the attempt ended in view of what the platform takes; absent where it was given up.
    sent: Option<(Sent, AttemptOutcome)>,
    /// Whether it came when nobody waited for it any more.
    late: bool,
}

impl<O: Outside> Courier<O> {
    /// Hands a callback over at once, out of its turn. Whoever asked has his answer by his deadline; the attempt goes on.
    pub(super) fn ask(&mut self, ask: Ask) {
        let Ask { seq, event_type, deadline, reply } = ask;
        let tried = if self.asking < MOST { self.lanes.take(seq) } else { None };
        let Some(tried) = tried else {
            // It waits in the queue, or is under way from there; who asked is not kept waiting for that.
            let toast = if self.down.is_some() { Toast::Down } else { Toast::Late };
            reply.send(toast.answer(&event_type)).ok();
            return;
        };
        let (number, at_ms) = (tried.attempts + 1, self.outside.now_ms());
        let (outside, target, over) = (self.outside.clone(), self.target.clone(), self.over.clone());
        let (mut kept, generation) = (self.kept.pop().unwrap_or_default(), self.generation);
        // One that is down may be back, which it says at once.
        let patience = self.down.map(|_| deadline.saturating_duration_since(Instant::now()));
        self.asking += 1;
        self.start(async move {
            let record = outside.records(vec![seq]).await.ok().and_then(|mut records| records.pop());
            let (mut sent, mut late) = (None, false);
            if let Some(record) = record {
                let patience = patience.unwrap_or(target.deadline).min(target.deadline);
                let post =
                    Post { record: &record, number, at_ms, asked_ms: 0, deadline: patience, callback: true };
                let mut attempt =
                    Box::pin(within(&over, outside.hand(&target, &mut kept, post, after(&over, NOTICE))));
                let mut reply = Some(reply);
                let mut tell = |answer| reply.take().is_some_and(|reply| reply.send(answer).is_ok());
                let in_time = tokio::select! {
                    biased;
                    sent = &mut attempt => Some(sent),
                    () = sleep_until(deadline) => None,
                };
                let came = match in_time {
                    Some(came) => came,
                    None => {
                        tell(Toast::Late.answer(&event_type));
                        attempt.await
                    }
                };
                sent = came.map(|sent| {
                    let (answer, outcome) = answer::of(&sent, &event_type);
                    late = !tell(answer);
                    (sent, outcome)
                });
            }
            Done::Asked(Asked { seq, number, at_ms, generation, kept, sent, late })
        });
    }

    pub(super) fn asked(&mut self, asked: Asked<O::Kept>) {
        self.asking -= 1;
        self.keep(asked.kept, asked.generation);
        let Some((sent, outcome)) = asked.sent else {
            // What waits in the journal is handed over when its moment comes.
            self.lanes.remove(asked.seq);
            self.want_more();
            return;
        };
        let next = retry::after(outcome, sent.status, None, 1);
        let delivered = next == Next::Delivered;
        let outcome = if asked.late && delivered { AttemptOutcome::AnswerLate } else { outcome };
        let attempt = self.attempt(asked.seq, asked.number, asked.at_ms, &sent, outcome);
        if asked.generation == self.generation {
            self.judge(&attempt, &sent, next);
        } else if delivered {
            self.taken_elsewhere();
        }
        // A click is not repeated by itself: the one who clicked was told.
        let then = if delivered { Then::Delivered } else { Then::Failed };
        let tried = Tried { attempts: asked.number, failed: 0 };
        self.write(Unwritten { attempt, then, due: None, tried });
    }

    /// What a callback says of the target, and of its answers.
    fn judge(&mut self, attempt: &Attempt, sent: &Sent, next: Next) {
        if next != Next::Down {
            self.answered(attempt, next == Next::Delivered);
        } else if self.down.is_none() {
            self.goes_down(attempt, sent);
        }
        // Where nobody is there, there is no answer that could be bad.
        if next != Next::Down || attempt.outcome == AttemptOutcome::TimedOut {
            let bad = (attempt.outcome != AttemptOutcome::Delivered).then(|| view(attempt));
            self.change(|state| state.bad_answer = bad);
        }
    }
}
