//! The platform's API, as far as the agent uses it: who the bot is, a reply, and what it says later.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, DATE, USER_AGENT},
};
use longwire_contract::AppId;
use longwire_dial::Cause;
use longwire_host::clock;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Bot, Trouble, chunk::Refusal, pace::Pace, roads::Roads};
use crate::{text, webhook};

/// How long a request may take, the road to the platform included.
const DEADLINE: Duration = Duration::from_secs(15);
/// How much of an answer is read.
const MOST: usize = 256 << 10;
/// So long before a token ends it is not used any more; the platform gives a new one in its last half hour.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// Where is said who the bot is.
const BOT: &str = "/open-apis/bot/v3/info";
/// How long the platform's clock counts as known, in milliseconds of this machine's, which may be set at any time.
const AHEAD_KNOWN_MS: u64 = 60 * 1000;
/// How long who the bot is counts as known.
const KNOWN: Duration = Duration::from_secs(60 * 60);
/// The codes that say that a token has ended, or never was one.
const TOKEN_ENDED: [i64; 5] = [99_991_661, 99_991_663, 99_991_664, 99_991_665, 99_991_668];
/// The code that says that the app has asked too often, whatever of.
const TOO_OFTEN: i64 = 99_991_400;
/// The codes that say: later. 230020 and 99991400 are the platform's limits, the others its own trouble.
const BUSY: [i64; 7] = [230_020, 230_049, TOO_OFTEN, 11_232, 11_233, 11_247, 2_200];
/// The codes that say that the message is gone: called back, deleted, or never there, as one that was made up here.
const GONE: [i64; 4] = [230_011, 230_110, 231_003, 99_992_354];
/// The codes that say that a card is not shown as it is: its content, its length.
const UNFIT: [i64; 3] = [230_099, 230_025, 230_001];

/// What is kept of one bot between two messages.
#[derive(Debug, Default)]
pub(super) struct Kept {
    roads: Roads,
    pub(super) pace: Pace,
    token: Mutex<Option<Token>>,
    bot: Mutex<Option<(String, Instant)>>,
    /// How this machine's clock stood to the platform's at its last answer.
    ahead: std::sync::Mutex<Option<Ahead>>,
}

/// How far this machine's clock is ahead of the platform's, and when that was seen, both in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    ms: i64,
    seen_ms: u64,
}

impl Ahead {
    /// Whether it still is so, as far as is known: a clock that was set meanwhile is far from when that was seen.
    fn holds(self, now_ms: u64) -> bool {
        now_ms.abs_diff(self.seen_ms) <= AHEAD_KNOWN_MS
    }
}

#[derive(Clone, Debug)]
struct Token {
    value: SecretString,
    until: Instant,
}

/// A bot at work.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    pub(super) app: AppId,
    pub(super) bot: Bot,
    pub(super) kept: Arc<Kept>,
}

/// Why the platform did not do something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It has too much to do, or we asked too often.
    Busy { code: i64, message: String, rest: Option<Duration> },
    /// The message is not there any more.
    Gone { code: i64, message: String },
    /// It does not take this card.
    Unfit { code: i64, message: String },
    /// It refuses.
    Refused { code: i64, message: String },
    /// It cannot be asked.
    Unreachable(String),
}

impl Platform {
    /// The bot's own id.
    pub(super) async fn open_id(&self) -> Result<String, Fault> {
        let mut known = self.kept.bot.lock().await;
        if let Some((open_id, since)) = &*known
            && since.elapsed() < KNOWN
        {
            return Ok(open_id.clone());
        }
        let answer = self.call(Method::GET, BOT, None).await?;
        let open_id = answer["bot"]["open_id"].as_str().filter(|id| !id.is_empty());
        let open_id = open_id.ok_or_else(|| odd("it does not say who the bot is"))?.to_owned();
        *known = Some((open_id.clone(), Instant::now()));
        Ok(open_id)
    }

    /// How far this machine's clock is ahead of the platform's, in milliseconds; nothing where it does not say.
    pub(super) async fn ahead_ms(&self) -> Option<i64> {
        let known = || {
            let ahead = *self.kept.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            ahead.filter(|ahead| ahead.holds(clock::now_ms()))
        };
        if known().is_none() {
            // Whatever it says, it says when.
            self.call(Method::GET, BOT, None).await.ok()?;
        }
        known().map(|ahead| ahead.ms)
    }

