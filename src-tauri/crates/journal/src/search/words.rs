/// How much of one event is searched, in bytes of [`Words`].
const BOUND: usize = 8 * 1024;

/// How long a word is at most, in characters; what is longer is cut there, in a query as well.
const WORD: usize = 64;

/// From how many characters on a run of letters and digits is an id, and up to how many.
const ID: usize = 16;
const LONGEST_ID: usize = 128;

/// What an id's word begins with; no word of a text does.
const MARK: char = '¤';
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The words of a text in the form in which they are compared: in lower case, a space before and after each. Every character
/// of a script that writes no spaces between words is a word of its own: so any part of a Chinese word is found.
///
/// An id (`ou_…`, `om_…`, 32 hexadecimal digits) is one word that stands for the whole: `¤` and eight characters. It is found by
/// equality alone, and takes little room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Words(String);

impl Default for Words {
    fn default() -> Self {
        Self(" ".to_owned())
    }
}

impl Words {
    /// The words of one text.
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.push(text);
        words
    }

    /// Appends those of a text, as far as there is room.
    pub(crate) fn push(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if self.is_full() {
                return;
            }
            let used = match Class::of(first) {
                Class::Space => first.len_utf8() + mention(rest),
                Class::Word => {
                    self.0.push(first);
                    self.0.push(' ');
                    first.len_utf8()
                }
                Class::Letter => self.push_letters(rest),
            };
            rest = &rest[used..];
        }
    }

    /// Appends the word or the id that a text begins with; how much of the text that is.
    fn push_letters(&mut self, text: &str) -> usize {
        let run = text.bytes().take(LONGEST_ID + 1).take_while(|byte| is_of_id(*byte)).count();
        if is_id(&text[..run])
            && text[run..].chars().next().is_none_or(|next| Class::of(next) != Class::Letter)
        {
            self.push_hash(&text[..run]);
            return run;
        }
        let end = text.find(|char| Class::of(char) != Class::Letter).unwrap_or(text.len());
        let word = text[..end].chars().take(WORD);
        self.0.extend(word.flat_map(|char| narrow(char).to_lowercase()));
        self.0.push(' ');
        end
    }

    fn push_hash(&mut self, id: &str) {
        // FNV-1a; forty bits of it tell the ids of ten million events apart.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        self.0.push(MARK);
        self.0.extend((0..8).map(|place| char::from(DIGITS[(hash >> (24 + 5 * place)) as usize & 31])));
        self.0.push(' ');
    }

    /// Whether there is no more room.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= BOUND
    }

    /// Whether there is no word.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    /// The words, with a space before and after each.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The last word.
    pub(crate) fn last(&self) -> Option<&str> {
        self.0.split_ascii_whitespace().next_back()
    }
}

/// What a character is to a search.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Class {
    /// It parts words.
    Space,
    /// It is a word.
    Word,
    /// It makes up words with others.
    Letter,
}

impl Class {
    fn of(char: char) -> Self {
        match char {
            '\0'..='\x7f' if char.is_ascii_alphanumeric() => Self::Letter,
            // Numerals and letters that stand among the signs.
            'ª' | 'µ' | 'º' | '0'..='9' | 'A'..='Z' | 'a'..='z' => Self::Letter,
            '\0'..='\u{bf}' | '×' | '÷' | '\u{fffd}' | '\u{fe00}'..='\u{fe6f}' | '\u{feff}' => Self::Space,
            '\u{2000}'..='\u{206f}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{3004}' => Self::Space,
            '\u{3008}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' => Self::Space,
            // Thai and Lao, Burmese, Khmer, the signs and pictures, then the scripts of China, Japan and Korea.
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Self::Word,
            '\u{1100}'..='\u{11ff}' | '\u{2190}'..='\u{2bff}' | '\u{2e80}'..='\u{d7ff}' => Self::Word,
            '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdf}' | '\u{1f000}'..='\u{3ffff}' => Self::Word,
            _ if char.is_whitespace() || char.is_control() => Self::Space,
            _ => Self::Letter,
        }
    }
}

/// Letters and digits as wide as a Chinese character are those that are not.
fn narrow(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(char as u32 - 0xfee0).unwrap_or(char),
        _ => char,
    }
}

/// The length of what stands in a message's text for somebody it mentions, `@_user_1`, after its first character; the name
/// stands elsewhere.
fn mention(text: &str) -> usize {
    match text.strip_prefix("@_user_") {
        Some(number) => 6 + number.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    }
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a run of letters, digits and low lines is an id: after a short prefix, if any, letters and digits alone, many, and
/// some of them digits.
fn is_id(run: &str) -> bool {
    let body = match run.split_once('_') {
        Some((prefix, body)) if prefix.len() <= 4 => body,
        _ => run,
    };
    (ID..=LONGEST_ID).contains(&body.len())
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && body.bytes().filter(u8::is_ascii_digit).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_the_words_it_is_found_by() {
        for (text, words) in [
            ("", " "),
            ("  ,. \t\0 ¤ ¶", " "),
            ("Hello, World", " hello world "),
            ("服务A的延迟", " 服 务 a 的 延 迟 "),
            ("안녕 カタ ไทย", " 안 녕 カ タ ไ ท ย "),
            ("Café Ünï ΔΕΛΤΑ straße", " café ünï δελτα straße "),
            ("AB12", " ab12 "),
            ("snake_case a-b 3.14", " snake case a b 3 14 "),
            ("ok👍🏽 ★", " ok 👍 🏽 ★ "),
            ("@_user_12 hi @_all @_user_", " hi all "),
            ("हिन्दी שלום", " हिन्दी שלום "),
        ] {
            assert_eq!(Words::of(text).as_str(), words, "{text}");
        }
    }

    #[test]
    fn an_id_is_one_word_wherever_it_stands() {
        let id = "ou_7d8a6e6df7621556ce0d21922b676706";
        let word = Words::of(id);
        assert!(word.as_str().starts_with(" ¤") && word.as_str().len() == 12, "{word:?}");
        assert_eq!(
            Words::of(&format!("see {id}, 请看{id}。")).as_str().matches(word.as_str().trim()).count(),
            2
        );
        assert_ne!(Words::of("ou_7d8a6e6df7621556ce0d21922b676707"), word);
        for plain in ["internationalization", "release_candidate_2026_11", "1234567890123", "c3a8f2d1", "a_b"]
        {
            assert!(!Words::of(plain).as_str().contains(MARK), "{plain}");
        }
    }

    #[test]
    fn what_is_endless_is_cut() {
        assert_eq!(Words::of(&"a".repeat(100_000)).as_str().len(), 2 + WORD);
        assert!(Words::of(&"a_".repeat(200_000)).as_str().len() <= BOUND + 2);
        assert!(Words::of(&"é".repeat(100_000)).as_str().len() <= 2 + 2 * WORD);
    }

    proptest::proptest! {
        #[test]
        fn words_hold_nothing_that_parts_words(text: String) {
            let words = Words::of(&text);
            proptest::prop_assert!(words.as_str().starts_with(' ') && words.as_str().ends_with(' '));
            proptest::prop_assert!(!words.as_str().contains("  "));
            let is_of_word = |byte: u8| matches!(byte, 0x80.. | b' ' | b'0'..=b'9' | b'a'..=b'z');
            proptest::prop_assert!(words.as_str().bytes().all(is_of_word));
        }
    }
}
