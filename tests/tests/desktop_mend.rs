//! What breaks and is mended: the tray's shape and its menu say so, the line under the app opens at what mends it, and a
//! few clicks later the wire is green again. The window was closed, as it is most of the day.
#![cfg(target_os = "linux")]
// What a helper of these tests does not expect ends them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::{fs, os::unix::fs::PermissionsExt};

use longwire_contract::{AppEdit, FindingCode as Code, Language, call};
use longwire_openplatform::{App, Running, Simulator};
use longwire_tests::{
    Platform,
    desktop::{Session, Stage, TrayIcon, settings},
    peers, sandboxed_online,
};
use secrecy::SecretString;

/// What is broken, as the tray tells it.
struct Broken {
    code: Code,
    /// The icon's.
    shape: &'static str,
    /// A part of the app's line, in both languages.
    line: (&'static str, &'static str),
    /// The line under it, in both languages.
    fix: (&'static str, &'static str),
}

/// A journey's stage, tray and name.
struct Journey<'a> {
    stage: Stage<'a>,
    tray: TrayIcon,
    name: &'static str,
}

impl Journey<'_> {
    /// All is well, in the tray and in the window.
    async fn is_green(&self, headline: &str) {
        self.stage.connected(headline).await;
        self.tray.line(": Connected").await;
        self.tray.wears("connected").await;
        let menu = self.tray.menu().await;
        assert!(menu.iter().all(|line| !line.label.starts_with(' ')), "nothing is to be mended: {menu:?}");
        self.stage.shoot_both(&format!("mend-{}-green", self.name)).await;
    }

    /// The tray and the window say what is broken.
    async fn is_broken(&self, broken: &Broken) {
        let code = serde_json::to_value(broken.code).unwrap();
        self.stage.window.has("finding", "data-code", code.as_str().unwrap()).await;
        self.tray.wears(broken.shape).await;
        for (language, line, fix) in [
            (Language::Chinese, broken.line.1, broken.fix.1),
            (Language::English, broken.line.0, broken.fix.0),
        ] {
            self.stage.speak(language).await;
            self.tray.line(line).await;
            assert!(self.tray.line(fix).await.enabled);
            let menu = self.tray.menu().await;
            assert_eq!(menu[1].label.trim(), fix, "right under the app: {menu:?}");
        }
        self.stage.shoot_both(&format!("mend-{}-broken", self.name)).await;
    }

    /// Closes the window, and has the tray open it at what mends this.
    async fn takes_the_fix(&self, broken: &Broken) {
        self.stage.close_window().await;
        self.tray.choose(broken.fix.0).await;
        self.stage.window.reopened().await;
    }
}

