use super::{Login, OUTSIDE, Peer, Place};
use crate::Process;

/// An HTTP proxy that leads wherever asked; with a login, only who knows it.
///
/// # Panics
/// Where it does not start.
pub fn tinyproxy(login: Option<Login>) -> Peer {
    start(&login.map_or(String::new(), |Login { user, password }| format!("BasicAuth {user} {password}\n")))
}

/// The same, which leads to one port alone and answers 403 where it is asked for another.
///
/// # Panics
/// Where it does not start.
pub fn tinyproxy_to_port(port: u16) -> Peer {
    start(&format!("ConnectPort {port}\n"))
}

fn start(more: &str) -> Peer {
    let place = Place::new();
    let config = format!(
        "Port {}\nListen 127.0.0.1\nBind {OUTSIDE}\nTimeout 600\nMaxClients 200\nLogLevel Connect\n{more}",
        place.port
    );
    let config = place.write("tinyproxy.conf", &config);
    let start = Process::start("tinyproxy".into()).arguments(["-d", "-c", &config]);
    place.start(start, None, ("CONNECT ", ':'))
}
