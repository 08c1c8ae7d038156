use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use longwire_dial::{Dialer, Origin, http::Connection, route::Route};
use tokio::time::Instant;

/// How much of the head of an answer is read.
const HEAD: usize = 64 << 10;
/// After how long without a request a connection is closed: before servers and what stands in between do it.
const IDLE: Duration = Duration::from_secs(20);
/// After how long a connection is not used again: the way there may be another one meanwhile.
const OLDEST: Duration = Duration::from_secs(60);
/// How many are kept at most.
const MOST: usize = 16;

/// Connections that are kept for the next request.
#[derive(Debug, Default)]
pub(super) struct Roads {
    idle: Mutex<Vec<Open>>,
}

/// A connection in use.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) connection: Connection,
    since: Instant,
    /// Whether it was used before: the other side may have closed it by now, which says nothing of the request.
    pub(super) used: bool,
}

impl Roads {
    /// One that is kept, or a new one; to this machine always straight.
    ///
    /// # Errors
    /// The error of the road, on one line and without a secret.
    pub(super) async fn open(&self, dialer: &Dialer, origin: &Origin) -> Result<Open, String> {
        if let Some(open) = self.kept(origin) {
            return Ok(open);
        }
        let road = if origin.is_this_machine() {
            dialer.dial_along(&Route::direct(), origin, &mut |_| {}).await
        } else {
            dialer.dial(origin).await
        };
        let road = road.map_err(|error| error.to_string())?;
        let connection = Connection::over(road, origin, HEAD, IDLE).await;
        let connection = connection.map_err(|cause| cause.to_string())?;
        Ok(Open { connection, since: Instant::now(), used: false })
    }

    /// Keeps it for the next request, where it can be used again.
    pub(super) fn keep(&self, open: Open) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Open::is_of_use);
        if idle.len() < MOST && open.is_of_use() {
            idle.push(Open { used: true, ..open });
        }
    }

    fn kept(&self, origin: &Origin) -> Option<Open> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Open::is_of_use);
        let at = idle.iter().rposition(|open| open.connection.origin() == origin)?;
        Some(idle.swap_remove(at))
    }
}

impl Open {
    fn is_of_use(&self) -> bool {
        self.connection.is_open() && self.since.elapsed() < OLDEST
    }
}
