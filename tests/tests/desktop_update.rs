//! The app's own update, from a server on this machine: what is genuine takes the app's place and runs there, and nothing else does.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    io::Cursor,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::State, http::Uri, response::Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use longwire_contract::{FaultCode, ReleaseRef, Snapshot, UpdateState, call};
use longwire_engine::Client;
use longwire_tests::{
    Process,
    desktop::{Session, eventually},
    program,
};
use minisign::KeyPair;
use serde_json::json;

/// What a package begins with that can be run.
const ELF: &[u8] = b"\x7fELF and no more";

/// A server of updates. What it announces can be changed.
struct Server {
    url: String,
    said: Arc<Mutex<Said>>,
}

#[derive(Clone, Default)]
struct Said {
    manifest: String,
    package: Bytes,
}

impl Server {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let said = Arc::<Mutex<Said>>::default();
        let router = Router::new().fallback(answer).with_state(said.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, said }
    }

    fn address(&self) -> String {
        format!("{}/latest.json", self.url)
    }

    fn announces(&self, version: &str, signature: &str, package: impl Into<Bytes>) {
        let here = format!("linux-{}", std::env::consts::ARCH);
        let package_url = format!("{}/package", self.url);
        let manifest = json!({
            "version": version,
            "notes": "* It holds *longer*.",
            "pub_date": "2026-11-23T04:05:06Z",
            "platforms": { here: { "url": package_url, "signature": signature } },
        });
        *self.said.lock().unwrap() = Said { manifest: manifest.to_string(), package: package.into() };
    }
}

async fn answer(State(said): State<Arc<Mutex<Said>>>, uri: Uri) -> Response {
    let said = said.lock().unwrap().clone();
    Response::new(if uri.path() == "/latest.json" { said.manifest.into() } else { Body::from(said.package) })
}

/// As Tauri's own command signs: the trusted comment names the version, where there is one.
fn signed(key: &KeyPair, bytes: &[u8], version: Option<&str>) -> String {
    let version = version.map(|version| format!("\tversion:{version}")).unwrap_or_default();
    let comment = format!("timestamp:1763870706\tfile:Longwire.AppImage{version}");
    let signature = minisign::sign(Some(&key.pk), &key.sk, Cursor::new(bytes), Some(&comment), None);
    STANDARD.encode(signature.unwrap().into_string())
}

/// A public key as Tauri's own command writes it.
fn public(key: &KeyPair) -> String {
    STANDARD.encode(key.pk.to_box().unwrap().into_string())
}

/// An app that runs as an AppImage does, from a file of its own.
struct Installed<'a> {
    session: &'a Session,
    file: PathBuf,
    app: Process,
}

