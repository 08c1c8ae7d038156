//! The tray's menu as data: what it says and offers in each state.

use std::collections::BTreeMap;

use longwire_contract::{
    AppView, Fault, FaultCode, Language, LeasePhase, LeaseView, Phase, Snapshot,
    text::{text, word},
    words,
};

/// A line of the menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Item {
    /// Something to read.
    Note(String),
    /// Something to choose.
    Choice(Choice, String),
    /// A line between groups.
    Separator,
}

impl Item {
    /// What it says; a separator says nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Note(text) | Self::Choice(_, text) => Some(text),
            Self::Separator => None,
        }
    }
}

/// What a line of the menu does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    /// Shows the window.
    Open,
    /// Tries again what waits or was refused.
    Retry,
    /// Closes all connections until resumed.
    PauseAll,
    /// Connects again what was paused.
    ResumeAll,
    /// Puts the system's proxies back.
    EndLease,
    /// Shows the window at what has to be done about the system's proxies.
    OpenTrust,
    /// Ends Longwire.
    Quit,
}

/// Longest name of an app in the menu, in characters.
const LONGEST_NAME: usize = 32;

/// All the tray shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct View {
    /// What the icon's shape tells.
    pub phase: Phase,
    /// What the icon says when pointed at.
    pub tooltip: String,
    /// The menu's lines.
    pub items: Vec<Item>,
}

impl View {
    /// The tray of a running engine.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let say = Say(snapshot.language);
        let mut items: Vec<Item> =
            snapshot.apps.iter().map(|app| Item::Choice(Choice::Open, line(&say, app))).collect();
        if items.is_empty() {
            items.push(Item::Note(say.plain("tray.no_apps")));
        }
        items.push(Item::Note(
            say.filled("tray.events_today", &[("count", &snapshot.events_today.to_string())]),
        ));
        items.push(Item::Separator);
        if let Some(lease) = &snapshot.lease {
            items.extend(lease_items(&say, lease));
        }

        let any = |is: fn(Phase) -> bool| snapshot.apps.iter().any(|app| is(app.phase));
        let offers = [
            (any(|phase| matches!(phase, Phase::Waiting | Phase::NeedsYou)), Choice::Retry),
            (any(|phase| phase != Phase::Paused), Choice::PauseAll),
            (any(|phase| phase == Phase::Paused), Choice::ResumeAll),
        ];
        items
            .extend(offers.into_iter().filter(|(offered, _)| *offered).map(|(_, choice)| say.choice(choice)));
        items.extend([say.choice(Choice::Open), Item::Separator, say.choice(Choice::Quit)]);
        Self { phase: snapshot.phase, tooltip: say.tooltip(snapshot.phase), items }
    }

    /// The tray where there is no engine: what stands in its way, if that is known yet.
    pub(crate) fn without_engine(language: Language, fault: Option<&Fault>) -> Self {
        let say = Say(language);
        let (phase, note) = match fault {
            Some(fault) => {
                let key = match fault.code {
                    FaultCode::HeldByOther => "trouble.held_by_other".to_owned(),
                    _ => format!("fault.{}", word(&fault.code)),
                };
                (Phase::NeedsYou, text(language, &key, &fault.values))
            }
            None => (Phase::Connecting, say.phase(Phase::Connecting)),
        };
        let items = vec![
            Item::Note(note),
            Item::Separator,
            say.choice(Choice::Open),
            Item::Separator,
            say.choice(Choice::Quit),
        ];
        Self { phase, tooltip: say.tooltip(phase), items }
    }

    /// Whether a menu that shows these items can come to show those of `next` by changing texts alone. A menu that
    /// is replaced while it is open closes under the user's hand.
    pub(crate) fn has_structure_of(&self, next: &Self) -> bool {
        self.items.len() == next.items.len()
            && self.items.iter().zip(&next.items).all(|pair| match pair {
                (Item::Note(_), Item::Note(_)) | (Item::Separator, Item::Separator) => true,
                (Item::Choice(old, _), Item::Choice(new, _)) => old == new,
                _ => false,
            })
    }
}

