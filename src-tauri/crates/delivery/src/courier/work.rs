use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    future::pending,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use longwire_journal::{Error, QueueCount, Record, Then, Waiting};
use tokio::{
    sync::{Notify, broadcast, mpsc},
    time::{Instant, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    Outside, Unwritten, Word,
    asking::Asked,
    handing::Handed,
    lanes::Lanes,
    retry::Backoff,
    standing::{Board, TargetState},
};
use crate::{Kind, Target};

/// How many waiting events are looked at: so many that each lane's first is among them, as a rule. Where one lane that waits
/// for another try fills all of it, it grows, to see those behind.
const WINDOW: usize = 1024;
const WIDEST: usize = 16 * WINDOW;
/// How long to wait between looks while there is plenty to do.
const LOOK_PAUSE: Duration = Duration::from_millis(250);
/// An event does not wait longer, whatever the journal says: a clock that was set back would have it wait for years.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// How long until the queue is counted after something happened, and the least time between two counts.
const COUNT_AFTER: Duration = Duration::from_millis(200);
const COUNT_PAUSE: Duration = Duration::from_secs(1);
/// How many attempts may be on their way into the journal.
const MOST_WRITING: usize = 64;
/// How long a journal that failed is left alone, at first and at most.
const TROUBLE: Duration = Duration::from_secs(1);
const LONGEST_TROUBLE: Duration = Duration::from_secs(5);
/// How long what is under way has when it is not wanted any more; a program is told to end before that.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);
pub(super) const NOTICE: Duration = Duration::from_millis(700);

/// What takes one target's events from its queue, hands them over and writes down how it went.
///
/// Everything it does is one of its works in hand; it never waits for one of them alone. What it knows is changed between two
/// of them and nowhere else.
pub(crate) struct Courier<O: Outside> {
    pub(super) outside: Arc<O>,
    pub(super) target: Arc<Target>,
    pub(super) board: Arc<Board>,
    settled: broadcast::Sender<u32>,
    works: FuturesUnordered<Work<O::Kept>>,

    pub(super) lanes: Lanes,
    look: Look,
    count: Count,
    /// The journal could not be read, and is left alone until then.
    unreadable: Option<Instant>,

    pub(super) stock: VecDeque<Record>,
    pub(super) fetching: bool,
    pub(super) handing: usize,
    pub(super) asking: usize,
    pub(super) kept: Vec<O::Kept>,
    /// How often the target has moved: what was begun before says nothing of where it is now.
    pub(super) generation: u32,
    /// Over once what is under way is not wanted any more.
    pub(super) over: CancellationToken,
    pub(super) down: Option<Down>,
    pub(super) backoff: Backoff,

    writing: BTreeMap<u32, Unwritten>,
    pub(super) unwritten: VecDeque<Unwritten>,
    write_at: Option<Instant>,
    write_pause: Duration,
    journal_closed: bool,
}

/// The target does not answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Down {
    /// When it is tried again; never by itself where absent.
    pub(super) retry_at: Option<Instant>,
}

/// The looking for events that wait.
struct Look {
    under_way: bool,
    /// Something may be new.
    wanted: bool,
    /// There are more than we looked at.
    more: bool,
    last: Option<Instant>,
    window: usize,
    /// What changed since the look began, of which it may know nothing.
    touched: HashSet<u32>,
}

/// The counting of the queue.
struct Count {
    under_way: bool,
    at: Option<Instant>,
    not_before: Option<Instant>,
}

pub(super) type Work<K> = Pin<Box<dyn Future<Output = Done<K>> + Send>>;

/// What came of a work.
pub(super) enum Done<K> {
    Looked(Result<Vec<Waiting>, Error>),
    Counted(Result<QueueCount, Error>, Duration),
    Fetched(Vec<u32>, Result<Vec<Record>, Error>),
    Handed(Handed<K>),
    Asked(Asked<K>),
    Written(u32, Result<(), Error>),
}

impl<O: Outside> Courier<O> {
    pub(crate) fn new(
        target: Arc<Target>,
        outside: O,
        board: Arc<Board>,
        settled: broadcast::Sender<u32>,
        unwritten: Vec<Unwritten>,
        rng: fastrand::Rng,
    ) -> Self {
        let mut lanes = Lanes::default();
        for left in &unwritten {
            lanes.take(left.attempt.seq);
        }
        Self {
            outside: Arc::new(outside),
            target,
            board,
            settled,
            works: FuturesUnordered::new(),
            lanes,
            look: Look {
                under_way: false,
                wanted: true,
                more: false,
                last: None,
                window: WINDOW,
                touched: HashSet::new(),
            },
            count: Count { under_way: false, at: None, not_before: None },
            unreadable: None,
            stock: VecDeque::new(),
            fetching: false,
            handing: 0,
            asking: 0,
            kept: Vec::new(),
            generation: 0,
            over: CancellationToken::new(),
            down: None,
            backoff: Backoff::new(rng),
            writing: BTreeMap::new(),
            unwritten: unwritten.into(),
            write_at: None,
            write_pause: TROUBLE,
            journal_closed: false,
        }
    }

