use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{Notifications, TrayIcon, Window, eventually, screen::Screen, webkit};
use crate::{Process, Sandbox, process::Start};

/// A desktop session: Xvfb, a session bus, Xfce's panel as the tray's host, dunst, and GNOME's keyring, unlocked.
pub struct Session {
    // In the order in which they end: the screen and the bus last.
    _others: Vec<Process>,
    dunst: Process,
    _bus_daemon: Process,
    _xvfb: Process,
    bus: zbus::Connection,
    variables: Vec<(String, String)>,
    display: String,
    dir: TempDir,
}

/// One panel at the top of the screen with the tray in it; without this the panel's first start lays out more.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="26"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
    <property name="plugin-3" type="string" value="clock"/>
  </property>
</channel>
"#;

impl Session {
    /// Starts a session that speaks the language of `locale`, such as `en_GB.UTF-8`, and waits until a tray icon can
    /// be shown and a secret kept.
    ///
    /// # Panics
    /// Where a part of it is not installed or does not start.
    pub async fn start(locale: &str) -> Self {
        Self::with(locale, &[]).await
    }

    /// The same in a test's sandbox.
    ///
    /// # Panics
    /// As [`Session::start`].
    pub async fn start_in(_: &Sandbox, locale: &str) -> Self {
        // A screen is known to be taken by a socket of this network and by a process of this namespace: here neither says
        // anything of the screens outside, whose sockets and locks lie in the folder that is shared with them.
        let mount = "mkdir -p /tmp/.X11-unix && mount -t tmpfs tmpfs /tmp/.X11-unix";
        let mounted = Process::start("sh".into()).arguments(["-c", mount]).run().end();
        assert_eq!(mounted.code, Some(0), "{}", mounted.stderr);
        Self::with(locale, &["-nolock"]).await
    }

    async fn with(locale: &str, screen: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = |name: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(&path).unwrap();
            path.to_str().expect("a path in UTF-8").to_owned()
        };
        let mut variables: Vec<(String, String)> = [
            ("HOME", folder("home")),
            ("XDG_RUNTIME_DIR", folder("run")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_DATA_HOME", folder("share")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("XDG_SESSION_TYPE", "x11".to_owned()),
            ("LANG", locale.to_owned()),
            // No accessibility bus: nothing here reads it, and it is one more thing to start.
            ("NO_AT_BRIDGE", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        fs::set_permissions(folder("run"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::write(
            Path::new(&folder("config/xfce4/xfconf/xfce-perchannel-xml")).join("xfce4-panel.xml"),
            PANEL,
        )
        .unwrap();
        let password = dir.path().join("password");
        fs::write(&password, "a password for the keyring").unwrap();

        let xvfb = start("Xvfb", &variables)
            .arguments(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
            .arguments(screen.iter().copied())
            .run();
        let display = format!(":{}", xvfb.stdout_line("").trim());
        variables.push(("DISPLAY".to_owned(), display.clone()));

        // The bus starts services of its own; so it has the display from the start.
        let listen = format!("--address=unix:dir={}", folder("run"));
        let bus_daemon = start("dbus-daemon", &variables)
            .arguments(["--session", "--nofork", "--print-address", &listen])
            .run();
        let address = bus_daemon.stdout_line("unix:").trim().to_owned();
        variables.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), address.clone()));
        let bus = zbus::connection::Builder::address(address.as_str())
            .unwrap()
            .build()
            .await
            .expect("a session bus");

        let unlock = format!(
            "exec gnome-keyring-daemon --foreground --unlock --components=secrets < '{}'",
            password.display()
        );
        let others = vec![
            start("sh", &variables).arguments(["-c", &unlock]).run(),
            start("xfce4-panel", &variables).arguments(["--disable-wm-check"]).run(),
        ];
        let dunst = start("dunst", &variables).run();
        let session = Self {
            _others: others,
            dunst,
            _bus_daemon: bus_daemon,
            _xvfb: xvfb,
            bus,
            variables,
            display,
            dir,
        };
        for name in ["org.freedesktop.secrets", "org.freedesktop.Notifications"] {
            eventually(name, async || session.is_on_bus(name).await.then_some(())).await;
        }
        TrayIcon::wait_for_host(&session.bus).await;
        session
    }

    /// Gives a variable to what is started from now on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.unset_variable(name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Takes it away again.
    pub fn unset_variable(&mut self, name: &str) {
        self.variables.retain(|(other, _)| other != name);
    }

    /// A program, to be started in this session.
    pub fn program(&self, program: PathBuf) -> Start {
        let start = Process::start(program);
        self.variables.iter().fold(start, |start, (name, value)| start.variable(name, value))
    }

    /// The app, to be started in this session on the data folder of the test.
    pub fn app(&self) -> Start {
        self.program(crate::program("longwire-app")).variable("LONGWIRE_DATA_DIR", self.data_dir())
    }

    /// What the notification daemon is asked to show from now on.
    pub async fn notifications(&self) -> Notifications {
        let address = self.variables.iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
        Notifications::listen(&address.expect("a session has a bus").1).await
    }

    /// Has dunst do something, and gives back what it says.
    ///
    /// # Panics
    /// Where it does not do it.
    pub fn dunstctl<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        let ended = self.program("dunstctl".into()).arguments(words).run().end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    }

    /// The notification daemon.
    pub fn notification_daemon(&self) -> &Process {
        &self.dunst
    }

    /// The home folder of whoever sits there.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// The data folder of the test.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("longwire")
    }

