use super::{Login, OUTSIDE, Peer, Place};
use crate::Process;

/// A SOCKS5 proxy that leads wherever asked; with a login, only who knows it.
///
/// # Panics
/// Where it does not start.
pub fn microsocks(login: Option<Login>) -> Peer {
    let place = Place::new();
    let (port, outside) = (place.port.to_string(), OUTSIDE.to_string());
    let mut start =
        Process::start("microsocks".into()).arguments(["-i", "127.0.0.1", "-p", &port, "-b", &outside]);
    if let Some(Login { user, password }) = login {
        start = start.arguments(["-u", user, "-P", password]);
    }
    place.start(start, None, ("connected to ", ':'))
}
