//! Values in GVariant's text format, as far as settings of proxies use it.
//! <https://docs.gtk.org/glib/gvariant-text-format.html>

use std::{iter::Peekable, str::Chars};

/// A value.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
    Texts(Vec<String>),
}

/// A value, or `None` where the text is none that we know.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut rest = without_type(text.trim()).chars().peekable();
    let value = match rest.peek()? {
        '\'' | '"' => Value::Text(string(&mut rest)?),
        '[' => Value::Texts(strings(&mut rest)?),
        _ => {
            let word: String = rest.by_ref().collect();
            match word.as_str() {
                "true" => Value::Switch(true),
                "false" => Value::Switch(false),
                number => Value::Number(number.parse().ok()?),
            }
        }
    };
    rest.next().is_none().then_some(value)
}

/// A type may stand before a value: `@as []`, `uint32 8080`.
fn without_type(text: &str) -> &str {
    match text.split_once(' ') {
        Some((kind, value))
            if kind.starts_with('@') || kind.starts_with("int") || kind.starts_with("uint") =>
        {
            value.trim_start()
        }
        _ => text,
    }
}

fn strings(rest: &mut Peekable<Chars<'_>>) -> Option<Vec<String>> {
    let mut all = Vec::new();
    rest.next_if_eq(&'[')?;
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.next_if_eq(&']').is_some() {
            return Some(all);
        }
        all.push(string(rest)?);
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.next_if_eq(&',').is_none() && rest.peek() != Some(&']') {
            return None;
        }
    }
}

fn string(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    let quote = rest.next_if(|c| matches!(c, '\'' | '"'))?;
    loop {
        match rest.next()? {
            '\\' => text.push(escaped(rest)?),
            c if c == quote => return Some(text),
            c => text.push(c),
        }
    }
}

fn escaped(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    Some(match rest.next()? {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'u' => character(rest, 4)?,
        'U' => character(rest, 8)?,
        itself => itself,
    })
}

fn character(rest: &mut Peekable<Chars<'_>>, digits: usize) -> Option<char> {
    let hex: String = rest.by_ref().take(digits).collect();
    if hex.len() != digits {
        return None;
    }
    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.to_owned()))
    }

    fn texts(texts: &[&str]) -> Option<Value> {
        Some(Value::Texts(texts.iter().copied().map(str::to_owned).collect()))
    }

    #[test]
    fn values_are_read_as_they_are_printed() {
        assert_eq!(parse("'manual'"), text("manual"));
        assert_eq!(parse("''"), text(""));
        assert_eq!(parse(r#""it's""#), text("it's"), "double quotes where a single one is inside");
        assert_eq!(parse(r"'a\'b\\c\n\u00e9\U0001f600'"), text("a'b\\c\né😀"));
        assert_eq!(parse("8080"), Some(Value::Number(8080)));
        assert_eq!(parse("-1"), Some(Value::Number(-1)));
        assert_eq!(parse("uint32 8080"), Some(Value::Number(8080)));
        assert_eq!(parse("true"), Some(Value::Switch(true)));
        assert_eq!(parse("false "), Some(Value::Switch(false)));
        assert_eq!(parse("['localhost', '127.0.0.0/8', '::1']"), texts(&["localhost", "127.0.0.0/8", "::1"]));
        assert_eq!(parse("['a b', \"c, ]\"]"), texts(&["a b", "c, ]"]));
        assert_eq!(parse("@as []"), texts(&[]));
        assert_eq!(parse("[]"), texts(&[]));
    }

    #[test]
    fn what_is_no_value_is_none() {
        for garbage in [
            "",
            "'",
            "'a",
            "'a' b",
            "'\\",
            "'\\u12'",
            "'\\ud800'",
            "[",
            "['a'",
            "['a' 'b']",
            "[,]",
            "[1]",
            "]",
            "none",
            "1.5",
            "99999999999999999999",
            "@as",
            "{'a': 1}",
        ] {
            assert_eq!(parse(garbage), None, "{garbage}");
        }
    }
}
