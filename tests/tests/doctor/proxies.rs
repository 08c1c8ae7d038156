//! What goes wrong at a proxy, or on the way to one.

use super::*;

#[test]
fn an_intercepting_proxy_that_is_not_trusted_and_then_is() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let mitm = peers::mitmproxy(&platform.ca_file());
        let through = || untrusting(&platform).variable("HTTPS_PROXY", mitm.peer.url("http"));
        let told = doctor(&platform, through());
        let finding = told.blocked_by(Code::TlsUntrusted, "signed by “mitmproxy”", Action::TrustCa, 4);
        assert_eq!(finding.values["interceptor"], "mitmproxy");
        let told = doctor(&platform, through().arguments(["--ca-file", mitm.ca_file.to_str().unwrap()]));
        told.well();
        let says = "which you let Longwire trust";
        let finding = told.adds(Code::TlsTrustedHere, says, Some(Action::CopyEnvironment));
        assert_eq!(finding.values["interceptor"], "mitmproxy");
        for line in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "mitmproxy-ca-cert.pem"] {
            assert!(finding.values["environment"].contains(line), "{finding:?}");
        }
        assert_eq!(told.check(CheckKind::Tls).mark, Mark::Ok);
        // The same where it is not its user who said so, but the machine.
        let told = doctor(&platform, through().variable("SSL_CERT_FILE", &mitm.ca_file));
        told.well();
        let found = told.report.findings.iter().find(|finding| finding.code == Code::TlsIntercepted);
        assert_eq!(found.unwrap().severity, Severity::Warning);
        assert_eq!(told.check(CheckKind::Tls).mark, Mark::Warn);
    });
}

#[test]
fn a_socks_url_in_all_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::microsocks(None);
        let told = doctor(&platform, platform.doctor().variable("ALL_PROXY", proxy.url("socks5")));
        told.well();
        let note = told.check(CheckKind::Route).note.clone().unwrap();
        assert_eq!(note.code, NoteCode::RouteProxy);
        assert_eq!(
            (note.values["source"].as_str(), &note.values["proxy"]),
            ("ALL_PROXY", &proxy.url("socks5"))
        );
        assert_eq!(told.check(CheckKind::Proxy).mark, Mark::Ok);
    });
}

#[test]
fn a_proxy_of_another_kind() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        // A server that speaks TLS, asked as an HTTP proxy.
        let url = format!("http://127.0.0.1:{}", platform.port());
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", url));
        let says = "not the way this kind of proxy does";
        told.blocked_by(Code::ProxyOtherProtocol, says, Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
        // An HTTP proxy asked by SOCKS waits for a line, and says nothing.
        let proxy = peers::squid();
        let told = doctor(&platform, platform.doctor().variable("ALL_PROXY", proxy.url("socks5")));
        told.blocked_by(Code::ProxyBroken, "fell silent", Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
    });
}

#[test]
fn a_dead_proxy_in_https_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", DEAD));
        let says = "Nothing answers at http://127.0.0.1:1, the proxy named by HTTPS_PROXY";
        told.blocked_by(Code::ProxyUnreachable, says, Action::EditProxy, 4);
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
        assert_eq!(told.report.others.len(), 1, "the straight road is compared");
    });
}

#[test]
fn a_proxy_that_knows_who_may() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (scheme, proxy) in
            [("http", peers::tinyproxy(Some(LOGIN))), ("socks5h", peers::microsocks(Some(LOGIN)))]
        {
            let through = |url: String| doctor(&platform, platform.doctor().variable("ALL_PROXY", url));
            let told = through(proxy.url(scheme));
            told.blocked_by(Code::ProxyCredentialsWanted, "wants a password", Action::EditProxy, 4);
            told.fails_at(CheckKind::Proxy);
            let told = through(proxy.url_as(scheme, WRONG));
            told.blocked_by(Code::ProxyCredentialsWrong, "refuses the user name", Action::EditProxy, 4);
            told.fails_at(CheckKind::Proxy);
            through(proxy.url_as(scheme, LOGIN)).well();
        }
    });
}

#[test]
fn a_proxy_that_answers_403() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let proxy = peers::tinyproxy_to_port(1);
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", proxy.url("http")));
        let says = "does not let the connection to platform.test through";
        let finding = told.blocked_by(Code::ProxyRefused, says, Action::EditProxy, 4);
        assert_eq!(finding.values["status"], "403");
        told.fails_at(CheckKind::Proxy);
        told.adds(Code::DirectWorks, "without the proxy", Some(Action::GoDirect));
    });
}

#[test]
fn a_proxy_behind_tls_that_is_not_trusted() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let certificate = Certificate::new("proxy.test");
        let proxy = peers::squid_over_tls(&certificate);
        let url = format!("https://proxy.test:{}", proxy.port());
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", &url));
        told.blocked_by(Code::ProxyTls, "is itself reached over TLS", Action::AddCaFile, 4);
        told.fails_at(CheckKind::Proxy);
        let ca = platform.write_private("proxy-ca.pem", &certificate.ca);
        let trusting =
            platform.doctor().variable("HTTPS_PROXY", &url).arguments(["--ca-file", ca.to_str().unwrap()]);
        doctor(&platform, trusting).well();
    });
}

#[test]
fn a_pac_script_that_never_ends() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let pac = Pac::serve("function FindProxyForURL() { for (;;); }").await;
        let told = doctor(&platform, platform.doctor().arguments(["--proxy", &format!("pac+{}", pac.url())]));
        told.blocked_by(Code::PacFailed, "did not answer within 5s", Action::EditProxy, 4);
        told.fails_at(CheckKind::Route);
    });
}

#[test]
fn a_variable_that_names_no_proxy() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor().variable("HTTPS_PROXY", "ftp://127.0.0.1:21"));
        told.blocked_by(Code::ProxySettingBad, "HTTPS_PROXY", Action::EditProxy, 4);
        told.fails_at(CheckKind::Route);
    });
}

#[test]
fn only_the_proxy_leads_there() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::with(|builder| builder.names(["far.test"])).await;
        let proxy = peers::dante(&sandbox, &["far.test"]);
        let far = format!("https://far.test:{}", platform.port());
        let start = platform.doctor_of(&far).variable("ALL_PROXY", proxy.url("socks5h"));
        doctor(&platform, start).well();
        let start = platform.doctor_of(&far).variable("ALL_PROXY", proxy.url("socks5h"));
        let told = doctor(&platform, start.arguments(["--proxy", "direct"]));
        told.blocked_by(Code::DnsFailed, "far.test", Action::Retry, 4);
        let better = told.adds(Code::ProxyWorks, "through the proxy", Some(Action::UseProxy));
        assert_eq!(better.values["proxy"], proxy.url("socks5h"));
    });
}
