//! What others wrote, fit for a terminal.

/// The text with what a terminal would take as an order, or what would turn the reading order about, made visible. Line breaks
/// and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    let is_order = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_order(c) || turns(c) { '\u{fffd}' } else { c }).collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_gives_the_terminal_no_orders() {
        assert_eq!(
            printable("a\x1b[2Jb\u{9b}c\rd\u{202e}e\n\t发"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\n\t发"
        );
        assert_eq!(one_line("a\nb"), "a b");
    }
}
