use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use longwire_dial::{
    clock::skew,
    http::{Limits, Response, send_over},
    route::Way,
};
use longwire_wire::ClientConfig;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    Config, EndpointError, Error,
    censor::Censor,
    platform::{Begins, Grant, Walk},
    ticket::Ticket,
};

/// The same on both domains.
const PATH: &str = "/callback/ws/endpoint";

/// Who we are to a server.
pub(crate) const AGENT: &str = concat!("longwire/", env!("CARGO_PKG_VERSION"));

pub(crate) async fn ask(config: &Config, begins: &mut Begins<'_>) -> Walk {
    let mut asked = None;
    let mut begins = |stage: longwire_dial::Stage| {
        if stage == longwire_dial::Stage::Http {
            asked = Some(Instant::now());
        }
        begins(stage.into());
    };
    let Config { dialer, origin, .. } = config;
    let sent = async {
        let road = dialer.dial_telling(origin, &mut begins).await?;
        let (way, deadline) = (road.way.clone(), dialer.deadlines().http);
        let sent = send_over(road, deadline, origin, request(config), Limits::default(), &mut begins).await;
        sent.map(|(response, trace)| (way, response, trace))
    };
    match sent.await {
        Ok((way, response, trace)) => {
            let took = asked.map(|asked| asked.elapsed());
            let skew = skew(&response.headers, SystemTime::now());
            let censor = Censor::of([config.app_secret.clone()]);
            let result = read(&response, way, &censor).map_err(Error::from);
            Walk { trace, took, skew, result }
        }
        Err(error) => {
            Walk { trace: (*error.trace).clone(), took: None, skew: None, result: Err(error.into()) }
        }
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
    let mut request = post(PATH, &body);
    // The language of the platform's texts. The official SDKs send no other; ours go by the codes.
    request.headers_mut().insert("locale", HeaderValue::from_static("zh"));
    request
}

/// A request of ours to the platform, with a body in JSON that cannot fail to serialise: texts alone.
pub(crate) fn post(path: &'static str, body: &impl Serialize) -> Request<Bytes> {
    let mut request = Request::new(serde_json::to_vec(body).unwrap_or_default().into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(path);
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
    request
}

fn read(response: &Response, way: Way, censor: &Censor) -> Result<Grant, EndpointError> {
    let answer = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let code = answer.get("code").and_then(Value::as_i64);
    let message = censor.line(answer.get("msg").and_then(Value::as_str).unwrap_or_default());
    let status = response.status.as_u16();
    match (status, code) {
        (200, Some(0)) => grant(answer.get("data"), way),
        (200, Some(code)) => Err(EndpointError::Code { code: code.into(), message }),
        (200, None) if response.body.trim_ascii().is_empty() => Err(EndpointError::Empty),
        (200, None) => Err(EndpointError::Foreign { start: censor.bytes(&response.body) }),
        (status, code) => Err(EndpointError::Status { status, code, message }),
    }
}

fn grant(data: Option<&Value>, way: Way) -> Result<Grant, EndpointError> {
    let field = |key| data.and_then(|data| data.get(key));
    let url =
        field("URL").and_then(Value::as_str).filter(|url| !url.is_empty()).ok_or(EndpointError::NoUrl)?;
    let wishes = field("ClientConfig").and_then(|value| ClientConfig::of_value(value.clone()));
    Ok(Grant { ticket: Ticket::parse(url)?, way, wishes: wishes.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::{HeaderMap, StatusCode};
    use longwire_dial::{Dialer, Origin, OriginError, RootSource, Roots};

    use super::*;
    use crate::{BadUrl, Code, Tuning};

    const SECRET: &str = "0123456789abcdefghij";

    fn answer(status: u16, body: &str) -> Result<Grant, EndpointError> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let status = StatusCode::from_u16(status).unwrap();
        let response = Response { status, headers: HeaderMap::new(), body };
        read(&response, Way::Direct, &Censor::of([SECRET.into()]))
    }

    fn fault(status: u16, body: &str) -> EndpointError {
        answer(status, body).map(|grant| grant.wishes).unwrap_err()
    }

    #[test]
    fn the_request_is_the_official_one_in_our_name() {
        let config = Config {
            origin: Origin::parse("https://open.feishu.cn").unwrap(),
            app_id: "cli_0123456789abcdef".to_owned(),
            app_secret: SECRET.into(),
            dialer: Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()))),
            tuning: Tuning::default(),
        };
        let request = request(&config);
        assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/callback/ws/endpoint"));
        assert_eq!(request.body(), &format!(r#"{{"AppID":"cli_0123456789abcdef","AppSecret":"{SECRET}"}}"#));
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["locale"], "zh");
        assert!(request.headers()["user-agent"].to_str().unwrap().starts_with("longwire/"));
        assert!(!format!("{config:?}").contains(SECRET));
    }

    #[test]
    fn a_grant_is_a_url_and_perhaps_wishes() {
        let url = r#""URL":"wss://h.test/ws?device_id=d&service_id=7""#;
        let full = format!(
            r#"{{"code":0,"msg":"","data":{{{url},"ClientConfig":{{"ReconnectCount":-1,"ReconnectInterval":120,
               "ReconnectNonce":30,"PingInterval":90}}}}}}"#
        );
        let grant = answer(200, &full).unwrap();
        assert_eq!((grant.ticket.device_id.as_str(), grant.ticket.service_id), ("d", 7));
        assert_eq!((grant.wishes.ping_interval, grant.wishes.reconnect_interval), (Some(90), Some(120)));
        for wishes in [
            "",
            r#","ClientConfig":null"#,
            r#","ClientConfig":[1]"#,
            r#","ClientConfig":{"PingInterval":"x"}"#,
        ] {
            let grant = answer(200, &format!(r#"{{"code":0,"data":{{{url}{wishes}}}}}"#)).unwrap();
            assert_eq!(grant.wishes, ClientConfig::default(), "{wishes}");
        }
    }

    #[test]
    fn a_code_keeps_its_number_and_its_text_in_bounds() {
        for (number, code) in [
            (1, Code::Busy),
            (1_000_040_343, Code::Internal),
            (1_000_040_344, Code::NoCredentials),
            (1_000_040_345, Code::CredentialsWrong),
            (1_000_040_350, Code::ConnectionLimit),
            (1_000_040_351, Code::DomainWrong),
            (424_242, Code::Unknown(424_242)),
        ] {
            let error = fault(200, &format!(r#"{{"code":{number},"msg":"text"}}"#));
            assert_eq!(error, EndpointError::Code { code, message: "text".to_owned() });
            assert!(error.to_string().contains(&number.to_string()));
        }
        let long = "x\\n\\u001b".repeat(1000);
        let EndpointError::Code { message, .. } = fault(200, &format!(r#"{{"code":7,"msg":"{long}"}}"#))
        else {
            panic!()
        };
        assert!(message.chars().count() <= 201 && !message.contains(char::is_control));
    }

    #[test]
    fn an_answer_that_is_no_grant_is_named() {
        for (body, wanted) in [
            ("", EndpointError::Empty),
            (" \r\n", EndpointError::Empty),
            (
                "<html>\n<h1>Log in</h1>",
                EndpointError::Foreign { start: "<html> <h1>Log in</h1>".to_owned() },
            ),
            ("{}", EndpointError::Foreign { start: "{}".to_owned() }),
            ("[0]", EndpointError::Foreign { start: "[0]".to_owned() }),
            (r#"{"code":"0"}"#, EndpointError::Foreign { start: r#"{"code":"0"}"#.to_owned() }),
            (r#"{"code":0}"#, EndpointError::NoUrl),
            (r#"{"code":0,"data":{"URL":""}}"#, EndpointError::NoUrl),
            (r#"{"code":0,"data":{"URL":7}}"#, EndpointError::NoUrl),
            (r#"{"code":0,"data":null}"#, EndpointError::NoUrl),
            (r#"{"code":0,"data":{"URL":"https://h.test/"}}"#, EndpointError::BadUrl(BadUrl::NotWebSocket)),
            (
                r#"{"code":0,"data":{"URL":"ws://h.test/"}}"#,
                EndpointError::BadUrl(OriginError::PlainToElsewhere { host: "h.test".to_owned() }.into()),
            ),
        ] {
            assert_eq!(fault(200, body), wanted, "{body}");
        }
    }

    #[test]
    fn another_status_keeps_the_code_and_text_where_there_are_any() {
        let status =
            |status, code, message: &str| EndpointError::Status { status, code, message: message.to_owned() };
        assert_eq!(fault(502, "<html>bad gateway"), status(502, None, ""));
        assert_eq!(
            fault(500, r#"{"code":1000040343,"msg":"internal"}"#),
            status(500, Some(1_000_040_343), "internal")
        );
        assert_eq!(fault(302, ""), status(302, None, ""));
        assert_eq!(fault(204, r#"{"code":0}"#), status(204, Some(0), ""));
    }

    #[test]
    fn an_answer_that_repeats_the_secret_does_not_get_it_into_an_error() {
        for (status, body) in [
            (200, format!("echo of {SECRET}")),
            (200, format!(r#"{{"code":7,"msg":"bad secret {SECRET}"}}"#)),
            (400, format!(r#"{{"code":7,"msg":"{SECRET}"}}"#)),
        ] {
            let error = fault(status, &body);
            assert!(!format!("{error} {error:?}").contains(&SECRET[..8]), "{error:?}");
        }
    }
}
