use longwire_dial::{Origin, Scheme};
use secrecy::SecretString;
use url::Url;

use crate::{BadUrl, censor::Censor};

/// The URL of one session. It opens one connection, once, so it is used up by opening it; and since it holds the
/// credentials `access_key` and `ticket`, it is a secret but for scheme and host.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) url: SecretString,
    pub(crate) origin: Origin,
    /// Of the URL's query; empty where absent.
    pub(crate) device_id: String,
    /// Of the URL's query; 0 where absent, since only the platform reads it.
    pub(crate) service_id: i32,
    /// Knows the URL's secrets.
    pub(crate) censor: Censor,
}

impl Ticket {
    pub(crate) fn parse(text: &str) -> Result<Self, BadUrl> {
        let url = Url::parse(text).map_err(|_| {
            // The parser's reason says which; the text is not repeated.
            match Origin::parse(text) {
                Err(error) => BadUrl::Origin(error),
                Ok(_) => BadUrl::NotWebSocket,
            }
        })?;
        if !matches!(url.scheme(), "ws" | "wss") {
            return Err(BadUrl::NotWebSocket);
        }
        let origin = Origin::of(&url)?;
        let value = |wanted: &str| {
            url.query_pairs()
                .find(|(key, _)| key == wanted)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        Ok(Self {
            device_id: value("device_id"),
            service_id: value("service_id").parse().unwrap_or(0),
            censor: censor(&url),
            url: String::from(url).into(),
            origin,
        })
    }

    /// `wss://HOST`, as it may be shown.
    pub(crate) fn host(&self) -> String {
        let scheme = match self.origin.scheme() {
            Scheme::Plain => "ws",
            Scheme::Tls => "wss",
        };
        format!("{scheme}://{}", self.origin.authority())
    }
}

/// All that the query says but the two values we use openly, as it is written and as it is read.
fn censor(url: &Url) -> Censor {
    let open = ["device_id", "service_id"];
    let read =
        url.query_pairs().filter(|(key, _)| !open.contains(&&**key)).map(|(_, value)| value.into_owned());
    let written = url.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let written = written.filter(|(key, _)| !open.contains(key)).map(|(_, value)| value.to_owned());
    Censor::of(read.chain(written).map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use longwire_dial::OriginError;

    use super::*;

    const URL: &str = "wss://msg-frontier.feishu.cn/ws/v2?fpid=493&aid=552564&device_id=7312&access_key=0123456789abcdef\
                       &service_id=33554678&ticket=aaaa-%2Bbbb-cccc";

    #[test]
    fn only_host_device_and_service_are_open() {
        let ticket = Ticket::parse(URL).unwrap();
        assert_eq!(ticket.host(), "wss://msg-frontier.feishu.cn");
        assert_eq!((ticket.device_id.as_str(), ticket.service_id), ("7312", 33_554_678));
        for shown in
            [format!("{ticket:?}"), ticket.censor.line(&format!("cannot GET {URL} (aaaa-+bbb-cccc)"))]
        {
            assert!(!shown.contains("0123456789abcdef"), "{shown}");
            assert!(!shown.contains("bbb-cccc"), "{shown}");
        }
    }

    #[test]
    fn a_url_without_ids_still_connects() {
        let ticket = Ticket::parse("ws://127.0.0.1:9000/ws?service_id=x").unwrap();
        assert_eq!((ticket.device_id.as_str(), ticket.service_id), ("", 0));
        assert_eq!(ticket.host(), "ws://127.0.0.1:9000");
    }

    #[test]
    fn a_url_that_is_not_to_be_dialled_is_refused_without_repeating_it() {
        for (url, wanted) in [
            ("https://127.0.0.1/hunter2", BadUrl::NotWebSocket),
            (
                "ws://192.168.1.1/hunter2",
                BadUrl::Origin(OriginError::PlainToElsewhere { host: "192.168.1.1".into() }),
            ),
            ("wss://u:hunter2@a.b/", BadUrl::Origin(OriginError::Credentials)),
        ] {
            assert_eq!(Ticket::parse(url).unwrap_err(), wanted);
        }
        for url in ["hunter2", "wss://", "", "wss://hun ter2/"] {
            let error = Ticket::parse(url).unwrap_err();
            assert!(matches!(error, BadUrl::Origin(OriginError::NotAUrl { .. })), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("ter2"), "{error:?}");
        }
    }
}
