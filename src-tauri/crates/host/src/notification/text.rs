use super::Notification;

/// Longest title, in characters: desktops show one line.
const TITLE: usize = 120;
/// Longest text: desktops show a few lines.
const BODY: usize = 300;
/// Longest name of the button.
const OPEN: usize = 40;

/// The same with nothing in its texts that could do harm: strangers write into a chat whatever they like.
pub(super) fn made_safe(notification: Notification) -> Notification {
    Notification {
        title: shown(&notification.title, TITLE),
        body: shown(&notification.body, BODY),
        open: shown(&notification.open, OPEN),
        slot: notification.slot,
    }
}

/// The text in which nothing is markup.
#[cfg(target_os = "linux")]
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// What is seen of a text: white space as one space, nothing that only steers, and no more than this many characters.
fn shown(text: &str, most: usize) -> String {
    // Of a text of megabytes no more is read than could be shown.
    let read = text.chars().take(most * 4);
    let steers = |c: &char| c.is_control() && !c.is_whitespace() || turns_around(*c);
    let seen: String = read.filter(|c| !steers(c)).collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Whether a character changes the direction of what stands around it, which may be ours.
fn turns_around(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_is_left_out_and_white_space_is_one_space() {
        assert_eq!(shown("a\u{1b}[31m\0b \n\t c\u{202e}d", 99), "a[31mb cd");
        assert_eq!(shown("👩‍💻 明天 10 点？", 99), "👩‍💻 明天 10 点？", "what joins an emoji stays");
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(shown(&"字".repeat(301), BODY).chars().count(), BODY + 1);
        assert_eq!(shown(&"字".repeat(300), BODY), "字".repeat(300));
        assert_eq!(shown("one two", 4), "one…");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn markup_is_only_text() {
        let text = r#"<a href="x">&amp;</a><img src='y'>"#;
        let said = "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;&lt;img src=&#39;y&#39;&gt;";
        assert_eq!(escaped(text), said);
    }

    proptest! {
        #[test]
        fn no_text_is_longer_than_it_may_be(text in ".*", most in 1_usize..50) {
            let seen = shown(&text, most);
            prop_assert!(seen.chars().count() <= most + 1);
            prop_assert!(seen.chars().all(|c| !c.is_control() && !turns_around(c)));
        }
    }
}
