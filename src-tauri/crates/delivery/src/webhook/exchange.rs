//! One request to a webhook and what comes of it.

use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, Request, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use longwire_contract::AttemptOutcome as Outcome;
use longwire_dial::{
    Cause, Dialer, Origin,
    http::{Answer, Connection},
    route::Route,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Sent, address};
use crate::text;

/// How much of the head of an answer is read.
const HEAD: usize = 64 << 10;
/// How much of a callback's answer is read: more than the platform takes.
const WHOLE: usize = 1 << 20;
/// How much of other answers is read, so that the connection can be used again.
const ENOUGH: usize = 64 << 10;
/// After how long without an event a connection is closed: before the usual servers do it, whose least is five seconds.
const IDLE: Duration = Duration::from_secs(4);
/// After how long a connection is not used again: the way there may be another one meanwhile.
const OLDEST: Duration = Duration::from_secs(60);
/// The longest that a target may ask to be left alone.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

/// A connection to a webhook that is kept for the next event, where there is one. Each of those that send at the same time
/// has its own.
#[derive(Debug, Default)]
pub(crate) struct KeptAlive(Option<Open>);

#[derive(Debug)]
struct Open {
    connection: Connection,
    since: Instant,
}

/// What goes over a connection, and what is wanted back.
#[derive(Clone, Debug)]
pub(super) struct Exchange<'a> {
    pub(super) url: &'a Url,
    pub(super) origin: &'a Origin,
    pub(super) request: Request<Bytes>,
    /// Until when it must be done.
    pub(super) deadline: Duration,
    /// Whether the answer must be there whole.
    pub(super) whole: bool,
    pub(super) at_ms: u64,
}

/// What came of the answer until it ended, or something else did.
#[derive(Default)]
struct Came {
    head: Option<(StatusCode, HeaderMap)>,
    body: BytesMut,
}

/// Why there is no more of an answer.
enum End {
    /// That is all of it.
    Whole,
    /// More than is read.
    Cut,
    Failed(Cause),
}

