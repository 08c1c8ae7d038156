//! An app in the menu: how it stands, and what mends it.

use longwire_contract::{Action, AppView, Domain, Finding, FindingCode, Phase, Severity, text::word, words};

use super::{Choice, Item, label, say::Say};

/// Its line, and under that what mends it with one click, where something does.
pub(super) fn items(say: &Say, app: &AppView) -> Vec<Item> {
    let line = say.filled("tray.line", &[("name", &name(say, app)), ("state", &state(say, app))]);
    let mut items = vec![Item::choice(Choice::App(app.app_id.clone()), line)];
    items.extend(fix(say, app));
    items
}

/// What it is called: by its user, or else what it is.
pub(super) fn name(say: &Say, app: &AppView) -> String {
    let given = label::name(&app.name);
    if !given.is_empty() {
        given
    } else if app.simulated {
        say.plain("tray.simulator")
    } else {
        app.app_id.to_string()
    }
}

/// How it stands: why it is down; while it is connected, also what does not work.
pub(super) fn state(say: &Say, app: &AppView) -> String {
    let phase = say.phase(app.phase);
    match top(app) {
        Some(finding) => {
            let title = label::sentence(&words::title(say.0, finding));
            if app.phase == Phase::Connected { format!("{phase} · {title}") } else { title }
        }
        None => phase,
    }
}

/// Whether it is not connected, and not on its way.
pub(super) fn is_down(app: &AppView) -> bool {
    matches!(app.phase, Phase::Waiting | Phase::NeedsYou)
}

/// Whether its own line for what mends it is to try again.
pub(super) fn is_retried_alone(app: &AppView) -> bool {
    mending(app).is_some_and(|(_, action)| action == Action::Retry)
}

/// What is to be said of it: of an app that is down why it is, of one that is connected what does not work. What an earlier try found
/// says nothing of one on its way.
fn top(app: &AppView) -> Option<&Finding> {
    match app.phase {
        Phase::Waiting | Phase::NeedsYou => app.blocked_by(),
        Phase::Connected => app
            .findings
            .iter()
            .find(|finding| !finding.blocks_connection && finding.severity != Severity::Advice),
        Phase::Connecting | Phase::Paused => None,
    }
}

fn fix(say: &Say, app: &AppView) -> Option<Item> {
    let (finding, action) = mending(app)?;
    let id = app.app_id.clone();
    let choice = if action == Action::Retry { Choice::Retry(id) } else { Choice::Fix(id, action) };
    let domain = other_domain(finding, app).map(|domain| say.domain(&domain)).unwrap_or_default();
    let text = say.filled(&format!("mend.{}", word(&action)), &[("other", &domain)]);
    Some(Item::choice(choice, say.filled("tray.fix", &[("fix", &text)])))
}

/// The finding that is shown and what mends it, as the window has it: only where what it needs to know is known.
fn mending(app: &AppView) -> Option<(&Finding, Action)> {
    // What is wrong with the simulator was asked for, and is ended where it was.
    if app.simulated && app.phase != Phase::Connected {
        return None;
    }
    let finding = top(app)?;
    let has = |name: &str| finding.values.contains_key(name);
    let retry = is_down(app).then_some(Action::Retry);
    let action = match finding.action? {
        Action::Retry => retry,
        Action::EditDomain if app.domain.other().is_some() && finding.code != FindingCode::DomainUnusable => {
            retry
        }
        Action::SwitchDomain if other_domain(finding, app).is_none() => Some(Action::EditDomain),
        Action::UseProxy if !has("proxy") && !has("proxy_setting") => Some(Action::EditProxy),
        Action::CopyEnvironment => has("environment").then_some(Action::CopyEnvironment),
        action @ (Action::ShowTarget | Action::ReplayFailed) => has("target").then_some(action),
        action => Some(action),
    };
    Some((finding, action?))
}

fn other_domain(finding: &Finding, app: &AppView) -> Option<Domain> {
    finding.values.get("other").and_then(|other| other.parse().ok()).or_else(|| app.domain.other())
}
