use http::Uri;
use longwire_dial::{Origin, OriginError};
use url::{Position, Url};

use super::WebhookError;
use crate::text;

/// Where a webhook is, and what leads there.
pub(super) fn judge(text: &str, remote: bool) -> Result<(Url, Origin), WebhookError> {
    let no_url = || WebhookError::NotAUrl(told(text));
    let mut url = Url::parse(text.trim()).map_err(|_| no_url())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(no_url());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebhookError::Credentials);
    }
    url.set_fragment(None);
    let host = || url.host_str().unwrap_or_default().to_owned();
    let listens = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_unspecified(),
        _ => false,
    };
    if listens {
        return Err(WebhookError::Unspecified(host()));
    }
    let origin = match Origin::of(&url) {
        Ok(origin) => origin,
        Err(OriginError::PlainToElsewhere { .. }) if remote => return Err(WebhookError::Plain(host())),
        Err(OriginError::PlainToElsewhere { .. }) => return Err(WebhookError::Remote(host())),
        Err(OriginError::Credentials) => return Err(WebhookError::Credentials),
        Err(_) => return Err(no_url()),
    };
    // What is left is encrypted or on this machine: no origin can be anything else.
    if url[Position::BeforePath..].parse::<Uri>().is_err() {
        return Err(no_url());
    }
    if !remote && !origin.is_this_machine() {
        return Err(WebhookError::Remote(host()));
    }
    Ok((url, origin))
}

/// A URL as it may be shown: without user, password, query and fragment.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // They fail where a URL cannot have any of them, and so has none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    text::line(shown.as_str())
}

/// What was given for a URL, without what may be a secret in one.
fn told(text: &str) -> String {
    let text = text.trim();
    let text = &text[..text.find(['?', '#']).unwrap_or(text.len())];
    text::line(text.rsplit('@').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, remote: bool) -> WebhookError {
        judge(text, remote).err().unwrap_or_else(|| panic!("{text} is taken"))
    }

    #[test]
    fn this_machine_may_be_reached_in_any_way() {
        for text in [
            "http://127.0.0.1:3000/webhook/event?x=1",
            " http://localhost:80 ",
            "http://LOCALHOST.:1/",
            "http://bot.localhost:1/",
            "http://127.8.9.10:1",
            "http://[::1]:9/",
            "http://[::ffff:127.0.0.1]:9/",
            "http://2130706433:1",
            "https://localhost/",
        ] {
            let (_, origin) = judge(text, false).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(origin.is_this_machine(), "{text}");
            assert!(judge(text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn another_machine_must_be_allowed_and_encrypted() {
        for host in [
            "bot.example.com",
            "localhost.evil.com",
            "127.0.0.1.nip.io",
            "169.254.169.254",
            "10.0.0.1",
            "[fe80::1]",
        ] {
            let (plain, tls) = (format!("http://{host}/"), format!("https://{host}/"));
            assert_eq!(error(&plain, false), WebhookError::Remote(host.into()));
            assert_eq!(error(&tls, false), WebhookError::Remote(host.into()));
            assert_eq!(error(&plain, true), WebhookError::Plain(host.into()));
            assert!(judge(&tls, true).is_ok(), "{tls}");
        }
        let (_, origin) = judge("https://①②⑦.0.0.1", true).unwrap();
        assert!(origin.is_this_machine(), "a disguise is seen through: {origin}");
    }

    #[test]
    fn where_a_server_listens_is_not_where_it_is() {
        for host in ["0.0.0.0", "[::]", "[::ffff:0:0]"] {
            for remote in [false, true] {
                let error = error(&format!("http://{host}:5000"), remote);
                assert_eq!(error, WebhookError::Unspecified(host.into()));
            }
        }
        assert_eq!(error("http://0:5000", false), WebhookError::Unspecified("0.0.0.0".into()));
    }

    #[test]
    fn what_is_no_url_is_refused_and_no_secret_of_it_repeated() {
        for text in [
            "127.0.0.1:3000",
            "ws://127.0.0.1",
            "file:///etc/passwd",
            "",
            "http://",
            "http://127.0.0.1:0/",
            "localhost:3000/?k=hunter2",
            "ftp://u:hunter2@h/",
            "http://u:hunter2@h:99999/",
        ] {
            let error = error(text, true);
            assert!(matches!(error, WebhookError::NotAUrl(_)), "{text}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}: {error:?}");
        }
        for text in ["http://u:hunter2@127.0.0.1/", "https://hunter2@localhost/"] {
            assert_eq!(error(text, true), WebhookError::Credentials);
        }
    }

    #[test]
    fn what_is_shown_of_a_url_has_no_secret() {
        let shown = |text: &str| shown(&Url::parse(text).unwrap());
        assert_eq!(shown("http://u:p@127.0.0.1:3000/a/b?key=k#f"), "http://127.0.0.1:3000/a/b");
        assert_eq!(shown("mailto:a@b?x=1"), "mailto:a@b");
        assert!(shown(&format!("http://h/{}", "a".repeat(5000))).len() < 300);
    }
}
