//! What is fetched from a server that may be slow, endless, or lie.

use bytes::Bytes;
use http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, LOCATION, USER_AGENT},
};
use longwire_contract::{Fault, FaultCode};
use longwire_dial::{
    Dialer, Origin, Scheme,
    http::{Answer, Connection},
    route::Route,
};
use tokio::time::{Duration, timeout};
use url::Url;

/// All that a request says of this machine and its user.
const AGENT: &str = concat!("longwire/", env!("CARGO_PKG_VERSION"));
/// The most of a head that is read, in bytes.
const HEAD: usize = 64 << 10;
/// How many times a server may send us elsewhere.
const REDIRECTS: usize = 5;
/// Longest text of others in a fault, in characters.
const LONGEST: usize = 160;

/// How much is taken, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most bytes.
    pub(super) bytes: usize,
    /// How long nothing may come.
    pub(super) stall: Duration,
    /// How long all of it may take.
    pub(super) whole: Duration,
}

/// Why something was not fetched.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{host}: {error}")]
pub(super) struct FetchError {
    code: FaultCode,
    host: String,
    error: String,
}

impl FetchError {
    pub(super) fn new(code: FaultCode, origin: &Origin, error: impl std::fmt::Display) -> Self {
        Self { code, host: origin.host().into_owned(), error: short(error) }
    }

    pub(super) fn unreachable(origin: &Origin, error: impl std::fmt::Display) -> Self {
        Self::new(FaultCode::UpdateUnreachable, origin, error)
    }

    fn too_large(origin: &Origin, most: usize) -> Self {
        let error = format!("it is larger than {} kB", most >> 10);
        Self::new(FaultCode::UpdateUnreadable, origin, error)
    }
}

impl From<FetchError> for Fault {
    fn from(error: FetchError) -> Self {
        let fault = Self::new(error.code, &error);
        fault.with("host", error.host).with("error", error.error)
    }
}

/// What others say, on one line that is not too long.
pub(super) fn short(text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    let mut line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// Whether what one place says may lead to another: from an encrypted road never to one that is not.
pub(super) fn may_lead_to(from: &Origin, to: &Origin) -> bool {
    from.scheme() == Scheme::Plain || to.scheme() == Scheme::Tls
}

/// Fetches what is at an address, following where its server leads. `told` hears how many bytes are here, and how many there are
/// where that is said. Nothing where the server says that there is nothing (204).
pub(super) async fn fetch(
    dialer: &Dialer,
    url: &Url,
    accept: &'static str,
    limits: Limits,
    told: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<Option<Vec<u8>>, FetchError> {
    let mut place = Place::of(url).map_err(|error| FetchError {
        code: FaultCode::UpdateUnreadable,
        host: short(url.host_str().unwrap_or_default()),
        error,
    })?;
    let origin = place.origin.clone();
    let following = async {
        for _ in 0..=REDIRECTS {
            match get(dialer, &place, accept, limits, told).await? {
                Got::Body(body) => return Ok(body),
                Got::Elsewhere(to) => place = to,
            }
        }
        Err(FetchError::unreachable(&place.origin, "it leads from one place to the next without an end"))
    };
    match timeout(limits.whole, following).await {
        Ok(fetched) => fetched,
        Err(_) => {
            let minutes = limits.whole.as_secs() / 60;
            Err(FetchError::unreachable(&origin, format!("not done within {minutes} minutes")))
        }
    }
}

/// Where something is.
struct Place {
    url: Url,
    origin: Origin,
}

impl Place {
    fn of(url: &Url) -> Result<Self, String> {
        let origin = Origin::of(url).map_err(short)?;
        Ok(Self { url: url.clone(), origin })
    }
}

enum Got {
    Body(Option<Vec<u8>>),
    Elsewhere(Place),
}

async fn get(
    dialer: &Dialer,
    place: &Place,
    accept: &'static str,
    limits: Limits,
    told: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<Got, FetchError> {
    let Place { url, origin } = place;
    let failed = |error: &dyn std::fmt::Display| FetchError::unreachable(origin, error);
    // To this machine always straight, as everywhere.
    let road = if origin.is_this_machine() {
        dialer.dial_along(&Route::direct(), origin, &mut |_| {}).await
    } else {
        dialer.dial(origin).await
    };
    let road = road.map_err(|error| failed(&error))?;
    let connection = Connection::over(road, origin, HEAD, limits.stall).await;
    let mut connection = connection.map_err(|cause| failed(&cause))?;
    let request = request(url, accept).map_err(|error| failed(&error))?;
    // Its own limit is for both, and is not to be the one that is told.
    let sent = timeout(limits.stall, connection.send(request, limits.whole + limits.stall)).await;
    let mut answer = match sent {
        Err(_) => return Err(stalled(origin, limits)),
        Ok(sent) => sent.map_err(|cause| failed(&cause))?,
    };
    match answer.status {
        StatusCode::NO_CONTENT => Ok(Got::Body(None)),
        StatusCode::OK => read(&mut answer, origin, limits, told).await.map(|body| Got::Body(Some(body))),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => elsewhere(place, &answer).map(Got::Elsewhere),
        status => Err(failed(&format_args!("HTTP {}", status.as_u16()))),
    }
}

fn request(url: &Url, accept: &'static str) -> Result<Request<Bytes>, http::Error> {
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    Request::get(path)
        .header(USER_AGENT, HeaderValue::from_static(AGENT))
        .header(ACCEPT, HeaderValue::from_static(accept))
        .body(Bytes::new())
}

fn elsewhere(from: &Place, answer: &Answer<'_>) -> Result<Place, FetchError> {
    let failed = |error: &dyn std::fmt::Display| FetchError::unreachable(&from.origin, error);
    let location = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.ok_or_else(|| failed(&"it leads elsewhere and does not say where"))?;
    let url = from.url.join(location).map_err(|error| failed(&format_args!("where it leads: {error}")))?;
    let place = Place::of(&url).map_err(|error| failed(&format_args!("where it leads: {error}")))?;
    if !may_lead_to(&from.origin, &place.origin) {
        return Err(failed(&"it leads to an unencrypted road"));
    }
    Ok(place)
}

async fn read(
    answer: &mut Answer<'_>,
    origin: &Origin,
    limits: Limits,
    told: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<Vec<u8>, FetchError> {
    // That it is true is seen to below it: a body that is shorter is an error, and of a longer one no more is read.
    let total: Option<u64> = answer
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok());
    if total.is_some_and(|total| total > limits.bytes as u64) {
        return Err(FetchError::too_large(origin, limits.bytes));
    }
    told(0, total);
    let mut body = Vec::new();
    loop {
        let chunk = match timeout(limits.stall, answer.chunk()).await {
            Err(_) => return Err(stalled(origin, limits)),
            Ok(chunk) => chunk.map_err(|cause| FetchError::unreachable(origin, cause))?,
        };
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > limits.bytes {
            return Err(FetchError::too_large(origin, limits.bytes));
        }
        body.extend_from_slice(&chunk);
        told(body.len() as u64, total);
    }
}

fn stalled(origin: &Origin, limits: Limits) -> FetchError {
    FetchError::unreachable(origin, format_args!("it said nothing for {} seconds", limits.stall.as_secs()))
}
