//! The one place through which all of a report goes: what names the user, their machines and what is theirs, and what may be
//! a secret, does not come out. What is the same before is the same after, so that a reader can still follow it.

use serde_json::Value;

use super::{
    hosts::Hosts,
    known::Known,
    token::{self, SECRET},
};

#[derive(Debug)]
pub(super) struct Redactor {
    /// Each with what stands for it, the longest first.
    words: Vec<(String, String)>,
    hosts: Hosts,
}

impl Redactor {
    pub(super) fn new(known: &Known) -> Self {
        Self { words: known.words(), hosts: Hosts::default() }
    }

    /// Looks for hosts, so that they are known also where they are not told by their form.
    pub(super) fn learn(&mut self, text: &str) {
        self.text(text);
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        let text = self.known(text);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("://") {
            self.plain(before, &mut out);
            out.push_str("://");
            rest = self.url(after, &mut out);
        }
        self.plain(rest, &mut out);
        out
    }

    /// All texts of a value. Its keys are ours.
    pub(super) fn json(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn known(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, shown) in &self.words {
            text = replaced(&text, word, shown);
        }
        for (host, shown) in self.hosts.known() {
            text = replaced(&text, &host, &shown);
        }
        text
    }

    /// What follows a scheme; gives back what follows the URL.
    fn url<'a>(&mut self, text: &'a str, out: &mut String) -> &'a str {
        let (authority, rest) = parted(text, |c| ends_url(c) || matches!(c, '/' | '?' | '#'));
        // What stands before an @ may be a password.
        out.push_str(&self.hosts.authority(authority.rsplit_once('@').map_or(authority, |(_, host)| host)));
        let (path, rest) = parted(rest, |c| ends_url(c) || matches!(c, '?' | '#'));
        self.path(path, out);
        match rest.starts_with(['?', '#']) {
            true => parted(rest, |c| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')).1,
            false => rest,
        }
    }

    fn plain(&mut self, text: &str, out: &mut String) {
        for word in text.split_inclusive(ends_word) {
            let bare = word.trim_end_matches(ends_word);
            self.word(bare, out);
            out.push_str(&word[bare.len()..]);
        }
    }

    fn word(&mut self, word: &str, out: &mut String) {
        let bare = word.trim_end_matches(['.', ':', '!', '?']);
        let tail = &word[bare.len()..];
        let names_value = |(_, value): &(&str, &str)| !value.trim_matches('=').is_empty();
        if let Some((name, value)) = bare.split_once('=').filter(names_value) {
            self.word(name, out);
            out.push('=');
            self.word(value, out);
        } else if bare.len() > 1 && bare[1..].contains('@') {
            // An address of a person, or what stands before a host without a scheme.
            out.push_str("…@…");
        } else if token::is_base64(bare) {
            out.push_str(SECRET);
        } else {
            self.path(bare, out);
        }
        out.push_str(tail);
    }

    fn path(&mut self, path: &str, out: &mut String) {
        let mut before = ["", ""];
        for (at, part) in path.split('/').enumerate() {
            if at > 0 {
                out.push('/');
            }
            match before {
                // Somebody else's home folder.
                ["", "home" | "Users"] if at > 1 && !part.is_empty() => out.push('…'),
                _ => self.part(part, out),
            }
            before = [before[1], part];
        }
    }

    fn part(&mut self, part: &str, out: &mut String) {
        if part.len() > 1 && part[1..].contains('@') {
            out.push_str("…@…");
        } else if let Some(host) = self.hosts.word(part) {
            out.push_str(&host);
        } else if part.contains(':') {
            for (at, piece) in part.split(':').enumerate() {
                if at > 0 {
                    out.push(':');
                }
                let host = self.hosts.word(piece);
                out.push_str(&host.unwrap_or_else(|| token::redacted(piece)));
            }
        } else {
            out.push_str(&token::redacted(part));
        }
    }
}

/// The text with a word replaced wherever it stands alone, whatever its case. Between characters that are no Latin letters
/// or digits everything stands alone.
fn replaced(text: &str, word: &str, shown: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let glued = |edge: Option<char>, beside: Option<char>| {
        let alnum = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        alnum(edge) && alnum(beside)
    };
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(&wanted) {
        let end = at + wanted.len();
        let before = glued(wanted.chars().next(), text[..at].chars().next_back());
        let after = glued(wanted.chars().next_back(), text[end..].chars().next());
        if at >= done && !before && !after {
            out.push_str(&text[done..at]);
            out.push_str(shown);
            done = end;
        }
    }
    out + &text[done..]
}

/// The text up to a character, and from it on.
fn parted(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn ends_word(c: char) -> bool {
    c.is_whitespace()
        || !c.is_ascii()
        || matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')' | ',' | ';' | '|' | '{' | '}' | '\\')
}

