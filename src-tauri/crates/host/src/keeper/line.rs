/// More than any error that means something.
const LONGEST: usize = 160;

/// The first line that says something, harmless to show: cut, without control characters, and without what stands before
/// the `@` of an address.
pub(super) fn harmless(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(str::trim);
    let first = lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    let words = first.split(' ').map(without_credentials);
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// A URL without the user and the password in it; any other word as it is.
pub(super) fn without_credentials(word: &str) -> String {
    let Some((before, rest)) = word.split_once("://") else { return word.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => format!("{before}://{}", &rest[at + 1..]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_short_line_without_credentials() {
        assert_eq!(harmless("\n  a\u{1b}[31m b\t \nc"), "a[31m b");
        assert_eq!(harmless(&"é".repeat(1000)).chars().count(), LONGEST);
        assert_eq!(harmless("URL: http://me:s@cret@pac.example/x?a@b"), "URL: http://pac.example/x?a@b");
        assert_eq!(harmless("http://pac.example/a@b"), "http://pac.example/a@b");
        assert_eq!(harmless(" \n"), "");
    }
}
