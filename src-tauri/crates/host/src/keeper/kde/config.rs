//! KDE's configuration files, as far as one group of them goes. What one file says, a more specific one may change, unless it
//! is locked: `$i` stands at a key, a group or a whole file for that.
//! <https://userbase.kde.org/KDE_System_Administration/Configuration_Files>

/// The group that holds the proxies.
pub(super) const GROUP: &str = "Proxy Settings";

/// One setting.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Setting {
    /// What it is set to.
    pub(super) text: Option<String>,
    /// Whether it is not for the user to change.
    pub(super) locked: bool,
}

/// A setting, from the texts of all files, the least specific first.
pub(super) fn setting(texts: &[String], key: &str) -> Setting {
    let mut setting = Setting::default();
    for text in texts {
        if setting.locked {
            break;
        }
        for line in lines(text) {
            match line.kind {
                Kind::File => setting.locked = true,
                Kind::Group { locked } if line.concerns => setting.locked |= locked,
                Kind::Entry { name, options, value } if line.concerns && name == key => {
                    setting.locked |= options.contains('i');
                    setting.text = Some(value.to_owned()).filter(|_| !options.contains('d'));
                }
                _ => {}
            }
        }
    }
    setting
}

/// The text with this key set, and all else as it was.
pub(super) fn with(text: &str, key: &str, value: &str) -> String {
    let (mut out, mut last, mut place) = (String::with_capacity(text.len() + 32), None, None);
    for line in lines(text) {
        match line.kind {
            Kind::Entry { name, .. } if line.concerns && name == key => last = Some(line.at),
            Kind::Group { .. } if line.concerns => place = Some(line.at.1),
            _ => {}
        }
    }
    let (from, to) = last.or(place.map(|place| (place, place))).unwrap_or((text.len(), text.len()));
    let (before, after) = (&text[..from], &text[to..]);
    out.push_str(before);
    if !before.is_empty() && !before.ends_with('\n') {
        out.push('\n');
    }
    if last.is_none() && place.is_none() {
        out.push_str(if before.is_empty() { "" } else { "\n" });
        out.push_str(&format!("[{GROUP}]\n"));
    }
    out.push_str(&format!("{key}={value}\n"));
    out.push_str(after);
    out
}

struct Line<'text> {
    /// From where to where it goes, its end included.
    at: (usize, usize),
    /// Whether it is about our group.
    concerns: bool,
    kind: Kind<'text>,
}

enum Kind<'text> {
    /// A lock on the whole file.
    File,
    /// The beginning of a group.
    Group { locked: bool },
    /// A key with its options, and a value.
    Entry { name: &'text str, options: &'text str, value: &'text str },
    /// A comment, or nothing.
    Other,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let (mut end, mut inside) = (0, false);
    text.split_inclusive('\n').map(move |whole| {
        let at = (end, end + whole.len());
        end = at.1;
        let line = whole.trim();
        let kind = if line == "[$i]" {
            Kind::File
        } else if line.starts_with('[') {
            let (name, locked) = line.strip_suffix("[$i]").map_or((line, false), |name| (name, true));
            inside = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) == Some(GROUP);
            Kind::Group { locked }
        } else {
            entry(line).unwrap_or(Kind::Other)
        };
        Line { at, concerns: inside, kind }
    })
}

/// `KEY=VALUE`, with options `KEY[$i]=VALUE`; one that was removed is `KEY[$d]`.
fn entry(line: &str) -> Option<Kind<'_>> {
    let (key, value) = match line.split_once('=') {
        Some((key, value)) => (key.trim_end(), value.trim_start()),
        None if line.ends_with(']') => (line, ""),
        None => return None,
    };
    let (name, options) = key.split_once("[$").unwrap_or((key, ""));
    (!line.starts_with('#')).then(|| Kind::Entry { name, options: options.trim_end_matches(']'), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> (Option<String>, bool) {
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        let Setting { text, locked } = setting(&texts, "ProxyType");
        (text, locked)
    }

    fn one() -> Option<String> {
        Some("1".to_owned())
    }

    #[test]
    fn a_setting_is_that_of_the_most_specific_file_and_its_last_line() {
        let user = "ProxyType=9\n[Other]\nProxyType=8\n[Proxy Settings]\nProxyType=3\n# ProxyType=7\nProxyType = 1\n[Proxy \
            Settings][Sub]\nProxyType=6\n";
        assert_eq!(read(&["[Proxy Settings]\nProxyType=2\n", user]), (one(), false));
        assert_eq!(read(&["[Proxy Settings]\nProxyType=1\n", ""]), (one(), false));
        assert_eq!(
            read(&["[Proxy Settings]\nProxyType=1\n", "[Proxy Settings]\nProxyType[$d]\n"]),
            (None, false)
        );
        assert_eq!(read(&["", ""]), (None, false));
    }

    #[test]
    fn a_lock_at_a_key_a_group_or_a_file_holds() {
        for locked in [
            "[Proxy Settings]\nProxyType[$i]=1\n",
            "[Proxy Settings]\nProxyType[$ei]=1\n",
            "[Proxy Settings][$i]\nProxyType=1\n",
            "[$i]\n[Proxy Settings]\nProxyType=1\n",
        ] {
            assert_eq!(read(&[locked, "[Proxy Settings]\nProxyType=0\n"]), (one(), true), "{locked}");
            assert_eq!(read(&["", locked]), (one(), true), "{locked}");
        }
        assert_eq!(
            read(&["[Other][$i]\nProxyType=0\n[Proxy Settings]\nNoProxyFor[$i]=x\nProxyType[$e]=1\n"]),
            (one(), false)
        );
    }

    #[test]
    fn all_else_stays_as_it_is() {
        let text = "# mine\r\n[Other]\nProxyType=3\n\n[Proxy Settings]\n AuthMode=0\nProxyType=2\nhttpProxy=http://me:pw@x 1\n\n[Last]";
        assert_eq!(with(text, "ProxyType", "0"), text.replace("ProxyType=2", "ProxyType=0"));
        let twice = "[Proxy Settings]\nProxyType=2\nProxyType=1\n";
        assert_eq!(with(twice, "ProxyType", "0"), "[Proxy Settings]\nProxyType=2\nProxyType=0\n");
        assert_eq!(with("[Proxy Settings]\nA=b\n", "ProxyType", "0"), "[Proxy Settings]\nProxyType=0\nA=b\n");
        assert_eq!(with("[Proxy Settings]", "ProxyType", "0"), "[Proxy Settings]\nProxyType=0\n");
        assert_eq!(with("[Other]\nA=b", "ProxyType", "0"), "[Other]\nA=b\n\n[Proxy Settings]\nProxyType=0\n");
        assert_eq!(with("", "ProxyType", "0"), "[Proxy Settings]\nProxyType=0\n");
        assert_eq!(
            with("[Proxy Settings]\nProxyType=2", "ProxyType", "0"),
            "[Proxy Settings]\nProxyType=0\n"
        );
    }
}