impl Exchange<'_> {
    /// Sends the request over the connection that is kept, or a new one, and reads the answer. A connection that the other side
    /// has closed in between is replaced once: it says nothing of this event.
    pub(super) async fn run(self, kept: &mut KeptAlive, dialer: &Dialer) -> Sent {
        let began = Instant::now();
        let end = began.checked_add(self.deadline);
        let mut came = Came::default();
        let mut open = kept.0.take().filter(|open| {
            open.connection.is_open()
                && open.since.elapsed() < OLDEST
                && open.connection.origin() == self.origin
        });
        let ended = loop {
            let reused = open.is_some();
            let mut using = match open.take() {
                Some(open) => open,
                None => match self.open(dialer, end).await {
                    Ok(open) => open,
                    Err(detail) => return Sent::failed(Outcome::Unreachable, began.elapsed(), detail),
                },
            };
            let left = end.map_or(self.deadline, |end| end.saturating_duration_since(Instant::now()));
            let ended = self.over(&mut using.connection, left, &mut came).await;
            if reused && came.head.is_none() && matches!(ended, End::Failed(Cause::Cut)) {
                continue;
            }
            if using.connection.is_open() {
                kept.0 = Some(using);
            }
            break ended;
        };
        self.sent(came, ended, began.elapsed())
    }

    /// A new connection: to this machine always straight.
    async fn open(&self, dialer: &Dialer, end: Option<Instant>) -> Result<Open, String> {
        let connecting = async {
            let road = if self.origin.is_this_machine() {
                dialer.dial_along(&Route::direct(), self.origin, &mut |_| {}).await
            } else {
                dialer.dial(self.origin).await
            };
            let road = road.map_err(|error| error.to_string())?;
            let connection = Connection::over(road, self.origin, HEAD, IDLE).await;
            let connection = connection.map_err(|cause| cause.to_string())?;
            Ok(Open { connection, since: Instant::now() })
        };
        match end {
            None => connecting.await,
            Some(end) => timeout_at(end, connecting)
                .await
                .unwrap_or_else(|_| Err(format!("no connection within {:?}", self.deadline))),
        }
    }

    async fn over(&self, connection: &mut Connection, left: Duration, came: &mut Came) -> End {
        let mut answer = match connection.send(self.request.clone(), left).await {
            Ok(answer) => answer,
            Err(cause) => return End::Failed(cause),
        };
        let limit = if self.whole && answer.status.is_success() { WHOLE } else { ENOUGH };
        came.head = Some((answer.status, std::mem::take(&mut answer.headers)));
        read(&mut answer, limit, &mut came.body).await.unwrap_or_else(End::Failed)
    }

    fn sent(&self, came: Came, ended: End, took: Duration) -> Sent {
        let body = came.body.freeze();
        let status = came.head.as_ref().map(|(status, _)| *status);
        let (outcome, detail) = match (came.head.as_ref(), &ended) {
            (Some((status, headers)), ended) if !status.is_success() => {
                let (outcome, mut detail) = self.refused(*status, headers);
                if let (End::Failed(cause), true) = (ended, detail.is_empty()) {
                    detail = self.told(cause);
                }
                (outcome, detail)
            }
            (_, End::Failed(cause)) => (outcome_of(cause), self.told(cause)),
            (_, End::Cut) if self.whole => {
                (Outcome::TooLarge, format!("the answer has more than {WHOLE} bytes"))
            }
            _ => (Outcome::Delivered, String::new()),
        };
        let taken = outcome == Outcome::Delivered;
        Sent {
            outcome,
            status: status.map(|status| status.as_u16()),
            took,
            response: text::shown(&body),
            body: if self.whole && taken { body } else { Bytes::new() },
            retry_after: came
                .head
                .and_then(|(_, headers)| retry_after(&headers, self.at_ms))
                .filter(|_| !taken),
            detail,
        }
    }

    /// What a status other than 2xx says.
    fn refused(&self, status: StatusCode, headers: &HeaderMap) -> (Outcome, String) {
        match status {
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                (Outcome::Unreachable, format!("what is there answers {status}"))
            }
            _ => match headers.get(LOCATION).filter(|_| status.is_redirection()) {
                None => (Outcome::BadStatus, String::new()),
                Some(to) => (Outcome::Redirected, self.leading(to.as_bytes())),
            },
        }
    }

    fn leading(&self, to: &[u8]) -> String {
        let to = std::str::from_utf8(to).ok().and_then(|to| self.url.join(to).ok());
        to.map_or_else(
            || "it leads to no URL".to_owned(),
            |to| format!("it leads to {}", address::shown(&to)),
        )
    }

    fn told(&self, cause: &Cause) -> String {
        match cause {
            // What was left of the deadline is nothing that anybody knows.
            Cause::TimedOut(_) => Cause::TimedOut(self.deadline).to_string(),
            cause => cause.to_string(),
        }
    }
}

impl Sent {
    /// An attempt that ended before there was an answer.
    pub(super) fn failed(outcome: Outcome, took: Duration, detail: String) -> Self {
        Self { outcome, status: None, took, response: None, body: Bytes::new(), retry_after: None, detail }
    }
}

async fn read(answer: &mut Answer<'_>, limit: usize, body: &mut BytesMut) -> Result<End, Cause> {
    while let Some(chunk) = answer.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok(End::Cut);
        }
    }
    Ok(End::Whole)
}

fn outcome_of(cause: &Cause) -> Outcome {
    match cause {
        Cause::TimedOut(_) => Outcome::TimedOut,
        Cause::TooLarge { .. } => Outcome::TooLarge,
        _ => Outcome::Broken,
    }
}

/// In seconds, or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, at_ms: u64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let rest = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(UNIX_EPOCH + Duration::from_millis(at_ms)).unwrap_or_default()
    };
    Some(rest.min(LONGEST_REST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_may_ask_to_be_left_alone_and_not_for_ever() {
        let at_ms = 1_700_000_000_500;
        for (text, seconds) in [
            ("120", Some(120.0)),
            (" 0 ", Some(0.0)),
            ("99999999999999999999999", Some(3600.0)),
            ("Tue, 14 Nov 2023 22:13:30 GMT", Some(9.5)),
            ("Tue, 14 Nov 2023 22:13:10 GMT", Some(0.0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(3600.0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after(&headers, at_ms).map(|rest| rest.as_secs_f64()), seconds, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), at_ms), None);
    }
}
