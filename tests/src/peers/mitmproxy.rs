use std::path::{Path, PathBuf};

use super::{OUTSIDE, Peer, Place, plain};
use crate::Process;

/// A proxy that opens TLS and reads along, with a CA of its own.
pub struct Mitmproxy {
    /// The proxy.
    pub peer: Peer,
    /// The certificate of its CA, which nobody trusts yet.
    pub ca_file: PathBuf,
}

/// Starts one that itself trusts the servers of this CA file.
///
/// # Panics
/// Where it does not start.
pub fn mitmproxy(upstream_ca: &Path) -> Mitmproxy {
    let place = Place::new();
    let settings = [
        format!("confdir={}", plain(place.folder.path())),
        "listen_host=127.0.0.1".to_owned(),
        format!("listen_port={}", place.port),
        format!("connect_addr={OUTSIDE}"),
        format!("ssl_verify_upstream_trusted_ca={}", plain(upstream_ca)),
        "flow_detail=1".to_owned(),
        "termlog_verbosity=info".to_owned(),
    ];
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/mitmdump");
    assert!(program.exists(), "{} is missing: `cargo xtask test` installs it", program.display());
    let mut start = Process::start(program).variable("PYTHONUNBUFFERED", "1");
    for setting in &settings {
        start = start.arguments(["--set", setting]);
    }
    let peer = place.start(start, None, ("server connect ", ':'));
    let ca_file = peer.folder().join("mitmproxy-ca-cert.pem");
    Mitmproxy { peer, ca_file }
}
