//! SOCKS 4, and 4a for a name: the memos "SOCKS" and "SOCKS 4A" of Ying-Da Lee.

use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::evidence::Secrets;
use super::fault::ProxyFault;
use super::heard::Heard;
use super::place::{Host, Place};
use crate::proxy::Credentials;

const VERSION: u8 = 4;
const CONNECT: u8 = 1;
/// An answer begins with this in place of the version.
const REPLY: u8 = 0;
const GRANTED: u8 = 90;
const REPLY_LENGTH: usize = 8;
/// "The address is a name that follows": 0.0.0.x with x other than 0.
const A_NAME_FOLLOWS: [u8; 4] = [0, 0, 0, 1];

pub(super) async fn ask(
    proxy: &mut (impl AsyncRead + AsyncWrite + Unpin),
    place: &Place,
    credentials: Option<&Credentials>,
) -> Result<(), ProxyFault> {
    let request = request(place, credentials)?;
    let secrets = Secrets::of(credentials);
    proxy.write_all(&request).await.map_err(|error| ProxyFault::of(&error))?;
    proxy.flush().await.map_err(|error| ProxyFault::of(&error))?;
    let mut heard = Heard::default();
    let code = heard.reply(proxy, REPLY, 2, &secrets).await?[1];
    if code != GRANTED {
        return Err(ProxyFault::SocksRefused { code });
    }
    heard.reply(proxy, REPLY, REPLY_LENGTH, &secrets).await?;
    heard.pass(REPLY_LENGTH);
    heard.over(proxy, &secrets).await
}

/// The protocol knows a user's name and no password.
fn request(place: &Place, credentials: Option<&Credentials>) -> Result<Vec<u8>, ProxyFault> {
    let user = credentials.map_or("", |credentials| credentials.user.as_str());
    if user.contains('\0') {
        return Err(ProxyFault::CredentialsUnsendable("a user name may not hold the character NUL"));
    }
    let (address, name) = match &place.host {
        Host::Name(name) => (A_NAME_FOLLOWS, Some(name)),
        Host::Address(address) => match address.to_canonical() {
            IpAddr::V4(address) => (address.octets(), None),
            IpAddr::V6(_) => return Err(ProxyFault::NoIpv4),
        },
    };
    let mut request = vec![VERSION, CONNECT];
    request.extend(place.port.to_be_bytes());
    request.extend(address);
    request.extend(user.as_bytes());
    request.push(0);
    if let Some(name) = name {
        request.extend(name.as_bytes());
        request.push(0);
    }
    Ok(request)
}