impl Choice {
    const ALL: [Self; 7] = [
        Self::Open,
        Self::Retry,
        Self::PauseAll,
        Self::ResumeAll,
        Self::EndLease,
        Self::OpenTrust,
        Self::Quit,
    ];

    /// The key of its text, which also names it among the native menu's lines.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Open => "tray.open",
            Self::Retry => "tray.retry",
            Self::PauseAll => "tray.pause_all",
            Self::ResumeAll => "tray.resume_all",
            Self::EndLease => "tray.end_lease",
            Self::OpenTrust => "tray.open_trust",
            Self::Quit => "tray.quit",
        }
    }

    /// The choice of that key.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.key() == key)
    }
}

/// How the proxies that are set aside stand, and what there is to do. While they are being changed there is nothing.
fn lease_items(say: &Say, lease: &LeaseView) -> Vec<Item> {
    let phase = say.plain(&format!("lease.{}", word(&lease.phase)));
    let choice = match lease.phase {
        LeasePhase::Held => Some(Choice::EndLease),
        LeasePhase::Stuck | LeasePhase::Damaged => Some(Choice::OpenTrust),
        LeasePhase::Beginning | LeasePhase::Ending => None,
    };
    let note = match lease.phase {
        LeasePhase::Held => {
            let minutes = lease.minutes_left.to_string();
            say.filled("tray.lease_left", &[("phase", &phase), ("minutes", &minutes)])
        }
        _ => phase,
    };
    let mut items = vec![Item::Note(note)];
    items.extend(choice.map(|choice| say.choice(choice)));
    items.push(Item::Separator);
    items
}

