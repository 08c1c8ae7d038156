use std::{pin::Pin, sync::Arc};

use futures_util::{StreamExt, stream::FuturesUnordered};
use longwire_contract::{AppId, Domain, Finding, FindingCode, HopKind, Mark};
use longwire_diagnosis::{Evidence, Lifetimes, Visible, ca_file, explain, look_into, of_error};
use longwire_dial::judge::Judgement;
use longwire_host::clock;
use longwire_link::{Config, Error, State, online};
use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep, sleep_until},
};
use tracing::debug;

use crate::{shared::Shared, standing::Standing, surroundings::ca_bundle};

/// Follows the link of one app: tells the views how it stands, finds out more where there is more to find out, and says
/// what is to be said of it.
pub(crate) struct Following {
    id: AppId,
    domain: Domain,
    /// What the link works with, to ask over the same road.
    config: Config,
    shared: Arc<Shared>,
    state: State,
    failure: Option<Finding>,
    judgement: Option<Judgement>,
    count: Option<u32>,
    /// How often it was asked for since the link is up.
    asked: usize,
    lifetimes: Lifetimes,
    visible: Visible,
    /// What is being found out about the state the link is in.
    questions: FuturesUnordered<Question>,
    /// When to look again though nothing happened.
    look_again: Option<Instant>,
}

type Question = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What was found out.
enum Answer {
    /// Why the connection failed, with all the evidence there is.
    Explained(Finding),
    /// Who signed, and who believes it.
    Judged(Option<Box<Judgement>>),
    /// How many connections the platform counts.
    Counted(Option<u32>),
}

/// The pauses, in seconds, before the platform is asked for its count, from the connection on. It takes a moment to count a new one, and
/// minutes to forget one that went without a goodbye.
const FIRST_PAUSES: [u64; 4] = [1, 14, 45, 90];
/// The pause once it has counted right: other clients come and go, and nobody waits for the news.
const COUNT_PAUSE: Duration = Duration::from_secs(600);

impl Following {
    pub(crate) fn new(id: AppId, domain: Domain, config: Config, shared: Arc<Shared>) -> Self {
        Self {
            id,
            domain,
            config,
            shared,
            state: State::Closed,
            failure: None,
            judgement: None,
            count: None,
            asked: 0,
            lifetimes: Lifetimes::default(),
            visible: Visible::default(),
            questions: FuturesUnordered::new(),
            look_again: None,
        }
    }

    /// Follows until the link ends.
    pub(crate) async fn run(mut self, mut states: watch::Receiver<State>) {
        loop {
            tokio::select! {
                changed = states.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let state = states.borrow_and_update().clone();
                    self.enter(state);
                }
                Some(answer) = self.questions.next() => self.learn(answer),
                () = due(self.look_again) => {}
            }
            self.show();
        }
    }

    fn enter(&mut self, state: State) {
        let now = Instant::now();
        match &state {
            State::Connected { steps, .. } => {
                self.failure = None;
                self.judgement = None;
                self.lifetimes.began(now);
                self.questions.clear();
                self.ask_who_signed(steps.road.clone());
                self.asked = 0;
                self.ask_for_count();
            }
            State::Waiting { error, steps, .. } | State::Refused { error, steps } => {
                if let (Some(up), Error::Session(error)) = (steps.up, error) {
                    self.lifetimes.ended(up, error, now);
                }
                // What is known at once is said at once; what has to be looked into follows.
                self.failure = Some(of_error(error, &self.domain));
                self.count = None;
                self.questions.clear();
                self.ask_why(error.clone());
            }
            // What was said of the last try still holds while the next one is under way.
            State::Connecting { .. } | State::Closed => {}
        }
        self.state = state;
    }

    fn learn(&mut self, answer: Answer) {
        match answer {
            Answer::Explained(finding) => self.failure = Some(finding),
            Answer::Judged(judgement) => self.judgement = judgement.map(|judgement| *judgement),
            Answer::Counted(count) => {
                self.count = count;
                self.ask_for_count();
            }
        }
    }

    fn ask_why(&self, error: Error) {
        let (domain, dialer) = (self.domain.clone(), self.config.dialer.clone());
        let why = async move { explain(&error, &domain, &dialer, clock::now()).await };
        self.questions.push(Box::pin(async { Answer::Explained(why.await) }));
    }

    fn ask_who_signed(&self, road: longwire_dial::Trace) {
        let (dialer, origin) = (self.config.dialer.clone(), self.config.origin.clone());
        self.questions.push(Box::pin(async move {
            let judgement = look_into(&dialer, &origin, &road, clock::now()).await.judgement;
            Answer::Judged(judgement.map(Box::new))
        }));
    }

    fn ask_for_count(&mut self) {
        let counted = self.count == Some(1);
        let soon = FIRST_PAUSES.get(self.asked).filter(|_| !counted);
        let pause = soon.map_or(COUNT_PAUSE, |seconds| Duration::from_secs(*seconds));
        self.asked += 1;
        let config = self.config.clone();
        self.questions.push(Box::pin(async move {
            sleep(pause).await;
            let count = online(&config).await;
            Answer::Counted(
                count.inspect_err(|error| debug!(%error, "the platform's count is not known")).ok(),
            )
        }));
    }

    /// Shows how the link stands and what may be said of it by now.
    fn show(&mut self) {
        let Some(standing) = Standing::of(&self.state, &self.domain) else { return };
        let now = Instant::now();
        let (road, skew, connected) = match &self.state {
            State::Connected { steps, .. } => (Some(&steps.road), steps.skew, true),
            _ => (None, None, false),
        };
        let judgement = self.judgement.as_ref();
        let ca_file = judgement.and_then(|judgement| ca_file(judgement, ca_bundle().as_deref()));
        let events = self.shared.events_of(&self.id);
        let evidence = Evidence {
            domain: &self.domain,
            failure: self.failure.clone(),
            connected,
            count: self.count,
            events,
            road,
            judgement: self.judgement.as_ref(),
            ca_file: ca_file.as_deref(),
            skew,
            lifetimes: &self.lifetimes,
            now,
        };
        let shown = self.visible.show(evidence.findings(), connected, now);
        self.look_again =
            [shown.next, self.lifetimes.settles_at()].into_iter().flatten().filter(|at| *at > now).min();
        let intercepted = shown.findings.iter().any(|finding| finding.code == FindingCode::TlsIntercepted);
        self.shared.change_app(&self.id, |view| {
            standing.apply(view, clock::now_ms());
            view.findings = shown.findings;
            view.online = self.count.filter(|_| connected);
            let tls = view.hops.iter_mut().find(|hop| hop.kind == HopKind::Tls && intercepted);
            if let Some(hop) = tls.filter(|hop| hop.mark == Mark::Ok) {
                hop.mark = Mark::Warn;
            }
        });
    }
}

async fn due(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
