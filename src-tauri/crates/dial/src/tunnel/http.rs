//! HTTP `CONNECT` (RFC 9110 §9.3.6), to a proxy that is spoken to in the clear or over TLS.

use httparse::{EMPTY_HEADER, Header, ParserConfig, Response, Status};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::evidence::{Secrets, basic};
use super::fault::ProxyFault;
use super::heard::{EVIDENCE, Heard};
use super::place::Place;
use crate::proxy::Credentials;
use crate::text;

/// The largest head of an answer, in bytes. What is larger is no proxy's.
const LARGEST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 100;
const AGENT: &str = concat!("longwire/", env!("CARGO_PKG_VERSION"));

/// What the head of an answer says.
struct Head {
    status: u16,
    /// The words of its `Proxy-Authenticate`.
    schemes: Vec<String>,
    /// How long the body is, where it is said.
    length: Option<usize>,
    chunked: bool,
}

pub(super) async fn ask(
    proxy: &mut (impl AsyncRead + AsyncWrite + Unpin),
    place: &Place,
    credentials: Option<&Credentials>,
) -> Result<(), ProxyFault> {
    let request = request(place, credentials)?;
    let secrets = Secrets::of(credentials);
    proxy.write_all(request.expose_secret().as_bytes()).await.map_err(|error| ProxyFault::of(&error))?;
    proxy.flush().await.map_err(|error| ProxyFault::of(&error))?;

    let mut heard = Heard::default();
    let head = loop {
        let head = head(&mut heard, proxy, &secrets).await?;
        // Answers that say that the answer is to come.
        if !(100..200).contains(&head.status) {
            break head;
        }
    };
    match head.status {
        // Whatever length is announced, a tunnel's answer has no body (RFC 9110 §9.3.6): what follows is a page's.
        200..300 => heard.over(proxy, &secrets).await,
        407 => Err(unauthorized(head.schemes, credentials)),
        // Not the status that RFC 9110 has for it, but what tinyproxy says to a wrong password.
        401 if credentials.is_some() => Err(ProxyFault::CredentialsRefused),
        status => {
            heard.linger(proxy, head.length.unwrap_or(EVIDENCE).min(EVIDENCE)).await;
            Err(ProxyFault::Refused { status, start: secrets.page(body(heard.bytes(), head.chunked)) })
        }
    }
}

fn request(place: &Place, credentials: Option<&Credentials>) -> Result<SecretString, ProxyFault> {
    let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {AGENT}\r\n");
    if let Some(credentials) = credentials {
        request.push_str("Proxy-Authorization: ");
        request.push_str(authorization(credentials)?.expose_secret());
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    Ok(request.into())
}

/// What `Proxy-Authorization` holds.
pub(crate) fn authorization(credentials: &Credentials) -> Result<SecretString, ProxyFault> {
    // RFC 7617 §2: the first colon ends the name.
    if credentials.user.contains(':') {
        return Err(ProxyFault::CredentialsUnsendable("a user name may not hold a colon"));
    }
    Ok(format!("Basic {}", basic(credentials).expose_secret()).into())
}

/// Waits for the head of an answer and takes note of it.
async fn head(
    heard: &mut Heard,
    proxy: &mut (impl AsyncRead + Unpin),
    secrets: &Secrets,
) -> Result<Head, ProxyFault> {
    loop {
        match parse(heard.bytes()) {
            Ok(Some((length, head))) => {
                heard.pass(length);
                return Ok(head);
            }
            Ok(None) if heard.bytes().len() < LARGEST_HEAD => heard.more(proxy).await?,
            Ok(None) | Err(_) => return Err(heard.other_protocol(proxy, secrets).await),
        }
    }
}

/// The head with its length; `None` while it is not whole.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Head)>, httparse::Error> {
    // An answer is not to be lost over a header that nobody asks for.
    let mut lenient = ParserConfig::default();
    lenient
        .ignore_invalid_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true);
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut headers);
    let Status::Complete(length) = lenient.parse_response(&mut response, bytes)? else { return Ok(None) };
    let named = |name: &'static str| {
        let headers = response.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        headers.filter_map(|Header { value, .. }| std::str::from_utf8(value).ok())
    };
    let head = Head {
        status: response.code.unwrap_or_default(),
        schemes: named("proxy-authenticate").flat_map(schemes).collect(),
        length: named("content-length").next().and_then(|length| length.trim().parse().ok()),
        chunked: named("transfer-encoding").any(|coding| coding.eq_ignore_ascii_case("chunked")),
    };
    Ok(Some((length, head)))
}

/// The schemes of a list of challenges (RFC 9110 §11.6.1): `Basic realm="a, b", Negotiate` names two.
fn schemes(challenges: &str) -> Vec<String> {
    let mut quoted = false;
    let pieces = challenges.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let first_words = pieces.filter_map(|piece| piece.split_whitespace().next());
    // A parameter of the scheme before.
    let schemes = first_words.filter(|word| !word.contains('='));
    schemes.map(text::line).collect()
}

fn unauthorized(schemes: Vec<String>, credentials: Option<&Credentials>) -> ProxyFault {
    let basic = schemes.is_empty() || schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic"));
    match (basic, credentials) {
        (false, _) => ProxyFault::SchemeNotSpoken { schemes },
        (true, None) => ProxyFault::CredentialsWanted { schemes },
        (true, Some(_)) => ProxyFault::CredentialsRefused,
    }
}

/// The body as it can be read: that of a chunked one begins after the first chunk's length.
fn body(bytes: &[u8], chunked: bool) -> &[u8] {
    let first_line = bytes.iter().position(|byte| *byte == b'\n');
    match first_line {
        Some(end) if chunked => &bytes[end + 1..],
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemes_of_every_challenge_are_named() {
        for (challenges, named) in [
            ("Basic realm=\"Squid\"", &["Basic"][..]),
            ("Basic realm=\"a, Digest b\", charset=\"UTF-8\", Negotiate", &["Basic", "Negotiate"]),
            ("NTLM TlRMTVNTUAACAAAA==, Digest realm=\"x\",nonce=\"y\"", &["NTLM", "Digest"]),
            ("", &[]),
        ] {
            assert_eq!(schemes(challenges), named, "{challenges}");
        }
    }
}