    /// Works until it is stopped, or nobody is left who could tell it anything. What it could not write down.
    pub(crate) async fn run(
        mut self,
        mut words: mpsc::UnboundedReceiver<Word>,
        woken: Arc<Notify>,
        stop: CancellationToken,
    ) -> Vec<Unwritten> {
        while !self.journal_closed {
            let now = Instant::now();
            self.advance(now);
            let next = self.next_moment(now);
            tokio::select! {
                () = stop.cancelled() => break,
                word = words.recv() => match word {
                    Some(word) => self.told(word),
                    None => break,
                },
                () = woken.notified() => {
                    self.look.wanted = true;
                    self.recount();
                }
                Some(done) = self.works.next(), if !self.works.is_empty() => self.done(done),
                () = until(next) => {}
            }
        }
        self.end().await
    }

    /// Starts whatever may start now.
    fn advance(&mut self, now: Instant) {
        self.lanes.promote(now);
        self.write_again(now);
        self.look_for_more(now);
        self.count_queue(now);
        self.hand(now);
    }

    /// When to look at the clock again, should nothing happen before.
    fn next_moment(&self, now: Instant) -> Option<Instant> {
        let look = if self.look_wanted() { self.look.last.map(|last| last + LOOK_PAUSE) } else { None };
        let retry = self.down.and_then(|down| down.retry_at);
        let moments =
            [self.lanes.next_due(), retry, look, self.count_moment(), self.unreadable, self.write_at];
        moments.into_iter().flatten().filter(|moment| *moment > now).min()
    }

    fn told(&mut self, word: Word) {
        match word {
            Word::Target(target) => self.retarget(target),
            Word::Hasten => {
                self.hasten();
                self.look.wanted = true;
                self.recount();
            }
            Word::Ask(ask) => self.ask(ask),
        }
    }

    fn done(&mut self, done: Done<O::Kept>) {
        match done {
            Done::Looked(rows) => self.looked(rows),
            Done::Counted(count, took) => self.counted(count, took),
            Done::Fetched(seqs, records) => self.fetched(&seqs, records),
            Done::Handed(handed) => self.handed(handed),
            Done::Asked(asked) => self.asked(asked),
            Done::Written(seq, result) => self.written(seq, result),
        }
    }

    /// Gives what is under way a moment, and the journal a last chance.
    async fn end(mut self) -> Vec<Unwritten> {
        let deadline = Instant::now() + LAST_WORDS + NOTICE;
        self.over.cancel();
        for left in std::mem::take(&mut self.unwritten) {
            if self.journal_closed { self.unwritten.push_back(left) } else { self.write(left) }
        }
        while self.handing + self.asking + self.writing.len() > 0 {
            match timeout_at(deadline, self.works.next()).await {
                Ok(Some(done)) => self.done(done),
                Ok(None) | Err(_) => break,
            }
        }
        self.writing.into_values().chain(self.unwritten).collect()
    }

