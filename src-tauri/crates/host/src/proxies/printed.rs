//! A property list as `scutil` prints it: `<dictionary> {`, a line `KEY : VALUE` for each entry, `}`.

use std::str::Lines;

use super::dictionary::{Dictionary, Value};

/// The top level, or `None` where the text is none: one that is cut short is no dictionary.
pub(super) fn parse(text: &str) -> Option<Dictionary> {
    let mut lines = text.lines();
    if lines.find(|line| !line.trim().is_empty())?.trim() != "<dictionary> {" {
        return None;
    }
    let mut top = Dictionary::new();
    let mut closed = false;
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line == "}" {
            closed = true;
            break;
        }
        let (key, value) = entry(line)?;
        match value {
            "<array> {" => {
                top.insert(key.to_owned(), Value::Texts(array(&mut lines)?));
            }
            "<dictionary> {" => skip(&mut lines)?,
            value => {
                let number = value.parse().map(Value::Number);
                top.insert(key.to_owned(), number.unwrap_or_else(|_| Value::Text(value.to_owned())));
            }
        }
    }
    (closed && lines.all(|line| line.trim().is_empty())).then_some(top)
}

/// An entry's value may be empty.
fn entry(line: &str) -> Option<(&str, &str)> {
    line.split_once(" : ").or_else(|| Some((line.strip_suffix(" :")?, "")))
}

/// The texts of an array, to its end; what is nested in it is none.
fn array(lines: &mut Lines<'_>) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    loop {
        match lines.next()?.trim() {
            "}" => return Some(texts),
            line => match entry(line)?.1 {
                "<array> {" | "<dictionary> {" => skip(lines)?,
                text => texts.push(text.to_owned()),
            },
        }
    }
}

/// Goes to the end of what was just opened.
fn skip(lines: &mut Lines<'_>) -> Option<()> {
    let mut depth = 1;
    while depth > 0 {
        match lines.next()?.trim() {
            "}" => depth -= 1,
            line if line.ends_with(" : <array> {") || line.ends_with(" : <dictionary> {") => depth += 1,
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_level_is_read_and_what_is_nested_in_it_is_not() {
        let text = "<dictionary> {\n  A : <array> {\n    0 : x\n    1 : <dictionary> {\n      K : v\n    }\n    2 : \n  }\n  \
            N : 7890\n  S : <dictionary> {\n    en0 : <dictionary> {\n      A : <array> {\n        0 : y\n      }\n      \
            N : 1\n    }\n  }\n  T : a : b\n  E : \n}\n";
        let read = parse(text).unwrap();
        let texts = |texts: &[&str]| Value::Texts(texts.iter().copied().map(str::to_owned).collect());
        assert_eq!(read.get("A"), Some(&texts(&["x", ""])));
        assert_eq!(read.get("N"), Some(&Value::Number(7890)));
        assert_eq!(read.get("T"), Some(&Value::Text("a : b".to_owned())));
        assert_eq!(read.get("E"), Some(&Value::Text(String::new())));
        assert_eq!(read.len(), 4, "{read:?}");
        assert_eq!(parse("<dictionary> {\n}\n"), Some(Dictionary::new()));
    }

    #[test]
    fn what_is_cut_short_or_something_else_is_none() {
        let whole = "<dictionary> {\n  A : <array> {\n    0 : x\n  }\n  S : <dictionary> {\n    N : 1\n  }\n  N : 7890\n}\n";
        let lines: Vec<&str> = whole.lines().collect();
        assert!(parse(whole).is_some());
        for kept in 0..lines.len() {
            assert_eq!(parse(&lines[..kept].join("\n")), None, "{kept} lines");
        }
        for garbage in
            ["", "No proxies", "<array> {\n}\n", "<dictionary> {\n  A\n}\n", "<dictionary> {\n}\n}\n"]
        {
            assert_eq!(parse(garbage), None, "{garbage:?}");
        }
    }
}
