//! Markdown as a model writes it, made fit for a card: what a card refuses, or takes for an order, becomes text.

use super::fence::Fence;

/// How many tables a card is given: it is refused with six. The others are shown as they are written.
const TABLES: usize = 3;

/// What a card shows as this text. At most twice as large, as [`weight`](super::split::weight) counts.
pub(super) fn safe(text: &str) -> String {
    let text: String = text.chars().filter(|c| !steers(*c)).collect();
    let (mut safe, mut open, mut tables) = (String::with_capacity(text.len()), None, 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let before = open;
        open = Fence::after(open, line);
        if before.is_some() || open.is_some() {
            code(line, &mut safe);
            safe.push('\n');
            continue;
        }
        let begins_table = line.contains('|') && lines.peek().is_some_and(|next| is_rule(next));
        tables += usize::from(begins_table);
        if begins_table && tables > TABLES {
            safe.push_str("```\n");
            code(line, &mut safe);
            safe.push('\n');
            let goes_on = |line: &&str| line.contains('|') && Fence::after(None, line).is_none();
            while let Some(row) = lines.next_if(goes_on) {
                code(row, &mut safe);
                safe.push('\n');
            }
            safe.push_str("```\n");
            continue;
        }
        prose(line, &mut safe);
        safe.push('\n');
    }
    if let Some(open) = open {
        safe.push_str(Fence::closing(open));
    }
    safe.truncate(safe.trim_end().len());
    safe
}

/// The line under the head of a table: `| --- | :-: |`.
fn is_rule(line: &str) -> bool {
    let cell = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    let line = line.trim();
    let inner = line.strip_prefix('|').unwrap_or(line);
    line.contains('|') && inner.strip_suffix('|').unwrap_or(inner).split('|').all(cell)
}

/// Code stands as it is; only that somebody is mentioned in it must not be.
fn code(line: &str, safe: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at + 1);
        safe.push_str(before);
        if tag.get(..2).is_some_and(|name| name.eq_ignore_ascii_case("at"))
            && !tag[2..].starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            safe.push('\u{200b}');
        }
        rest = tag;
    }
    safe.push_str(rest);
}

/// Outside of code a tag is text, and a picture, which a card would have to be given first, is a link to it.
fn prose(line: &str, safe: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['<', '!', '`', '\\']) {
        safe.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'`' => {
                let ticks = rest.len() - rest.trim_start_matches('`').len();
                let span = span(rest, ticks).unwrap_or(ticks);
                code(&rest[..span], safe);
                span
            }
            b'<' => {
                safe.push_str("&#60;");
                1
            }
            // The second of two would make the picture of the link.
            b'!' if rest.starts_with("!![") => {
                safe.push_str("!\u{200b}");
                1
            }
            b'!' if rest.starts_with("![](") => {
                safe.push_str("[🖼](");
                "![](".len()
            }
            b'!' if rest.starts_with("![") => 1,
            // What is escaped stays what it is; a tag is none in any case.
            b'\\' if rest[1..].starts_with(['`', '!', '\\']) => {
                safe.push_str(&rest[..2]);
                2
            }
            _ => {
                safe.push_str(&rest[..1]);
                1
            }
        };
        rest = &rest[taken..];
    }
    safe.push_str(rest);
}

/// How long a span of code is that begins with so many backticks, where it ends in this line.
fn span(text: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    loop {
        at += text[at..].find('`')?;
        let row = text[at..].len() - text[at..].trim_start_matches('`').len();
        if row == ticks {
            return Some(at + row);
        }
        at += row;
    }
}

/// What steers a terminal, or the direction of writing, is in nobody's answer.
pub(super) fn steers(c: char) -> bool {
    let layout = matches!(c, '\n' | '\t');
    (c.is_control() && !layout) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::split::{MOST, weight},
        *,
    };

    #[test]
    fn markdown_stays_and_what_a_card_would_obey_does_not() {
        let table = [
            ("# A **b** `c` [d](https://e)", "# A **b** `c` [d](https://e)"),
            ("<at id=all></at> hi", "&#60;at id=all>&#60;/at> hi"),
            ("<b>x</b> 1 < 2", "&#60;b>x&#60;/b> 1 &#60; 2"),
            ("`<b>` <b>", "`<b>` &#60;b>"),
            ("`<at id=all>`", "`<\u{200b}at id=all>`"),
            ("`<attr>` ``a ` <b>``", "`<attr>` ``a ` <b>``"),
            ("`<b> not closed", "`&#60;b> not closed"),
            ("\\`<b>`", "\\`&#60;b>`"),
            ("![alt](https://x/y.png)!", "[alt](https://x/y.png)!"),
            ("![](https://x/y.png)", "[🖼](https://x/y.png)"),
            ("![a][b] \\![c](d)", "[a][b] \\![c](d)"),
            ("```html\n<b>\n<AT id=1>\n```\n<b>", "```html\n<b>\n<\u{200b}AT id=1>\n```\n&#60;b>"),
            ("```rust\nlet x", "```rust\nlet x\n```"),
            ("a\u{202e}b\u{1b}[0m\u{0}", "ab[0m"),
            ("a\r\nb", "a\nb"),
            ("!![a](b)", "!\u{200b}[a](b)"),
            ("!\u{202e}[a](b) `<\u{0}at>`", "[a](b) `<\u{200b}at>`"),
        ];
        for (text, shown) in table {
            assert_eq!(safe(text), shown, "{text:?}");
        }
    }

    #[test]
    fn tables_beyond_what_a_card_takes_are_shown_as_they_are_written() {
        let table = "| a | b |\n|---|:-:|\n| 1 | <b> |\n";
        let shown = safe(&[table; 5].join("\n"));
        assert_eq!(shown.matches("```\n| a | b |\n|---|:-:|\n| 1 | <b> |\n```").count(), 2);
        assert_eq!(shown.matches("| 1 | &#60;b> |").count(), 3);
        let in_code = format!("```\n{}\n```", [table; 5].join("\n"));
        assert_eq!(safe(&in_code), in_code);
        for (line, rule) in [("--|--", true), ("|-|", true), ("---", false), ("| a |", false), ("||", false)]
        {
            assert_eq!(is_rule(line), rule, "{line}");
        }
    }

    proptest! {
        #[test]
        fn nobody_is_mentioned_and_it_is_at_most_twice_as_large(
            text in "([a-z你<>`~!|\\\\()\n \"-]|\\[|\\]|<at |```|\\|-\n|!\\[\\]\\(){0,400}",
        ) {
            let shown = safe(&text);
            let weights = |text: &str| text.chars().map(weight).sum::<usize>();
            prop_assert!(weights(&shown) <= 2 * weights(&text) + 40, "{shown}");
            prop_assert!(!shown.to_ascii_lowercase().contains("<at "), "{shown}");
            prop_assert!(!shown.contains("![") || text.contains("\\!") || text.contains('`'), "{shown}");
            let fences = shown.lines().fold(None, Fence::after);
            prop_assert!(fences.is_none(), "{shown}");
            prop_assert!(2 * MOST + 40 < 28_000);
        }
    }
}
