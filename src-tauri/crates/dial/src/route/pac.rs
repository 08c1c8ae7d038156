//! PAC scripts: fetched, kept for a while, and asked in a sandbox.

mod calendar;
mod fault;
mod fetch;
mod functions;
mod memory;
mod place;
mod sandbox;
#[cfg(test)]
mod tests;
mod thinking;
mod verdict;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout_at};

pub use fault::PacFault;
pub use place::{PacPlace, PacPlaceError};

use memory::{Memory, Question};
use thinking::Thought;

use crate::origin::Origin;
use crate::roots::Roots;
use crate::route::{SystemProxies, Way};

/// The largest script that is read, in bytes. Lists of blocked hosts come near it.
const LARGEST: usize = 1 << 20;

/// How long a script may take, being fetched and thinking, where nothing else is said.
pub(super) const ALLOWED: Duration = Duration::from_secs(5);

/// How long a script that was fetched is kept.
const KEPT: Duration = Duration::from_secs(5 * 60);

/// The most scripts that think at once.
const AT_ONCE: usize = 4;

/// The scripts that were fetched, and what asking them takes.
#[derive(Debug)]
pub(super) struct Pac {
    pub(super) roots: Arc<Roots>,
    pub(super) allowed: Duration,
    /// Held while fetching, so that several roads begun at once fetch once.
    kept: Mutex<Kept>,
    failed: Mutex<Memory>,
    thinking: Arc<Semaphore>,
}

/// What was fetched under the same settings of the system. When they change, the network may have changed too, and the
/// same URL may lead to another script.
#[derive(Debug, Default)]
struct Kept {
    settings: Option<Arc<SystemProxies>>,
    scripts: HashMap<PacPlace, (Arc<str>, Instant)>,
}

impl Pac {
    /// Trusting these roots where a script is fetched over TLS.
    pub(super) fn new(roots: Arc<Roots>, allowed: Duration) -> Self {
        let thinking = Arc::new(Semaphore::new(AT_ONCE));
        Self { roots, allowed, kept: Mutex::default(), failed: Mutex::default(), thinking }
    }

    /// The ways that the script says lead to an origin.
    pub(super) async fn ways(
        &self,
        place: &PacPlace,
        settings: &Arc<SystemProxies>,
        origin: &Origin,
    ) -> Result<Vec<Way>, PacFault> {
        let deadline = Instant::now() + self.allowed;
        let timed_out = PacFault::TimedOut(self.allowed);
        let fetched = timeout_at(deadline, self.script(place, settings)).await;
        let script = fetched.unwrap_or_else(|_| Err(timed_out.clone()))?;
        // No path: what the requests are for is nobody's business, and a host's requests all take one road.
        let url = format!("{origin}/");
        let question = Question { settings: Arc::clone(settings), script, url };
        if let Some(fault) = self.failed.lock().await.of(&question) {
            return Err(fault);
        }
        let (script, url, host) =
            (Arc::clone(&question.script), question.url.clone(), origin.host().into_owned());
        let thought = Thought::default();
        let asked =
            thinking::ask(script, url, host, deadline.into_std(), self.allowed, &self.thinking, &thought);
        let answer = timeout_at(deadline, asked).await.unwrap_or(Err(timed_out));
        if let Err(fault) = &answer
            && thought.would_fail_again(fault)
        {
            self.failed.lock().await.keep(question, fault.clone());
        }
        verdict::ways(&answer?)
    }

    async fn script(&self, place: &PacPlace, settings: &Arc<SystemProxies>) -> Result<Arc<str>, PacFault> {
        let mut kept = self.kept.lock().await;
        if !kept.settings.as_ref().is_some_and(|known| Arc::ptr_eq(known, settings)) {
            *kept = Kept { settings: Some(Arc::clone(settings)), scripts: HashMap::new() };
        }
        if let Some((script, fetched)) = kept.scripts.get(place)
            && fetched.elapsed() < KEPT
        {
            return Ok(Arc::clone(script));
        }
        let script = fetch::fetch(place, &self.roots).await?;
        // A file is read each time: it costs nothing, and whoever edits it sees at once what that does.
        if !place.is_file() {
            kept.scripts.insert(place.clone(), (Arc::clone(&script), Instant::now()));
        }
        Ok(script)
    }
}
