//! Texts of others in a menu: names that users give, and what networks and platforms say.

/// Longest name of an app, in characters.
const LONGEST_NAME: usize = 32;
/// Longest text besides it. A menu is as wide as its widest line.
const LONGEST_SENTENCE: usize = 80;

/// A name as it may stand in a line: on that one line, of a length that leaves room, and without a mark that would turn what stands
/// around it. Empty where nothing of it can be read.
pub(super) fn name(name: &str) -> String {
    contained(shortened(&plain(name), LONGEST_NAME))
}

/// The same for a sentence.
pub(super) fn sentence(text: &str) -> String {
    contained(shortened(&plain(text), LONGEST_SENTENCE))
}

fn plain(text: &str) -> String {
    let seen: String =
        text.chars().filter(|c| !is_unseen(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks of direction, and what takes no room: soft hyphens, joiners, variation selectors, tags.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What is written from right to left is set apart, or it would reorder the line that it stands in.
fn contained(text: String) -> String {
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text }
}

fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_one_short_line_that_leaves_the_rest_alone() {
        for (given, shown) in [
            ("Order & delivery_bot", "Order & delivery_bot"),
            ("  two\n\tlines\0 ", "two lines"),
            ("\u{202e}toB\u{202c} \u{200b}x", "toB x"),
            ("\u{200b}\u{feff}", ""),
            ("بوت", "\u{2068}بوت\u{2069}"),
        ] {
            assert_eq!(name(given), shown, "{given:?}");
        }
        assert_eq!(name(&"汉".repeat(33)), format!("{}…", "汉".repeat(32)));
        assert_eq!(name(&"汉".repeat(32)), "汉".repeat(32));
        assert_eq!(sentence(&"x".repeat(100_000)).chars().count(), LONGEST_SENTENCE + 1);
    }

    proptest! {
        #[test]
        fn whatever_it_is_called(given in any::<String>()) {
            let shown = name(&given);
            prop_assert!(shown.chars().count() <= LONGEST_NAME + 3);
            prop_assert!(!shown.chars().any(char::is_control));
            let turns: Vec<char> = shown.chars().filter(|c| is_unseen(*c)).collect();
            prop_assert!(turns.is_empty() || turns == ['\u{2068}', '\u{2069}'], "{shown:?}");
        }
    }
}
