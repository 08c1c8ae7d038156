use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    routing::post,
};
use bytes::Bytes;
use http::HeaderMap;
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a bot may wait for what must come: far longer than it takes, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const PACE: Duration = Duration::from_millis(10);

/// A webhook that takes all it is posted, and remembers it. It ends when dropped.
pub struct Bot {
    url: String,
    inner: Inner,
    serving: JoinHandle<()>,
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
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("a bound socket"));
        let router =
            Router::new().route("/", post(take)).layer(DefaultBodyLimit::disable()).with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, inner, serving }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
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
        let came = timeout(PATIENCE, async {
            while self.posted().len() < count {
                sleep(PACE).await;
            }
        });
        assert!(came.await.is_ok(), "{} of {count} came", self.posted().len());
        self.posted()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(bot): State<Inner>, headers: HeaderMap, body: Bytes) -> &'static str {
    sleep(bot.slowest.mul_f64(fastrand::f64())).await;
    bot.posted.lock().expect("no test panics there").push(Posted { at: Instant::now(), headers, body });
    r#"{"msg":"success"}"#
}
