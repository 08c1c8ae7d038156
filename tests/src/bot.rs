use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Router, extract::State, routing::post};
use bytes::Bytes;
use http::HeaderMap;
use tokio::time::sleep;

use crate::served::{self, Served};

/// A webhook that takes all it is posted, and remembers it. It ends when dropped.
pub struct Bot {
    served: Served,
    inner: Inner,
}

/// What a bot was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// When.
    pub at: Instant,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

#[derive(Clone, Default)]
struct Inner {
    posted: Arc<Mutex<Vec<Posted>>>,
    slowest: Duration,
}

impl Bot {
    /// Listens.
    ///
    /// # Panics
    /// Where it cannot.
    pub async fn start() -> Self {
        Self::slow(Duration::ZERO).await
    }

    /// One that takes up to so long for each, now more and now less.
    ///
    /// # Panics
    /// Where it cannot listen.
    pub async fn slow(slowest: Duration) -> Self {
        let inner = Inner { slowest, ..Inner::default() };
        let router = Router::new().route("/", post(take)).with_state(inner.clone());
        Self { served: Served::start(router, "/").await, inner }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.served.url()
    }

    /// All it was posted so far, in order.
    pub fn posted(&self) -> Vec<Posted> {
        self.inner.posted.lock().expect("no test panics there").clone()
    }

    /// All it was posted, once that is so many.
    ///
    /// # Panics
    /// Where they do not come.
    pub async fn until(&self, count: usize) -> Vec<Posted> {
        served::until(count, || self.posted()).await
    }
}

async fn take(State(bot): State<Inner>, headers: HeaderMap, body: Bytes) -> &'static str {
    sleep(bot.slowest.mul_f64(fastrand::f64())).await;
    bot.posted.lock().expect("no test panics there").push(Posted { at: Instant::now(), headers, body });
    r#"{"msg":"success"}"#
}
