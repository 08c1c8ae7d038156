//! Where proxies keep the certificates of their CAs.
//!
//! Only files that hold a certificate and nothing else: many proxies keep the private key beside it. Some keep none on the
//! disk: Burp and ZAP hold theirs in their own settings, with the key, and hand it out on a page; Reqable exports it to
//! wherever its user says; Surge and Stash keep a PKCS#12 with the key in their profile; Clash, mihomo and what is built on
//! them do not look into TLS at all.

use std::path::Path;

use longwire_contract::CaPlace;

/// A proxy, and a file of its.
struct Known {
    id: &'static str,
    name: &'static str,
    /// Below the home folder, or from the root folder.
    path: &'static str,
}

const fn known(id: &'static str, name: &'static str, path: &'static str) -> Known {
    Known { id, name, path }
}

/// Sorted by name; of one proxy, the place of today first.
const KNOWN: &[Known] = &[
    // `certMgr.js` of AnyProxy: the folder that it gives to node-easy-cert, whose root is `rootCA.crt`.
    known("anyproxy", "AnyProxy", ".anyproxy/certificates/rootCA.crt"),
    // The folder of Charles's settings, on a Mac and on Linux; its PKCS#12 with the key stands beside it.
    known(
        "charles",
        "Charles",
        "Library/Application Support/Charles/ca/charles-proxy-ssl-proxying-certificate.pem",
    ),
    known("charles", "Charles", ".charles/ca/charles-proxy-ssl-proxying-certificate.pem"),
    // `getRootCaCertPath` in the settings of dev-sidecar's core.
    known("dev-sidecar", "DevSidecar", ".dev-sidecar/dev-sidecar.ca.crt"),
    // Fiddler Everywhere's manual: Settings → HTTPS → Export root certificate writes it to the desktop.
    known("fiddler", "Fiddler Everywhere", "Desktop/FiddlerRootCertificate.crt"),
    // The default of `hetty --cert`.
    known("hetty", "Hetty", ".hetty/hetty_cert.pem"),
    // `ca.pem` beside `ca.key` in the folder of settings of the HTTP Toolkit server.
    known("httptoolkit", "HTTP Toolkit", "Library/Preferences/httptoolkit/ca.pem"),
    known("httptoolkit", "HTTP Toolkit", ".config/httptoolkit/ca.pem"),
    // mitmproxy's manual, "About certificates"; `mitmproxy-ca.pem` beside it holds the key.
    known("mitmproxy", "mitmproxy", ".mitmproxy/mitmproxy-ca-cert.pem"),
    // What lines for Node, Python and the like name on machines with Netskope's agent, on a Mac and on Linux.
    known("netskope", "Netskope", "/Library/Application Support/Netskope/STAgent/data/nscacert.pem"),
    known("netskope", "Netskope", "/Library/Application Support/Netskope/STAgent/download/nscacert.pem"),
    known("netskope", "Netskope", "/opt/netskope/stagent/data/nscacert.pem"),
    // Proxyman's manual, "Ruby" and "Android emulator".
    known("proxyman", "Proxyman", ".proxyman/proxyman-ca.pem"),
    known(
        "proxyman",
        "Proxyman",
        "Library/Application Support/com.proxyman.NSProxy/app-data/proxyman-ca.pem",
    ),
    // Watt Toolkit's manual for Linux, of its third version and of those before.
    known(
        "watt-toolkit",
        "Watt Toolkit",
        ".local/share/Steam++/Plugins/Accelerator/SteamTools.Certificate.cer",
    ),
    known("watt-toolkit", "Watt Toolkit", ".local/share/Steam++/SteamTools.Certificate.cer"),
    // Whistle's folder of data; `root.key` stands beside it.
    known("whistle", "Whistle", ".WhistleAppData/.whistle/certs/root.crt"),
];

/// The files that are there: of each proxy the first.
pub(super) fn places_in(home: &Path, root: &Path) -> Vec<CaPlace> {
    let mut places: Vec<CaPlace> = Vec::new();
    for known in KNOWN {
        let path = match known.path.strip_prefix('/') {
            Some(below) => root.join(below),
            None => home.join(known.path),
        };
        if places.iter().all(|place| place.id != known.id) && path.is_file() {
            places.push(CaPlace {
                id: known.id.to_owned(),
                name: known.name.to_owned(),
                path: path.display().to_string(),
            });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    #[test]
    fn only_what_is_there_is_named_and_of_each_proxy_the_first() {
        let home = tempfile::tempdir().unwrap();
        let root = tempfile::tempdir().unwrap();
        assert!(places_in(home.path(), root.path()).is_empty());
        for known in KNOWN {
            let path = match known.path.strip_prefix('/') {
                Some(below) => root.path().join(below),
                None => home.path().join(known.path),
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a certificate").unwrap();
        }
        let found = places_in(home.path(), root.path());
        let ids: BTreeSet<&str> = KNOWN.iter().map(|known| known.id).collect();
        assert_eq!(found.len(), ids.len());
        let charles = found.iter().find(|place| place.id == "charles").unwrap();
        assert!(charles.path.contains("Library/Application Support/Charles/ca/"), "{}", charles.path);

        fs::remove_dir_all(home.path().join("Library/Application Support/Charles")).unwrap();
        let found = places_in(home.path(), root.path());
        let charles = found.iter().find(|place| place.id == "charles").unwrap();
        assert!(charles.path.ends_with(".charles/ca/charles-proxy-ssl-proxying-certificate.pem"));
    }

    #[test]
    fn a_folder_is_no_certificate() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".mitmproxy/mitmproxy-ca-cert.pem")).unwrap();
        assert!(places_in(home.path(), home.path()).is_empty());
    }

    #[test]
    fn no_file_with_a_private_key_is_among_them() {
        for known in KNOWN {
            let name = known.path.rsplit('/').next().unwrap();
            let ending = name.rsplit('.').next().unwrap();
            assert!(["pem", "crt", "cer"].contains(&ending) && !name.contains("key"), "{name}");
            assert_ne!(name, "mitmproxy-ca.pem");
        }
    }
}
