//! Settings ↔ TOML text. Reading names the line of a mistake and never repeats the line itself: a secret may have
//! been pasted into it. Writing keeps comments, order and keys that are not ours.

mod agent;
mod journal;
mod notify;
mod target;
mod updates;

use std::{
    collections::BTreeSet,
    fmt::Display,
    ops::{Range, RangeInclusive},
    str::FromStr,
};

use longwire_contract::Domain;
use longwire_dial::route::Choice;
use toml_edit::{Array, ArrayOfTables, Document, DocumentMut, Item, Table, value};

pub(crate) use self::{
    journal::{DAYS, MEGABYTES},
    updates::is_version,
};
use super::{AppSettings, Settings, TargetSettings};
use crate::proxy;

/// The most unknown keys that are told.
const MOST_UNKNOWN: usize = 100;
const PROXY_FORM: &str = "proxy is a text in quotes";

/// A mistake in the file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) problem: String,
}

/// A key nobody reads: a typo, or a newer version's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UnknownKey {
    pub(crate) key: String,
    pub(crate) line: usize,
}

/// Reads the settings from the file's text.
pub(crate) fn read(text: &str) -> Result<(Settings, Vec<UnknownKey>), Mistake> {
    let document = Document::parse(text).map_err(|error| Mistake {
        line: line_of(text, error.span()),
        problem: error.message().to_owned(),
    })?;
    let mut reader = Reader { text, unknown: Vec::new() };
    let settings = reader.settings(document.as_table())?;
    Ok((settings, reader.unknown))
}

/// Writes what differs from the defaults into the file's text.
pub(crate) fn write(text: &str, settings: &Settings) -> Result<String, Mistake> {
    write_into(text, settings, false)
}

/// All settings with their defaults, as the file might have them.
pub(crate) fn whole(settings: &Settings) -> String {
    // An empty text has no mistake.
    write_into("", settings, true).unwrap_or_default()
}

/// `all` writes what is as by default, too.
fn write_into(text: &str, settings: &Settings, all: bool) -> Result<String, Mistake> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| Mistake {
        line: line_of(text, error.span()),
        problem: error.message().to_owned(),
    })?;
    let defaults = Settings::default();
    let root = document.as_table_mut();
    put(root, "language", settings.language.as_str(), all || settings.language != defaults.language);
    put(root, "theme", settings.theme.as_str(), all || settings.theme != defaults.theme);
    let files: Vec<_> = settings.ca_files.iter().map(|path| path.display().to_string()).collect();
    put_list(root, "ca_files", &files, all || settings.ca_files != defaults.ca_files);
    write_table(root, "journal", |table| journal::write(table, &settings.journal, all));
    write_table(root, "notify", |table| notify::write(table, &settings.notify, all));
    write_table(root, "agent", |table| agent::write(table, &settings.agent, all));
    write_table(root, "updates", |table| updates::write(table, &settings.updates, all));
    write_all(root, "app", "id", &settings.apps, |app| app.id.as_str(), write_app);
    write_all(root, "target", "name", &settings.targets, |target| &target.name, target::write);
    Ok(document.to_string())
}

/// Writes into a table, which is there only as long as something is in it.
fn write_table(root: &mut Table, key: &str, write: impl FnOnce(&mut Table)) {
    let old = root.get(key).is_some();
    let mut made = Table::new();
    match root.get_mut(key).and_then(Item::as_table_mut) {
        Some(table) => write(table),
        None => write(&mut made),
    }
    if !old && !made.is_empty() {
        root.insert(key, Item::Table(made));
    } else if root.get(key).and_then(Item::as_table).is_some_and(Table::is_empty) {
        root.remove(key);
    }
}

