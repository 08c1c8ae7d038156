use longwire_contract::words::columns;

/// A paragraph in lines of so many columns at most: parted at spaces, and between Chinese characters, where no punctuation
/// comes to stand on the wrong side of the break. What cannot be parted stays whole.
pub(super) fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(paragraph) {
        let fits = columns(&line) + columns(piece.trim_end()) <= width;
        if !fits && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The parts between which a line may end, each with the spaces behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before = None;
    for (at, next) in text.char_indices() {
        if before.is_some_and(|before| parts(before, next)) {
            pieces.push(&text[from..at]);
            from = at;
        }
        before = Some(next);
    }
    pieces.push(&text[from..]);
    pieces
}

/// Whether a line may end between these.
fn parts(before: char, next: char) -> bool {
    if next == ' ' {
        return false;
    }
    let closes = "，。、；：？！）」』》】…—”’".contains(next);
    let opens = "（「『《【“‘".contains(before);
    before == ' ' || (is_wide(before) || is_wide(next)) && !closes && !opens
}

fn is_wide(c: char) -> bool {
    columns(c.encode_utf8(&mut [0; 4])) == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_parted_at_spaces_and_what_is_long_stays_whole() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a https://open.feishu.cn/ b", 8), ["a", "https://open.feishu.cn/", "b"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn chinese_is_parted_anywhere_but_at_its_punctuation() {
        assert_eq!(wrap("平台看到连接，", 12), ["平台看到连", "接，"]);
        assert_eq!(wrap("按下「保存」", 6), ["按下", "「保", "存」"]);
        assert_eq!(wrap("运行 longwire doctor 就行", 12), ["运行", "longwire", "doctor 就行"]);
    }

    #[test]
    fn a_line_that_fits_to_the_column_is_not_parted() {
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("平台 ok", 7), ["平台 ok"]);
        assert_eq!(wrap("平台 ok", 6), ["平台", "ok"]);
    }
}
