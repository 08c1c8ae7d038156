//! What a person reads first of an event.

use serde_json::Value;

/// Longest preview in characters; a list shows one line.
const LONGEST: usize = 120;

/// The beginning of [`text`], on one line.
pub(crate) fn of(event_type: &str, payload: &[u8]) -> Option<String> {
    let text = text(event_type, payload)?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

/// The text of a message, its mentions by name, or the name of a file; `None` for an event that has neither.
pub(crate) fn text(event_type: &str, payload: &[u8]) -> Option<String> {
    if event_type != "im.message.receive_v1" {
        return None;
    }
    let payload: Value = serde_json::from_slice(payload).ok()?;
    let message = payload.pointer("/event/message")?;
    // The platform puts the content of a message into it as JSON text.
    let content: Value = serde_json::from_str(message.get("content")?.as_str()?).ok()?;
    let text = ["text", "title", "file_name"].iter().find_map(|key| content.get(*key));
    let mut text = text.and_then(Value::as_str)?.to_owned();
    for mention in message.get("mentions").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(key), Some(name)) = (mention["key"].as_str(), mention["name"].as_str()) {
            text = text.replace(key, &format!("@{name}"));
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(content: &str) -> Vec<u8> {
        let mentions = json!([{ "key": "@_user_1", "name": "李娜" }]);
        json!({ "event": { "message": { "content": content, "mentions": mentions } } })
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_message_shows_its_text_on_one_line_with_names() {
        let payload = message(r#"{"text":"@_user_1 明天\n 10 点？"}"#);
        assert_eq!(of("im.message.receive_v1", &payload).as_deref(), Some("@李娜 明天 10 点？"));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let payload = message(&json!({ "text": "字".repeat(200) }).to_string());
        let preview = of("im.message.receive_v1", &payload).unwrap();
        assert_eq!(preview.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_file_shows_its_name() {
        let payload = message(r#"{"file_key":"file_1","file_name":"季度报表.xlsx"}"#);
        assert_eq!(of("im.message.receive_v1", &payload).as_deref(), Some("季度报表.xlsx"));
    }

    #[test]
    fn what_has_no_text_has_no_preview() {
        assert_eq!(of("im.message.receive_v1", &message(r#"{"image_key":"img_1"}"#)), None);
        assert_eq!(of("im.message.receive_v1", &message("not json")), None);
        assert_eq!(of("card.action.trigger", &message(r#"{"text":"x"}"#)), None);
        assert_eq!(of("im.message.receive_v1", b"[]"), None);
    }
}
