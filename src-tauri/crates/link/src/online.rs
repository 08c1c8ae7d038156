use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};
use longwire_dial::http::{Limits, Response, send};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use crate::{Code, Config, censor::Censor, endpoint};

/// Why the platform's count of connections cannot be had. Texts of a peer are one short line each, without our secrets.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OnlineError {
    /// The road there.
    #[error(transparent)]
    Road(#[from] longwire_dial::Error),
    /// One of the platform's codes, for a token or for the count. The status is as good as always 200 or 400.
    #[error("code {code}: {message}")]
    Code {
        /// The code.
        code: Code,
        /// The platform's text.
        message: String,
    },
    /// Something that is not the platform's, or not what it documents.
    #[error("HTTP status {status}, and an answer that is not the platform's: {start}")]
    Foreign {
        /// The HTTP status.
        status: u16,
        /// How it begins.
        start: String,
    },
}

/// A token that speaks for the app, by App ID and App Secret.
const TOKEN: &str = "/open-apis/auth/v3/tenant_access_token/internal";
/// How many connections the app has; documented since 2026-06, at most ten requests a second.
const COUNT: &str = "/open-apis/event/v1/connection";

/// How many connections the platform counts for the app, ours included. The token that the question needs is not kept.
///
/// # Errors
/// See [`OnlineError`].
pub async fn online(config: &Config) -> Result<u32, OnlineError> {
    let censor = Censor::of([config.app_secret.clone()]);
    let answer = ask(config, token_request(config), &censor).await?;
    let token = answer.get("tenant_access_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let foreign = || OnlineError::Foreign { status: 200, start: "no token".to_owned() };
    let token: SecretString = token.ok_or_else(foreign)?.into();
    let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
    let mut bearer =
        bearer.map_err(|_| OnlineError::Foreign { status: 200, start: "an unusable token".to_owned() })?;
    bearer.set_sensitive(true);

    let censor = Censor::of([config.app_secret.clone(), token]);
    let answer = ask(config, count_request(bearer), &censor).await?;
    let count = answer.get("data").and_then(|data| data.get("online_instance_cnt")).and_then(number);
    count.ok_or_else(|| OnlineError::Foreign { status: 200, start: censor.line(&answer.to_string()) })
}

fn token_request(config: &Config) -> Request<Bytes> {
    #[derive(Serialize)]
    struct Body<'a> {
        app_id: &'a str,
        app_secret: &'a str,
    }
    let body = Body { app_id: &config.app_id, app_secret: config.app_secret.expose_secret() };
    endpoint::post(TOKEN, &body)
}

fn count_request(bearer: HeaderValue) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = Uri::from_static(COUNT);
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(endpoint::AGENT));
    request
}

async fn ask(config: &Config, request: Request<Bytes>, censor: &Censor) -> Result<Value, OnlineError> {
    let limits = Limits::default();
    let (response, _) = send(&config.dialer, &config.origin, request, limits, &mut |_| {}).await?;
    read(&response, censor)
}

/// An answer of code 0. The platform names its code with every status.
fn read(response: &Response, censor: &Censor) -> Result<Value, OnlineError> {
    let answer = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    match answer.get("code").and_then(Value::as_i64) {
        Some(0) => Ok(answer),
        Some(code) => {
            let message = censor.line(answer.get("msg").and_then(Value::as_str).unwrap_or_default());
            Err(OnlineError::Code { code: code.into(), message })
        }
        None => Err(OnlineError::Foreign {
            status: response.status.as_u16(),
            start: censor.bytes(&response.body),
        }),
    }
}

/// A count; as a text, too, since the platform writes many of its numbers so.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => u32::try_from(other.as_u64()?).ok(),
    }
}
