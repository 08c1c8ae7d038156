//! Certificates to test with; nobody has their keys.

use super::{Ca, certificate::hashes};

const MITMPROXY: &str = include_str!("samples/mitmproxy.pem");
/// The same subject, another key.
const RENEWED: &str = include_str!("samples/renewed.pem");
/// A subject that looks like an option, shell, and two lines.
const HOSTILE: &str = include_str!("samples/hostile.pem");

pub(crate) fn mitmproxy() -> Ca {
    ca(MITMPROXY, "mitmproxy")
}

pub(crate) fn renewed() -> Ca {
    ca(RENEWED, "mitmproxy")
}

pub(crate) fn hostile() -> Ca {
    ca(HOSTILE, "-n --help\"; rm -rf $HOME '`id`\n: 证书 %n")
}

fn ca(pem: &str, subject: &str) -> Ca {
    let sha256 = hashes(pem.as_bytes()).remove(0);
    Ca { pem: pem.to_owned(), sha256, subject: subject.to_owned() }
}
