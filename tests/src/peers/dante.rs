use super::{OUTSIDE, Peer, Place};
use crate::sandbox::Sandbox;

/// A SOCKS proxy (4, 4a and 5) that knows these names and no others: what it is asked to resolve, only it can.
///
/// # Panics
/// Where it does not start.
pub fn dante(sandbox: &Sandbox, names: &[&str]) -> Peer {
    let place = Place::new();
    let config = format!(
        "logoutput: stderr
internal: 127.0.0.1 port = {}
external: {OUTSIDE}
clientmethod: none
socksmethod: none
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 log: error }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 log: connect error }}
",
        place.port
    );
    let config = place.write("danted.conf", &config);
    let pid = super::plain(&place.file("danted.pid"));
    let start = sandbox.elsewhere(names, "danted").arguments(["-f", &config, "-p", &pid]);
    place.start(start, None, ("tcp/connect [", '.'))
}
