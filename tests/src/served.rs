use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a test waits for what must come: far longer than it takes, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const PACE: Duration = Duration::from_millis(10);

/// A server on this machine, which takes what is as large as it likes. It ends when dropped.
pub(crate) struct Served {
    url: String,
    serving: JoinHandle<()>,
}

impl Served {
    /// Listens; its URL is that of this path.
    ///
    /// # Panics
    /// Where it cannot.
    pub(crate) async fn start(router: Router, path: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}{path}", listener.local_addr().expect("a bound socket"));
        let router = router.layer(DefaultBodyLimit::disable());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, serving }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// All that came, once that is so much.
///
/// # Panics
/// Where it does not come.
pub(crate) async fn until<T>(count: usize, came: impl Fn() -> Vec<T>) -> Vec<T> {
    let enough = timeout(PATIENCE, async {
        while came().len() < count {
            sleep(PACE).await;
        }
    });
    assert!(enough.await.is_ok(), "{} of {count} came", came().len());
    came()
}
