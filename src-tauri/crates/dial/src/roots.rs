use std::env;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::task::spawn_blocking;

use crate::ca_file::{self, RootsProblem};
use crate::cause::Cause;
use crate::recorder::Moment;
use crate::text;
use crate::trust::Trust;

/// Whose signature on a server's certificate is believed: the operating system's roots, and extra CA files.
///
/// Nothing is read before the first encrypted road is built: a program that stays on this machine never pays for it.
/// They are read again, without a restart, when the list of extra files, one of them, or what `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name has changed, and when a server was not trusted the last time, since its CA may have been trusted
/// in the meantime.
#[derive(Debug)]
pub struct Roots {
    source: RootSource,
    extra: Mutex<Vec<PathBuf>>,
    /// Trusted for origins alone.
    platform: Mutex<Vec<PathBuf>>,
    /// When one host's certificates are judged that is not judged now.
    moment: Option<Moment>,
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

/// The roots, still told apart by where they come from.
#[derive(Debug)]
pub(crate) struct Stores {
    /// The operating system's.
    pub(crate) system: RootCertStore,
    /// Those of our own files: the extra ones, and those for origins alone.
    pub(crate) extra: RootCertStore,
    /// The certificates of the latter, each with its file.
    pub(crate) own: Vec<(PathBuf, CertificateDer<'static>)>,
}

/// At whose certificate one looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Peer {
    /// The host at the end of a road: the CAs that are trusted for origins alone count.
    Origin,
    /// Who stands beside the road: a proxy, or whoever keeps a PAC script. They do not.
    Wayside,
}

#[derive(Clone, Debug)]
struct Loaded {
    stamps: Stamps,
    stores: Arc<Stores>,
    origin: Option<Arc<Trust>>,
    wayside: Option<Arc<Trust>>,
}

/// How what was read is recognised as changed.
#[derive(Clone, Debug, PartialEq)]
struct Stamps {
    extra: Vec<Stamp>,
    platform: Vec<Stamp>,
    system: Vec<Stamp>,
}

/// How a file is recognised as changed: its path, and its time and length where it is there.
type Stamp = (PathBuf, Option<(SystemTime, u64)>);

impl Roots {
    /// Roots from a source and from extra files, in any form that [`ca::read`](crate::ca::read) takes. Reads nothing yet.
    pub fn new(source: RootSource, extra: Vec<PathBuf>) -> Self {
        Self {
            source,
            extra: Mutex::new(extra),
            platform: Mutex::default(),
            moment: None,
            loaded: Mutex::default(),
            problems: Mutex::default(),
            doubted: AtomicBool::default(),
        }
    }

    /// Trusts these extra files in place of those before, from the next road on. Reads nothing yet.
    pub fn set_extra(&self, extra: Vec<PathBuf>) {
        *lock(&self.extra) = extra;
    }

    /// Trusts these CA files in place of those before, from the next road on, for the origins that roads lead to and for
    /// nothing on the way: neither for a proxy's own certificate nor for where a PAC script is kept. Reads nothing yet.
    pub fn set_platform(&self, files: Vec<PathBuf>) {
        *lock(&self.platform) = files;
    }

    /// Reads our own files alone, those for origins included, and says what is wrong with them, so that a mistake shows
    /// before a road is built. Blocks on the file system.
    pub fn check_extra(&self) -> Vec<RootsProblem> {
        let now = SystemTime::now();
        let files = [self.extra(), self.platform()].concat();
        files.iter().flat_map(|path| ca_file::read(path, now).1).collect()
    }

    /// What was wrong when the roots were last read; empty while they have not been needed.
    pub fn problems(&self) -> Vec<RootsProblem> {
        lock(&self.problems).clone()
    }

    /// Reads everything again for the next road, as after a server that was not trusted.
    pub fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    /// The same roots, with one host's certificates judged as if it were `time`: its issuer, name and signatures must be
    /// right all the same, and every other host is judged now.
    pub(crate) fn danger_at(&self, host: ServerName<'static>, time: UnixTime) -> Self {
        Self {
            platform: Mutex::new(self.platform()),
            moment: Some(Moment { host, time }),
            ..Self::new(self.source, self.extra())
        }
    }

    /// The extra files, as they are set now.
    pub fn extra(&self) -> Vec<PathBuf> {
        lock(&self.extra).clone()
    }

