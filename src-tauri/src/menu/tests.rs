use std::collections::BTreeMap;

use longwire_contract::{Action, AppId, Finding, FindingCode, Release, Severity};

use super::*;

fn app(name: &str, phase: Phase) -> AppView {
    let id = "cli_0123456789abcdef".parse().unwrap();
    AppView { name: name.to_owned(), phase, ..AppView::new(id, 0) }
}

fn refused(name: &str, phase: Phase) -> AppView {
    let values =
        BTreeMap::from([("host".to_owned(), "127.0.0.1".to_owned()), ("port".to_owned(), "9".to_owned())]);
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

/// One that is connected or not, with something to be said of it and done about it.
fn found(phase: Phase, code: FindingCode, action: Option<Action>, values: &[(&str, &str)]) -> AppView {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let blocks_connection = phase != Phase::Connected;
    let severity = if blocks_connection { Severity::Error } else { Severity::Warning };
    let finding = Finding { code, severity, blocks_connection, action, values, detail: String::new() };
    AppView { findings: vec![finding], ..app("Order bot", phase) }
}

fn id() -> AppId {
    "cli_0123456789abcdef".parse().unwrap()
}

fn snapshot(language: Language, apps: Vec<AppView>) -> Snapshot {
    let phase = apps.iter().map(|app| app.phase).max().unwrap_or(Phase::Paused);
    Snapshot { language, phase, apps, events_today: 1280, ..Snapshot::default() }
}

fn choices(view: &View) -> Vec<Choice> {
    let choice =
        |item: &Item| if let Line::Choice(choice) = &item.line { Some(choice.clone()) } else { None };
    view.items.iter().filter_map(choice).collect()
}

fn texts(view: &View) -> Vec<&str> {
    let is_separator = |item: &Item| matches!(item.line, Line::Under(_));
    view.items.iter().map(|item| if is_separator(item) { "-" } else { &item.text }).collect()
}

#[test]
fn a_connected_app_is_a_line_with_its_name_and_state() {
    let english = View::of(&snapshot(Language::English, vec![app("Order bot", Phase::Connected)]));
    assert_eq!(english.phase, Phase::Connected);
    assert_eq!(english.tooltip, "Longwire: Connected · Order bot");
    let lines =
        ["Order bot: Connected", "Events today: 1280", "-", "Pause", "Open Longwire", "-", "Quit Longwire"];
    assert_eq!(texts(&english), lines);

    let chinese = View::of(&snapshot(Language::Chinese, vec![app("订单助手", Phase::Connected)]));
    assert_eq!(chinese.tooltip, "Longwire：已连接 · 订单助手");
    let lines = ["订单助手：已连接", "今天的事件：1280", "-", "暂停", "打开 Longwire", "-", "退出 Longwire"];
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
            [Choice::App(id()), Choice::RetryAll, Choice::PauseAll, Choice::Open, Choice::Quit]
        );
    }
}