    /// Replies to a message with a card; a second reply with the same `uuid` is the first one. The id of the reply.
    pub(super) async fn reply(&self, message: &str, card: &str, uuid: &str) -> Result<String, Fault> {
        let path = format!("/open-apis/im/v1/messages/{message}/reply");
        let body = json!({ "content": card, "msg_type": "interactive", "uuid": uuid });
        let answer = self.call(Method::POST, &path, Some(&body)).await?;
        let id = answer["data"]["message_id"].as_str().filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| odd("it does not say under which id the reply is"))
    }

    /// Has a reply show another card.
    pub(super) async fn update(&self, reply: &str, card: &str) -> Result<(), Fault> {
        let path = format!("/open-apis/im/v1/messages/{reply}");
        self.call(Method::PATCH, &path, Some(&json!({ "content": card }))).await.map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Fault> {
        let token = self.token(None).await?;
        match self.ask(method.clone(), path, body, Some(&token)).await {
            Err(Fault::Refused { code, .. }) if TOKEN_ENDED.contains(&code) => {
                let token = self.token(Some(&token)).await?;
                self.ask(method, path, body, Some(&token)).await
            }
            answer => answer,
        }
    }

    /// A token that is good, and not the one that turned out not to be.
    async fn token(&self, ended: Option<&SecretString>) -> Result<SecretString, Fault> {
        // One asks for it, the others wait for what comes of that.
        let mut known = self.kept.token.lock().await;
        if let Some(token) = &*known
            && token.until > Instant::now()
            && ended.is_none_or(|ended| ended.expose_secret() != token.value.expose_secret())
        {
            return Ok(token.value.clone());
        }
        *known = None;
        let body = json!({
            "app_id": self.app.as_str(),
            "app_secret": self.bot.secret.expose_secret(),
        });
        let path = "/open-apis/auth/v3/tenant_access_token/internal";
        let answer = self.ask(Method::POST, path, Some(&body), None).await?;
        let value = answer["tenant_access_token"].as_str().filter(|token| !token.is_empty());
        let value = SecretString::from(value.ok_or_else(|| odd("it gives no token"))?);
        let lasts = Duration::from_secs(answer["expire"].as_u64().unwrap_or(0).min(24 * 60 * 60));
        let until = Instant::now() + lasts.saturating_sub(EARLY).max(lasts / 2);
        *known = Some(Token { value: value.clone(), until });
        Ok(value)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        token: Option<&SecretString>,
    ) -> Result<Value, Fault> {
        let mut request = Request::new(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|_| odd("there is no such path"))?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(USER_AGENT, HeaderValue::from_static(webhook::USER_AGENT));
        if let Some(token) = token {
            let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
            let mut value = value.map_err(|_| odd("its token cannot be sent"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        self.kept.pace.turn().await;
        let exchange = timeout(DEADLINE, self.exchange(request)).await;
        let slow = || Fault::Unreachable(format!("no answer within {} s", DEADLINE.as_secs()));
        let (status, headers, body) = exchange.map_err(|_| slow())??;
        let answer = judge(status, &headers, &body);
        if let Err(Fault::Busy { code: TOO_OFTEN, rest, .. }) = &answer {
            self.kept.pace.rest(*rest);
        }
        answer
    }

    /// One request, over a connection that is kept or a new one.
    async fn exchange(&self, request: Request<Bytes>) -> Result<(StatusCode, HeaderMap, Vec<u8>), Fault> {
        loop {
            let open = self.kept.roads.open(&self.bot.dialer, &self.bot.origin).await;
            let mut open = open.map_err(|error| Fault::Unreachable(text::line(&error)))?;
            let failed = |cause: Cause| Fault::Unreachable(cause.to_string());
            let mut answer = match open.connection.send(request.clone(), DEADLINE).await {
                Ok(answer) => answer,
                // It was closed since the last request. Each of ours may come twice.
                Err(Cause::Cut) if open.used => continue,
                Err(cause) => return Err(failed(cause)),
            };
            let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
            if let Some(date_ms) = date_ms(&headers) {
                let seen_ms = clock::now_ms();
                let ms = seen_ms.cast_signed() - date_ms.cast_signed();
                *self.kept.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ahead { ms, seen_ms });
            }
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(failed)? {
                if body.len() + chunk.len() > MOST {
                    return Err(odd("its answer is too long"));
                }
                body.extend_from_slice(&chunk);
            }
            self.kept.roads.keep(open);
            return Ok((status, headers, body));
        }
    }
}

/// What answers does not do as the platform does.
fn odd(message: &str) -> Fault {
    Fault::Unreachable(message.to_owned())
}

/// What an answer says: its JSON, where its code says that all is well.
fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Value, Fault> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = value["code"].as_i64().filter(|code| *code != 0 || status.is_success());
    let Some(code) = code else {
        let message = format!("status {}, which is not what the platform says", status.as_u16());
        return Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Fault::Busy { code: 0, message, rest: rest(headers) },
            _ => Fault::Unreachable(message),
        });
    };
    if code == 0 {
        return Ok(value);
    }
    let message = text::line(value["msg"].as_str().unwrap_or_default());
    Err(match code {
        _ if BUSY.contains(&code) || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            Fault::Busy { code, message, rest: rest(headers) }
        }
        _ if GONE.contains(&code) => Fault::Gone { code, message },
        _ if UNFIT.contains(&code) => Fault::Unfit { code, message },
        _ => Fault::Refused { code, message },
    })
}

