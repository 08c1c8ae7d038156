use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::origin::{Origin, Scheme};
use crate::proxy::ProxyError;
use crate::roots::{RootSource, Roots};
use crate::route::pac::{self, Pac, PacFault, PacPlaceError};
use crate::route::voice::{Says, Voice};
use crate::route::{Choice, Environment, Route, Rule, Source, SystemProxies, Way, Why};

/// Decides which way each road takes. Cheap to clone; the clones share the PAC scripts that were fetched.
#[derive(Clone, Debug)]
pub struct Router {
    choice: Choice,
    environment: Environment,
    /// Sent by whoever reads the system's settings; absent where they do not matter. A sender that is gone leaves them as
    /// they were.
    system: Option<watch::Receiver<Arc<SystemProxies>>>,
    pac: Arc<Pac>,
}

/// The way cannot be decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {fault}", why.source)]
pub struct Unrouted {
    /// Who was to decide it.
    pub why: Why,
    /// What is wrong.
    pub fault: RouteFault,
}

/// What is wrong where the way cannot be decided.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RouteFault {
    /// What should name a proxy does not.
    #[error(transparent)]
    NotAProxy(#[from] ProxyError),
    /// What should name a PAC script does not.
    #[error(transparent)]
    NotAPacPlace(#[from] PacPlaceError),
    /// The PAC script does not say.
    #[error(transparent)]
    Pac(#[from] PacFault),
}

impl Router {
    /// Straight to everywhere.
    pub fn direct() -> Self {
        Self {
            choice: Choice::Auto,
            environment: Environment::default(),
            system: None,
            pac: Arc::new(Pac::new(system_roots(), pac::ALLOWED)),
        }
    }

    /// As the user chose; `auto` is the environment, then the system's settings, then straight. The settings are taken as
    /// they are at the time of each question; whenever they are sent, PAC scripts are fetched anew.
    pub fn new(
        choice: Choice,
        environment: Environment,
        system: watch::Receiver<Arc<SystemProxies>>,
    ) -> Self {
        Self { choice, environment, system: Some(system), ..Self::direct() }
    }

    /// The same, where the user chooses otherwise.
    pub fn with_choice(&self, choice: Choice) -> Self {
        Self { choice, ..self.clone() }
    }

    /// The same, trusting these roots where a PAC script is fetched over `https`; else it is the operating system's.
    pub fn with_roots(self, roots: Arc<Roots>) -> Self {
        Self { pac: Arc::new(Pac::new(roots, self.pac.allowed)), ..self }
    }

    /// The same, with another time for a PAC script to be fetched and to answer, both together. It is 5 s else.
    pub fn with_pac_deadline(self, allowed: Duration) -> Self {
        Self { pac: Arc::new(Pac::new(Arc::clone(&self.pac.roots), allowed)), ..self }
    }

    /// The ways to an origin, and why these.
    ///
    /// # Errors
    /// [`Unrouted`] where what should decide it is wrong or does not answer. Nothing else is asked then: whoever set a
    /// proxy may not want a road without it.
    pub async fn route(&self, origin: &Origin) -> Result<Route, Unrouted> {
        let settings = self.settings();
        let voices = Voice::all(&self.choice, &self.environment, &settings, origin);
        let Some(voice) = voices.into_iter().next() else { return Ok(straight(origin)) };
        match voice.unless {
            Some((source, rule)) => Ok(Route::straight(Why { source, pac: None, rule: Some(rule) })),
            None => self.follow(voice, &settings, origin).await,
        }
    }

    /// The other ways there are to an origin, one each, with why they exist: each proxy that is set somewhere and not
    /// taken, and straight where a proxy is taken. None where the road stays on this machine.
    pub async fn others(&self, origin: &Origin) -> Vec<Route> {
        let mut others = Vec::<Route>::new();
        if origin.scheme() == Scheme::Plain {
            return others;
        }
        let taken = self.route(origin).await.map(|route| route.ways).unwrap_or_default();
        let mut add = |way: Way, why: Why| {
            if !taken.contains(&way) && !others.iter().any(|other| other.ways.contains(&way)) {
                others.push(Route { ways: vec![way], why });
            }
        };
        let settings = self.settings();
        let all = |choice| Voice::all(choice, &self.environment, &settings, origin);
        let mut voices = all(&self.choice);
        // The first one was followed: what it says is taken, or it says nothing.
        if voices.first().is_some_and(|voice| voice.unless.is_none()) {
            voices.remove(0);
        }
        if self.choice != Choice::Auto {
            voices.extend(all(&Choice::Auto));
        }
        for voice in voices {
            if matches!(voice.unless, Some((_, Rule::ThisMachine))) {
                continue;
            }
            let Ok(Route { ways, why }) = self.follow(voice, &settings, origin).await else { continue };
            for way in ways.into_iter().filter(|way| *way != Way::Direct) {
                add(way, why.clone());
            }
        }
        // Nobody says so: it is what the user would have to.
        add(Way::Direct, Why { source: Source::Given, pac: None, rule: None });
        others
    }

    /// What a voice says, exceptions aside.
    async fn follow(
        &self,
        voice: Voice,
        settings: &Arc<SystemProxies>,
        origin: &Origin,
    ) -> Result<Route, Unrouted> {
        let mut why = Why { source: voice.source, pac: None, rule: None };
        let ways = match voice.says {
            Says::Direct => Ok(vec![Way::Direct]),
            Says::Proxy(proxy) => proxy.map(|proxy| vec![Way::Through(proxy)]).map_err(RouteFault::from),
            Says::Pac(Err(fault)) => Err(fault.into()),
            Says::Pac(Ok(place)) => {
                why.pac = Some(place.to_string());
                self.pac.ways(&place, settings, origin).await.map_err(RouteFault::from)
            }
        };
        match ways {
            Ok(ways) => Ok(Route { ways, why }),
            Err(fault) => Err(Unrouted { why, fault }),
        }
    }

    fn settings(&self) -> Arc<SystemProxies> {
        self.system.as_ref().map(|system| Arc::clone(&system.borrow())).unwrap_or_default()
    }
}

/// Nobody says anything.
fn straight(origin: &Origin) -> Route {
    let rule = (origin.scheme() == Scheme::Plain).then_some(Rule::ThisMachine);
    Route::straight(Why { source: Source::Nobody, pac: None, rule })
}

/// The operating system's, read only when they are needed.
fn system_roots() -> Arc<Roots> {
    Arc::new(Roots::new(RootSource::System, Vec::new()))
}
