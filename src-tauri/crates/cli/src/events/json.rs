//! JSON text, indented without being read: numbers, the order of members and text that no parser takes stay as they arrived.

/// Deeper than this, lines are indented no further.
const DEEPEST: usize = 40;

/// The text on several lines; as it is where it is no object or list.
pub(crate) fn pretty(text: &str) -> String {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut pretty = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if quoted {
            pretty.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                pretty.push(c);
            }
            '{' | '[' => {
                pretty.push(c);
                while rest.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = rest.next_if(|next| matches!(next, '}' | ']')) {
                    pretty.push(end);
                } else {
                    depth += 1;
                    line(&mut pretty, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut pretty, depth);
                pretty.push(c);
            }
            ',' => {
                pretty.push(c);
                line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            c if c.is_whitespace() => {}
            c => pretty.push(c),
        }
    }
    pretty
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_indented_means_the_same() {
        let text = r#" {"b":[1, {"x":{}} ,[ ]],"a":"q\"{,:}\\","n":1e400,"s":"\ud800"} "#;
        let told = pretty(text);
        let expected = [
            "{",
            r#"  "b": ["#,
            "    1,",
            "    {",
            r#"      "x": {}"#,
            "    },",
            "    []",
            "  ],",
            r#"  "a": "q\"{,:}\\","#,
            r#"  "n": 1e400,"#,
            r#"  "s": "\ud800""#,
            "}",
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        let text = r#"{"a":{"b":[true,null,-1.5e3,"x y"]}}"#;
        let (before, after): (Value, Value) =
            (serde_json::from_str(text).unwrap(), serde_json::from_str(&pretty(text)).unwrap());
        assert_eq!(before, after);
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_bounded() {
        assert_eq!(pretty("not json"), "not json");
        assert!(pretty("{\"a").ends_with("\"a"));
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert!(pretty(&deep).len() < 2_000_000);
    }
}
