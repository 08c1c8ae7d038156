use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use longwire_dial::http::{Limits, Response, send};
use longwire_wire::ClientConfig;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    Config, EndpointError, Error,
    censor::Censor,
    platform::{Grant, Walk},
    ticket::Ticket,
};

/// Asks the endpoint for a ticket and lets it lapse: are App ID, App Secret and domain right, and does the road stand?
///
/// # Errors
/// Those of the road and of the endpoint.
pub async fn check(config: &Config) -> Result<(), Error> {
    ask(config).await.result.map(drop)
}

/// The same on both domains.
const PATH: &str = "/callback/ws/endpoint";

pub(crate) async fn ask(config: &Config) -> Walk<Grant> {
    let began = Instant::now();
    match send(&config.dialer, &config.origin, request(config), Limits::default()).await {
        Ok((response, trace)) => {
            let road = [trace.dns, trace.tcp, trace.tls].into_iter().flatten().sum();
            let took = Some(began.elapsed().saturating_sub(road));
            let result = read(&response, &Censor::of([config.app_secret.clone()])).map_err(Error::from);
            Walk { trace, took, result }
        }
        Err(error) => Walk::no_road(error),
    }
}

fn request(config: &Config) -> Request<Bytes> {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(rename = "AppID")]
        app_id: &'a str,
        #[serde(rename = "AppSecret")]
        app_secret: &'a str,
    }
    let body = Body { app_id: &config.app_id, app_secret: config.app_secret.expose_secret() };
    // Two texts cannot fail to serialise.
    let mut request = Request::new(serde_json::to_vec(&body).unwrap_or_default().into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(PATH);
    let agent = concat!("longwire/", env!("CARGO_PKG_VERSION"));
    request.headers_mut().extend([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(agent)),
        // The language of the platform's texts. The official SDKs send no other; ours go by the codes.
        (header::HeaderName::from_static("locale"), HeaderValue::from_static("zh")),
    ]);
    request
}

fn read(response: &Response, censor: &Censor) -> Result<Grant, EndpointError> {
    let answer = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let code = answer.get("code").and_then(Value::as_i64);
    let message = censor.line(answer.get("msg").and_then(Value::as_str).unwrap_or_default());
    let status = response.status.as_u16();
    match (status, code) {
        (200, Some(0)) => grant(answer.get("data")),
        (200, Some(code)) => Err(EndpointError::Code { code: code.into(), message }),
        (200, None) if response.body.trim_ascii().is_empty() => Err(EndpointError::Empty),
        (200, None) => Err(EndpointError::Foreign { start: censor.bytes(&response.body) }),
        (status, code) => Err(EndpointError::Status { status, code, message }),
    }
}

fn grant(data: Option<&Value>) -> Result<Grant, EndpointError> {
    let field = |key| data.and_then(|data| data.get(key));
    let url =
        field("URL").and_then(Value::as_str).filter(|url| !url.is_empty()).ok_or(EndpointError::NoUrl)?;
    let wishes = field("ClientConfig").and_then(|value| ClientConfig::of_value(value.clone()));
    Ok(Grant { ticket: Ticket::parse(url)?, wishes: wishes.unwrap_or_default() })
}
