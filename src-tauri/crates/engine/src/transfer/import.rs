use std::fmt::Display;

use longwire_contract::{
    AgentSettings, Domain, Fault, FaultCode, JournalSettings, SettingsPlan, TargetAddress,
};
use longwire_dial::Origin;
use toml_edit::Document;

use crate::{
    Engine,
    engine::usable,
    settings::{AppSettings, Settings, TargetSettings, document},
    targets,
};

/// The longest text that is read, in bytes: many times what anybody has.
const LONGEST: usize = 1_000_000;
/// The most apps, and the most targets, that are taken over at once.
const MOST: usize = 100;
/// Whoever could add a CA could read all traffic: each is trusted one by one, by who knows it.
const CA_FILES: &str = "ca_files";
/// The most keys that are left out and named, and how much of each, in characters.
const MOST_UNKNOWN: usize = 20;
const LONGEST_KEY: usize = 40;

impl Engine {
    pub(crate) async fn plan_import(&self, text: &str) -> Result<SettingsPlan, Fault> {
        let import = Import::read(text)?;
        let (mut settings, _) = self.inner.settings.read()?;
        Ok(import.apply(&mut settings))
    }

    pub(crate) async fn import_settings(&self, text: &str) -> Result<SettingsPlan, Fault> {
        let import = Import::read(text)?;
        let mut desk = self.desk().await?;
        let (settings, plan) = self.inner.settings.change(|settings| Ok(import.apply(settings)))?;
        for id in &plan.apps {
            if let Some(app) = settings.app(id) {
                self.admit(&mut desk, app).await;
            }
        }
        let targets = if plan.targets.is_empty() { Ok(()) } else { self.load_targets().await };
        drop(desk);
        for id in &plan.apps {
            self.tell_received(id).await;
        }
        self.take_effect(&settings).await.and(targets)?;
        Ok(plan)
    }
}

/// Settings of somebody else's, who may mean ill.
#[derive(Debug)]
struct Import {
    settings: Settings,
    /// The keys that stand in the text.
    keys: Vec<String>,
    /// Those that are not taken over.
    unknown: Vec<String>,
}

impl Import {
    fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(unreadable(format!("it is longer than {LONGEST} bytes, which no settings are")));
        }
        let (settings, unknown) = document::read(text).map_err(unreadable)?;
        let root = Document::parse(text).map_err(|_| unreadable("it is no TOML"))?;
        if settings.apps.len() > MOST || settings.targets.len() > MOST {
            return Err(unreadable(format!("it has more than {MOST} apps or targets")));
        }
        for (at, app) in (1..).zip(&settings.apps) {
            usable(&app.domain).map_err(|_| unreadable(format!("app {at}: its domain cannot be used")))?;
        }
        for (at, target) in (1..).zip(&settings.targets) {
            targets::judge(target).map_err(|fault| unreadable(format!("target {at}: {}", reason(&fault))))?;
        }
        let shorten = |key: String| key.chars().take(LONGEST_KEY).collect();
        let ca_files = root.as_table().contains_key(CA_FILES).then(|| CA_FILES.to_owned());
        let unknown = unknown.into_iter().map(|unknown| shorten(unknown.key));
        Ok(Self {
            settings: Settings {
                apps: settings.apps.into_iter().map(careful_app).collect(),
                targets: settings.targets.into_iter().map(careful_target).collect(),
                ..settings
            },
            keys: root.as_table().iter().map(|(key, _)| key.to_owned()).collect(),
            unknown: ca_files.into_iter().chain(unknown).take(MOST_UNKNOWN).collect(),
        })
    }

    /// Takes over what is not there yet, and the settings that the text has. What was changed.
    fn apply(&self, settings: &mut Settings) -> SettingsPlan {
        let mut plan = SettingsPlan { unknown: self.unknown.clone(), ..SettingsPlan::default() };
        let new = &self.settings;
        self.set("language", &mut settings.language, &new.language, &mut plan);
        self.set("theme", &mut settings.theme, &new.theme, &mut plan);
        let journal = at_least(settings.journal, new.journal);
        self.set("journal", &mut settings.journal, &journal, &mut plan);
        self.set("notify", &mut settings.notify, &new.notify, &mut plan);
        let agent = careful_agent(&settings.agent, &new.agent);
        let (was, is) = (settings.agent.on, agent.on);
        if self.keys.iter().any(|key| key == "agent") {
            plan.agent_off = (was && !is).then(|| new.agent.base_url.clone());
            plan.agent_stays_off = new.agent.on && !was;
        }
        self.set("agent", &mut settings.agent, &agent, &mut plan);
        self.set("updates", &mut settings.updates, &new.updates, &mut plan);
        for app in &new.apps {
            if settings.app(&app.id).is_some() {
                plan.apps_here.push(app.id.clone());
            } else {
                plan.apps.push(app.id.clone());
                settings.apps.push(app.clone());
            }
        }
        for target in &new.targets {
            if settings.targets.iter().any(|other| other.name == target.name) {
                plan.targets_here.push(target.name.clone());
            } else {
                plan.targets.push(target.name.clone());
                settings.targets.push(target.clone());
            }
        }
        plan
    }

    fn set<T: Clone + PartialEq>(&self, key: &str, old: &mut T, new: &T, plan: &mut SettingsPlan) {
        if old != new && self.keys.iter().any(|known| known == key) {
            old.clone_from(new);
            plan.settings.push(key.to_owned());
        }
    }
}