fn line(say: &Say, app: &AppView) -> String {
    let name = if !app.name.is_empty() {
        shortened(&app.name)
    } else if app.simulated {
        say.plain("tray.simulator")
    } else {
        app.app_id.to_string()
    };
    let state = match (app.blocked_by(), app.phase) {
        (Some(finding), Phase::Waiting | Phase::NeedsYou) => words::title(say.0, finding),
        (_, phase) => say.phase(phase),
    };
    say.filled("tray.line", &[("name", &name), ("state", &state)])
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

struct Say(Language);

impl Say {
    fn plain(&self, key: &str) -> String {
        text(self.0, key, &BTreeMap::new())
    }

    fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        text(self.0, key, &values)
    }

    fn phase(&self, phase: Phase) -> String {
        self.plain(&format!("phase.{}", word(&phase)))
    }

    fn choice(&self, choice: Choice) -> Item {
        Item::Choice(choice, self.plain(choice.key()))
    }

    fn tooltip(&self, phase: Phase) -> String {
        self.filled("tray.tooltip", &[("phase", &self.phase(phase))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longwire_contract::{Finding, FindingCode, Severity};

    fn app(name: &str, phase: Phase) -> AppView {
        let id = "cli_0123456789abcdef".parse().unwrap();
        AppView { name: name.to_owned(), phase, ..AppView::new(id, 0) }
    }

    fn refused(name: &str, phase: Phase) -> AppView {
        let values = BTreeMap::from([
            ("host".to_owned(), "127.0.0.1".to_owned()),
            ("port".to_owned(), "9".to_owned()),
        ]);
        let finding = Finding {
            code: FindingCode::TcpRefused,
            severity: Severity::Error,
            blocks_connection: true,
            action: None,
            values,
            detail: String::new(),
        };
        AppView { findings: vec![finding], ..app(name, phase) }
    }

    fn snapshot(language: Language, apps: Vec<AppView>) -> Snapshot {
        let phase = apps.iter().map(|app| app.phase).max().unwrap_or(Phase::Paused);
        Snapshot { language, phase, apps, events_today: 1280, ..Snapshot::default() }
    }

    fn choices(view: &View) -> Vec<Choice> {
        view.items
            .iter()
            .filter_map(|item| if let Item::Choice(choice, _) = item { Some(*choice) } else { None })
            .collect()
    }

    fn texts(view: &View) -> Vec<&str> {
        view.items.iter().map(|item| item.text().unwrap_or("-")).collect()
    }

    #[test]
    fn a_connected_app_is_a_line_with_its_name_and_state() {
        let english = View::of(&snapshot(Language::English, vec![app("Order bot", Phase::Connected)]));
        assert_eq!(english.phase, Phase::Connected);
        assert_eq!(english.tooltip, "Longwire: Connected");
        let lines = [
            "Order bot: Connected",
            "Events today: 1280",
            "-",
            "Pause",
            "Open Longwire",
            "-",
            "Quit Longwire",
        ];
        assert_eq!(texts(&english), lines);

        let chinese = View::of(&snapshot(Language::Chinese, vec![app("订单助手", Phase::Connected)]));
        assert_eq!(chinese.tooltip, "Longwire：已连接");
        let lines =
            ["订单助手：已连接", "今天的事件：1280", "-", "暂停", "打开 Longwire", "-", "退出 Longwire"];
        assert_eq!(texts(&chinese), lines);
    }

    #[test]
    fn what_is_down_says_why_and_can_be_retried() {
        for (language, line) in [
            (Language::English, "Order bot: nothing listens on 127.0.0.1:9"),
            (Language::Chinese, "Order bot：127.0.0.1:9 没有程序在监听"),
        ] {
            let view = View::of(&snapshot(language, vec![refused("Order bot", Phase::Waiting)]));
            assert_eq!(texts(&view)[0], line);
            assert_eq!(
                choices(&view),
                [Choice::Open, Choice::Retry, Choice::PauseAll, Choice::Open, Choice::Quit]
            );
        }
    }

    #[test]
    fn the_reason_of_an_earlier_failure_is_not_shown_of_an_app_on_its_way() {
        let view = View::of(&snapshot(Language::English, vec![refused("Order bot", Phase::Connecting)]));
        assert_eq!(texts(&view)[0], "Order bot: Connecting");
        assert!(!choices(&view).contains(&Choice::Retry));
    }

    #[test]
    fn pause_and_resume_are_offered_where_they_change_something() {
        let offered = |phases: &[Phase]| {
            let apps = phases.iter().map(|phase| app("", *phase)).collect();
            let choices = choices(&View::of(&snapshot(Language::English, apps)));
            (choices.contains(&Choice::PauseAll), choices.contains(&Choice::ResumeAll))
        };
        assert_eq!(offered(&[]), (false, false));
        assert_eq!(offered(&[Phase::Connected]), (true, false));
        assert_eq!(offered(&[Phase::NeedsYou]), (true, false));
        assert_eq!(offered(&[Phase::Paused]), (false, true));
        assert_eq!(offered(&[Phase::Paused, Phase::Connecting]), (true, true));
    }

    #[test]
    fn an_app_without_a_name_goes_by_its_id_and_the_simulators_by_what_it_is() {
        let plain = app("", Phase::Paused);
        let simulated = AppView { simulated: true, ..app("", Phase::Paused) };
        let long = app(&"汉".repeat(33), Phase::Paused);
        let view = View::of(&snapshot(Language::English, vec![plain, simulated, long]));
        let long = format!("{}…: Paused", "汉".repeat(32));
        assert_eq!(texts(&view)[..3], ["cli_0123456789abcdef: Paused", "Simulator: Paused", &long]);
    }

    #[test]
    fn without_an_engine_the_fault_is_the_menu() {
        let fault = Fault::new(FaultCode::HeldByOther, "held").with("holder", "longwire run").with("pid", 7);
        let view = View::without_engine(Language::English, Some(&fault));
        assert_eq!(view.phase, Phase::NeedsYou);
        assert!(texts(&view)[0].contains("longwire run, process 7"), "{view:?}");
        assert!(!texts(&view)[0].contains("folder"), "a tray has no way to name another one: {view:?}");
        assert_eq!(choices(&view), [Choice::Open, Choice::Quit]);
        assert_eq!(View::without_engine(Language::Chinese, None).tooltip, "Longwire：连接中");
    }

    fn leased(language: Language, phase: LeasePhase, minutes_left: u32) -> View {
        let lease = LeaseView {
            phase,
            since_ms: 0,
            until_ms: 0,
            minutes_left,
            changes: vec![],
            detail: String::new(),
        };
        let snapshot = snapshot(language, vec![app("a", Phase::Connected)]);
        View::of(&Snapshot { lease: Some(lease), ..snapshot })
    }

    #[test]
    fn proxies_that_are_set_aside_are_put_back_from_the_menu() {
        let english = leased(Language::English, LeasePhase::Held, 4);
        let lines = ["System proxies are off · 4 min left", "Put them back now", "-", "Pause"];
        assert_eq!(texts(&english)[3..7], lines);
        assert_eq!(choices(&english)[1], Choice::EndLease);
        let chinese = leased(Language::Chinese, LeasePhase::Held, 4);
        assert_eq!(texts(&chinese)[3..5], ["系统代理已暂时关闭 · 还剩 4 分钟", "立即恢复"]);
        assert!(english.has_structure_of(&leased(Language::English, LeasePhase::Held, 3)), "a minute passes");
    }

    #[test]
    fn what_can_be_done_about_a_lease_depends_on_how_it_stands() {
        let offered = |phase| {
            let choices = choices(&leased(Language::English, phase, 4));
            (choices.contains(&Choice::EndLease), choices.contains(&Choice::OpenTrust))
        };
        assert_eq!(offered(LeasePhase::Held), (true, false));
        for busy in [LeasePhase::Beginning, LeasePhase::Ending] {
            assert_eq!(offered(busy), (false, false), "{busy:?}");
        }
        for broken in [LeasePhase::Stuck, LeasePhase::Damaged] {
            assert_eq!(offered(broken), (false, true), "{broken:?}");
        }
        for phase in LeasePhase::ALL {
            let told = texts(&leased(Language::English, *phase, 4))[3].to_owned();
            assert_eq!(told.contains("4 min"), *phase == LeasePhase::Held, "{told}");
        }
    }

    #[test]
    fn a_choice_is_known_by_its_key() {
        for choice in Choice::ALL {
            assert_eq!(Choice::of_key(choice.key()), Some(choice));
        }
    }

    #[test]
    fn a_menu_is_rebuilt_only_when_its_structure_changes() {
        let with = |apps| View::of(&snapshot(Language::English, apps));
        let connected = with(vec![app("a", Phase::Connected)]);
        assert!(connected.has_structure_of(&with(vec![app("b", Phase::Connecting)])));
        assert!(
            connected
                .has_structure_of(&View::of(&snapshot(Language::Chinese, vec![app("a", Phase::Connected)])))
        );
        assert!(!connected.has_structure_of(&with(vec![refused("a", Phase::Waiting)])));
        assert!(!connected.has_structure_of(&with(vec![])));
        assert!(
            !connected.has_structure_of(&with(vec![app("a", Phase::Connected), app("b", Phase::Connected)]))
        );
    }

    #[test]
    fn every_text_of_the_tray_is_in_the_catalogues() {
        let phases = [Phase::Paused, Phase::Connected, Phase::Connecting, Phase::Waiting, Phase::NeedsYou];
        for language in [Language::English, Language::Chinese] {
            let apps = phases.map(|phase| app("x", phase)).to_vec();
            let mut views = vec![View::of(&snapshot(language, apps)), View::of(&snapshot(language, vec![]))];
            views.extend(LeasePhase::ALL.iter().map(|phase| leased(language, *phase, 4)));
            for view in views {
                let keys = ["tray.", "phase.", "lease."];
                let untranslated = |text: &&str| keys.iter().any(|key| text.contains(key));
                assert_eq!(texts(&view).into_iter().find(untranslated), None);
            }
        }
    }
}
