use longwire_contract::AppId;

use super::Words;

/// How much of a query is heeded, in characters.
const LENGTH: usize = 256;

/// From how many characters on the last word stands for all that begin so. Of fewer, there are too many.
const PREFIX: usize = 3;

/// What a user searches for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TextQuery {
    /// The App IDs in it.
    pub(crate) apps: Vec<AppId>,
    /// What has to stand in the event, all of it: what the user wrote without a space in one piece.
    phrases: Vec<Phrase>,
}

/// Words that follow each other.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Phrase {
    words: Words,
    /// Whether the last word may go on.
    open: bool,
}

impl TextQuery {
    /// Any text is a query. What has no word in it restricts nothing.
    pub(crate) fn of(text: &str) -> Self {
        let (mut apps, mut phrases) = (Vec::new(), Vec::new());
        let text: String = text.chars().take(LENGTH).collect();
        for piece in text.split_whitespace() {
            if let Ok(app) = piece.parse() {
                apps.push(app);
                continue;
            }
            let words = Words::of(piece);
            if !words.is_empty() {
                phrases.push(Phrase { words, open: false });
            }
        }
        // After anything but a letter the last word is whole.
        let unfinished = text.ends_with(char::is_alphanumeric);
        if let Some(phrase) = phrases.last_mut().filter(|_| unfinished) {
            phrase.open = phrase.words.last().is_some_and(may_go_on);
        }
        Self { apps, phrases }
    }

    /// Whether it asks for no words.
    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Whether these words are what it asks for.
    pub(crate) fn matches(&self, words: &Words) -> bool {
        self.phrases.iter().all(|phrase| {
            let wanted = phrase.words.as_str();
            words.as_str().contains(if phrase.open { wanted.trim_end() } else { wanted })
        })
    }

    /// The same for the index. Every word is quoted, so that none is taken for an operator.
    pub(crate) fn to_match(&self) -> String {
        let phrases = self.phrases.iter().map(|phrase| {
            format!("\"{}\"{}", phrase.words.as_str().trim(), if phrase.open { " *" } else { "" })
        });
        phrases.collect::<Vec<_>>().join(" AND ")
    }
}

/// Whether a word is one that may be the beginning of a longer one.
fn may_go_on(word: &str) -> bool {
    word.chars().all(char::is_alphanumeric) && word.chars().count() >= PREFIX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_match(text: &str) -> String {
        TextQuery::of(text).to_match()
    }

    #[test]
    fn a_query_is_quoted_for_the_index() {
        for (text, expected) in [
            ("hello", r#""hello" *"#),
            ("hello ", r#""hello""#),
            ("de", r#""de""#),
            ("Staging deploy", r#""staging" AND "deploy" *"#),
            ("周报", r#""周 报""#),
            ("报", r#""报""#),
            ("周报 v2.10 的", r#""周 报" AND "v2 10" AND "的""#),
            ("服务A", r#""服 务 a""#),
            (
                r#"" OR x:y* NEAR(a b) -c ^d {e}"#,
                r#""or" AND "x y" AND "near a" AND "b" AND "c" AND "d" AND "e""#,
            ),
            (r#"'; DROP TABLE events; --"#, r#""drop" AND "table" AND "events""#),
            ("AND NOT OR", r#""and" AND "not" AND "or""#),
            ("!!! ¤ ¶", ""),
            ("\0\u{feff}", ""),
        ] {
            assert_eq!(to_match(text), expected, "{text}");
        }
        assert!(to_match("om_dc13264520392913993dd051dba21dcf").starts_with("\"¤"));
        assert!(!to_match("om_dc13264520392913993dd051dba21dcf").contains('*'));
    }

    #[test]
    fn an_app_id_asks_for_an_app() {
        let query = TextQuery::of("cli_a1b2c3d4e5f60718 hello");
        assert_eq!(query.apps, ["cli_a1b2c3d4e5f60718".parse().unwrap()]);
        assert_eq!(query.to_match(), "\"hello\" *");
    }

    #[test]
    fn any_part_of_a_chinese_word_is_found_and_the_beginning_of_another() {
        for (text, query, found) in [
            ("帮我总结一下这周的会议纪要", "会议", true),
            ("帮我总结一下这周的会议纪要", "议纪", true),
            ("帮我总结一下这周的会议纪要", "议", true),
            ("帮我总结一下这周的会议纪要", "会纪", false),
            ("帮我总结一下这周的会议纪要", "纪要 总结", true),
            ("The staging deploy", "STAGING", true),
            ("The staging deploy", "stag", true),
            ("The staging deploy", "st", false),
            ("The staging deploy", "taging", false),
            ("The staging deploy", "stag deploy", false),
            ("The staging deploy", "deploy the", true),
            ("v2.10.1", "v2.10", true),
        ] {
            assert_eq!(TextQuery::of(query).matches(&Words::of(text)), found, "{query} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_part_of_a_chinese_text_is_found_wherever_it_is_one(text in "[一-三上-丐]{0,9}", part in "[一-三上-丐]{1,3}") {
            proptest::prop_assert_eq!(TextQuery::of(&part).matches(&Words::of(&text)), text.contains(&part));
        }

        #[test]
        fn every_word_of_a_text_finds_it(text: String) {
            let words = Words::of(&text);
            for piece in text.split_whitespace().take(20) {
                let piece: String = piece.chars().take(100).collect();
                let query = TextQuery::of(&piece);
                proptest::prop_assert!(query.is_empty() || query.matches(&words) || !query.apps.is_empty(), "{piece}");
            }
        }
    }
}
