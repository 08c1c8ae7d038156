use super::wrap::wrap;

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";
/// Code stands in from the text, and is never parted: it is there to be copied.
const CODE_INDENT: &str = "    ";

/// A guide's Markdown as a terminal shows it, in lines of so many columns. Headings are bold where `styled`, else they keep
/// their signs.
pub(super) fn page(markdown: &str, width: usize, styled: bool) -> String {
    let mut page = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            push(&mut page, &format!("{CODE_INDENT}{line}"));
        } else if line.starts_with('#') {
            push(&mut page, &heading(line, styled));
        } else {
            let (first, rest, text) = item(line);
            for (number, part) in wrap(&spoken(text), width.saturating_sub(rest.len())).iter().enumerate() {
                push(&mut page, &format!("{}{part}", if number == 0 { first } else { &rest }));
            }
        }
    }
    page
}

fn push(page: &mut String, line: &str) {
    page.push_str(line.trim_end());
    page.push('\n');
}

fn heading(line: &str, styled: bool) -> String {
    let words = spoken(line.trim_start_matches('#').trim_start());
    if styled { format!("{BOLD}{words}{PLAIN}") } else { line.to_owned() }
}

/// What stands before the first line of a paragraph, what before the others, and its text.
fn item(line: &str) -> (&str, String, &str) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match &line[digits..] {
        rest if digits > 0 && rest.starts_with(". ") => digits + 2,
        rest if digits == 0 && rest.starts_with("- ") => 2,
        _ => 0,
    };
    let (first, text) = line.split_at(marker);
    (first, " ".repeat(marker), text)
}

/// A line without the signs of Markdown that a terminal cannot follow: a link says where it leads, emphasis goes. Code keeps
/// its backticks and what is between them.
fn spoken(line: &str) -> String {
    let mut spoken = String::new();
    for (number, part) in line.split('`').enumerate() {
        if number % 2 == 1 {
            spoken.push_str(&format!("`{part}`"));
        } else {
            spoken.push_str(&links(&part.replace("**", "")));
        }
    }
    spoken
}

fn links(text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, words, to, after)) = link(rest) {
        told.push_str(before);
        match to.strip_prefix("guide:") {
            Some(guide) => told.push_str(&format!("{words} (longwire guide {guide})")),
            None => told.push_str(&format!("{words} ({to})")),
        }
        rest = after;
    }
    told + rest
}

/// The first link: what is before it, its words, where it leads, what is behind it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, words) = head.rsplit_once('[')?;
    let (to, after) = tail.split_once(')')?;
    Some((before, words, to, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = "\
# Title

A paragraph that is **long** enough.

## Do

1. Press `**Save**`, see [proxies](guide:proxy).
- An item that goes on and on.

```sh
longwire ca trust platform --app-only   # a comment that is long
```
";

    #[test]
    fn headings_lists_and_code_stay_what_they_are() {
        let shown = page(GUIDE, 22, false);
        assert_eq!(
            shown,
            "\
# Title

A paragraph that is
long enough.

## Do

1. Press `**Save**`,
   see proxies
   (longwire guide
   proxy).
- An item that goes on
  and on.

    longwire ca trust platform --app-only   # a comment that is long
"
        );
    }

    #[test]
    fn headings_are_bold_on_a_terminal() {
        let shown = page(GUIDE, 80, true);
        assert!(shown.starts_with("\u{1b}[1mTitle\u{1b}[0m\n\n"), "{shown}");
        assert!(shown.contains("\n\u{1b}[1mDo\u{1b}[0m\n"), "{shown}");
    }

    #[test]
    fn a_link_says_where_it_leads() {
        assert_eq!(links("a [b](https://c.example/) d"), "a b (https://c.example/) d");
        assert_eq!(links("[a](guide:tls), [b](guide:bot)"), "a (longwire guide tls), b (longwire guide bot)");
        assert_eq!(links("no [link] (here)"), "no [link] (here)");
    }
}
