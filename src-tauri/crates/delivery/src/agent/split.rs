//! A long answer in several messages.

use super::fence::Fence;

/// How much a message holds, in bytes of a request as [`weight`] counts them. The platform takes cards of 30 KB, and what makes
/// Markdown fit for them at most doubles it.
pub(super) const MOST: usize = 12_000;
/// How many messages an answer has at most; what is more than they hold is cut off.
pub(super) const PARTS: usize = 12;
/// What is kept free for the lines that close and open a block of code.
const ASIDE: usize = 600;

/// What a character is in a request: JSON in JSON, with what has a meaning to cards written otherwise.
pub(super) fn weight(c: char) -> usize {
    match c {
        '"' | '\\' | '!' => 4,
        '\n' | '\t' => 3,
        '<' => 5,
        c if c.is_control() => 7,
        c => c.len_utf8(),
    }
}

/// Divides a text, where it is long, between paragraphs, lines or words. What a growing text is divided into stays so, but for
/// the last of it. A block of code that is cut is closed and opened again.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let (mut pieces, mut rest, mut open) = (Vec::new(), text, None);
    loop {
        let cut = cut(rest, open);
        let (piece, after) = (&rest[..cut.at], &rest[cut.at..]);
        let last = after.trim().is_empty();
        let mut whole = String::with_capacity(piece.len() + ASIDE);
        if let Some(open) = open {
            whole.push_str(Fence::opening(open));
            whole.push('\n');
        }
        whole.push_str(piece.trim_end());
        if let Some(open) = cut.open.filter(|_| !last) {
            whole.push('\n');
            whole.push_str(open.closing());
        }
        let full = pieces.len() + 1 == PARTS && !last;
        if full {
            whole.push_str("\n\n…");
        }
        pieces.push(whole);
        if last || full {
            return pieces;
        }
        // What is in a block of code stands where it stands.
        rest = if cut.open.is_some() { after } else { after.trim_start_matches(['\n', ' ']) };
        open = cut.open;
    }
}

#[derive(Clone, Copy)]
struct Cut<'t> {
    at: usize,
    /// The block of code that is cut in two.
    open: Option<Fence<'t>>,
}

/// Where the first piece ends.
fn cut<'t>(text: &'t str, mut open: Option<Fence<'t>>) -> Cut<'t> {
    let (mut paragraph, mut line) = (None, None);
    let (mut at, mut held, mut space) = (0, 0, None);
    for whole in text.split_inclusive('\n') {
        let before = open;
        open = Fence::after(open, whole.trim_end_matches('\n'));
        let half = held >= MOST / 2;
        if half && at > 0 {
            line = Some(Cut { at, open: before });
            if before.is_none() && (open.is_some() || text[..at].ends_with("\n\n")) {
                paragraph = line;
            }
        }
        for (offset, c) in whole.char_indices() {
            held += weight(c);
            if held > MOST - ASIDE {
                let word = space.filter(|_| before.is_none()).map(|at| Cut { at, open: before });
                // In the line that opens a block nothing is open yet.
                let hard = Cut { at: (at + offset).max(first(text)), open: before };
                return paragraph.or(line).or(word).unwrap_or(hard);
            }
            if held >= MOST / 2 && matches!(c, ' ' | '。' | '！' | '？' | '；' | '，') {
                space = Some(at + offset + c.len_utf8());
            }
        }
        at += whole.len();
    }
    Cut { at: text.len(), open }
}

/// The end of the first character: a piece is never empty.
fn first(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weights(text: &str) -> usize {
        text.chars().map(weight).sum()
    }

    fn is_open(text: &str) -> bool {
        text.lines().fold(None, Fence::after).is_some()
    }

    #[test]
    fn a_short_text_is_one_piece() {
        for text in ["", "x", "a\n\nb", "```\nopen"] {
            assert_eq!(pieces(text), [text]);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_paragraphs_else_lines_else_words() {
        let sentence = "word ".repeat(600);
        let paragraphs = format!("{sentence}\n{sentence}\n\n{sentence}\n{sentence}\n\nend");
        let cut = pieces(&paragraphs);
        assert_eq!(cut.len(), 2);
        assert_eq!(cut[0], format!("{}\n{}", sentence, sentence.trim_end()));
        let lines = pieces(&format!("{sentence}\n{sentence}\n{sentence}\n{sentence}"));
        assert!(lines[0].ends_with("word") && lines[0].lines().count() == 3, "{}", lines[0].lines().count());
        let words = pieces(&"word ".repeat(5000));
        assert!(words.iter().all(|piece| piece.starts_with("word") && piece.ends_with("word")));
        let chinese = pieces(&"你好，世界。".repeat(2000));
        assert!(chinese[..2].iter().all(|piece| piece.ends_with(['。', '，'])));
    }

    #[test]
    fn a_block_of_code_that_is_cut_is_closed_and_opened_again() {
        let code = "    let x = 1;\n".repeat(1500);
        let cut = pieces(&format!("See:\n\n```rust\n{code}```\n\nDone."));
        assert!(cut.len() > 1);
        for (number, piece) in cut.iter().enumerate() {
            assert!(!is_open(piece), "{piece:.40}");
            assert!(number == 0 || piece.starts_with("```rust\n    let"), "{piece:.40}");
        }
        let lines = |text: &str| text.lines().filter(|line| line.contains("let x")).count();
        assert_eq!(cut.iter().map(|piece| lines(piece)).sum::<usize>(), 1500);
        assert!(cut.last().unwrap().ends_with("Done."));
    }

    #[test]
    fn more_than_all_messages_hold_is_cut_off_and_that_is_shown() {
        let cut = pieces(&"x".repeat(1 << 20));
        assert_eq!(cut.len(), PARTS);
        assert!(cut[PARTS - 1].ends_with('…'));
    }

    fn texts() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            3 => "[a-z你<\"\\\\!`~| ]{0,80}".prop_map(|line| line.repeat(7)),
            1 => "(```|~~~|````)[a-z]{0,4}",
            1 => Just(String::new()),
            1 => "[`~x<]{1,3}".prop_map(|line| line.repeat(700)),
        ];
        proptest::collection::vec(line, 0..80).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn each_piece_fits_and_nothing_is_lost(text in texts()) {
            let cut = pieces(&text);
            for piece in &cut {
                prop_assert!(weights(piece) <= MOST, "{}", weights(piece));
            }
            if cut.len() < PARTS {
                let seen = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
                prop_assert!(cut.iter().map(|piece| seen(piece)).sum::<usize>() >= seen(&text));
            }
        }

        #[test]
        fn what_a_growing_text_was_divided_into_stays_but_for_the_last_two(text in texts(), at in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let at = text.floor_char_boundary((text.len() as f64 * at) as usize);
            let (before, after) = (pieces(&text[..at]), pieces(&text));
            let settled = before.len().saturating_sub(1).min(after.len().saturating_sub(1));
            for number in 0..settled {
                prop_assert_eq!(&before[number], &after[number]);
            }
        }
    }
}
