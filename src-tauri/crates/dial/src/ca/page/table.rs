/// A page on which a proxy hands out its CA to whoever asks through it.
struct Known {
    /// The proxy, by the name that [`interceptor`](crate::interceptor) has for it.
    proxy: &'static str,
    /// The page. `{port}` is the proxy's own.
    address: &'static str,
    /// Whether its host can be one of the Internet, which another proxy would lead to.
    elsewhere: bool,
}

/// The pages, the likelier first where a proxy has several. Each is known from the proxy's own source, or from guides that
/// fetch it: there, the proxy answers itself and asks nobody.
const KNOWN: [Known; 13] = [
    // mitmproxy: addons/onboarding.py answers for `mitm.it`, onboardingapp/app.py has `/cert/pem`.
    Known { proxy: "mitmproxy", address: "http://mitm.it/cert/pem", elsewhere: true },
    // Charles: Help > SSL Proxying > Install on a Mobile Device names it; the answer is the PEM.
    Known { proxy: "Charles", address: "http://chls.pro/ssl", elsewhere: true },
    // Proxyman: ProxymanApp/docs. The name ends in a real top-level domain.
    Known { proxy: "Proxyman", address: "http://proxy.man/ssl", elsewhere: true },
    // HTTP Toolkit: httptoolkit-ui's default rules answer it from the certificate's file.
    Known { proxy: "HTTP Toolkit", address: "http://amiusing.httptoolkit.tech/certificate", elsewhere: true },
    // Whistle: biz/webui/lib/index.js answers every path at this host with its root.
    Known { proxy: "Whistle", address: "http://rootca.pro/", elsewhere: true },
    // ProxyPin: http_proxy_handler.dart compares the whole address. A real top-level domain again.
    Known { proxy: "ProxyPin", address: "http://proxy.pin/ssl", elsewhere: true },
    // Reqable: guides that fetch it with curl through the proxy; the second is what it shows to phones.
    Known { proxy: "Reqable", address: "http://cert.reqable.com/ca", elsewhere: true },
    Known { proxy: "Reqable", address: "http://reqable.pro/ssl", elsewhere: true },
    // Burp Suite: PortSwigger's documentation; it answers DER.
    Known { proxy: "Burp Suite", address: "http://burp/cert", elsewhere: false },
    Known { proxy: "Burp Suite", address: "http://burpsuite/cert", elsewhere: false },
    // ZAP: its network add-on, and the core before that; neither wants the API's key.
    Known { proxy: "ZAP", address: "http://zap/OTHER/network/other/rootCaCert/", elsewhere: false },
    Known { proxy: "ZAP", address: "http://zap/OTHER/core/other/rootcert/", elsewhere: false },
    // Fiddler Classic and Everywhere: their documentation names the host, with the port they listen on.
    Known { proxy: "Fiddler", address: "http://ipv4.fiddler:{port}/FiddlerRoot.cer", elsewhere: false },
];

/// The addresses to ask a proxy for that listens on a port, in turn: first those of the one that the chain names, then
/// those that lead nowhere where they are another one's.
pub(super) fn addresses(named: Option<&str>, port: u16) -> impl Iterator<Item = String> {
    let is_named = move |known: &&Known| Some(known.proxy) == named;
    let own = KNOWN.iter().filter(is_named);
    let harmless = KNOWN.iter().filter(move |known| !is_named(known) && !known.elsewhere);
    own.chain(harmless).map(move |known| known.address.replace("{port}", &port.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARMLESS: [&str; 5] = [
        "http://burp/cert",
        "http://burpsuite/cert",
        "http://zap/OTHER/network/other/rootCaCert/",
        "http://zap/OTHER/core/other/rootcert/",
        "http://ipv4.fiddler:8866/FiddlerRoot.cer",
    ];

    #[test]
    fn a_page_on_the_internet_is_asked_for_only_where_the_chain_names_its_proxy() {
        let told = |named| addresses(named, 8866).collect::<Vec<_>>();
        assert_eq!(told(None), HARMLESS);
        assert_eq!(told(Some("Zscaler")), HARMLESS);
        assert_eq!(told(Some("mitmproxy"))[0], "http://mitm.it/cert/pem");
        assert_eq!(told(Some("mitmproxy"))[1..], HARMLESS);
        assert_eq!(told(Some("Reqable"))[..2], ["http://cert.reqable.com/ca", "http://reqable.pro/ssl"]);
        let zap = told(Some("ZAP"));
        assert_eq!(
            (zap[0].as_str(), zap.len()),
            ("http://zap/OTHER/network/other/rootCaCert/", HARMLESS.len())
        );
    }

    #[test]
    fn every_page_is_that_of_an_interceptor_that_can_be_told() {
        for known in &KNOWN {
            assert!(crate::interceptor::is_known(known.proxy), "{}", known.proxy);
        }
    }
}