/// How long events are kept: for as long as here at least, since what is deleted cannot be brought back.
fn at_least(here: JournalSettings, new: JournalSettings) -> JournalSettings {
    JournalSettings {
        days: here.days.max(new.days),
        megabytes: here.megabytes.max(new.megabytes),
        power_safe: here.power_safe || new.power_safe,
    }
}

/// How the agent answers: as the text says, and never switched on by it: what people write to the bot leaves the machine then. Where another server is to be asked, it is off until its user
/// has looked: what people write, and the API key, would go there.
fn careful_agent(here: &AgentSettings, new: &AgentSettings) -> AgentSettings {
    AgentSettings { on: here.on && here.base_url == new.base_url, ..new.clone() }
}

/// An app without a place of secrets: whoever wrote the text must not name what is read here and sent there. One on a server that
/// is neither the platform's nor on this machine is not connected to unasked: a secret of its ID may still be kept.
fn careful_app(app: AppSettings) -> AppSettings {
    let elsewhere = matches!(&app.domain, Domain::Custom(url) if !is_this_machine(url));
    AppSettings { secret_file: None, paused: app.paused || elsewhere, ..app }
}

fn is_this_machine(url: &str) -> bool {
    Origin::parse(url).is_ok_and(|origin| origin.is_this_machine())
}

/// A target without a place of secrets. It gets nothing before its user has looked at it where it lacks secrets, runs a program, or
/// may be on another machine.
fn careful_target(target: TargetSettings) -> TargetSettings {
    let lacks = !target.headers.is_empty() || target.secrets.is_some() || target.secrets_file.is_some();
    let reaches_far = target.remote || matches!(target.address, TargetAddress::Command(_));
    TargetSettings {
        paused: target.paused || lacks || reaches_far,
        secrets: None,
        secrets_file: None,
        ..target
    }
}

/// Why it cannot be a target, without a word of what stands there.
fn reason(fault: &Fault) -> &'static str {
    match fault.code {
        FaultCode::FilterUnusable => "a filter or an event type is not of its form",
        FaultCode::TargetRemote => "its webhook is on another machine, and remote = true is missing",
        _ => "its webhook or command cannot be used",
    }
}

