//! Where a CA is to be had from.

use longwire_tests::sandboxed_online;

use super::*;

#[test]
fn a_ca_is_the_same_wherever_it_comes_from() {
    sandboxed_online(async |_| {
        let bench = Bench::new().await;
        let pem = bench.mitm.ca_file.clone();
        let wanted = sha256(&pem);
        let der = bench.user.write("ca.der", openssl(&["x509", "-in", text(&pem), "-outform", "DER"]));
        let pkcs7 = |form: &str| openssl(&["crl2pkcs7", "-nocrl", "-certfile", text(&pem), "-outform", form]);
        let (p7b, p7c) =
            (bench.user.write("ca.p7b", pkcs7("PEM")), bench.user.write("ca 证书.p7c", pkcs7("DER")));
        let place = bench.user.write(".mitmproxy/mitmproxy-ca-cert.pem", fs::read(&pem).unwrap());
        let files = [&pem, &der, &p7b, &p7c].map(|path| text(path));
        for source in files.into_iter().chain(["platform", "proxy", "mitmproxy"]) {
            let found = bench.user.inspect(source);
            let [ca] = &found.certificates[..] else { panic!("{source}: {found:#?}") };
            assert_eq!((&ca.sha256, ca.signs_road), (&wanted, Some(true)), "{source}");
            // From the platform there is only what the proxy made; its place has the root that this lacks.
            // What came without encryption is to be compared by its fingerprint.
            assert_eq!(found.proxy.is_some(), source == "proxy", "{source}");
            let places: Vec<_> = found.places.iter().map(|place| place.path.as_str()).collect();
            assert_eq!(places, [text(&place)], "{source}");
        }
        let url = bench.platform.url();
        let mut input = bench.user.longwire(["ca", "inspect", "-", "--json", "--domain", &url]).run();
        for line in fs::read_to_string(&pem).unwrap().lines() {
            input.write_line(line);
        }
        let found: CaInspection = read(&input.end());
        assert_eq!(found.certificates[0].sha256, wanted);

        // Trusting takes the same words.
        for source in ["proxy", "mitmproxy", text(&p7b)] {
            let outcome = bench.user.trust(source, &["--app-only", "--sha256", &wanted]);
            assert_eq!(results(&outcome), [(StoreKind::App, StoreResult::Added)], "{source}");
            bench.user.untrust(&wanted);
        }
        told_to_a_person(&bench, &wanted);
    });
}

/// What a person reads has what they are to compare, in both languages.
fn told_to_a_person(bench: &Bench, wanted: &str) {
    let pairs = wanted.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let pairs = pairs.collect::<Vec<_>>().join(":");
    for locale in ["en_US.UTF-8", "zh_CN.UTF-8"] {
        let url = bench.platform.url();
        let inspect = bench.user.longwire(["ca", "inspect", "proxy", "--domain", &url]);
        let ended = inspect.variable("LC_ALL", locale).run().end();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        for part in [&*pairs, "mitmproxy", "RSA 2048", Platform::HOST] {
            assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
        }
        assert_eq!(ended.stdout.contains("证书"), locale.starts_with("zh"), "{}", ended.stdout);
        assert!(!ended.stdout.contains(['{', '}']), "{}", ended.stdout);
    }
}

#[test]
fn the_hosts_own_chain_is_told_from_the_ca_that_it_lacks() {
    sandboxed_online(async |_| {
        // The simulator presents its certificate without the root, as servers do.
        let bench = Bench::new().await;
        let url = bench.platform.url();
        let ask = |words: &[&str]| {
            let words = ["ca", "inspect"].iter().chain(words).copied();
            bench.user.longwire(words.chain(["--domain", &url, "--proxy", "direct"])).run().end()
        };
        let ended = ask(&["platform", "--json"]);
        assert_eq!(ended.code, Some(1), "nothing there is to be trusted: {}", ended.stderr);
        let found: CaInspection = read(&ended);
        assert_eq!(found.lacks.as_deref(), Some("Longwire Simulator CA"));
        assert!(found.certificates.iter().all(|ca| ca.refusal.is_some()), "{found:#?}");
        // No proxy hands out a CA on a road that leads through none.
        let ended = ask(&["proxy"]);
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        // The CA of somebody else does not sign this road.
        let found: CaInspection = read(&ask(&[text(&bench.mitm.ca_file), "--json"]));
        assert_eq!(found.certificates[0].signs_road, Some(false));
        let root = bench.platform.ca_file();
        let found: CaInspection = read(&ask(&[text(&root), "--json"]));
        assert_eq!(found.certificates[0].signs_road, Some(true));
    });
}
