//! What the tests of the engine have in common.

// Helpers of tests fail as tests do.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{path::Path, sync::Arc};

use longwire_contract::{Language, Secret, Snapshot};
use longwire_dial::route::Environment;
use longwire_engine::{Engine, Machine, Options};
use longwire_host::fake::MemoryStore;
use secrecy::SecretString;
use tokio::time::{Duration, timeout};

/// An engine of the test's own: nothing of this machine's proxies and secrets.
pub(crate) fn options(data_dir: &Path, secrets: Arc<MemoryStore>) -> Options {
    let machine = Machine { data_dir: data_dir.to_owned(), system_language: Language::English };
    Options { secrets, environment: Environment::default(), system: false, ..Options::new(&machine, "test") }
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::from(SecretString::from(text))
}

/// Waits until the engine shows what is wanted.
pub(crate) async fn until(engine: &Engine, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let mut snapshots = engine.snapshots();
    let reached = timeout(Duration::from_secs(20), snapshots.wait_for(|snapshot| wanted(snapshot))).await;
    match reached {
        Ok(snapshot) => snapshot.unwrap().clone(),
        Err(_) => panic!("never reached; last: {:#?}", engine.snapshots().borrow()),
    }
}