    /// The app's icon in the tray.
    pub async fn tray_icon(&self) -> TrayIcon {
        TrayIcon::wait_for(&self.bus).await
    }

    /// Waits until the last app is off the bus. One that was killed has its name there for a moment more, and who starts then would
    /// be sent to it.
    pub async fn without_app(&self) {
        eventually("the last app is off the bus", async || (!self.has_app().await).then_some(())).await;
    }

    /// The app's window as its page, which a test can read and use. It starts the app.
    pub async fn open_window(&self) -> Window<'_> {
        self.without_app().await;
        Window::open(self).await
    }

    /// The session's bus.
    pub fn bus(&self) -> &zbus::Connection {
        &self.bus
    }

    /// The screen, as X clients name it.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Whether an app that is alone in its session runs.
    ///
    /// # Panics
    /// Where the bus does not tell.
    pub async fn has_app(&self) -> bool {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.expect("the bus");
        let names = bus.list_names().await.expect("the names on the bus");
        names.iter().any(|name| name.as_str().ends_with(".SingleInstance"))
    }

    /// How many are connected to the session's bus.
    ///
    /// # Panics
    /// Where the bus does not tell.
    pub async fn peers(&self) -> usize {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.expect("the bus");
        let names = bus.list_names().await.expect("the names on the bus");
        names.iter().filter(|name| name.as_str().starts_with(':')).count()
    }

    /// Whether the app's window is on the screen.
    pub fn shows_window(&self) -> bool {
        Screen::connect(&self.display).window().is_some()
    }

    /// How many pages the app holds in memory.
    pub fn pages_of(&self, app: &Process) -> usize {
        webkit::pages_of(app.pid())
    }

    /// The processes that look after proxies which the app has set aside.
    pub fn watchdogs(&self) -> Vec<u32> {
        webkit::with_words(["--watch-proxies".as_ref(), self.data_dir().as_ref()])
    }

    /// Closes the app's window as its title bar would.
    pub fn close_window(&self) {
        Screen::connect(&self.display).close_window();
    }

    /// Saves a picture of the screen for a person to look at, in `target/desktop-shots`.
    pub fn shoot(&self, name: &str) {
        let shots = crate::program("longwire-app")
            .ancestors()
            .nth(2)
            .expect("the target folder")
            .join("desktop-shots");
        fs::create_dir_all(&shots).unwrap();
        let picture = shots.join(format!("{name}.png"));
        let shot = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(&picture)
            .status()
            .expect("ImageMagick");
        assert!(shot.success(), "no picture of the screen");
    }

    /// The files in the app's data folder that have `text` in them.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.data_dir()).expect("the app has made its folder");
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.filter(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(text)).collect()
    }

    async fn is_on_bus(&self, name: &'static str) -> bool {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.unwrap();
        bus.name_has_owner(name.try_into().unwrap()).await.unwrap_or(false)
    }
}

fn start(program: &str, variables: &[(String, String)]) -> Start {
    let start = Process::start(PathBuf::from(program));
    variables.iter().fold(start, |start, (name, value)| start.variable(name, value))
}