/// Writes a table each. The one that was there under the same name carries the user's comments and unknown keys.
fn write_all<T>(
    root: &mut Table,
    key: &str,
    name_key: &str,
    all: &[T],
    name: impl Fn(&T) -> &str,
    write: impl Fn(&mut Table, &T),
) {
    let mut old = match root.remove(key) {
        Some(Item::ArrayOfTables(tables)) => tables.into_iter().collect(),
        _ => Vec::new(),
    };
    let mut tables = ArrayOfTables::new();
    for one in all {
        let named = |table: &Table| table.get(name_key).and_then(Item::as_str) == Some(name(one));
        let mut table = old.iter().position(named).map(|at| old.remove(at)).unwrap_or_default();
        write(&mut table, one);
        tables.push(table);
    }
    if !tables.is_empty() {
        root.insert(key, Item::ArrayOfTables(tables));
    }
}

fn write_app(table: &mut Table, app: &AppSettings) {
    put(table, "id", app.id.as_str(), true);
    put(table, "name", app.name.as_str(), !app.name.is_empty());
    put(table, "domain", app.domain.to_string(), app.domain != Domain::default());
    put(table, "paused", app.paused, app.paused);
    let file = app.secret_file.as_ref().map(|path| path.display().to_string());
    put(table, "secret_file", file.clone().unwrap_or_default(), file.is_some());
    put(table, "proxy", proxy::written(&app.proxy), app.proxy != Choice::Auto);
}

/// Sets a key that differs from its default, removes one that does not, and leaves one that stays as it is
/// written.
fn put(table: &mut Table, key: &str, new: impl Into<toml_edit::Value>, differs: bool) {
    let new = new.into();
    if !differs {
        table.remove(key);
    } else if table.get(key).and_then(Item::as_value).is_none_or(|old| !is_same(old, &new)) {
        table[key] = value(new);
    }
}

fn put_list(table: &mut Table, key: &str, texts: &[String], differs: bool) {
    put(table, key, texts.iter().collect::<Array>(), differs);
}

/// What is written of something that may be absent.
fn names(named: Option<&impl ToString>) -> String {
    named.map(ToString::to_string).unwrap_or_default()
}

/// Whether they say the same, however it is written.
fn is_same(old: &toml_edit::Value, new: &toml_edit::Value) -> bool {
    match (old.as_str(), new.as_str()) {
        (Some(old), Some(new)) => old == new,
        _ => plain(old) == plain(new),
    }
}

fn plain(value: &toml_edit::Value) -> String {
    value.clone().decorated("", "").to_string()
}

struct Reader<'a> {
    text: &'a str,
    unknown: Vec<UnknownKey>,
}

