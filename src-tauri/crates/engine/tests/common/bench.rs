//! An engine's app on a platform whose certificate a CA signed that nobody knows.

use std::sync::Arc;

use longwire_contract::{AppDraft, AppId, Domain, Handler};
use longwire_engine::{Engine, Options};
use longwire_host::fake::MemoryStore;
use longwire_openplatform::{App, Authority, Leaf, Running, Simulator};
use secrecy::SecretString;

use crate::common::{options, secret};

pub(crate) const APP: &str = "cli_0000000000000001";

pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) platform: Running,
}

impl Bench {
    /// A platform with a certificate of a CA that nobody knows; its file is `ca.pem` in the folder.
    pub(crate) async fn new() -> Self {
        Self::presenting(Leaf::Good).await
    }

    /// The same, with another chain.
    pub(crate) async fn presenting(leaf: Leaf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new().unwrap();
        authority.save(&folder.path().join("ca.pem")).unwrap();
        let app = App::new(APP, SecretString::from("right"));
        let platform = Simulator::builder().app(app).tls(authority, leaf).start().await.unwrap();
        Self { folder, store: Arc::default(), platform }
    }

    pub(crate) fn options(&self) -> Options {
        options(&self.folder.path().join("data"), self.store.clone())
    }

    pub(crate) fn domain(&self) -> Domain {
        self.platform.url().parse().unwrap()
    }

    pub(crate) fn ca_file(&self) -> String {
        self.folder.path().join("ca.pem").display().to_string()
    }

    pub(crate) async fn engine(&self, proxy: Option<&str>) -> Engine {
        let engine = Engine::open(self.options()).await.unwrap();
        let draft = AppDraft {
            app_id: id(),
            app_secret: Some(secret("right")),
            secret_file: None,
            domain: self.domain(),
            name: String::new(),
            proxy: proxy.map(secret),
        };
        engine.app_add(draft).await.unwrap();
        engine
    }
}

pub(crate) fn id() -> AppId {
    APP.parse().unwrap()
}
