use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::task::spawn_blocking;

use crate::ca_file::{self, RootsProblem};
use crate::cause::Cause;
use crate::recorder::{Recorder, Seen};
use crate::text;

/// Whose signature on a server's certificate is believed: the operating system's roots, and extra CA files.
///
/// Nothing is read before the first encrypted road is built: a program that stays on this machine never pays for it.
/// They are read again, without a restart, when an extra file (or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name) has
/// changed, and when a server was not trusted the last time, since its CA may have been trusted in the meantime.
#[derive(Debug)]
pub struct Roots {
    source: RootSource,
    extra: Vec<PathBuf>,
    /// Held while reading, so that several roads begun at once read once.
    loaded: Mutex<Option<Loaded>>,
    problems: Mutex<Vec<RootsProblem>>,
    /// Set where a server was not trusted; makes the next road read everything again.
    doubted: AtomicBool,
}

/// Where the roots come from that are not in extra files.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RootSource {
    /// The operating system's store, or `SSL_CERT_FILE` and `SSL_CERT_DIR` where they are set.
    System,
    /// Nowhere: the extra files alone are trusted. Tests use it, to leave the machine's store alone.
    ExtraOnly,
}

/// What a handshake needs of the roots.
#[derive(Debug)]
pub(crate) struct Trust {
    verifier: Arc<WebPkiServerVerifier>,
    config: ClientConfig,
}

#[derive(Debug)]
struct Loaded {
    stamps: Vec<Stamp>,
    trust: Arc<Trust>,
}

/// How a file is recognised as changed: its time and length; `None` where there is none.
type Stamp = Option<(SystemTime, u64)>;

impl Roots {
    /// Roots from a source and from extra files, PEM (with any number of certificates) or DER. Reads nothing yet.
    pub fn new(source: RootSource, extra: Vec<PathBuf>) -> Self {
        Self {
            source,
            extra,
            loaded: Mutex::default(),
            problems: Mutex::default(),
            doubted: AtomicBool::default(),
        }
    }

    /// Reads the extra files alone and says what is wrong with them, so that a mistake shows before a road is built.
    /// Blocks on the file system.
    pub fn check_extra(&self) -> Vec<RootsProblem> {
        let now = SystemTime::now();
        self.extra.iter().flat_map(|path| ca_file::read(path, now).1).collect()
    }

    /// What was wrong when the roots were last read; empty while they have not been needed.
    pub fn problems(&self) -> Vec<RootsProblem> {
        lock(&self.problems).clone()
    }

    /// A server was not trusted: read everything again for the next road.
    pub(crate) fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    fn refresh(&self) -> Option<Arc<Trust>> {
        let mut loaded = lock(&self.loaded);
        let doubted = self.doubted.swap(false, Ordering::Relaxed);
        let stamps = self.stamps();
        if let Some(loaded) = loaded.as_ref().filter(|loaded| loaded.stamps == stamps && !doubted) {
            return Some(Arc::clone(&loaded.trust));
        }
        let (store, problems) = self.load();
        *lock(&self.problems) = problems;
        // An empty store is not kept: the next road looks again.
        *loaded = Trust::of(store).map(|trust| Loaded { stamps, trust: Arc::new(trust) });
        loaded.as_ref().map(|loaded| Arc::clone(&loaded.trust))
    }

    fn load(&self) -> (RootCertStore, Vec<RootsProblem>) {
        let (mut store, mut problems) = (RootCertStore::empty(), Vec::new());
        if self.source == RootSource::System {
            let system = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(system.certs);
            let reasons = system.errors.iter().map(|error| text::line(&error.to_string()));
            problems.extend(reasons.map(|reason| RootsProblem::System { reason }));
        }
        let now = SystemTime::now();
        for path in &self.extra {
            let (certificates, refused) = ca_file::read(path, now);
            problems.extend(refused);
            for certificate in certificates {
                if let Err(error) = store.add(certificate) {
                    problems.push(RootsProblem::Corrupt {
                        path: path.clone(),
                        reason: text::line(&error.to_string()),
                    });
                }
            }
        }
        (store, problems)
    }

    fn stamps(&self) -> Vec<Stamp> {
        let mut named = Vec::new();
        if self.source == RootSource::System {
            named.extend(env::var_os("SSL_CERT_FILE").map(PathBuf::from));
            named.extend(env::var_os("SSL_CERT_DIR").iter().flat_map(env::split_paths));
        }
        self.extra.iter().chain(&named).map(|path| stamp(path)).collect()
    }
}

/// The roots as they are now, read where they must be, off the runtime's own threads.
pub(crate) async fn current(roots: &Arc<Roots>) -> Result<Arc<Trust>, Cause> {
    let roots = Arc::clone(roots);
    match spawn_blocking(move || roots.refresh()).await {
        Ok(trust) => trust.ok_or(Cause::NoRoots),
        Err(error) => Err(Cause::Handshake(text::line(&error.to_string()))),
    }
}

impl Trust {
    /// `None` for an empty store, or one that cannot be used.
    fn of(store: RootCertStore) -> Option<Self> {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
            .build()
            .ok()?;
        // "dangerous" is how rustls names every verifier that is not its own; ours refuses all that its own refuses.
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Recorder::new(Arc::clone(&verifier), Arc::default())))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session is not verified again, and shows no chain. Our connections are few and long.
        config.resumption = Resumption::disabled();
        Some(Self { verifier, config })
    }

    /// The settings of one handshake, which writes down whom it meets. The roots behind them are shared.
    pub(crate) fn config(&self, seen: &Arc<Seen>) -> Arc<ClientConfig> {
        let mut config = self.config.clone();
        let recorder = Recorder::new(Arc::clone(&self.verifier), Arc::clone(seen));
        config.dangerous().set_certificate_verifier(Arc::new(recorder));
        Arc::new(config)
    }
}

fn stamp(path: &Path) -> Stamp {
    let about = path.metadata().ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
