//! A proxy that reads along, as a person meets it: a red wire, one button, one sheet that says what it does, a green wire;
//! and the way back. The proxy is a real mitmproxy.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do, and ask real programs.
#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

use std::{fs, path::Path, process::Command};

use longwire_contract::{Language, call};
use longwire_tests::{
    Platform, Tree,
    desktop::{Session, Stage, Window, settings},
    peers, sandboxed_online,
};

const UNTRUSTED: &str = "[data-testid='finding'][data-code='tls_untrusted']";
const TRUST: &str = "[data-testid='finding'] button[data-does='trust_ca']";
const SHEET: &str = "[data-testid='trust-sheet']";
const UNTRUST_SHEET: &str = "[data-testid='untrust-sheet']";
/// The places that are chosen on the sheet.
const CHOSEN: &str = "[data-testid='scope-store'] input:checked";

#[test]
fn the_ca_of_a_proxy_is_trusted_and_given_up_in_the_window() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        let mitm = peers::mitmproxy(&platform.ca_file());
        let secret = platform.write_private("secret", Platform::SECRET);
        let settings =
            settings(&platform.url(), &secret) + &format!("proxy = \"{}\"\n", mitm.peer.url("http"));
        let digest = sha256(&mitm.ca_file);
        let mut session = Session::start_in(&sandbox, "en_GB.UTF-8").await;

        // Twice on the same data folder: what is given up leaves nothing that mends the next one. mitmproxy shows a host's
        // certificate and not that of its CA: that is on its own page, and where it keeps it for whoever starts it.
        for (theme, dark, picture, is_kept) in
            [("Adwaita", false, "light", false), ("Adwaita:dark", true, "dark", true)]
        {
            if is_kept {
                let place = session.home().join(".mitmproxy/mitmproxy-ca-cert.pem");
                fs::create_dir(place.parent().unwrap()).unwrap();
                fs::copy(&mitm.ca_file, &place).unwrap();
            }
            let home = Tree::of(&session.home());
            session.set_variable("GTK_THEME", theme);
            let stage = Stage::open(&session, &settings).await;
            assert_eq!(stage.window.is_dark().await, dark);
            let shoot = async |name: &str| stage.shoot_both(&format!("trust-{picture}-{name}")).await;
            is_red(&stage).await;
            shoot("1-red").await;

            // The sheet says what would be done; leaving it does nothing.
            let window = &stage.window;
            window.press(TRUST).await;
            if is_kept {
                window.reads("trust-sheet", "mitmproxy’s own file").await;
            } else {
                window.reads("lacks", "The chain ends at “mitmproxy”").await;
                assert_eq!(
                    window.count("[data-testid='trust-confirm']").await,
                    0,
                    "nothing to be trusted yet"
                );
                shoot("2-lacks").await;
                window.click("ca-page").await;
            }
            shows_the_ca(window, &digest).await;
            let is_to_be_compared = window.count("[data-testid='compare']").await == 1;
            assert_eq!(is_to_be_compared, !is_kept, "it came over the proxy");
            shoot("3-sheet").await;
            nothing_is_trusted(&stage, &session).await;
            window.escape().await;
            window.hides(SHEET).await;
            nothing_is_trusted(&stage, &session).await;
            is_red(&stage).await;

            window.press(TRUST).await;
            if !is_kept {
                window.click("ca-page").await;
            }
            shows_the_ca(window, &digest).await;
            window.click("trust-confirm").await;
            window.has("road-verdict", "data-mark", "ok").await;
            window.reads("road-verdict", "Longwire trusts platform.test now").await;
            window.has("store-result", "data-result", "added").await;
            assert_eq!(window.count("[data-testid='store-result']").await, 1, "in one place only");
            shoot("4-trusted").await;
            window.click("trust-done").await;
            window.hides(SHEET).await;
            stage.connected("Connected to platform.test").await;
            shoot("5-green").await;
            assert_eq!(window.count(UNTRUSTED).await, 0);
            // The wire is green; that somebody reads along is said all the same.
            window.has("finding", "data-code", "tls_trusted_here").await;
            assert_eq!(window.count(".wire li.hop:not(.ok):not(.last)").await, 0);

            // The list of what was trusted.
            window.click("nav-trust").await;
            window.reads("trusted-ca", "mitmproxy").await;
            assert_eq!(window.texts("[data-testid='store-chip']").await, ["Longwire only"]);
            shoot("6-list").await;
            window.press("[data-testid='trusted-ca'] summary").await;
            let print = window.texts("[data-testid='trusted-ca'] [data-testid='sha256']").await.concat();
            assert_eq!(print.replace(' ', ""), digest);
            window.reads("env-lines", "NODE_EXTRA_CA_CERTS").await;
            shoot("7-details").await;

            // Trust is given up, on a second thought.
            window.click("untrust").await;
            window.reads("untrust-sheet", "mitmproxy").await;
            shoot("8-stop").await;
            window.escape().await;
            window.hides(UNTRUST_SHEET).await;
            assert_eq!(trusted(&stage).await, [digest.as_str()]);
            window.click("untrust").await;
            window.click("untrust-confirm").await;
            window.reads("untrust-sheet", "no longer trusted").await;
            window.has("store-result", "data-result", "removed").await;
            shoot("9-stopped").await;
            window.click("untrust-done").await;
            window.shows("[data-testid='trusted-empty']").await;
            nothing_is_trusted(&stage, &session).await;
            window.click("nav-overview").await;
            is_red(&stage).await;
            stage.window.close().await;
            home.still(&session.home());
        }
    });
}

/// Waits until the wire is red because of the proxy, which is named with the way to mend it.
async fn is_red(stage: &Stage<'_>) {
    stage.speak(Language::English).await;
    stage.window.shows(UNTRUSTED).await;
    stage.window.reads("finding", "mitmproxy").await;
    stage.window.shows(".wire li.hop.bad").await;
    stage.window.shows(TRUST).await;
}

/// Waits until the sheet shows this CA, in words and as OpenSSL prints it, to be trusted by the app alone.
async fn shows_the_ca(window: &Window<'_>, digest: &str) {
    window.shows("[data-testid='store-app']:checked").await;
    assert_eq!(window.count(CHOSEN).await, 1, "the app alone");
    let print = window.texts("[data-testid='trust-sheet'] [data-testid='sha256']").await.concat();
    assert_eq!(print.replace(' ', ""), digest);
    window.has("signs-road", "data-signs", "true").await;
    window.reads("ca-facts", "mitmproxy").await;
    window.reads("ca-means", "mitmproxy").await;
    window.reads("trust-confirm", "Trust for Longwire only").await;
}

async fn nothing_is_trusted(stage: &Stage<'_>, session: &Session) {
    assert_eq!(trusted(stage).await, [""; 0]);
    assert_eq!(session.files_with("BEGIN CERTIFICATE"), [""; 0].map(std::path::PathBuf::from));
}

/// The SHA-256 of each CA that is trusted.
async fn trusted(stage: &Stage<'_>) -> Vec<String> {
    let snapshot = stage.call::<call::ReadSnapshot>(&()).await;
    snapshot.trusted.into_iter().map(|ca| ca.sha256).collect()
}

/// The SHA-256 of a certificate's file, as OpenSSL has it, without colons.
fn sha256(file: &Path) -> String {
    let output =
        Command::new("openssl").args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(file).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    said.split_once('=').unwrap().1.trim().replace(':', "")
}
