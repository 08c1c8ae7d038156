//! An autostart entry's text, as the Desktop Entry specification has it.

/// What of an entry matters here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Entry {
    /// Whether the user wants it: neither `Hidden` nor switched off in the desktop's own settings.
    pub(super) wanted: bool,
    /// The program it starts: a path, or a name that is looked up.
    pub(super) program: Option<String>,
}

/// One that says that nothing is to start, where the system's says that something is.
pub(super) const OFF: &str = "[Desktop Entry]\nType=Application\nName=Longwire\nHidden=true\n";

/// One that starts this program with this argument.
pub(super) fn write(program: &str, argument: &str) -> String {
    let exec = escaped(&format!("{} {argument}", quoted(program)));
    format!(
        "[Desktop Entry]\nType=Application\nName=Longwire\nExec={exec}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    )
}

/// Reads one. What stands there twice counts once, the first time.
pub(super) fn read(text: &str) -> Entry {
    let mut lines = text.lines().map(str::trim);
    let group = lines.by_ref().skip_while(|line| *line != "[Desktop Entry]").skip(1);
    let pairs: Vec<(&str, &str)> = group
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim_end(), value.trim_start()))
        .collect();
    let value = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let hidden = value("Hidden") == Some("true");
    let disabled = value("X-GNOME-Autostart-enabled") == Some("false");
    Entry { wanted: !hidden && !disabled, program: value("Exec").and_then(|exec| program(&unescaped(exec))) }
}

/// A word as `Exec` has it: `%` begins a field, and quotes are needed for what a shell would take otherwise.
fn quoted(word: &str) -> String {
    let word = word.replace('%', "%%");
    if !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || RESERVED.contains(c)) {
        return word;
    }
    let mut quoted = String::from('"');
    for c in word.chars() {
        if matches!(c, '"' | '`' | '$' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

const RESERVED: &str = "\"'\\><~|&;$*?#()`";

/// The first word of an `Exec`.
fn program(exec: &str) -> Option<String> {
    let (mut word, mut rest) = (String::new(), exec.chars());
    if exec.starts_with('"') {
        rest.next();
        loop {
            match rest.next()? {
                '"' => break,
                '\\' => word.push(rest.next()?),
                c => word.push(c),
            }
        }
    } else {
        word = exec.split_whitespace().next()?.to_owned();
    }
    Some(word.replace("%%", "%")).filter(|word| !word.is_empty())
}

/// A text as the value of any key has it.
fn escaped(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
    escaped.replace('\r', "\\r").replace('\t', "\\t")
}

fn unescaped(value: &str) -> String {
    let (mut text, mut rest) = (String::new(), value.chars());
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, true) => match rest.next() {
                Some('s') => text.push(' '),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => {}
            },
            (c, false) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(program: &str) -> Entry {
        Entry { wanted: true, program: Some(program.to_owned()) }
    }

    #[test]
    fn an_entry_is_written_as_the_specification_has_it() {
        assert!(
            write("/usr/bin/longwire-app", "--hidden").contains("\nExec=/usr/bin/longwire-app --hidden\n")
        );
        let odd = write("/opt/My $Apps/100%/a\\b", "--hidden");
        assert!(odd.contains("\nExec=\"/opt/My \\\\$Apps/100%%/a\\\\\\\\b\" --hidden\n"), "{odd}");
        assert_eq!(read(OFF), Entry { wanted: false, program: None });
    }

    #[test]
    fn what_others_write_is_understood() {
        let entry =
            |lines: &str| read(&format!("# mine\n[Desktop Entry]\n{lines}\n[Desktop Action x]\nExec=/x\n"));
        assert_eq!(entry("Exec=longwire-app --hidden %U"), named("longwire-app"));
        assert_eq!(entry("Exec = \"/opt/a b/longwire-app\" -x"), named("/opt/a b/longwire-app"));
        assert_eq!(entry("Exec=/a\nExec=/b"), named("/a"));
        for off in
            ["Exec=/a\nHidden=true", "Hidden = true\nExec=/a", "X-GNOME-Autostart-enabled=false\nExec=/a"]
        {
            assert_eq!(entry(off), Entry { wanted: false, ..named("/a") }, "{off}");
        }
        for nothing in ["", "Name=x", "Exec=", "Exec=\"", "Exec=\"\"", "Exec=\"/a\\", "Exec=\\"] {
            assert_eq!(entry(nothing).program, None, "{nothing}");
        }
        assert_eq!(read("Exec=/a\n"), Entry { wanted: true, program: None });
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(path in "/[^\0]{1,40}") {
            prop_assert_eq!(read(&write(&path, "--hidden")), named(&path));
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in "\\PC*") {
            read(&text);
            read(&format!("[Desktop Entry]\nExec={text}"));
        }
    }
}