/// As above, but names of hosts may be of any script.
fn ends_url(c: char) -> bool {
    (c.is_ascii() && ends_word(c)) || c.is_whitespace() || "…，。；：、！？（）《》「」『』“”‘’".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn redactor() -> Redactor {
        Redactor::new(&Known {
            home: "/home/zhangsan".into(),
            user: "zhangsan".into(),
            machine: "zs-laptop.corp.example".into(),
            apps: vec!["Invoice Bot".into(), "发票机器人".into()],
            targets: vec!["my-target".into()],
            ..Known::default()
        })
    }

    fn shown(text: &str) -> String {
        redactor().text(text)
    }

    #[test]
    fn what_is_the_users_does_not_come_out() {
        for (text, left) in [
            ("path=/home/zhangsan/work/bot.py", "path=~/work/bot.py"),
            ("/home/lisi/x and /Users/lisi", "/home/…/x and /Users/…"),
            ("ZhangSan on ZS-Laptop", "user on this-computer"),
            ("zhangsanfeng", "zhangsanfeng"),
            ("应用发票机器人已连接", "应用app-2已连接"),
            ("invoice bot → my-target: down", "app-1 → target-1: down"),
            ("to http://me:pass@proxy.corp:8080/a?key=1#x now", "to http://host-1:8080/a now"),
            ("https://open.feishu.cn/open-apis/im/v1", "https://open.feishu.cn/open-apis/im/v1"),
            ("wss://msg-frontier.feishu.cn/…", "wss://msg-frontier.feishu.cn/…"),
            ("pac+http://10.0.0.1/p.pac", "pac+http://host-1/p.pac"),
            ("无法连接http://代理.公司:8080，超时", "无法连接http://host-1:8080，超时"),
            ("mail a.b+c@corp.example, me:pw@host:1", "mail …@…, …@…"),
            ("chat_id=oc_a0553eda9014c201e6969b478895c230", "chat_id=oc_…c230"),
            ("app{id=cli_0123456789abcdef}: connected", "app{id=cli_…cdef}: connected"),
            ("secret=n3I9PlFUP0THsR8UdozjgNryP4J3jVmN==", "secret=[redacted]"),
            (
                "http://127.0.0.1:3000/hook/9f86d081884c7d659a2feaa0c55ad015",
                "http://127.0.0.1:3000/hook/[redacted]",
            ),
            ("http://a:b/c@d.example/e", "http://host-1/…@…/e"),
        ] {
            assert_eq!(shown(text), left, "{text}");
        }
    }

    #[test]
    fn a_host_that_was_learnt_is_known_wherever_it_stands() {
        let mut redactor = redactor();
        redactor.learn("http://nas-2:80 http://build.py:80");
        assert_eq!(redactor.text("nas-2 is down, build.py is not"), "host-1 is down, host-2 is not");
        assert_eq!(redactor.text("http://me@nas-2:80/ and nas-2:80"), "http://host-1:80/ and host-1:80");
    }

    #[test]
    fn json_keeps_its_form() {
        let mut value =
            json!({ "proxy.corp": ["http://proxy.corp:1/\"", 7, null], "name": { "a": "发票机器人" } });
        redactor().json(&mut value);
        assert_eq!(value, json!({ "proxy.corp": ["http://host-1:1/\"", 7, null], "name": { "a": "app-2" } }));
    }

    /// What is planted, of each kind that must not come out.
    fn planted() -> impl Strategy<Value = String> {
        prop_oneof![
            "cli_[0-9a-f]{16}",
            "(oc|ou|on|om|od)_[0-9a-f]{32}",
            "(oc|ou|on)_[0-9a-zA-Z]{12,40}",
            "[0-9a-zA-Z]{32}",
            "[0-9a-f]{32}",
            "[tu]-[0-9][0-9a-zA-Z]{11,40}",
            "eyJ[0-9a-zA-Z]{30}\\.[0-9a-zA-Z]{40}\\.[0-9a-zA-Z]{43}",
            "[a-z]{3,10}@[a-z]{3,10}\\.example",
            "[a-z]{4,10}\\.(corp|intern|example)",
            "(10|172|192)(\\.[1-9][0-9]){3}",
            Just("Invoice Bot".to_owned()),
            Just("发票机器人".to_owned()),
            Just("my-target".to_owned()),
            Just("zhangsan".to_owned()),
            Just("zs-laptop".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn what_is_planted_never_comes_out(
            planted in planted(),
            before in "[ \"'(=:：，/\n]",
            after in "[ \"'),:;：，/\n]",
            words in "([a-z]{0,8}[ ,.：应用]){0,5}",
        ) {
            let text = format!("{words}{before}{planted}{after}{words}");
            let left = shown(&text);
            prop_assert!(!left.contains(&planted), "{text:?} {left:?}");
            prop_assert_eq!(&left, &shown(&text), "what is the same before is the same after");
        }

        #[test]
        fn a_url_keeps_no_credentials_and_no_query(
            user in "[a-zA-Z0-9]{6,12}",
            password in "[a-zA-Z0-9:@!$%-]{6,20}",
            query in "[a-zA-Z0-9=&]{6,20}",
        ) {
            let left = shown(&format!("to http://{user}:{password}@proxy.corp:8080/x?{query} failed"));
            prop_assert_eq!(left, "to http://host-1:8080/x failed");
        }

        #[test]
        fn any_text_goes_through(text in "\\PC{0,200}") {
            shown(&text);
        }
    }
}
