//! The machine, over real sockets, with an installer that installs nothing.

mod fetching;
mod installing;
mod looking;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use longwire_contract::{Release, Snapshot, UpdateState, UpdateView};
use longwire_dial::route::Environment;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Duration, advance, pause, resume, timeout},
};

use super::{Ground, Installer, NotInstalled, Offer, Package, Updates, Ways};
use crate::surroundings::Roads;

/// What a package has to be.
const GENUINE: &str = "the program";
const HOUR: Duration = Duration::from_secs(3600);

/// Knows versions by their text alone; this one is 0.1.0.
#[derive(Default)]
struct Fake {
    installed: Mutex<Vec<String>>,
    restarts: AtomicUsize,
    full: AtomicBool,
    /// Where this version is left by what fails.
    aside: Mutex<Option<PathBuf>>,
    /// Held while nothing is to be put in place yet.
    gate: tokio::sync::Mutex<()>,
}

struct FakePackage(Arc<Fake>);

impl Installer for Arc<Fake> {
    fn offered(&self, manifest: &Value) -> Result<Option<Offer>, String> {
        let text = |key: &str| manifest[key].as_str().map(str::to_owned).ok_or(format!("no {key}"));
        let release = Release { version: text("version")?, notes: text("notes")?, published_ms: None };
        if *release.version <= *"0.1.0" {
            return Ok(None);
        }
        Ok(Some(Offer { release, url: text("url")?, package: Arc::new(FakePackage(self.clone())) }))
    }

    fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::SeqCst);
    }
}

impl Package for FakePackage {
    fn verify(&self, bytes: &[u8]) -> Result<(), String> {
        if bytes == GENUINE.as_bytes() { Ok(()) } else { Err("signed by nobody".repeat(100)) }
    }

    fn install(&self, bytes: &[u8]) -> Result<(), NotInstalled> {
        let _open = self.0.gate.blocking_lock();
        if let Some(path) = self.0.aside.lock().unwrap().clone() {
            return Err(NotInstalled::Aside(path));
        }
        if self.0.full.load(Ordering::SeqCst) {
            return Err(NotInstalled::Refused("no room".into()));
        }
        self.0.installed.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
        Ok(())
    }
}

/// What the server says at a path.
type Page = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// A server on this machine. What it says can be changed; it may say half of it.
#[derive(Clone)]
struct Server {
    url: String,
    page: Arc<Mutex<Page>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let nothing: Page = Arc::new(|_| answer("404 Not Found", &[], b""));
        let server = Self { url, page: Arc::new(Mutex::new(nothing)), asked: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        server
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        self.asked.lock().unwrap().push(head);
        let page = self.page.lock().unwrap().clone();
        stream.write_all(&page(&path)).await.ok();
        if path.ends_with("silent") {
            stream.read_u8().await.ok();
        }
    }

    fn says(&self, page: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) {
        *self.page.lock().unwrap() = Arc::new(page);
    }

    /// Announces a version, whose package is these bytes.
    fn announces(&self, version: &str, package: &'static str) {
        let manifest = json!({
            "version": version, "notes": "**New**", "url": format!("{}/package", self.url),
        });
        self.says(move |path| match path {
            "/latest.json" => answer("200 OK", &[], manifest.to_string().as_bytes()),
            _ => answer("200 OK", &[], package.as_bytes()),
        });
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut whole = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        whole.push_str(&format!("{name}: {value}\r\n"));
    }
    whole.push_str("\r\n");
    [whole.as_bytes(), body].concat()
}

struct World {
    server: Server,
    fake: Arc<Fake>,
    updates: Updates,
    snapshot: watch::Sender<Arc<Snapshot>>,
}

impl World {
    async fn new() -> Self {
        let (server, fake) = (Server::start().await, Arc::<Fake>::default());
        let address = format!("{}/latest.json", server.url);
        let updates = Updates::new(&address, Arc::new(fake.clone())).unwrap();
        let snapshot = watch::Sender::new(Arc::default());
        let roads = Roads::new(vec![], Environment::default(), watch::channel(Arc::default()).1);
        updates.stand_on(Ground { snapshots: snapshot.subscribe(), ways: Ways::Engine(roads) });
        Self { server, fake, updates, snapshot }
    }

    /// The same, looking by itself.
    async fn awake() -> Self {
        let world = Self::new().await;
        tokio::spawn(world.updates.clone().look_after());
        tokio::task::yield_now().await;
        world
    }

    fn engine(&self, change: impl FnOnce(&mut Snapshot)) {
        self.snapshot.send_modify(|snapshot| change(Arc::make_mut(snapshot)));
    }

    /// Waits until it stands so.
    async fn until(&self, stands: impl Fn(&UpdateView) -> bool) -> UpdateView {
        let mut views = self.updates.views();
        let view = timeout(Duration::from_secs(20), views.wait_for(|view| stands(view))).await;
        view.unwrap_or_else(|_| panic!("{:?}", self.updates.view())).unwrap().clone()
    }

    async fn until_idle(&self) -> UpdateView {
        self.until(|view| view.state == UpdateState::Idle).await
    }

    /// Looks, and waits for what comes of it.
    async fn look(&self) -> UpdateView {
        self.updates.check();
        self.until_idle().await
    }
}

/// Time goes by, in which nothing is waited for that comes over a socket.
async fn later(time: Duration) {
    pause();
    advance(time).await;
    resume();
    tokio::task::yield_now().await;
}
