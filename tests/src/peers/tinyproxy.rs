use super::{Login, OUTSIDE, Peer, Place};
use crate::Process;

/// An HTTP proxy that leads wherever asked; with a login, only whom knows it.
///
/// # Panics
/// Where it does not start.
pub fn tinyproxy(login: Option<Login>) -> Peer {
    let place = Place::new();
    let mut config =
        format!("Port {}\nListen 127.0.0.1\nBind {OUTSIDE}\nTimeout 600\nLogLevel Connect\n", place.port);
    if let Some(Login { user, password }) = login {
        config += &format!("BasicAuth {user} {password}\n");
    }
    let config = place.write("tinyproxy.conf", &config);
    let start = Process::start("tinyproxy".into()).arguments(["-d", "-c", &config]);
    place.start(start, None, ("CONNECT ", ':'))
}