impl Reader<'_> {
    fn settings(&mut self, root: &Table) -> Result<Settings, Mistake> {
        let mut settings = Settings::default();
        for (key, item) in root.iter() {
            match key {
                "language" => settings.language = self.word(item, "language is system, en or zh-CN")?,
                "theme" => settings.theme = self.word(item, "theme is system, light or dark")?,
                "ca_files" => settings.ca_files = self.paths(item)?,
                "journal" => settings.journal = self.table(item, "[journal]", journal::read)?,
                "notify" => settings.notify = self.table(item, "[notify]", notify::read)?,
                "agent" => settings.agent = self.table(item, "[agent]", agent::read)?,
                "updates" => settings.updates = self.table(item, "[updates]", updates::read)?,
                "app" => settings.apps = self.apps(item)?,
                "target" => settings.targets = self.targets(item)?,
                _ => self.not_known(root, key),
            }
        }
        Ok(settings)
    }

    fn apps(&mut self, item: &Item) -> Result<Vec<AppSettings>, Mistake> {
        let tables = item
            .as_array_of_tables()
            .ok_or_else(|| self.mistake(item.span(), "an app begins with a line [[app]]"))?;
        let (mut apps, mut known) = (Vec::new(), BTreeSet::new());
        for table in tables {
            let app = self.app(table)?;
            if !known.insert(app.id.clone()) {
                return Err(self.mistake(table.span(), format!("app {} is there twice", app.id)));
            }
            apps.push(app);
        }
        Ok(apps)
    }

    fn targets(&mut self, item: &Item) -> Result<Vec<TargetSettings>, Mistake> {
        let tables = item
            .as_array_of_tables()
            .ok_or_else(|| self.mistake(item.span(), "a target begins with a line [[target]]"))?;
        let (mut targets, mut known) = (Vec::new(), BTreeSet::new());
        for table in tables {
            let target = target::read(self, table)?;
            if !known.insert(target.name.clone()) {
                return Err(self.mistake(table.span(), "two targets have this name"));
            }
            targets.push(target);
        }
        Ok(targets)
    }

    fn table<T>(
        &mut self,
        item: &Item,
        line: &str,
        read: impl FnOnce(&mut Self, &Table) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        match item.as_table() {
            Some(table) => read(self, table),
            None => Err(self.mistake(item.span(), format!("it begins with a line {line}"))),
        }
    }

    fn app(&mut self, table: &Table) -> Result<AppSettings, Mistake> {
        let id = table.get("id").ok_or_else(|| self.mistake(table.span(), "this app has no id"))?;
        let mut app = AppSettings::new(self.word(id, longwire_contract::AppIdError)?);
        for (key, item) in table.iter() {
            match key {
                "id" => {}
                "name" => app.name = self.string(item, "name is a text in quotes")?.to_owned(),
                "domain" => app.domain = self.word(item, longwire_contract::DomainError)?,
                "paused" => app.paused = self.truth(item, "paused")?,
                "secret_file" => {
                    app.secret_file = Some(self.string(item, "secret_file is a path in quotes")?.into());
                }
                "proxy" => {
                    let text = self.string(item, PROXY_FORM)?;
                    app.proxy =
                        proxy::read(text).map_err(|error| self.mistake(item.span(), error.to_string()))?;
                }
                _ => self.not_known(table, key),
            }
        }
        Ok(app)
    }

    fn paths(&self, item: &Item) -> Result<Vec<std::path::PathBuf>, Mistake> {
        let paths = self.strings(item, "ca_files is a list of paths in quotes")?;
        Ok(paths.into_iter().map(Into::into).collect())
    }

    fn strings(&self, item: &Item, form: &str) -> Result<Vec<String>, Mistake> {
        let wrong = || self.mistake(item.span(), form);
        let list = item.as_array().ok_or_else(wrong)?;
        list.iter().map(|text| text.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    fn truth(&self, item: &Item, key: &str) -> Result<bool, Mistake> {
        item.as_bool().ok_or_else(|| self.mistake(item.span(), format!("{key} is true or false")))
    }

    fn number(&self, item: &Item, range: RangeInclusive<u32>, form: &str) -> Result<u32, Mistake> {
        let number = item.as_integer().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| range.contains(number)).ok_or_else(|| self.mistake(item.span(), form))
    }

    fn word<T: FromStr>(&self, item: &Item, form: impl Display) -> Result<T, Mistake> {
        let form = form.to_string();
        self.string(item, &form)?.parse().map_err(|_| self.mistake(item.span(), form))
    }

    fn string<'i>(&self, item: &'i Item, form: &str) -> Result<&'i str, Mistake> {
        item.as_str().ok_or_else(|| self.mistake(item.span(), form))
    }

    fn not_known(&mut self, table: &Table, key: &str) {
        // To tell a line the text is read up to there: nobody looks at more, and who sends more means ill.
        if self.unknown.len() >= MOST_UNKNOWN {
            return;
        }
        let line = line_of(self.text, table.key(key).and_then(toml_edit::Key::span));
        self.unknown.push(UnknownKey { key: key.to_owned(), line });
    }

    fn mistake(&self, span: Option<Range<usize>>, problem: impl Into<String>) -> Mistake {
        Mistake { line: line_of(self.text, span), problem: problem.into() }
    }
}

fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let end = span.map_or(0, |span| span.start.min(text.len()));
    text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use longwire_contract::LanguageChoice;

    use super::*;

    const FILE: &str = r#"# mine
language = "zh-CN"   # 中文

[[app]]
id = "cli_0123456789abcdef"
colour = "red"
domain = "lark"

