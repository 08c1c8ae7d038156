use std::env;
use std::fmt;

/// The variables that name a proxy, in the order they count. `HTTP_PROXY` is for `http` addresses and counts for ours as
/// the last resort, as it does in Node: many people set only that one.
const PROXIES: [&str; 6] =
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"];

/// The variables that name the exceptions.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// What the environment says about proxies: `HTTPS_PROXY`, `ALL_PROXY`, `HTTP_PROXY`, `NO_PROXY`, written small before
/// written large. A variable that is empty counts as unset. The default is: nothing is set.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Environment {
    pub(super) proxy: Option<Variable>,
    pub(super) exceptions: Option<Variable>,
}

/// A variable that is set. Its value may hold a password and is not shown.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) value: String,
}

impl Environment {
    /// What these variables say; `variable` gives the value of a name.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|&name| {
                let value = variable(name)?.trim().to_owned();
                (!value.is_empty()).then_some(Variable { name, value })
            })
        };
        Self { proxy: first(&PROXIES), exceptions: first(&EXCEPTIONS) }
    }

    /// What this process was started with.
    pub fn current() -> Self {
        Self::of(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Environment {
        Environment::of(|name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_variables_count_in_their_order() {
        let mut set = vec![
            ("HTTP_PROXY", "f"),
            ("http_proxy", "e"),
            ("ALL_PROXY", "d"),
            ("all_proxy", "c"),
            ("HTTPS_PROXY", "b"),
            ("https_proxy", "a"),
        ];
        while let Some((name, value)) = set.last() {
            let proxy = of(&set).proxy.unwrap();
            assert_eq!((proxy.name, proxy.value.as_str()), (*name, *value));
            set.pop();
        }
        assert_eq!(of(&[]), Environment::default());
    }

    #[test]
    fn an_empty_variable_is_unset() {
        let environment = of(&[("https_proxy", ""), ("HTTPS_PROXY", "  "), ("ALL_PROXY", " socks5://a ")]);
        assert_eq!(environment.proxy, Some(Variable { name: "ALL_PROXY", value: "socks5://a".to_owned() }));
        let environment = of(&[("no_proxy", ""), ("NO_PROXY", "a")]);
        assert_eq!(environment.exceptions, Some(Variable { name: "NO_PROXY", value: "a".to_owned() }));
    }

    #[test]
    fn a_value_is_never_shown() {
        let environment = of(&[("HTTPS_PROXY", "http://u:hunter2@h"), ("NO_PROXY", "hunter2")]);
        assert_eq!(
            format!("{environment:?}"),
            "Environment { proxy: Some(HTTPS_PROXY), exceptions: Some(NO_PROXY) }"
        );
    }
}
