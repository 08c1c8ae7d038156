mod table;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::Full;
use secrecy::ExposeSecret;

use super::chain::presented;
use super::file::read;
use crate::cause::Cause;
use crate::dialer::Dialer;
use crate::http::{Limits, exchange};
use crate::interceptor;
use crate::limit::Limit;
use crate::origin::Origin;
use crate::proxy::{Protocol, Proxy};
use crate::route::Way;
use crate::stream::Stream;
use crate::text;
use crate::trace::Trace;
use crate::tunnel::{self, ProxyFault};

/// What the proxy of a road handed out as its CA.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file, as it came.
    pub bytes: Vec<u8>,
    /// The proxy, without credentials.
    pub proxy: String,
}

/// Why a proxy handed out no CA.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PageError {
    /// The road goes straight, or through a proxy that is not asked in HTTP.
    #[error("the road leads through no HTTP proxy")]
    NoProxy,
    /// None of the pages that were asked for gave a certificate.
    #[error("the proxy {proxy} hands out no CA: {cause}")]
    Nothing {
        /// The proxy, without credentials.
        proxy: String,
        /// What became of the first page, which is the likeliest one.
        cause: String,
    },
}

/// Asks the HTTP proxy of the road to an origin for its CA, at the addresses where proxies are known to hand theirs out.
/// Plain HTTP to the proxy: what comes is to be compared with the chain it presents, and by its fingerprint.
///
/// A proxy that is another one than it seems leads such a request to wherever the address leads on the Internet. So an
/// address that can lead there is asked for only where the chain names the proxy whose address it is; the others lead
/// nowhere. Nothing is sent but the address, and to the proxy its credentials.
///
/// # Errors
/// Why there is none.
pub async fn page(dialer: &Dialer, origin: &Origin) -> Result<Page, PageError> {
    let proxy = proxy(dialer, origin).await.ok_or(PageError::NoProxy)?;
    let chain = presented(dialer, origin).await.unwrap_or_default();
    let name = interceptor::of(&chain).map(|interceptor| interceptor.name);
    let limit = Limit::of(dialer.deadlines().http);
    let mut first = None;
    for address in table::addresses(name, proxy.port()) {
        match ask(dialer, &proxy, &address, limit).await {
            Ok(bytes) => return Ok(Page { bytes, proxy: proxy.to_string() }),
            Err(cause) => {
                let is_last_word = matches!(cause, Unanswered::Proxy(_));
                first.get_or_insert_with(|| format!("{address}: {cause}"));
                if is_last_word {
                    break;
                }
            }
        }
    }
    Err(PageError::Nothing { proxy: proxy.to_string(), cause: first.unwrap_or_default() })
}

/// Why an address gave nothing.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// The proxy does not answer, so that no other address would do better.
    #[error(transparent)]
    Proxy(#[from] ProxyFault),
    #[error(transparent)]
    Road(#[from] Cause),
    #[error("HTTP {0}")]
    Status(u16),
    #[error(transparent)]
    File(#[from] super::CaFault),
}

async fn proxy(dialer: &Dialer, origin: &Origin) -> Option<Proxy> {
    let ways = dialer.router().route(origin).await.ok()?.ways;
    ways.into_iter().find_map(|way| match way {
        Way::Through(proxy) if matches!(proxy.protocol(), Protocol::Http | Protocol::Https) => Some(proxy),
        Way::Through(_) | Way::Direct => None,
    })
}

async fn ask(dialer: &Dialer, proxy: &Proxy, address: &str, limit: Limit) -> Result<Vec<u8>, Unanswered> {
    let request = request(proxy, address)?;
    let mut trace = Trace::default();
    let reached = tunnel::reach(dialer, proxy, limit.and(dialer.deadlines().proxy), &mut trace);
    let wire = limit.hold(reached).await.map_err(|_| ProxyFault::TimedOut(limit.allowed()))??;
    let asked = exchange(Stream::Plain(wire), request, Limits::default(), limit.allowed());
    let response = limit.hold(asked).await??;
    if response.status != StatusCode::OK {
        return Err(Unanswered::Status(response.status.as_u16()));
    }
    read(&response.body)?;
    Ok(response.body.into())
}

/// A request as a proxy takes it (RFC 9112 §3.2.2).
fn request(proxy: &Proxy, address: &str) -> Result<Request<Full<Bytes>>, Unanswered> {
    let unsendable = |error: &dyn std::error::Error| Cause::NotHttp(text::line(&error.to_string()));
    let uri: Uri = address.parse().map_err(|error| unsendable(&error))?;
    let host = uri.authority().map(ToString::to_string).unwrap_or_default();
    let mut request = Request::get(uri)
        .header(HOST, host)
        .header(ACCEPT, "*/*")
        .header(CONNECTION, "close")
        .body(Full::default())
        .map_err(|error| unsendable(&error))?;
    if let Some(credentials) = proxy.credentials() {
        let value = tunnel::authorization(credentials)?;
        let mut value = HeaderValue::try_from(value.expose_secret()).map_err(|error| unsendable(&error))?;
        value.set_sensitive(true);
        request.headers_mut().insert(PROXY_AUTHORIZATION, value);
    }
    Ok(request)
}
