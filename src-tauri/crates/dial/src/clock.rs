//! Whether the clock of this machine is right, told by the `Date` of an HTTP answer.
//!
//! Nothing is excused to get it: a certificate is judged at another time than now, and all else as ever.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{AGE, DATE};
use http::{HeaderMap, Method, Request};
use rustls::pki_types::CertificateDer;

use crate::certificate;
use crate::dialer::Dialer;
use crate::error::Error;
use crate::http::{Limits, send};
use crate::origin::Origin;

/// 2020-01-01, in seconds since 1970: a server whose clock shows less has none, or has lost it.
const EARLIEST: Duration = Duration::from_secs(1_577_836_800);
/// 2100-01-01, in seconds since 1970.
const LATEST: Duration = Duration::from_secs(4_102_444_800);

/// A server's clock beside ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Skew {
    /// The server's clock, to the second.
    pub server: SystemTime,
    /// Ours, when its answer came.
    pub ours: SystemTime,
}

/// Why no time could be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoTime {
    /// There is no chain, or its first certificate cannot be read.
    #[error("the certificates cannot be read")]
    Unreadable,
    /// The road cannot be built even at a time at which the certificates are valid, or the request over it failed.
    #[error(transparent)]
    Road(#[from] Box<Error>),
    /// The answer has no `Date`, or one that no clock in use shows.
    #[error("the answer has no usable date")]
    NoDate,
}

impl Skew {
    /// How far the server's clock is ahead of ours, in whole seconds; negative where it is behind. The way the answer
    /// took is in it, so a few seconds say nothing.
    pub fn seconds(&self) -> i64 {
        let whole = |distance: Duration| i64::try_from(distance.as_secs()).unwrap_or(i64::MAX);
        match self.server.duration_since(self.ours) {
            Ok(ahead) => whole(ahead),
            Err(behind) => -whole(behind.duration()),
        }
    }
}

/// What the headers of an answer that came at `received` (by our clock) say of our clock. An answer that a cache kept says
/// for how long (`Age`, RFC 9111 §5.1), and that is counted. `None` where there is no date between 2020 and 2100.
pub fn skew(headers: &HeaderMap, received: SystemTime) -> Option<Skew> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let date = httpdate::parse_http_date(text(DATE)?).ok()?;
    let age = text(AGE).and_then(|age| age.trim().parse::<u32>().ok()).unwrap_or(0);
    let server = date.checked_add(Duration::from_secs(age.into()))?;
    let since = server.duration_since(UNIX_EPOCH).ok()?;
    (EARLIEST..LATEST).contains(&since).then_some(Skew { server, ours: received })
}

/// Asks a host for its time, whose chain was refused as expired or not yet valid; `chain` is the one that was refused.
///
/// The road is built once more, the same way, and the host is judged at the middle of its chain's own validity in place of
/// now; its name, issuer and signatures must be right all the same, and a proxy in the way is judged now. `HEAD /` is sent,
/// and nothing else of the answer is read than its date.
/// Whether the clock is what was wrong, [`judge`](crate::judge::judge) tells with the server's time as `at`.
pub async fn probe(dialer: &Dialer, origin: &Origin, chain: &[CertificateDer<'_>]) -> Result<Skew, NoTime> {
    let moment = certificate::middle(chain).ok_or(NoTime::Unreadable)?;
    let roots = Arc::new(dialer.roots().danger_at(origin.server_name(), moment));
    let dialer =
        Dialer::new(roots).with_router(Arc::clone(dialer.router())).with_deadlines(dialer.deadlines());
    let mut head = Request::new(Bytes::new());
    *head.method_mut() = Method::HEAD;
    let (response, _) =
        send(&dialer, origin, head, Limits::default(), &mut |_| {}).await.map_err(Box::new)?;
    skew(&response.headers, SystemTime::now()).ok_or(NoTime::NoDate)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_date_is_set_against_our_clock_with_its_sign() {
        let date = headers(&[(DATE, "Tue, 14 Nov 2023 22:13:20 GMT")]);
        assert_eq!(skew(&date, at(1_700_000_000)).unwrap().seconds(), 0);
        assert_eq!(skew(&date, at(1_699_999_000)).unwrap().seconds(), 1000);
        assert_eq!(skew(&date, at(1_700_003_600)).unwrap().seconds(), -3600);
        assert_eq!(skew(&date, at(0)).unwrap().seconds(), 1_700_000_000);
        let half = at(1_700_000_000) + Duration::from_millis(900);
        assert_eq!(skew(&date, half).unwrap().seconds(), 0, "a part of a second is nothing");
    }

    #[test]
    fn the_time_an_answer_spent_in_a_cache_is_counted() {
        let aged = headers(&[(DATE, "Tue, 14 Nov 2023 22:13:20 GMT"), (AGE, "100")]);
        assert_eq!(skew(&aged, at(1_700_000_100)).unwrap().seconds(), 0);
        let senseless = headers(&[(DATE, "Tue, 14 Nov 2023 22:13:20 GMT"), (AGE, "-1")]);
        assert_eq!(skew(&senseless, at(1_700_000_100)).unwrap().seconds(), -100);
    }

    #[test]
    fn a_date_no_clock_shows_says_nothing() {
        for date in [
            "",
            "now",
            "0",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Tue, 31 Dec 2019 23:59:59 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            assert_eq!(skew(&headers(&[(DATE, date)]), at(1_700_000_000)), None, "{date}");
        }
        assert_eq!(skew(&HeaderMap::new(), at(1_700_000_000)), None);
    }
}