#[test]
fn the_reason_of_an_earlier_failure_is_not_shown_of_an_app_on_its_way() {
    let view = View::of(&snapshot(Language::English, vec![refused("Order bot", Phase::Connecting)]));
    assert_eq!(texts(&view)[0], "Order bot: Connecting");
    assert!(!choices(&view).contains(&Choice::RetryAll));
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
fn who_holds_the_connections_is_told_where_that_is_not_the_app() {
    let held = |language, program: &str, service| {
        let snapshot = snapshot(language, vec![app("Order bot", Phase::Connected)]);
        let snapshot = Snapshot { program: program.to_owned(), pid: 7, service, ..snapshot };
        texts(&View::of(&snapshot))[2].to_owned()
    };
    assert_eq!(held(Language::English, "Longwire", false), "-");
    assert_eq!(held(Language::English, "longwire run", true), "Held by the service");
    assert_eq!(held(Language::Chinese, "longwire run", true), "由后台服务保持连接");
    assert_eq!(held(Language::English, "longwire run", false), "Held by longwire run, process 7");
    assert_eq!(held(Language::Chinese, "longwire run", false), "由 longwire run（进程 7）保持连接");
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
    let lease =
        LeaseView { phase, since_ms: 0, until_ms: 0, minutes_left, changes: vec![], detail: String::new() };
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
    let later = leased(Language::English, LeasePhase::Held, 3);
    let told = "System proxies are off · 3 min left".to_owned();
    assert_eq!(edits(&english.items, &later.items), [Edit::Say(3, told)], "a minute passes");
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

#[test]
fn what_mends_an_app_stands_under_it() {
    let values = [("issuer", "Corp CA"), ("host", "open.feishu.cn")];
    for (language, line) in
        [(Language::English, "    Trust its CA…"), (Language::Chinese, "    信任它的 CA…")]
    {
        let down = found(Phase::NeedsYou, FindingCode::TlsUntrusted, Some(Action::TrustCa), &values);
        let view = View::of(&snapshot(language, vec![down]));
        assert_eq!(texts(&view)[1], line);
        let fix = Choice::Fix(id(), Action::TrustCa);
        assert_eq!(choices(&view)[..3], [Choice::App(id()), fix, Choice::RetryAll]);
        assert!(
            view.tooltip.contains("Order bot") && view.tooltip.contains("open.feishu.cn"),
            "{}",
            view.tooltip
        );
    }
}

#[test]
fn to_try_again_is_done_at_once_and_offered_once() {
    let values = [("host", "127.0.0.1"), ("port", "9")];
    let down = found(Phase::Waiting, FindingCode::TcpRefused, Some(Action::Retry), &values);
    let view = View::of(&snapshot(Language::English, vec![down.clone()]));
    assert_eq!(texts(&view)[1], "    Retry now");
    assert_eq!(
        choices(&view),
        [Choice::App(id()), Choice::Retry(id()), Choice::PauseAll, Choice::Open, Choice::Quit]
    );
    let other = AppView { app_id: "cli_fedcba9876543210".parse().unwrap(), ..refused("b", Phase::Waiting) };
    let both = View::of(&snapshot(Language::English, vec![down, other]));
    assert!(choices(&both).contains(&Choice::RetryAll), "the other has no line for it");
}

#[test]
fn what_does_not_work_while_connected_is_told_and_advice_is_not() {
    let down = found(
        Phase::Connected,
        FindingCode::TargetDown,
        Some(Action::ShowTarget),
        &[("target", "bot"), ("queued", "3"), ("address", "127.0.0.1:3000")],
    );
    let view = View::of(&snapshot(Language::English, vec![down.clone()]));
    assert!(texts(&view)[0].starts_with("Order bot: Connected · "), "{view:?}");
    assert_eq!(choices(&view)[1], Choice::Fix(id(), Action::ShowTarget));
    let mut advice = down;
    advice.findings[0].severity = Severity::Advice;
    let view = View::of(&snapshot(Language::English, vec![advice]));
    assert_eq!(texts(&view)[..2], ["Order bot: Connected", "Events today: 1280"]);
}

#[test]
fn nothing_is_offered_that_lacks_what_it_needs() {
    let offered = |code, action, values: &[(&str, &str)]| {
        let view =
            View::of(&snapshot(Language::English, vec![found(Phase::NeedsYou, code, Some(action), values)]));
        texts(&view)[1].trim().to_owned()
    };
    assert_eq!(
        offered(FindingCode::DomainWrong, Action::SwitchDomain, &[("other", "lark")]),
        "Switch to Lark"
    );
    assert_eq!(offered(FindingCode::DomainWrong, Action::SwitchDomain, &[]), "Switch to Lark");
    assert_eq!(offered(FindingCode::ProxyWorks, Action::UseProxy, &[]), "Edit proxy…");
    assert_eq!(offered(FindingCode::TargetDown, Action::ShowTarget, &[]), "Events today: 1280");
    assert_eq!(
        offered(FindingCode::DnsFailed, Action::EditDomain, &[]),
        "Retry now",
        "Feishu's is no typing error"
    );
    let simulated = found(Phase::NeedsYou, FindingCode::TlsUntrusted, Some(Action::TrustCa), &[]);
    let simulated = View::of(&snapshot(Language::English, vec![AppView { simulated: true, ..simulated }]));
    assert!(!choices(&simulated).iter().any(|choice| matches!(choice, Choice::Fix(..))));
}

#[test]
fn of_many_apps_those_that_are_down_are_seen() {
    let app = |number: usize| {
        let id: AppId = format!("cli_{number:016x}").parse().unwrap();
        let phase = if number >= 18 { Phase::Waiting } else { Phase::Connected };
        AppView { app_id: id, ..refused(&format!("bot {number}"), phase) }
    };
    let view = View::of(&snapshot(Language::English, (0..20).map(app).collect()));
    let lines = texts(&view);
    let refused = "nothing listens on 127.0.0.1:9";
    assert_eq!(
        lines[..3],
        [&*format!("bot 18: {refused}"), &format!("bot 19: {refused}"), "bot 0: Connected"]
    );
    assert_eq!(lines[8], "12 more…");
    assert!(lines.len() <= 20, "{lines:?}");
    assert_eq!(choices(&view)[8], Choice::MoreApps);
    assert_eq!(view.tooltip, format!("Longwire: {refused} · bot 18"));
}

#[test]
fn the_next_version_has_a_line_unless_it_is_skipped() {
    let lines = |language, skip: Option<&str>| {
        let mut snapshot = snapshot(language, vec![app("Order bot", Phase::Connected)]);
        let (version, notes) = ("0.2.0".to_owned(), String::new());
        snapshot.update.release = Some(Release { version, notes, published_ms: None });
        snapshot.updates.skip = skip.map(str::to_owned);
        let view = View::of(&snapshot);
        let at = choices(&view).iter().position(|choice| *choice == Choice::OpenUpdate)?;
        assert_eq!(choices(&view)[at + 1], Choice::Open, "it stands above what opens the window");
        texts(&view).into_iter().find(|text| text.contains("0.2.0")).map(str::to_owned)
    };
    assert_eq!(lines(Language::English, None).as_deref(), Some("Update to 0.2.0…"));
    assert_eq!(lines(Language::Chinese, Some("0.1.9")).as_deref(), Some("更新到 0.2.0…"));
    assert_eq!(lines(Language::English, Some("0.2.0")), None);
}

#[test]
fn no_name_breaks_its_line() {
    let named = |name| {
        let view = View::of(&snapshot(Language::English, vec![app(name, Phase::Paused)]));
        texts(&view)[0].to_owned()
    };
    assert_eq!(named("two\nlines\u{202e}"), "two lines: Paused");
    assert_eq!(named("\u{200b}\t"), "cli_0123456789abcdef: Paused", "nothing can be read");
}