    pub(super) fn start(&mut self, work: impl Future<Output = Done<O::Kept>> + Send + 'static) {
        self.works.push(Box::pin(work));
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut TargetState)) {
        self.board.change(self.target.key, change);
    }

    /// When an event is due that is not to go before this moment; at once where absent.
    fn due(&self, not_before_ms: u64) -> Option<Instant> {
        let left = Duration::from_millis(not_before_ms.saturating_sub(self.outside.now_ms()));
        (!left.is_zero()).then(|| Instant::now() + left.min(LONGEST_WAIT))
    }

    /// Something about this event changed that a look under way may not have seen.
    pub(super) fn touch(&mut self, seq: u32) {
        if self.look.under_way {
            self.look.touched.insert(seq);
        }
    }

    /// Looks for more as soon as there is room for it.
    pub(super) fn want_more(&mut self) {
        self.look.wanted = true;
    }

    fn look_wanted(&self) -> bool {
        let few = self.lanes.len() <= WINDOW / 2;
        self.look.wanted || (self.look.more && (few || !self.lanes.ready()))
    }

    fn look_for_more(&mut self, now: Instant) {
        if self.look.under_way || !self.look_wanted() || self.unreadable.is_some_and(|until| until > now) {
            return;
        }
        let known = self.lanes.len();
        if known > WINDOW / 2 {
            let all_wait =
                self.down.is_none() && !self.target.paused && !self.lanes.ready() && self.handing == 0;
            if known >= self.look.window && all_wait {
                self.look.window = (self.look.window + WINDOW).min(WIDEST);
            }
            if known >= self.look.window || self.look.last.is_some_and(|last| last + LOOK_PAUSE > now) {
                return;
            }
        } else {
            self.look.window = WINDOW;
        }
        (self.look.under_way, self.look.wanted, self.look.last) = (true, false, Some(now));
        let (outside, limit) = (self.outside.clone(), self.look.window);
        self.start(async move { Done::Looked(outside.waiting(limit).await) });
    }

    fn looked(&mut self, rows: Result<Vec<Waiting>, Error>) {
        self.look.under_way = false;
        let touched = std::mem::take(&mut self.look.touched);
        match rows {
            Ok(rows) => {
                self.unreadable = None;
                self.look.more = rows.len() >= self.look.window;
                for row in rows.into_iter().filter(|row| !touched.contains(&row.seq)) {
                    let due = self.due(row.not_before_ms);
                    self.lanes.add(row, due);
                }
            }
            Err(error) => {
                self.look.wanted = true;
                self.not_readable(&error);
            }
        }
    }

    pub(super) fn not_readable(&mut self, error: &Error) {
        if *error == Error::Closed {
            self.journal_closed = true;
        } else if self.unreadable.is_none_or(|until| until <= Instant::now()) {
            tracing::warn!("{}: what waits cannot be read: {error}", self.target.name);
            self.unreadable = Some(Instant::now() + TROUBLE);
        }
    }

    pub(super) fn readable(&self, now: Instant) -> bool {
        self.unreadable.is_none_or(|until| until <= now)
    }

    fn recount(&mut self) {
        self.count.at.get_or_insert_with(|| Instant::now() + COUNT_AFTER);
    }

    fn count_moment(&self) -> Option<Instant> {
        let at = self.count.at.filter(|_| !self.count.under_way)?;
        Some(self.count.not_before.map_or(at, |not_before| at.max(not_before)))
    }

    fn count_queue(&mut self, now: Instant) {
        if self.count_moment().is_some_and(|at| at <= now) {
            (self.count.under_way, self.count.at) = (true, None);
            let outside = self.outside.clone();
            self.start(async move {
                let count = outside.count().await;
                Done::Counted(count, now.elapsed())
            });
        }
    }

    fn counted(&mut self, count: Result<QueueCount, Error>, took: Duration) {
        self.count.under_way = false;
        // A long queue takes longer to count, and nobody sees its last digits.
        self.count.not_before = Some(Instant::now() + COUNT_PAUSE.max(took * 20));
        match count {
            Ok(QueueCount { queued, failed }) => {
                self.change(|state| (state.queued, state.failed) = (queued, failed));
            }
            Err(Error::Closed) => self.journal_closed = true,
            Err(_) => self.recount(),
        }
    }

    /// Whether the journal keeps up with what is to be written down.
    pub(super) fn may_write(&self) -> bool {
        self.unwritten.is_empty() && self.writing.len() < MOST_WRITING
    }

    /// Writes down how an attempt ended.
    pub(super) fn write(&mut self, ended: Unwritten) {
        let (seq, attempt, then) = (ended.attempt.seq, ended.attempt.clone(), ended.then);
        self.writing.insert(seq, ended);
        let outside = self.outside.clone();
        self.start(async move { Done::Written(seq, outside.attempted(attempt, then).await) });
    }

    fn write_again(&mut self, now: Instant) {
        if self.write_at.is_none_or(|at| at <= now) {
            self.write_at = None;
            for ended in std::mem::take(&mut self.unwritten) {
                self.write(ended);
            }
        }
    }

    fn written(&mut self, seq: u32, result: Result<(), Error>) {
        let Some(ended) = self.writing.remove(&seq) else { return };
        match result {
            Ok(()) => {
                self.write_pause = TROUBLE;
                self.touch(seq);
                match ended.then {
                    Then::Again(_) => self.lanes.back(seq, ended.due, ended.tried),
                    Then::Delivered | Then::Failed => self.lanes.remove(seq),
                }
                let failed = u32::from(ended.then == Then::Failed);
                if !matches!(ended.then, Then::Again(_)) {
                    self.change(|state| {
                        state.queued = state.queued.saturating_sub(1);
                        state.failed += failed;
                    });
                }
                self.recount();
                // There need not be anybody who listens.
                self.settled.send(seq).ok();
            }
            // The target has it, or has refused it: it is not handed over again while we know that and the journal does not.
            Err(error) => {
                self.journal_closed |= error == Error::Closed;
                self.unwritten.push_back(ended);
                if self.write_at.is_none() {
                    tracing::warn!(
                        "{}: what became of event {seq} cannot be written down: {error}",
                        self.target.name
                    );
                    self.write_at = Some(Instant::now() + self.write_pause);
                    self.write_pause = (self.write_pause * 2).min(LONGEST_TROUBLE);
                }
            }
        }
    }

    /// How many events go out at once.
    pub(super) fn parallel(&self) -> usize {
        match self.target.kind {
            Kind::Webhook(_) => 8,
            Kind::Command(_) => 2,
            Kind::Print(_) => 1,
            // What it does is waiting, most of it.
            Kind::Agent(_) => 64,
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
