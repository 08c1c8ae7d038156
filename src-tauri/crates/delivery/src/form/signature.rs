use ring::digest::{Context, SHA256};

/// What proves to a bot that a request was made with its Encrypt Key, as headers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Signature {
    /// `X-Lark-Request-Timestamp`, in seconds since the Unix epoch.
    pub(crate) timestamp: String,
    /// `X-Lark-Request-Nonce`.
    pub(crate) nonce: String,
    /// `X-Lark-Signature`.
    pub(crate) signature: String,
}

impl Signature {
    pub(super) fn new(body: &[u8], key: &str, at_ms: u64, nonce: [u8; 16]) -> Self {
        let (timestamp, nonce) = ((at_ms / 1000).to_string(), hex(&nonce));
        let mut hash = Context::new(&SHA256);
        for part in [timestamp.as_bytes(), nonce.as_bytes(), key.as_bytes(), body] {
            hash.update(part);
        }
        let signature = hex(hash.finish().as_ref());
        Self { timestamp, nonce, signature }
    }

    /// Names and values.
    pub(crate) fn headers(self) -> [(&'static str, String); 3] {
        [
            ("X-Lark-Request-Timestamp", self.timestamp),
            ("X-Lark-Request-Nonce", self.nonce),
            ("X-Lark-Signature", self.signature),
        ]
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_as_a_bot_checks_it() {
        let signature = Signature::new(b"{\"encrypt\":\"x\"}", "test key", 1_700_000_000_999, [0xab; 16]);
        // printf '1700000000ab…abtest key{"encrypt":"x"}' | sha256sum
        assert_eq!(signature.timestamp, "1700000000");
        assert_eq!(signature.nonce, "ab".repeat(16));
        assert_eq!(signature.signature, "08271b4399443a639a4fe88a89984fd7e2b2ab7c08cbfc59228f496170ee9ca8");
    }
}
