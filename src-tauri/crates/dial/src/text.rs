/// What a peer or the system wrote, made fit to be shown: one line, no control characters, of bounded length.
pub(crate) fn line(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut line: String = text
        .chars()
        .take(LONGEST)
        .map(|c| {
            if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                ' '
            } else {
                c
            }
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn escapes_line_breaks_and_writing_direction_do_not_get_through() {
        assert_eq!(line("a\nb\u{1b}[31mc\u{202e}d"), "a b [31mc d");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(line(&"x".repeat(5000)).chars().count(), 201);
    }
}
