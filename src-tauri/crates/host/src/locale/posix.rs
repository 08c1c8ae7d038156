/// The locale of messages as POSIX has programs find it: the first of three variables that is set to something.
pub(super) fn choose(variable: impl Fn(&str) -> Option<String>) -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_something_wins() {
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_GB.UTF-8")], "zh_CN.UTF-8"),
            (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "en_GB")], "zh_TW"),
            (&[("LANG", "de_DE@euro")], "de_DE@euro"),
            (&[], ""),
        ];
        for (variables, locale) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(set, _)| *set == name).map(|(_, value)| value.to_string())
            };
            assert_eq!(choose(variable), locale);
        }
    }
}