/// The platform without TLS, with this secret for its one app; at its old place where it had one.
async fn platform(secret: &str, at: Option<&Running>) -> Running {
    let app = App::new(Platform::APP_ID, SecretString::from(secret));
    let builder = Simulator::builder().app(app);
    let builder = at.into_iter().fold(builder, |builder, old| builder.listen(old.address()));
    builder.start().await.expect("the simulator starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_reset_is_entered_anew() {
    let session = Session::start("en_GB.UTF-8").await;
    let first = platform(Platform::SECRET, None).await;
    let file = session.home().join("secret");
    fs::write(&file, Platform::SECRET).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let stage = Stage::open(&session, &settings(&first.url(), &file)).await;
    let journey = Journey { stage, tray: session.tray_icon().await, name: "secret" };
    journey.is_green("Connected to 127.0.0.1").await;

    // Somebody presses "Reset" in the console.
    first.shutdown().await;
    let second = platform("planted-77ab02-after-the-reset", Some(&first)).await;
    let broken = Broken {
        code: Code::CredentialsWrong,
        shape: "needs-you",
        line: ("App ID or App Secret is wrong", "App ID 或 App Secret 不正确"),
        fix: ("Edit credentials…", "修改凭证…"),
    };
    journey.is_broken(&broken).await;
    journey.takes_the_fix(&broken).await;
    let window = &journey.stage.window;
    window.is_at(&format!("/apps/edit/{}/secret", Platform::APP_ID)).await;
    window.shows("[data-testid='app-secret']:focus").await;
    window.keys("planted-77ab02-after-the-reset").await;
    window.click("check").await;
    window.has("check-result", "data-ok", "true").await;
    journey.stage.shoot_both("mend-secret-fix").await;
    window.fill("app-secret", "planted-77ab02-after-the-reset").await;
    window.click("save").await;
    window.is_at(&format!("/overview/{}", Platform::APP_ID)).await;
    journey.is_green("Connected to 127.0.0.1").await;
    assert_eq!(second.clients().len(), 1);
    assert_eq!(session.files_with("planted-77ab02"), [""; 0].map(std::path::PathBuf::from));
    journey.stage.window.close().await;
}

#[test]
fn a_proxy_that_has_gone_is_left_out() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy(None);
        let own = settings(&platform.url(), &platform.write_private("secret", Platform::SECRET));
        let (ca, address) = (platform.ca_file(), proxy.url("http"));
        let own = format!("ca_files = [\"{}\"]\n{own}proxy = \"{address}\"\n", ca.display());
        let session = Session::start_in(&sandbox, "en_GB.UTF-8").await;
        let stage = Stage::open(&session, &own).await;
        let journey = Journey { stage, tray: session.tray_icon().await, name: "proxy" };
        journey.is_green("Connected to platform.test").await;
        journey.stage.window.reads("route", &address).await;

        drop(proxy);
        let broken = Broken {
            code: Code::ProxyUnreachable,
            shape: "waiting",
            line: ("cannot be reached", "连不上"),
            fix: ("Edit proxy…", "修改代理…"),
        };
        journey.is_broken(&broken).await;
        journey.takes_the_fix(&broken).await;
        let window = &journey.stage.window;
        window.is_at(&format!("/apps/edit/{}/proxy", Platform::APP_ID)).await;
        window.shows("[data-testid='proxy-url']:focus").await;
        journey.stage.shoot_both("mend-proxy-fix").await;
        window.click("proxy-direct").await;
        window.click("save").await;
        journey.is_green("Connected to platform.test").await;
        window.reads("route", "Direct, past every proxy").await;
        let written = fs::read_to_string(session.data_dir().join("config.toml")).unwrap();
        assert!(written.contains("proxy = \"direct\"") && !written.contains(&address), "{written}");
        journey.stage.window.close().await;
    });
}

#[test]
fn a_proxy_that_begins_to_read_along_is_trusted_where_the_tray_leads() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        let secret = platform.write_private("secret", Platform::SECRET);
        let own = settings(&platform.url(), &secret);
        let own = format!("ca_files = [\"{}\"]\n{own}", platform.ca_file().display());
        let mitm = peers::mitmproxy(&platform.ca_file());
        let session = Session::start_in(&sandbox, "en_GB.UTF-8").await;
        // Where mitmproxy keeps it for whoever starts it.
        let place = session.home().join(".mitmproxy/mitmproxy-ca-cert.pem");
        fs::create_dir(place.parent().unwrap()).unwrap();
        fs::copy(&mitm.ca_file, &place).unwrap();
        let stage = Stage::open(&session, &own).await;
        let journey = Journey { stage, tray: session.tray_icon().await, name: "tls" };
        journey.is_green("Connected to platform.test").await;

        let edit = serde_json::json!({ "app_id": Platform::APP_ID, "proxy": mitm.peer.url("http") });
        let edit: AppEdit = serde_json::from_value(edit).unwrap();
        journey.stage.call::<call::EditApp>(&edit).await;
        let broken = Broken {
            code: Code::TlsUntrusted,
            shape: "waiting",
            line: ("certificate of platform.test not trusted", "platform.test 的证书不受信任"),
            fix: ("Trust its CA…", "信任它的 CA…"),
        };
        journey.is_broken(&broken).await;
        journey.takes_the_fix(&broken).await;
        let window = &journey.stage.window;
        window.is_at(&format!("/overview/{}", Platform::APP_ID)).await;
        window.reads("ca-facts", "mitmproxy").await;
        window.shows("[data-testid='store-app']:checked").await;
        assert_eq!(window.count("[data-testid='scope-store'] input:checked").await, 1, "the app alone");
        journey.stage.shoot_both("mend-tls-fix").await;
        window.click("trust-confirm").await;
        window.has("road-verdict", "data-mark", "ok").await;
        window.click("trust-done").await;
        // That somebody reads along is said of a connection that is up, too.
        journey.stage.connected("Connected to platform.test").await;
        journey.tray.wears("connected").await;
        journey.tray.line(": Connected").await;
        let menu = journey.tray.menu().await;
        assert!(menu.iter().all(|line| !line.label.contains("Trust its CA")), "{menu:?}");
        window.has("finding", "data-code", "tls_trusted_here").await;
        journey.stage.shoot_both("mend-tls-green").await;
        journey.stage.window.close().await;
    });
}
