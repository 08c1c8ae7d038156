//! The content of a bot's message: what of it the platform refuses, and the text that a person reads.

use serde_json::Value;

/// The most bytes of a text.
const TEXT: usize = 150 << 10;
/// The most bytes of anything else.
const OTHER: usize = 30 << 10;
/// The most tables in a card.
const TABLES: usize = 5;

/// Every type that a bot may send.
const TYPES: &[&str] = &[
    "text",
    "post",
    "image",
    "file",
    "audio",
    "media",
    "sticker",
    "interactive",
    "share_chat",
    "share_user",
    "system",
];

/// What is wrong with a content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    /// No such type, or not what the type wants.
    Invalid(&'static str),
    /// It has too many bytes.
    TooLong,
    /// A card that cannot be made: the platform's inner code, and what it says.
    Card(i64, &'static str),
}

/// Holds a content to the platform's rules for its type.
pub(crate) fn check(msg_type: &str, content: &str) -> Result<(), Flaw> {
    if !TYPES.contains(&msg_type) {
        return Err(Flaw::Invalid("invalid msg_type"));
    }
    if content.len() > if msg_type == "text" { TEXT } else { OTHER } {
        return Err(Flaw::TooLong);
    }
    let json: Value = serde_json::from_str(content).unwrap_or_default();
    if !json.is_object() {
        return Err(Flaw::Invalid("content is not a string in json format"));
    }
    match msg_type {
        "text" if json["text"].as_str().is_none_or(str::is_empty) => Err(Flaw::Invalid("text is empty")),
        "post" if post(&json).is_none() => Err(Flaw::Invalid("invalid message content")),
        "interactive" => check_card(&json),
        _ => Ok(()),
    }
}

/// What a person reads in a message; nothing where it has no words.
pub(crate) fn words(msg_type: &str, content: &str) -> String {
    let json: Value = serde_json::from_str(content).unwrap_or_default();
    let mut words = Vec::new();
    match msg_type {
        "text" => words.extend(json["text"].as_str().map(str::to_owned)),
        "post" => gather(post(&json).unwrap_or_default(), &mut words),
        "interactive" => gather(elements(&json), &mut words),
        _ => {}
    }
    words.join("\n")
}

fn check_card(card: &Value) -> Result<(), Flaw> {
    if card["type"] == "template" || card["type"] == "card" {
        return Ok(());
    }
    let elements = elements(card);
    let tagged =
        elements.as_array().is_some_and(|elements| elements.iter().all(|one| one["tag"].is_string()));
    if !tagged {
        return Err(Flaw::Card(
            200_621,
            "parse card json err, please check whether the card json is correct",
        ));
    }
    if tables(elements) > TABLES {
        return Err(Flaw::Card(11_310, "card table number over limit"));
    }
    Ok(())
}

/// A card's elements: those of version 2 are in its body.
fn elements(card: &Value) -> &Value {
    if card["schema"] == "2.0" { &card["body"]["elements"] } else { &card["elements"] }
}

/// Whether a card may be updated: one of version 1 has to say that it is the same for all.
pub(crate) fn is_shared(card: &str) -> bool {
    let card: Value = serde_json::from_str(card).unwrap_or_default();
    card["schema"] == "2.0" || card["config"]["update_multi"] == true
}

/// The paragraphs of a post, in whichever language it has.
fn post(json: &Value) -> Option<&Value> {
    let languages = json.as_object()?;
    languages.values().find_map(|post| Some(&post["content"]).filter(|content| content.is_array()))
}

/// All that stands in `text` and `content`, in order.
fn gather(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "text" || name == "content" => words.push(text.clone()),
                    Value::Array(_) | Value::Object(_) => gather(field, words),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// How many tables a card shows, in Markdown and others.
fn tables(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(tables).sum(),
        Value::Object(fields) => {
            let markdown = fields.get("tag").is_some_and(|tag| tag == "markdown");
            let text = fields.get("content").and_then(Value::as_str).filter(|_| markdown);
            let own = usize::from(fields.get("tag").is_some_and(|tag| tag == "table"));
            own + text.map_or(0, markdown_tables) + fields.values().map(tables).sum::<usize>()
        }
        _ => 0,
    }
}

/// The lines below the heads of tables, outside code.
fn markdown_tables(text: &str) -> usize {
    let mut code = false;
    let ruled =
        |line: &str| line.contains("--") && line.contains('|') && line.chars().all(|c| "|-: ".contains(c));
    text.lines()
        .map(str::trim)
        .filter(|line| {
            code ^= line.starts_with("```");
            !code && ruled(line)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn card(markdown: &str) -> String {
        let body = json!({ "elements": [{ "tag": "markdown", "content": markdown }] });
        json!({ "schema": "2.0", "body": body }).to_string()
    }

    #[test]
    fn a_content_is_held_to_its_type() {
        let post =
            json!({ "zh_cn": { "title": "t", "content": [[{ "tag": "text", "text": "好" }]] } }).to_string();
        for (msg_type, content) in [
            ("text", json!({ "text": "x" }).to_string()),
            ("post", post),
            ("interactive", card("**x**")),
            ("interactive", json!({ "elements": [{ "tag": "hr" }] }).to_string()),
            ("interactive", json!({ "type": "template", "data": {} }).to_string()),
        ] {
            assert_eq!(check(msg_type, &content), Ok(()), "{content}");
        }
        for (msg_type, content) in [
            ("shout", "{}"),
            ("text", "plain"),
            ("text", "[]"),
            ("text", r#"{"text":""}"#),
            ("text", r#"{"text":7}"#),
            ("post", "{}"),
        ] {
            assert!(matches!(check(msg_type, content), Err(Flaw::Invalid(_))), "{msg_type} {content}");
        }
        for content in
            ["{}", r#"{"schema":"2.0","elements":[]}"#, r#"{"elements":[{}]}"#, r#"{"elements":[1]}"#]
        {
            assert!(matches!(check("interactive", content), Err(Flaw::Card(200_621, _))), "{content}");
        }
    }

    #[test]
    fn a_card_is_at_most_30_kb_and_a_text_150() {
        let text = |bytes| json!({ "text": "x".repeat(bytes) }).to_string();
        assert_eq!(check("text", &text(150 * 1000)), Ok(()));
        assert_eq!(check("text", &text(150 * 1024)), Err(Flaw::TooLong));
        assert_eq!(check("interactive", &card(&"x".repeat(30_000))), Ok(()));
        assert_eq!(check("interactive", &card(&"好".repeat(10_300))), Err(Flaw::TooLong));
    }

    #[test]
    fn a_card_has_five_tables_at_most_and_code_is_none() {
        let table = "| a | b |\n|---|:-:|\n| 1 | 2 |\n\n";
        assert_eq!(check("interactive", &card(&table.repeat(5))), Ok(()));
        assert!(matches!(check("interactive", &card(&table.repeat(6))), Err(Flaw::Card(11_310, _))));
        assert_eq!(check("interactive", &card(&format!("```\n{}```", table.repeat(9)))), Ok(()));
    }

    #[test]
    fn the_words_are_what_a_person_reads() {
        assert_eq!(words("text", r#"{"text":"a"}"#), "a");
        assert_eq!(words("interactive", &card("**b**")), "**b**");
        let post =
            r#"{"en_us":{"title":"t","content":[[{"tag":"text","text":"c"}],[{"tag":"md","text":"d"}]]}}"#;
        assert_eq!(words("post", post), "c\nd");
        assert_eq!(words("image", r#"{"image_key":"k"}"#), "");
        assert_eq!(words("interactive", "nonsense"), "");
    }

    #[test]
    fn a_card_of_version_1_must_say_that_it_is_shared() {
        assert!(is_shared(&card("x")) && is_shared(r#"{"config":{"update_multi":true},"elements":[]}"#));
        assert!(!is_shared(r#"{"elements":[]}"#));
    }
}
