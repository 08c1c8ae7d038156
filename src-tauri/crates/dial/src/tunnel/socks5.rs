//! SOCKS 5 (RFC 1928), without credentials or with a user's name and password (RFC 1929).

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretSlice};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::evidence::Secrets;
use super::fault::ProxyFault;
use super::heard::Heard;
use super::place::{Host, Place};
use crate::proxy::Credentials;

const VERSION: u8 = 5;
const CONNECT: u8 = 1;

const NO_CREDENTIALS: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;

const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

pub(super) async fn ask(
    proxy: &mut (impl AsyncRead + AsyncWrite + Unpin),
    place: &Place,
    credentials: Option<&Credentials>,
) -> Result<(), ProxyFault> {
    let (request, secrets) = (request(place)?, Secrets::of(credentials));
    let password = credentials.map(password).transpose()?;
    let methods: &[u8] = if password.is_some() { &[NO_CREDENTIALS, PASSWORD] } else { &[NO_CREDENTIALS] };
    let mut heard = Heard::default();

    send(proxy, &[&[VERSION, methods.len() as u8], methods].concat()).await?;
    let method = heard.reply(proxy, VERSION, 2, &secrets).await?[1];
    match (method, &password) {
        (NO_CREDENTIALS, _) => {
            heard.pass(2);
        }
        (PASSWORD, Some(password)) => {
            heard.pass(2);
            heard.over(proxy, &secrets).await?;
            send(proxy, password.expose_secret()).await?;
            accepted(&mut heard, proxy).await?;
        }
        (NO_METHOD, None) => return Err(ProxyFault::CredentialsWanted { schemes: Vec::new() }),
        (NO_METHOD, Some(_)) => return Err(ProxyFault::SchemeNotSpoken { schemes: Vec::new() }),
        _ => return Err(heard.other_protocol(proxy, &secrets).await),
    }
    heard.over(proxy, &secrets).await?;

    send(proxy, &request).await?;
    let code = heard.reply(proxy, VERSION, 2, &secrets).await?[1];
    if code != 0 {
        return Err(ProxyFault::SocksRefused { code });
    }
    let start = heard.reply(proxy, VERSION, 5, &secrets).await?;
    // The address that the proxy connects from; a name begins with its length.
    let address = match start[3] {
        IPV4 => 4,
        IPV6 => 16,
        NAME => 1 + usize::from(start[4]),
        _ => return Err(heard.other_protocol(proxy, &secrets).await),
    };
    let length = 4 + address + 2;
    heard.reply(proxy, VERSION, length, &secrets).await?;
    heard.pass(length);
    heard.over(proxy, &secrets).await
}

async fn send(proxy: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), ProxyFault> {
    proxy.write_all(bytes).await.map_err(|error| ProxyFault::of(&error))?;
    proxy.flush().await.map_err(|error| ProxyFault::of(&error))
}

/// Waits for the answer to user and password. Its version is not looked at: some servers write that of SOCKS.
async fn accepted(heard: &mut Heard, proxy: &mut (impl AsyncRead + Unpin)) -> Result<(), ProxyFault> {
    while heard.bytes().len() < 2 {
        heard.more(proxy).await?;
    }
    match heard.pass(2)[1] {
        0 => Ok(()),
        _ => Err(ProxyFault::CredentialsRefused),
    }
}

fn password(credentials: &Credentials) -> Result<SecretSlice<u8>, ProxyFault> {
    /// The version of RFC 1929.
    const VERSION: u8 = 1;
    let (user, password) = (credentials.user.as_bytes(), credentials.password.expose_secret().as_bytes());
    let length = |part: &[u8]| {
        u8::try_from(part.len())
            .map_err(|_| ProxyFault::CredentialsUnsendable("SOCKS 5 takes no more than 255 bytes of each"))
    };
    let (user_length, password_length) = (length(user)?, length(password)?);
    Ok([&[VERSION, user_length], user, &[password_length], password].concat().into())
}

fn request(place: &Place) -> Result<Vec<u8>, ProxyFault> {
    let mut request = vec![VERSION, CONNECT, 0];
    match &place.host {
        Host::Name(name) => {
            request.extend([NAME, u8::try_from(name.len()).map_err(|_| ProxyFault::NameTooLong)?]);
            request.extend(name.as_bytes());
        }
        Host::Address(IpAddr::V4(address)) => {
            request.push(IPV4);
            request.extend(address.octets());
        }
        Host::Address(IpAddr::V6(address)) => {
            request.push(IPV6);
            request.extend(address.octets());
        }
    }
    request.extend(place.port.to_be_bytes());
    Ok(request)
}
