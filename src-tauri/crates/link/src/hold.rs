use std::{
    future::{Future, pending},
    pin::{Pin, pin},
    sync::Arc,
};

use longwire_wire::ClientConfig;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use crate::{
    Config, Error, Intake, State, Steps, Tuning,
    board::Board,
    connect::{Connection, connect},
    platform::Platform,
    retry::{Retry, Verdict},
    session::{News, Session},
};

/// News from outside that make waiting pointless.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Nudge {
    /// The user wants a try now.
    Retry,
    /// The machine woke from sleep.
    Woke,
    /// The machine's network is another one.
    NetworkChanged,
}

/// Holds an app's connection until `shutdown` completes, and closes it in good order then. `state` shows how it stands;
/// after the end that is [`State::Closed`].
///
/// A nudge starts the next try at once, also where the platform refused the last one. [`Nudge::Woke`] and
/// [`Nudge::NetworkChanged`] start a try that is under way anew, and make an open link prove that it lives. What failed
/// before a nudge is forgotten: waits begin again with the shortest.
pub async fn run<I: Intake>(
    config: Config,
    intake: Arc<I>,
    rng: fastrand::Rng,
    state: watch::Sender<State>,
    nudges: mpsc::Receiver<Nudge>,
    shutdown: impl Future,
) {
    let tuning = config.tuning;
    hold(config, tuning, intake, rng, state, nudges, shutdown).await;
}

pub(crate) async fn hold<P: Platform, I: Intake>(
    platform: P,
    tuning: Tuning,
    intake: Arc<I>,
    rng: fastrand::Rng,
    state: watch::Sender<State>,
    nudges: mpsc::Receiver<Nudge>,
    shutdown: impl Future,
) {
    let retry = Retry::new(tuning.backoff, rng);
    let board = Board::new(state);
    let mut hold = Hold {
        platform,
        tuning,
        intake,
        retry,
        board,
        nudges: Nudges(nudges),
        wishes: ClientConfig::default(),
    };
    let mut shutdown = pin!(shutdown);
    while let Some(failure) = hold.once(shutdown.as_mut()).await {
        let retry_at = hold.fail(failure);
        tokio::select! {
            biased;
            _ = shutdown.as_mut() => break,
            _ = hold.nudges.next() => hold.retry.forgive(),
            () = due(retry_at) => {}
        }
    }
    hold.board.show(State::Closed);
}

struct Hold<P, I> {
    platform: P,
    tuning: Tuning,
    intake: Arc<I>,
    retry: Retry,
    board: Board,
    nudges: Nudges,
    /// The platform's, as it last told them.
    wishes: ClientConfig,
}

/// A try that failed, or a link that ended.
struct Failure {
    error: Error,
    steps: Steps,
}

impl<P: Platform, I: Intake> Hold<P, I> {
    /// One try, and the link it leads to, to its end. `None` where that end is the shutdown's.
    async fn once<F: Future>(&mut self, mut shutdown: Pin<&mut F>) -> Option<Failure> {
        loop {
            let mut steps = Steps::default();
            let attempt = self.retry.failed();
            let board = &self.board;
            let tell = |steps: &Steps| board.show(State::Connecting { attempt, steps: steps.clone() });
            let result = tokio::select! {
                biased;
                _ = shutdown.as_mut() => return None,
                () = self.nudges.changed() => {
                    self.retry.forgive();
                    continue;
                }
                result = connect(&self.platform, &mut steps, tell) => result,
            };
            return match result {
                Ok(connection) => self.live(connection, steps, shutdown).await,
                Err(error) => Some(Failure { error, steps }),
            };
        }
    }

    async fn live<F: Future>(
        &mut self,
        connection: Connection<P::Io>,
        mut steps: Steps,
        mut shutdown: Pin<&mut F>,
    ) -> Option<Failure> {
        let info = connection.info.clone();
        let opened = Instant::now();
        let mut up: Option<Instant> = None;
        let mut session = Session::new(connection, Arc::clone(&self.intake), self.tuning);
        let error = loop {
            tokio::select! {
                biased;
                _ = shutdown.as_mut() => {
                    session.close().await;
                    return None;
                }
                () = self.nudges.changed() => {
                    self.retry.forgive();
                    session.doubt();
                }
                news = session.next() => match news {
                    News::Alive => {
                        let now = Instant::now();
                        up = Some(now);
                        steps.pong = Some(now - opened);
                        self.board.show(State::Connected { steps: steps.clone(), session: info.clone() });
                    }
                    News::Ended(error) => break error,
                },
            }
        };
        self.wishes = session.wishes();
        steps.up = up.map(|up| up.elapsed());
        Some(Failure { error: error.into(), steps })
    }

    /// Shows a failure as the policy judges it; the moment of the next try, where there is to be one.
    fn fail(&mut self, failure: Failure) -> Option<Instant> {
        let Failure { error, steps } = failure;
        match self.retry.after(&error, steps.up, &self.wishes) {
            Verdict::Retry(pause) => {
                let retry_at = Instant::now() + pause;
                self.board.show(State::Waiting { error, attempt: self.retry.failed(), retry_at, steps });
                Some(retry_at)
            }
            Verdict::Refuse => {
                self.board.show(State::Refused { error, steps });
                None
            }
        }
    }
}

/// From whoever knows about the user, the machine and its network. Nobody left to nudge is no nudge.
struct Nudges(mpsc::Receiver<Nudge>);

impl Nudges {
    async fn next(&mut self) -> Nudge {
        match self.0.recv().await {
            Some(nudge) => nudge,
            None => pending().await,
        }
    }

    /// The next that says something of the link; a retry says nothing to one that is up or on its way.
    async fn changed(&mut self) {
        while self.next().await == Nudge::Retry {}
    }
}

async fn due(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