fn unreadable(error: impl Display) -> Fault {
    Fault::new(FaultCode::ImportUnreadable, &error).with("error", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::exported;

    const HERE: &str = "theme = \"dark\"\nca_files = [\"/mine.pem\"]\n[journal]\ndays = 60\n[[app]]\nid = \"cli_0123456789abcdef\"\nname = \"mine\"\n\
        [[target]]\nname = \"bot\"\nwebhook = \"http://127.0.0.1:1/\"\nsecrets = \"kept\"\n";

    fn here() -> Settings {
        document::read(HERE).unwrap().0
    }

    fn applied(text: &str) -> (SettingsPlan, Settings) {
        let mut settings = here();
        (Import::read(text).unwrap().apply(&mut settings), settings)
    }

    #[test]
    fn nobody_elses_settings_switch_the_agent_on_or_lead_it_elsewhere() {
        let (plan, settings) = applied("[agent]\non = true\nmodel = \"qwen-max\"\n");
        assert_eq!((plan.settings, plan.unknown), (vec!["agent".to_owned()], Vec::new()));
        assert!(plan.agent_stays_off && plan.agent_off.is_none());
        assert_eq!((settings.agent.on, settings.agent.model.as_str()), (false, "qwen-max"));
        let into = |text: &str| {
            let mut settings = here();
            settings.agent.on = true;
            let plan = Import::read(text).unwrap().apply(&mut settings);
            assert!(!plan.agent_stays_off, "it is on");
            (settings.agent, plan.agent_off)
        };
        for same in ["[agent]\nper_day = 7\n", "[agent]\non = true\n", "theme = \"dark\"\n"] {
            let (agent, off) = into(same);
            assert!(agent.on && off.is_none(), "the same server is asked as before");
        }
        let theirs = "https://theirs.example/v1";
        for on in ["", "on = true\n"] {
            let (agent, off) = into(&format!("[agent]\n{on}base_url = \"{theirs}\"\n"));
            assert_eq!((agent.on, agent.base_url.as_str(), off.as_deref()), (false, theirs, Some(theirs)));
        }
    }

    #[test]
    fn how_one_is_told_of_updates_is_taken_over() {
        let (plan, settings) = applied("[updates]\ncheck = false\nskip = \"0.2.0\"\n");
        assert_eq!(plan.settings, ["updates"]);
        assert_eq!((settings.updates.check, settings.updates.skip.as_deref()), (false, Some("0.2.0")));
    }

    #[test]
    fn only_what_the_text_has_and_is_new_is_taken_over() {
        let (plan, settings) = applied("");
        assert_eq!((plan, settings), (SettingsPlan::default(), here()));
        let text = "language = \"zh-CN\"\ntheme = \"dark\"\ncolour = \"red\"\n[[app]]\nid = \"cli_0123456789abcdef\"\n\
            name = \"theirs\"\n[[app]]\nid = \"cli_fedcba9876543210\"\n[[target]]\nname = \"bot\"\nwebhook = \"http://127.0.0.1:2/\"\n\
            [[target]]\nname = \"new\"\nwebhook = \"http://127.0.0.1:3/\"\n";
        let (plan, settings) = applied(text);
        assert_eq!(plan.settings, ["language"], "the theme is dark already");
        assert_eq!((plan.apps.len(), plan.apps_here.len()), (1, 1));
        assert_eq!((plan.targets, plan.targets_here), (vec!["new".to_owned()], vec!["bot".to_owned()]));
        assert_eq!(plan.unknown, ["colour"]);
        assert_eq!((settings.apps[0].name.as_str(), settings.apps.len()), ("mine", 2));
        assert_eq!(settings.targets[0], here().targets[0]);
        assert!(!settings.targets[1].paused);
        assert_eq!(settings.journal.days, 60);
        let (plan, _) = applied("theme = \"system\"\n[journal]\ndays = 60\n");
        assert_eq!(plan.settings, ["theme"], "a default that is written is meant");
    }

    #[test]
    fn what_is_exported_is_imported_elsewhere() {
        let mut there = Settings::default();
        let plan = Import::read(&exported(&here())).unwrap().apply(&mut there);
        assert_eq!(plan.settings, ["theme", "journal"]);
        assert_eq!((there.theme, there.journal, &there.apps), (here().theme, here().journal, &here().apps));
        assert!(there.ca_files.is_empty() && plan.unknown == ["ca_files"]);
        assert!(there.targets[0].paused && there.targets[0].secrets.is_none());
        let again = Import::read(&exported(&here())).unwrap().apply(&mut there);
        assert_eq!((again.settings.len(), again.apps.len(), again.targets.len()), (0, 0, 0));
    }

    #[test]
    fn nobody_elses_file_reads_our_secrets_runs_a_program_or_sends_events_away() {
        let text = "[[app]]\nid = \"cli_fedcba9876543210\"\ndomain = \"https://evil.test\"\nsecret_file = \"/etc/passwd\"\n\
            [[target]]\nname = \"a\"\nwebhook = \"https://evil.test/\"\nremote = true\nsecrets = \"kept\"\n\
            [[target]]\nname = \"b\"\ncommand = [\"sh\"]\nsecrets_file = \"/etc/passwd\"\n\
            [[target]]\nname = \"c\"\nwebhook = \"http://127.0.0.1:3/\"\nheaders = [\"X-Key\"]\n";
        let (_, settings) = applied(text);
        let app = &settings.apps[1];
        assert!(app.paused && app.secret_file.is_none());
        for target in &settings.targets[1..] {
            assert!(target.paused && target.secrets.is_none() && target.secrets_file.is_none(), "{target:?}");
        }
        let (_, local) = applied("[[app]]\nid = \"cli_fedcba9876543210\"\ndomain = \"http://127.0.0.1:9\"\n");
        assert!(!local.apps[1].paused);
    }

    #[test]
    fn cas_are_trusted_one_by_one_and_by_no_import() {
        for text in ["ca_files = [\"/evil.pem\"]\n", "ca_files = []\n"] {
            let (plan, settings) = applied(text);
            assert_eq!(settings, here());
            assert_eq!((plan.settings.len(), plan.unknown), (0, vec!["ca_files".to_owned()]));
        }
        let many: String = (0..MOST_UNKNOWN).map(|at| format!("key{at} = 1\n")).collect();
        let (plan, _) = applied(&format!("{many}ca_files = [\"/evil.pem\"]\n"));
        assert_eq!((plan.unknown[0].as_str(), plan.unknown.len()), ("ca_files", MOST_UNKNOWN));
    }

    #[test]
    fn events_are_kept_for_as_long_as_here_at_least() {
        let (plan, settings) = applied("[journal]\ndays = 7\nmegabytes = 10\n");
        assert_eq!((plan, settings), (SettingsPlan::default(), here()));
        let (plan, settings) = applied("[journal]\ndays = 90\nmegabytes = 10\npower_safe = true\n");
        let journal = JournalSettings { days: 90, power_safe: true, ..here().journal };
        assert_eq!((plan.settings, settings.journal), (vec!["journal".to_owned()], journal));
        let mut safe = settings;
        assert!(Import::read("[journal]\ndays = 90\n").unwrap().apply(&mut safe).settings.is_empty());
        assert!(safe.journal.power_safe);
    }

    #[test]
    fn a_mistake_is_told_by_its_place_and_never_repeated() {
        let many = |head: &str, line: &dyn Fn(usize) -> String| {
            (0..20_000).map(|at| format!("{head}\n{}\n", line(at))).collect::<String>()
        };
        let app = "[[app]]\nid = \"cli_0123456789abcdef\"\n";
        let cases = [
            ("theme = \"planted".to_owned(), "line 1"),
            ("\ntheme = \"planted\"\n".to_owned(), "line 2"),
            ("planted = 1\nplanted = 2\n".to_owned(), "line 2"),
            ("[planted]\n[planted]\n".to_owned(), "line 2"),
            (format!("{app}proxy = \"http://u:planted@h:1\"\n"), "line 3"),
            (format!("{app}{app}"), "line 3"),
            (format!("{app}domain = \"http://planted.test\"\n"), "app 1"),
            ("[[target]]\nname = \"planted\"\nwebhook = \"planted\"\n".to_owned(), "target 1"),
            ("[[target]]\nname = \"p\"\nwebhook = \"https://planted.test/\"\n".to_owned(), "target 1"),
            ("[[target]]\nname = \"p\"\ncommand = []\n".to_owned(), "target 1"),
            (
                "[[target]]\nname = \"p\"\nwebhook = \"http://127.0.0.1/\"\nfilters = [\"= planted\"]\n"
                    .to_owned(),
                "target 1",
            ),
            (many("[[app]]", &|at| format!("id = \"cli_{at:016x}\"")), "more than"),
            (many("[[target]]", &|at| format!("name = \"{at}\"\ncommand = [\"a\"]")), "more than"),
            (format!("a = {}", "[".repeat(LONGEST / 2)), "line 1"),
            ("planted".repeat(LONGEST), "longer than"),
            ("\0planted".to_owned(), "line 1"),
        ];
        for (text, place) in cases {
            let start: String = text.chars().take(60).collect();
            let fault = Import::read(&text).unwrap_err();
            assert_eq!(fault.code, FaultCode::ImportUnreadable, "{start}");
            assert!(
                fault.detail.contains(place) && fault.values["error"] == fault.detail,
                "{start}: {fault}"
            );
            assert!(!format!("{fault:?}").contains("planted"), "{fault:?}");
        }
    }

    #[test]
    fn unknown_keys_are_named_but_not_without_end() {
        let text: String =
            (0..).map(|at| format!("{}{at}=1\n", "k".repeat(LONGEST_KEY))).take(20_000).collect();
        assert!(text.len() > LONGEST / 2 && text.len() <= LONGEST);
        let unknown = Import::read(&text).unwrap().unknown;
        assert_eq!(unknown.len(), MOST_UNKNOWN);
        assert!(unknown.iter().all(|key| key.len() == LONGEST_KEY));
    }
}
