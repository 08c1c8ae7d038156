//! Trust of Longwire's alone: at once, without a restart, and gone again without a trace outside the data folder.

use longwire_contract::CaMakerKind;
use longwire_openplatform::Leaf;
use longwire_tests::{Tree, sandboxed_online};

use super::*;

#[test]
fn a_running_connection_comes_up_as_soon_as_its_proxys_ca_is_trusted() {
    sandboxed_online(async |_| {
        let bench = Bench::new().await;
        let home = Tree::of(bench.user.home.path());
        bench.is_red();
        let run = bench.run();
        run.stderr_line("not trusted");

        // It presents what it made for the host, and not the CA that signed it.
        let ended = bench.user.ca_on_road(&["inspect", "platform", "--json"]);
        let seen: CaInspection = read(&ended);
        assert_eq!((ended.code, seen.lacks.as_deref()), (Some(1), Some("mitmproxy")), "{}", ended.stderr);
        let seen = bench.user.inspect("proxy");
        assert_eq!(seen.host.as_deref(), Some(Platform::HOST));
        let ca = &seen.certificates[0];
        assert_eq!(ca.sha256, sha256(&bench.mitm.ca_file), "the one that mitmproxy has made");
        assert_eq!((&*ca.key, ca.refusal, ca.signs_road), ("RSA 2048", None, Some(true)));
        assert_eq!(ca.interceptor.as_ref().unwrap().kind, CaMakerKind::DebuggingProxy);
        assert_eq!(ca.trusted, []);
        assert!(bench.user.list().is_empty(), "looking is not trusting");

        let outcome = bench.user.trust("proxy", &["--app-only"]);
        assert_eq!(results(&outcome), [(StoreKind::App, StoreResult::Added)]);
        let road = outcome.road.unwrap();
        assert_eq!((road.here, road.system, road.finding), (true, false, None));
        run.stderr_line("connected to wss://platform.test");
        bench.is_green();
        let again = bench.user.trust("proxy", &["--app-only"]);
        assert_eq!(results(&again), [(StoreKind::App, StoreResult::Already)]);

        let [listed] = bench.user.list().try_into().unwrap();
        assert_eq!(listed.sha256, outcome.sha256);
        assert_eq!(sha256(Path::new(&listed.path)), outcome.sha256);
        bots_trust_it(&bench, &listed);

        // The first digits are enough.
        let outcome = bench.user.untrust(&listed.sha256[..8].to_lowercase());
        assert_eq!(results(&outcome), [(StoreKind::App, StoreResult::Removed)]);
        assert!(bench.user.list().is_empty() && !Path::new(&listed.path).exists());
        run.stderr_line("connecting again");
        run.signal("INT");
        run.end();
        bench.is_red();
        home.still(bench.user.home.path());
    });
}

/// Programs that ask no store trust it with the lines that are shown, and without them they do not.
fn bots_trust_it(bench: &Bench, ca: &TrustedCa) {
    let exports: Vec<_> = ca.environment.lines().filter(|line| line.starts_with("export ")).collect();
    let (exports, url, proxy) = (exports.join("\n"), bench.platform.url(), bench.mitm.peer.url("http"));
    let curl = format!("curl --silent --show-error --max-time 20 --proxy {proxy} {url}/");
    let python = format!(
        "python3 -c 'import urllib.request, urllib.error
try: urllib.request.urlopen(\"{url}/\", timeout=20)
except urllib.error.HTTPError: pass'"
    );
    for bot in [curl, python] {
        let run = |script: String| {
            let sh = Process::start("/bin/sh".into()).variable("https_proxy", &proxy);
            sh.arguments(["-euc", &script]).run().end()
        };
        let without = run(bot.clone());
        assert!(without.code != Some(0) && without.stderr.contains("certificate"), "{bot}: {without:?}");
        let with = run(format!("{exports}\n{bot}"));
        assert_eq!(with.code, Some(0), "{exports}\n{bot}: {}", with.stderr);
    }
}

#[test]
fn a_proxy_that_has_made_itself_a_new_ca_is_told_apart_from_the_one_that_was_trusted() {
    sandboxed_online(async |_| {
        let mut bench = Bench::new().await;
        bench.user.trust("proxy", &["--app-only"]);
        let old = sha256(&bench.mitm.ca_file);
        bench.is_green();
        // Its name is the same.
        bench.another_proxy();
        let (findings, code) = bench.doctor();
        let [finding] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!((finding.code, code), (FindingCode::TrustFailing, Some(4)));
        assert_eq!((&*finding.values["issuer"], finding.action), ("mitmproxy", Some(Action::TrustCa)));

        let outcome = bench.user.trust("proxy", &["--app-only"]);
        assert_ne!(outcome.sha256, old);
        bench.is_green();
        let listed: Vec<_> = bench.user.list().into_iter().map(|ca| ca.sha256).collect();
        assert_eq!(listed, [outcome.sha256, old]);
        let ended = bench.user.longwire(["ca", "untrust", "--all", "--yes"]).run().end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(bench.user.list().is_empty());
        bench.is_red();
    });
}

#[test]
fn the_list_of_what_was_trusted_is_never_overwritten_when_it_is_damaged() {
    sandboxed_online(async |_| {
        let bench = Bench::new().await;
        bench.user.trust("proxy", &["--app-only"]);
        let file = bench.user.data.path().join("trusted.json");
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        let damaged = fs::read(&file).unwrap();
        for words in [
            &["ca", "list"][..],
            &["ca", "untrust", "--all", "--yes"],
            &["ca", "trust", text(&bench.mitm.ca_file), "--app-only", "--yes"],
        ] {
            let ended = bench.user.longwire(words.iter().copied()).run().end();
            assert_eq!(ended.code, Some(1), "{words:?}: {}", ended.stderr);
            assert!(ended.stderr.contains("trusted.json"), "{words:?}: {}", ended.stderr);
            assert_eq!(fs::read(&file).unwrap(), damaged);
        }
        bench.is_red();
        fs::write(&file, whole).unwrap();
        bench.is_green();
    });
}

#[test]
fn a_root_that_is_presented_with_the_chain_is_trusted_from_there() {
    sandboxed_online(async |_| {
        let mut bench = Bench::new().await;
        // Straight to a server that sends its root along, as many boxes in companies do.
        bench.user.variables.retain(|(name, _)| *name != "HTTPS_PROXY");
        bench.platform.simulator.set_leaf(Leaf::WithRoot).unwrap();
        bench.is_red();
        let seen = bench.user.inspect("platform");
        let ca = &seen.certificates[0];
        assert_eq!((ca.sha256.clone(), ca.signs_road), (sha256(&bench.platform.ca_file()), Some(true)));
        let outcome = bench.user.trust("platform", &["--app-only"]);
        assert_eq!(results(&outcome), [(StoreKind::App, StoreResult::Added)]);
        bench.is_green();
        bench.user.untrust(&outcome.sha256);
        bench.is_red();
    });
}
