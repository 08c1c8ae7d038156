use serde_json::{Value, json};

/// The question the platform asks of a URL before it sends events there.
pub(crate) fn question(challenge: &str, token: &str) -> Vec<u8> {
    json!({ "challenge": challenge, "token": token, "type": "url_verification" }).to_string().into_bytes()
}

/// Whether an answer is the one to it.
pub(crate) fn answers(body: &[u8], challenge: &str) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|answer| answer["challenge"] == challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_answered_with_its_challenge() {
        assert_eq!(question("c\"", "t"), br#"{"challenge":"c\"","token":"t","type":"url_verification"}"#);
        assert!(answers(br#" {"challenge": "c\"", "more": 1}"#, "c\""));
        for answer in
            [&b""[..], b"c", b"\"c\"", b"{}", br#"{"challenge":"d"}"#, br#"{"challenge":null}"#, b"[]"]
        {
            assert!(!answers(answer, "c"), "{answer:?}");
        }
    }
}
