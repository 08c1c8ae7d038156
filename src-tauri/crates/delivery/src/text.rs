use std::borrow::Cow;

/// The longest that is kept, in bytes.
const LONGEST: usize = 4 << 10;

/// What a target wrote, made fit to be kept and shown: its beginning, without what steers a terminal or the direction of
/// writing. Nothing where there is nothing to see.
pub(crate) fn shown(bytes: &[u8]) -> Option<String> {
    let cut = bytes.len() > LONGEST;
    let mut text = String::new();
    let mut chunks = bytes[..bytes.len().min(LONGEST)].utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.extend(chunk.valid().chars().filter_map(harmless));
        // A character that we have cut in two ourselves is no fault of the text.
        let ours = cut && chunks.peek().is_none();
        if !chunk.invalid().is_empty() && !ours {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text.truncate(text.trim_end().len());
    if cut {
        text.push('…');
    }
    (!text.is_empty()).then_some(text)
}

/// The same in one line, and a short one: for what is said of an attempt.
pub(crate) fn line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = |c: char| if c.is_control() { ' ' } else { c };
    shortened(&text.chars().filter_map(harmless).map(line).collect::<String>(), LONGEST).into_owned()
}

/// So many characters of a text at most, and `…` where there were more.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

fn harmless(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\r' => None,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(' '),
        c if c.is_control() => Some(' '),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_text_and_bounded() {
        assert_eq!(shown(b""), None);
        assert_eq!(shown(b" \r\n"), None);
        assert_eq!(shown("a\r\n\tb\u{1b}[31m\u{202e}\0é\n".as_bytes()).unwrap(), "a\n\tb [31m  é");
        assert_eq!(shown(b"a\xffb").unwrap(), "a\u{fffd}b");
        let long = shown("é".repeat(5000).as_bytes()).unwrap();
        assert_eq!(long, format!("{}…", "é".repeat(LONGEST / 2)));
        let long = shown(format!("a{}", "é".repeat(5000)).as_bytes()).unwrap();
        assert_eq!(long, format!("a{}…", "é".repeat(LONGEST / 2 - 1)));
    }

    #[test]
    fn a_line_is_one() {
        assert_eq!(line("a\nb\tc\u{7}"), "a b c ");
        assert_eq!(line(&"x".repeat(1000)).chars().count(), 201);
    }
}
