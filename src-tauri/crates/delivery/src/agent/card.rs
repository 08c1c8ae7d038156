//! A card that shows Markdown.

use serde_json::json;

use super::markdown::{safe, steers};

/// Shown where there is nothing to show: a card without a text is refused.
const EMPTY: &str = "…";

/// A card (JSON 2.0) with this Markdown. It may be updated for everybody who sees it.
pub(super) fn markdown(text: &str) -> String {
    let content = safe(text);
    let content = if content.trim().is_empty() { EMPTY } else { &content };
    card(&json!({ "tag": "markdown", "content": content }))
}

/// The same as it is written, for a text that the platform does not take as Markdown.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| !steers(*c)).collect();
    let content = if text.trim().is_empty() { EMPTY } else { &text };
    card(&json!({ "tag": "div", "text": { "tag": "plain_text", "content": content } }))
}

fn card(element: &serde_json::Value) -> String {
    json!({
        "schema": "2.0",
        "config": { "update_multi": true },
        "body": { "elements": [element] },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{super::split::pieces, *};

    /// What the platform takes, in bytes of the request.
    const LIMIT: usize = 30 << 10;

    #[test]
    fn a_card_may_be_updated_and_holds_the_text() {
        let card: Value = serde_json::from_str(&markdown("**a** <b>")).unwrap();
        let expected = json!({
            "schema": "2.0",
            "config": { "update_multi": true },
            "body": { "elements": [{ "tag": "markdown", "content": "**a** &#60;b>" }] },
        });
        assert_eq!(card, expected);
        let card: Value = serde_json::from_str(&plain("**a** <b>")).unwrap();
        assert_eq!(card["body"]["elements"][0]["text"]["content"], "**a** <b>");
        let card: Value = serde_json::from_str(&plain("a\u{202e}b\0\nc")).unwrap();
        assert_eq!(card["body"]["elements"][0]["text"]["content"], "ab\nc");
        assert!(markdown(" \n").contains(EMPTY) && plain("").contains(EMPTY));
    }

    #[test]
    fn the_worst_that_a_message_holds_is_taken() {
        for c in ['"', '\\', '\n', '<', '!', '|', '`', '你', '\u{1}', '😀', '\t'] {
            let text = c.to_string().repeat(50_000);
            for piece in pieces(&text) {
                for card in [markdown(&piece), plain(&piece)] {
                    let request = json!({ "content": card, "msg_type": "interactive", "uuid": "x" });
                    assert!(request.to_string().len() < LIMIT, "{c:?}: {}", request.to_string().len());
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn whatever_a_model_says_fits_into_cards(part in "(\\PC|[\n\"\\\\<!|`-]|\n\\|\n\\|-\n\n){1,200}", times in 1..300_usize) {
            let cards = pieces(&part.repeat(times)).into_iter().map(|piece| markdown(&piece));
            for card in cards {
                let request = json!({ "content": card }).to_string();
                prop_assert!(request.len() < LIMIT - 200);
            }
        }
    }
}
