use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::WebhookError;

/// More than servers take of one.
const LONGEST: usize = 8 << 10;

/// Those that are set here, and those that are about the connection and not about the request.
const OURS: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
/// The beginnings of further ones.
const OUR_BEGINNINGS: &[&str] = &["x-lark-", "x-longwire-"];

/// The name of an extra header, in lower case, if it can be sent.
pub(super) fn checked(name: &str, value: &SecretString) -> Result<String, WebhookError> {
    let refused = || WebhookError::Header(name.chars().filter(|c| !c.is_control()).take(100).collect());
    let known = HeaderName::try_from(name).map_err(|_| refused())?;
    let ours =
        OURS.contains(&known.as_str()) || OUR_BEGINNINGS.iter().any(|ours| known.as_str().starts_with(ours));
    let value = value.expose_secret();
    let fits = name.len() + value.len() <= LONGEST && HeaderValue::from_bytes(value.as_bytes()).is_ok();
    if ours || !fits { Err(refused()) } else { Ok(known.as_str().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> Result<String, WebhookError> {
        checked(name, &value.to_owned().into())
    }

    #[test]
    fn a_header_that_can_be_sent_is_taken() {
        assert_eq!(check("Authorization", "Bearer x"), Ok("authorization".into()));
        assert_eq!(check("X-Name", "名字"), Ok("x-name".into()));
        assert_eq!(check("x-empty", ""), Ok("x-empty".into()));
    }

    #[test]
    fn what_we_set_ourselves_or_what_would_be_two_headers_is_refused_and_not_repeated() {
        for name in [
            "Host",
            "Content-Length",
            "content-type",
            "Connection",
            "Transfer-Encoding",
            "Expect",
            "User-Agent",
            "X-Lark-Signature",
            "X-Longwire-Event",
            "",
            "a b",
            "a:b",
            "a\r\nb",
            "ä",
        ] {
            let shown = name.replace(['\r', '\n'], "");
            assert_eq!(check(name, "x"), Err(WebhookError::Header(shown)));
        }
        for value in ["a\r\nHost: b", "a\nb", "a\0", "a\rb", &"x".repeat(9000)] {
            let error = check("x-ok", value).unwrap_err();
            assert_eq!(error, WebhookError::Header("x-ok".into()));
        }
    }
}