impl<'a> Installed<'a> {
    fn start(session: &'a Session, server: &Server, key: &KeyPair, arguments: &[&'static str]) -> Self {
        let folder = session.home().join("apps");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("Longwire.AppImage");
        fs::copy(program("longwire-app"), &file).unwrap();
        let start = session.program(file.clone()).variable("LONGWIRE_DATA_DIR", session.data_dir());
        let start = start.variable("APPIMAGE", &file).variable("APPDIR", &folder);
        let start = start.variable("LONGWIRE_UPDATE_URL", server.address());
        let start = start.variable("LONGWIRE_UPDATE_KEY", public(key));
        let app = start.arguments(arguments.iter().copied()).run();
        Self { session, file, app }
    }

    /// What the engine says, once it stands so.
    async fn until(&self, what: &str, stands: impl Fn(&Snapshot) -> bool) -> Snapshot {
        eventually(what, async || {
            let mut engine = Client::connect(&self.session.data_dir()).await.ok()?;
            let snapshot = engine.call::<call::ReadSnapshot>(&()).await.ok()?;
            stands(&snapshot).then_some(snapshot)
        })
        .await
    }

    /// Looks for updates, and waits for what comes of it.
    async fn look(&self) -> Snapshot {
        self.until("the engine", |_| true).await;
        let mut engine = Client::connect(&self.session.data_dir()).await.unwrap();
        engine.call::<call::CheckUpdate>(&()).await.unwrap();
        self.until("the look", |snapshot| snapshot.update.state == UpdateState::Idle).await
    }

    async fn install(&self, version: &str) {
        let mut engine = Client::connect(&self.session.data_dir()).await.unwrap();
        let release = ReleaseRef { version: version.to_owned() };
        engine.call::<call::InstallUpdate>(&release).await.unwrap();
    }

    /// What is in the app's folder beside the app.
    fn litter(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.file.parent().unwrap()).unwrap();
        entries.map(|entry| entry.unwrap().path()).filter(|path| *path != self.file).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_version_takes_the_place_of_the_app_and_runs_there() {
    let session = Session::start("en_GB.UTF-8").await;
    let (server, key) = (Server::start().await, KeyPair::generate_unencrypted_keypair().unwrap());
    let mut installed = Installed::start(&session, &server, &key, &[]);
    let mut next = fs::read(&installed.file).unwrap();
    next.extend_from_slice(b"the next version");
    server.announces("9.9.9", &signed(&key, &next, Some("9.9.9")), next.clone());

    let seen = installed.look().await;
    let release = seen.update.release.clone().expect("there is one");
    assert_eq!((release.version.as_str(), release.notes.as_str()), ("9.9.9", "* It holds *longer*."));
    assert_eq!(release.published_ms, Some(1_795_406_706_000));
    assert_eq!(seen.pid, installed.app.pid());
    let tray = session.tray_icon().await;
    assert!(tray.line("Update to 9.9.9…").await.enabled);
    eventually("the window", async || session.shows_window().then_some(())).await;

    installed.install("9.9.9").await;
    let now = installed.until("another process", |now| now.pid != seen.pid).await;
    eventually("the old one's end", async || (!installed.app.is_running()).then_some(())).await;
    assert!(fs::read(&installed.file).unwrap() == next, "the file is the new one");
    let runs = fs::read_link(format!("/proc/{}/exe", now.pid)).unwrap();
    assert_eq!(runs, installed.file, "and it is what runs");
    assert_eq!(installed.litter(), Vec::<PathBuf>::new());
    assert_eq!(now.program, "Longwire");
    eventually("its window", async || session.shows_window().then_some(())).await;

    // Closed to the tray, it comes back there.
    session.close_window();
    eventually("the window is closed", async || (!session.shows_window()).then_some(())).await;
    let seen = installed.look().await;
    installed.install("9.9.9").await;
    let now = installed.until("a third process", |now| now.pid != seen.pid).await;
    let command = fs::read(format!("/proc/{}/cmdline", now.pid)).unwrap();
    assert!(String::from_utf8_lossy(&command).ends_with("Longwire.AppImage\0--hidden\0"), "{command:?}");
    assert!(!session.shows_window());
    // Nobody else ends it: it is no child of ours.
    assert!(Command::new("kill").arg(now.pid.to_string()).status().unwrap().success());
    session.without_app().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_genuine_or_older_leaves_the_app_as_it_was() {
    let session = Session::start("zh_CN.UTF-8").await;
    let (server, key) = (Server::start().await, KeyPair::generate_unencrypted_keypair().unwrap());
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    let mut installed = Installed::start(&session, &server, &key, &["--hidden"]);
    let before = fs::read(&installed.file).unwrap();

    let version = Some("9.9.9");
    let text = b"#!/bin/sh\necho pwned\n";
    for (case, signature, package, expected) in [
        ("another's signature", signed(&stranger, ELF, version), ELF, "not ours"),
        ("a signature of something else", signed(&key, b"else", version), ELF, "not ours"),
        ("not all of it", signed(&key, ELF, version), &ELF[..10], "not that of these bytes"),
        ("nothing of it", signed(&key, ELF, version), b"", "not that of these bytes"),
        ("an older version as a newer one", signed(&key, ELF, Some("0.0.9")), ELF, "signed as version 0.0.9"),
        ("a signature without a version", signed(&key, ELF, None), ELF, "names no version"),
        ("no signature", String::new(), ELF, "signature"),
        ("no program", signed(&key, text, version), text, "no package for this machine"),
    ] {
        server.announces("9.9.9", &signature, package);
        let seen = installed.look().await;
        assert!(seen.update.release.is_some() && seen.update.trouble.is_none(), "{case}: {:?}", seen.update);
        installed.install("9.9.9").await;
        let told = installed.until(case, |now| now.update.trouble.is_some()).await;
        let trouble = told.update.trouble.unwrap();
        assert_eq!(trouble.code, FaultCode::UpdateNotGenuine, "{case}: {trouble:?}");
        assert!(trouble.values["error"].contains(expected), "{case}: {trouble:?}");
        assert_eq!((told.update.state, told.pid), (UpdateState::Idle, seen.pid), "{case}");
        assert!(fs::read(&installed.file).unwrap() == before, "{case}");
        assert_eq!(installed.litter(), Vec::<PathBuf>::new(), "{case}");
    }

    // Genuine, and this machine has no place for it.
    server.announces("9.9.9", &signed(&key, ELF, version), ELF);
    let aside = installed.file.with_extension("aside");
    fs::rename(&installed.file, &aside).unwrap();
    installed.look().await;
    installed.install("9.9.9").await;
    let told = installed.until("no place", |now| now.update.trouble.is_some()).await;
    assert_eq!(told.update.trouble.unwrap().code, FaultCode::UpdateNotInstalled);
    fs::rename(&aside, &installed.file).unwrap();

    for older in ["0.0.9", "0.1.0"] {
        server.announces(older, &signed(&key, ELF, Some(older)), ELF);
        let seen = installed.look().await;
        assert_eq!((seen.update.release, seen.update.trouble), (None, None), "{older}");
    }
    assert!(installed.app.is_running());
    installed.app.signal("TERM");
    assert_eq!(installed.app.end().code, Some(0));
    assert!(fs::read(&installed.file).unwrap() == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_another_ones_image_has_started_does_not_update_itself() {
    let session = Session::start("en_GB.UTF-8").await;
    let (server, key) = (Server::start().await, KeyPair::generate_unencrypted_keypair().unwrap());
    // It was built to look, and inherits what a terminal was told that is an AppImage: it does not run from within that.
    let start = session.app().variable("APPIMAGE", session.home().join("Terminal.AppImage"));
    let start = start.variable("APPDIR", session.home().join("mounted"));
    let start = start.variable("LONGWIRE_UPDATE_URL", server.address());
    let start = start.variable("LONGWIRE_UPDATE_KEY", public(&key));
    let app = start.arguments(["--hidden"]).run();
    let mut engine = eventually("the engine", async || Client::connect(&session.data_dir()).await.ok()).await;
    let snapshot = engine.call::<call::ReadSnapshot>(&()).await.unwrap();
    assert!(matches!(snapshot.update.state, UpdateState::Off { .. }), "{:?}", snapshot.update);
    let fault = engine.call::<call::CheckUpdate>(&()).await.unwrap_err();
    assert_eq!(fault.code, FaultCode::UpdatesOff);
    app.signal("TERM");
    assert_eq!(app.end().code, Some(0));
}