[[app]]
id = "cli_fedcba9876543210"
paused = true
"#;

    #[test]
    fn a_file_is_read_and_its_unknown_keys_are_named_by_line() {
        let (settings, unknown) = read(FILE).unwrap();
        assert_eq!(settings.language, LanguageChoice::Chinese);
        assert_eq!(settings.apps.len(), 2);
        assert_eq!(settings.apps[0].domain, Domain::Lark);
        assert!(settings.apps[1].paused);
        assert_eq!(unknown, [UnknownKey { key: "colour".into(), line: 6 }]);
    }

    #[test]
    fn writing_what_was_read_changes_no_byte() {
        let (settings, _) = read(FILE).unwrap();
        assert_eq!(write(FILE, &settings).unwrap(), FILE);
    }

    #[test]
    fn a_change_keeps_comments_and_unknown_keys() {
        let (mut settings, _) = read(FILE).unwrap();
        settings.language = LanguageChoice::System;
        settings.apps.remove(1);
        settings.apps[0].name = "bot".into();
        let text = write(FILE, &settings).unwrap();
        assert!(text.contains("colour = \"red\"") && text.contains("name = \"bot\""), "{text}");
        assert!(!text.contains("language") && !text.contains("fedcba"), "{text}");
        assert_eq!(read(&text).unwrap().0, settings);
    }

    #[test]
    fn targets_journal_and_notifications_are_written_as_they_are_read() {
        let text = r#"[journal]
days = 7
power_safe = true

[notify]
preview = false
quiet = "22:30-08:00"

[[notify.rule]]
chats = ["oc_1"]
mute = true

[[notify.rule]]
text = "deploy"

[[target]]
name = "bot"
webhook = "http://127.0.0.1:3000/"
app = "cli_0123456789abcdef"
events = ["im.message.*"]
filters = ["event.message.chat_type = p2p"]
headers = ["X-Env"]
deadline = 5
colour = "blue"

[[target]]
name = "log"
command = ["tee", "-a", "/tmp/x"]
paused = true
"#;
        let (settings, unknown) = read(text).unwrap();
        assert_eq!(unknown.len(), 1);
        assert_eq!((settings.journal.days, settings.journal.megabytes), (7, 1000));
        assert_eq!(settings.notify.quiet.unwrap().from_minute, 22 * 60 + 30);
        assert_eq!((settings.notify.rules.len(), settings.notify.rules[0].mute), (2, true));
        assert_eq!((settings.targets[0].deadline_s, settings.targets[1].paused), (5, true));
        let again = write(text, &settings).unwrap();
        assert_eq!(read(&again).unwrap().0, settings, "{again}");
        assert!(again.contains("colour = \"blue\""));
        let from_nothing = write("", &settings).unwrap();
        assert_eq!(read(&from_nothing).unwrap().0, settings, "{from_nothing}");
        let bare = write(&from_nothing, &Settings::default()).unwrap();
        assert_eq!(bare.trim(), "");
    }

    #[test]
    fn the_agent_is_written_as_it_is_read_and_only_what_differs() {
        let text = "[agent]\non = true\nmodel = \"qwen-max\"   # dear\nprompt = \"\"\"Be brief.\n是\"\"\"\nper_day = 20\nkey = \"sk-1\"\n";
        let (settings, unknown) = read(text).unwrap();
        let agent = &settings.agent;
        assert_eq!((agent.on, agent.model.as_str(), agent.per_day), (true, "qwen-max", 20));
        assert_eq!((agent.prompt.as_str(), agent.groups, agent.memory), ("Be brief.\n是", true, 10));
        assert_eq!(unknown, [UnknownKey { key: "key".into(), line: 7 }], "no key is read from here");
        assert_eq!(write(text, &settings).unwrap(), text);
        let from_nothing = write("", &settings).unwrap();
        assert_eq!(read(&from_nothing).unwrap().0, settings, "{from_nothing}");
        assert!(!from_nothing.contains("base_url"), "{from_nothing}");
    }

    #[test]
    fn updates_are_written_as_they_are_read_and_only_what_differs() {
        let text = "[updates]\ncheck = false # not here\nskip = \"0.2.0-rc.1+7\"\n";
        let (settings, unknown) = read(text).unwrap();
        assert_eq!((settings.updates.check, settings.updates.skip.as_deref()), (false, Some("0.2.0-rc.1+7")));
        assert_eq!(unknown, []);
        assert_eq!(write(text, &settings).unwrap(), text);
        assert_eq!(read(&write("", &settings).unwrap()).unwrap().0, settings);
        let mut on_again = settings;
        on_again.updates.check = true;
        assert_eq!(write("", &on_again).unwrap().trim(), "[updates]\nskip = \"0.2.0-rc.1+7\"");
    }

    #[test]
    fn no_rules_are_not_the_default_rules() {
        let mut settings = Settings::default();
        settings.notify.rules.clear();
        let text = write("", &settings).unwrap();
        assert_eq!(read(&text).unwrap().0, settings, "{text}");
    }

    #[test]
    fn a_whole_file_says_what_the_defaults_are() {
        for text in [FILE, ""] {
            let (settings, _) = read(text).unwrap();
            let whole = whole(&settings);
            assert_eq!(read(&whole).unwrap(), (settings, vec![]), "{whole}");
            for key in [
                "language",
                "theme",
                "ca_files",
                "days",
                "megabytes",
                "power_safe",
                "preview",
                "[[notify.rule]]",
                "base_url",
                "per_person",
                "[updates]\ncheck",
            ] {
                assert!(whole.contains(key), "{key}: {whole}");
            }
        }
    }

    #[test]
    fn the_defaults_are_an_empty_file() {
        assert_eq!(read("").unwrap().0, Settings::default());
        assert_eq!(write("", &Settings::default()).unwrap(), "");
    }

    #[test]
    fn a_mistake_is_named_by_its_line_and_not_repeated() {
        let cases = [
            ("language = \"zh-CN\"\n\n[[app]\n", 3),
            ("\nlanguage = \"klingon\"\n", 2),
            ("[[app]]\nid = \"planted-secret\"\n", 2),
            ("[[app]]\nname = \"no id\"\n", 1),
            ("\n[app]\nid = \"cli_0123456789abcdef\"\n", 2),
            ("ca_files = \"planted-secret\"\n", 1),
            ("[[app]]\nid = \"cli_0123456789abcdef\"\npaused = \"planted-secret\"\n", 3),
            ("[[app]]\nid = \"cli_0123456789abcdef\"\n[[app]]\nid = \"cli_0123456789abcdef\"\n", 3),
            ("a = \"planted-secret\n", 1),
            ("[[app]]\nid = \"cli_0123456789abcdef\"\nproxy = \"http://u:planted-secret@h:1\"\n", 3),
            ("[[app]]\nid = \"cli_0123456789abcdef\"\nproxy = \"planted-secret://h\"\n", 3),
            ("[[target]]\nname = \"a\"\n", 1),
            ("[[target]]\nname = \"a\"\nwebhook = 7\n", 3),
            ("[[target]]\nname = \"a\"\nwebhook = \"u\"\ndeadline = 0\n", 4),
            ("[[target]]\nname = \"a\"\nwebhook = \"u\"\n\n[[target]]\nname = \"a\"\nwebhook = \"v\"\n", 5),
            ("[journal]\ndays = 1000\n", 2),
            ("[notify]\nquiet = \"25:00-1:00\"\n", 2),
            ("journal = 7\n", 1),
            ("[agent]\nbase_url = \"http://planted.example/v1?k=planted\"\n", 2),
            ("[agent]\nbase_url = \"sk-planted\"\n", 2),
            ("[agent]\non = true\nmodel = \"sk planted\"\n", 3),
            ("[agent]\nper_day = 0\n", 2),
            ("[agent]\nmemory = -1\n", 2),
            ("agent = true\n", 1),
            ("[updates]\ncheck = \"planted\"\n", 2),
            ("[updates]\nskip = \"planted secret\"\n", 2),
            ("[updates]\nskip = \"\"\n", 2),
        ];
        for (text, line) in cases {
            let mistake = read(text).unwrap_err();
            assert_eq!(mistake.line, line, "{text:?}: {mistake}");
            assert!(!mistake.to_string().contains("planted"), "{mistake}");
        }
    }
}