    fn platform(&self) -> Vec<PathBuf> {
        lock(&self.platform).clone()
    }

    fn refresh(&self) -> Loaded {
        let mut loaded = lock(&self.loaded);
        let doubted = self.doubted.swap(false, Ordering::Relaxed);
        let (extra, platform) = (self.extra(), self.platform());
        let stamps = self.stamps(&extra, &platform);
        if let Some(loaded) = loaded.as_ref().filter(|loaded| loaded.stamps == stamps && !doubted) {
            return loaded.clone();
        }
        let fresh = self.load(stamps, &extra, &platform);
        // Nothing is not kept: the next road looks again.
        let has_roots = fresh.origin.as_ref().is_some_and(|trust| trust.has_roots());
        *loaded = has_roots.then(|| fresh.clone());
        fresh
    }

    fn load(&self, stamps: Stamps, extra: &[PathBuf], platform: &[PathBuf]) -> Loaded {
        let mut system = RootCertStore::empty();
        let mut problems = Vec::new();
        if self.source == RootSource::System {
            let native = rustls_native_certs::load_native_certs();
            system.add_parsable_certificates(native.certs);
            let reasons = native.errors.iter().map(|error| text::line(&error.to_string()));
            problems.extend(reasons.map(|reason| RootsProblem::System { reason }));
        }
        let mut stores = Stores { system, extra: RootCertStore::empty(), own: Vec::new() };
        stores.add(extra, &mut problems);
        let wayside = self.trust(&stores);
        let origin = if platform.is_empty() {
            wayside.clone()
        } else {
            stores.add(platform, &mut problems);
            self.trust(&stores)
        };
        *lock(&self.problems) = problems;
        Loaded { stamps, stores: Arc::new(stores), origin, wayside }
    }

    fn trust(&self, stores: &Stores) -> Option<Arc<Trust>> {
        let mut all = stores.system.clone();
        all.extend(stores.extra.roots.iter().cloned());
        Trust::of(all, self.moment.clone()).map(Arc::new)
    }

    fn stamps(&self, extra: &[PathBuf], platform: &[PathBuf]) -> Stamps {
        let mut named = Vec::new();
        if self.source == RootSource::System {
            named.extend(env::var_os("SSL_CERT_FILE").map(PathBuf::from));
            named.extend(env::var_os("SSL_CERT_DIR").iter().flat_map(env::split_paths));
        }
        let all = |files: &[PathBuf]| files.iter().map(|path| (path.clone(), state(path))).collect();
        Stamps { extra: all(extra), platform: all(platform), system: all(&named) }
    }
}

impl Stores {
    /// Adds the CAs of files of our own.
    fn add(&mut self, files: &[PathBuf], problems: &mut Vec<RootsProblem>) {
        let now = SystemTime::now();
        for path in files {
            let (certificates, refused) = ca_file::read(path, now);
            problems.extend(refused);
            for certificate in certificates {
                match self.extra.add(certificate.clone()) {
                    Ok(()) => self.own.push((path.clone(), certificate)),
                    Err(error) => problems.push(RootsProblem::corrupt(path, &error.to_string())),
                }
            }
        }
    }
}

/// What a handshake needs of the roots as they are now, read where they must be, off the runtime's own threads.
pub(crate) async fn current(roots: &Arc<Roots>, peer: Peer) -> Result<Arc<Trust>, Cause> {
    let loaded = loaded(roots).await?;
    let trust = match peer {
        Peer::Origin => loaded.origin,
        Peer::Wayside => loaded.wayside,
    };
    trust.ok_or(Cause::NoRoots)
}

/// The roots as they are now, told apart, read where they must be, off the runtime's own threads.
pub(crate) async fn stores(roots: &Arc<Roots>) -> Result<Arc<Stores>, Cause> {
    Ok(loaded(roots).await?.stores)
}

async fn loaded(roots: &Arc<Roots>) -> Result<Loaded, Cause> {
    let roots = Arc::clone(roots);
    spawn_blocking(move || roots.refresh())
        .await
        .map_err(|error| Cause::Handshake(text::line(&error.to_string())))
}

fn state(path: &Path) -> Option<(SystemTime, u64)> {
    let about = path.metadata().ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
