use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What the platform asks of a client's retries and pings. It comes with the endpoint's answer and with pongs.
///
/// Every value may be absent, and a value that is no whole number counts as absent: a configuration is a wish, and
/// no reason to lose a connection.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClientConfig {
    /// How many tries to reconnect; negative: without end.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub reconnect_count: Option<i64>,
    /// Seconds between two tries to reconnect.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub reconnect_interval: Option<i64>,
    /// The first try to reconnect comes after a random time up to this many seconds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub reconnect_nonce: Option<i64>,
    /// Seconds between two pings.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub ping_interval: Option<i64>,
}

impl ClientConfig {
    /// Reads a pong's payload; `None` where it is empty or no JSON object.
    pub fn of_json(json: &[u8]) -> Option<Self> {
        Self::of_value(serde_json::from_slice(json).ok()?)
    }

    /// Reads the value that the endpoint's answer holds; `None` where it is no JSON object.
    pub fn of_value(value: Value) -> Option<Self> {
        // serde would read a list as the fields in order.
        if value.is_object() { serde_json::from_value(value).ok() } else { None }
    }

    /// What this one says, and where it says nothing, what the other does.
    pub fn or(self, other: Self) -> Self {
        Self {
            reconnect_count: self.reconnect_count.or(other.reconnect_count),
            reconnect_interval: self.reconnect_interval.or(other.reconnect_interval),
            reconnect_nonce: self.reconnect_nonce.or(other.reconnect_nonce),
            ping_interval: self.ping_interval.or(other.ping_interval),
        }
    }

    /// The same as the platform writes it.
    pub fn to_json(&self) -> Bytes {
        // Four whole numbers cannot fail to serialise.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn lenient<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    Value::deserialize(value).map(|value| value.as_i64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_configuration_keeps_what_it_says() {
        let config = ClientConfig::of_json(
            br#"{"PingInterval":90,"ReconnectCount":-1,"ReconnectNonce":"x","New":[1]}"#,
        );
        let wanted =
            ClientConfig { ping_interval: Some(90), reconnect_count: Some(-1), ..ClientConfig::default() };
        assert_eq!(config, Some(wanted));
    }

    #[test]
    fn what_is_no_configuration_is_none() {
        for payload in [&b""[..], b"null", b"7", b"[1]", b"\"x\"", b"{", b"\xff"] {
            assert_eq!(ClientConfig::of_json(payload), None, "{payload:?}");
        }
    }

    #[test]
    fn it_is_written_as_the_platform_writes_it() {
        let config = ClientConfig {
            reconnect_count: Some(-1),
            reconnect_interval: Some(120),
            reconnect_nonce: Some(30),
            ping_interval: Some(90),
        };
        let json = r#"{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":90}"#;
        assert_eq!(config.to_json(), json);
        assert_eq!(ClientConfig::of_json(json.as_bytes()), Some(config));
    }
}