/// When an answer was given.
fn date_ms(headers: &HeaderMap) -> Option<u64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    u64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// After how many seconds there is room again.
fn rest(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("x-ogw-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(Duration::from_secs(60)))
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy { code, message, .. } => {
                Self { again: true, ..Self::of(Trouble::ReplyRefused { code, message }) }
            }
            Fault::Gone { code, message }
            | Fault::Unfit { code, message }
            | Fault::Refused { code, message } => Self::of(Trouble::ReplyRefused { code, message }),
            Fault::Unreachable(message) => Self::of(Trouble::PlatformUnreachable(message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_compared_anew() {
        let ahead = Ahead { ms: 0, seen_ms: 1_000_000 };
        for (now_ms, holds) in
            [(1_000_000, true), (1_060_000, true), (1_060_001, false), (2_000_000, false), (900_000, false)]
        {
            assert_eq!(ahead.holds(now_ms), holds, "{now_ms}");
        }
    }

    #[test]
    fn each_answer_says_what_it_says() {
        let (no, rest) = (|| "no".to_owned(), None);
        let table = [
            (200, r#"{"code":0,"data":{}}"#, None),
            (400, r#"{"code":230020,"msg":"no"}"#, Some(Fault::Busy { code: 230_020, message: no(), rest })),
            (
                200,
                r#"{"code":99991400,"msg":"no"}"#,
                Some(Fault::Busy { code: 99_991_400, message: no(), rest }),
            ),
            (429, r#"{"code":7,"msg":"no"}"#, Some(Fault::Busy { code: 7, message: no(), rest })),
            (500, r#"{"code":7,"msg":"no"}"#, Some(Fault::Busy { code: 7, message: no(), rest })),
            (400, r#"{"code":230011,"msg":"no"}"#, Some(Fault::Gone { code: 230_011, message: no() })),
            (400, r#"{"code":230099,"msg":"no"}"#, Some(Fault::Unfit { code: 230_099, message: no() })),
            (
                400,
                r#"{"code":230002,"msg":"n\no"}"#,
                Some(Fault::Refused { code: 230_002, message: "n o".to_owned() }),
            ),
            (400, r#"{"code":99992354,"msg":"no"}"#, Some(Fault::Gone { code: 99_992_354, message: no() })),
        ];
        for (status, body, fault) in table {
            let answer = judge(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes());
            assert_eq!(answer.err(), fault, "{status} {body}");
        }
        for (status, body) in [
            (200, "<html>"),
            (502, ""),
            (200, "[]"),
            (200, r#"{"code":"0"}"#),
            (302, "{}"),
            (400, r#"{"code":0}"#),
        ] {
            let answer = judge(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes());
            assert!(matches!(answer, Err(Fault::Unreachable(_))), "{status} {body}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-ogw-ratelimit-reset", HeaderValue::from_static("3"));
        let Err(Fault::Busy { rest, .. }) = judge(StatusCode::TOO_MANY_REQUESTS, &headers, b"") else {
            panic!()
        };
        assert_eq!(rest, Some(Duration::from_secs(3)));
    }
}
