/// The longest pattern and the longest text that are compared, in bytes: no name of a host comes near it, and the time
/// one comparison takes stays bounded.
const LONGEST: usize = 1024;

/// Whether a whole text is what a pattern describes: `*` is anything, `?` is any one character. Nothing longer than
/// [`LONGEST`] matches.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    if pattern.len() > LONGEST || text.len() > LONGEST {
        return false;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and where the text after what it stands for begins. An earlier star need not be tried
    // again: whatever it could take, the last one can.
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, after)) = star else { return false };
                star = Some((at, after + 1));
                p = at + 1;
                t = after + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_anything_and_a_question_mark_one_character() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a.b", true),
            ("?", "", false),
            ("?", "é", true),
            ("*.local", "printer.local", true),
            ("*.local", "local", false),
            ("*.local", "printer.local.example", false),
            ("10.*", "10.1.2.3", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXcXb", false),
            ("*a*", "bab", true),
            ("**a", "aa", true),
            ("a?c", "abc", true),
            ("a.c", "abc", false),
            ("[ab]", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_long_does_not() {
        let pattern = "*a".repeat(500);
        assert!(!matches(&pattern, &format!("{}b", "a".repeat(1000))));
        assert!(!matches("*", &"a".repeat(1025)));
    }

    /// What is meant, at whatever cost.
    fn plainly(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => {
                plainly(rest, text) || text.split_first().is_some_and(|(_, text)| plainly(pattern, text))
            }
            (Some((b'?', rest)), Some((_, text))) => plainly(rest, text),
            (Some((p, rest)), Some((t, text))) => p == t && plainly(rest, text),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_plain_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, &text), plainly(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
