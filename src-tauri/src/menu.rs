//! The tray's menu as data: what it says and offers in each state.

mod app;
mod choice;
mod edit;
mod label;
mod say;

use longwire_contract::{
    AppView, Fault, FaultCode, Language, LeasePhase, LeaseView, Phase, Snapshot, text::word,
};

use crate::engine::PROGRAM;
pub(crate) use choice::Choice;
pub(crate) use edit::{Edit, edits};
use say::Say;

/// How many apps have a line of their own. A menu that is longer scrolls, or does not fit.
const MOST_APPS: usize = 8;

/// A line of the menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Item {
    /// Which line it is, among all that the menu has at times. No other line of the same menu is the same one.
    pub line: Line,
    /// What it says; a separator says nothing.
    pub text: String,
}

/// What makes a line the same one, whatever it says just now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Line {
    /// Something to read.
    Note(Note),
    /// Something to choose.
    Choice(Choice),
    /// A line between groups: the one under this group.
    Under(Group),
}

/// What there is to read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Note {
    /// There is no app.
    NoApps,
    /// How the engine stands that is not there.
    Engine,
    /// How many events came today.
    Today,
    /// Who holds the connections, where that is not the app.
    Holder,
    /// How the proxies stand that are set aside.
    Lease,
}

/// The groups of lines that another one follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Group {
    /// The apps, and the events.
    Apps,
    /// The proxies that are set aside.
    Lease,
    /// All there is to do.
    Doing,
}

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
        let mut items = app_items(&say, &snapshot.apps);
        let today = say.filled("tray.events_today", &[("count", &snapshot.events_today.to_string())]);
        items.push(Item::note(Note::Today, today));
        items.extend(holder(&say, snapshot).map(|holder| Item::note(Note::Holder, holder)));
        items.push(Item::separator(Group::Apps));
        if let Some(lease) = &snapshot.lease {
            items.extend(lease_items(&say, lease));
        }

        let any = |is: fn(&AppView) -> bool| snapshot.apps.iter().any(is);
        let offers = [
            (any(|app| app::is_down(app) && !app::is_retried_alone(app)), Choice::RetryAll),
            (any(|app| app.phase != Phase::Paused), Choice::PauseAll),
            (any(|app| app.phase == Phase::Paused), Choice::ResumeAll),
        ];
        items.extend(
            offers.into_iter().filter(|(is_offered, _)| *is_offered).map(|(_, choice)| say.choice(choice)),
        );
        items.extend(update(&say, snapshot));
        items.extend([say.choice(Choice::Open), Item::separator(Group::Doing), say.choice(Choice::Quit)]);
        Self { phase: snapshot.phase, tooltip: tooltip(&say, snapshot), items }
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
                (Phase::NeedsYou, say.valued(&key, &fault.values))
            }
            None => (Phase::Connecting, say.phase(Phase::Connecting)),
        };
        let items = vec![
            Item::note(Note::Engine, label::sentence(&note)),
            Item::separator(Group::Apps),
            say.choice(Choice::Open),
            Item::separator(Group::Doing),
            say.choice(Choice::Quit),
        ];
        Self { phase, tooltip: say.tooltip(&say.phase(phase)), items }
    }
}

impl Item {
    fn note(note: Note, text: String) -> Self {
        Self { line: Line::Note(note), text }
    }

    fn choice(choice: Choice, text: String) -> Self {
        Self { line: Line::Choice(choice), text }
    }

    fn separator(under: Group) -> Self {
        Self { line: Line::Under(under), text: String::new() }
    }
}

/// A line an app, and under it what mends it. Of many apps only those come first that are down, in their order.
fn app_items(say: &Say, apps: &[AppView]) -> Vec<Item> {
    if apps.is_empty() {
        return vec![Item::note(Note::NoApps, say.plain("tray.no_apps"))];
    }
    let mut shown: Vec<&AppView> = apps.iter().collect();
    if apps.len() > MOST_APPS {
        shown.sort_by_key(|app| !app::is_down(app));
        shown.truncate(MOST_APPS);
    }
    let mut items: Vec<Item> = shown.iter().flat_map(|app| app::items(say, app)).collect();
    let more = apps.len() - shown.len();
    if more > 0 {
        items.push(Item::choice(
            Choice::MoreApps,
            say.filled("tray.more_apps", &[("count", &more.to_string())]),
        ));
    }
    items
}

/// Who holds the connections, where that is another process.
fn holder(say: &Say, snapshot: &Snapshot) -> Option<String> {
    if snapshot.service {
        return Some(say.plain("held.service"));
    }
    let other = Some(label::name(&snapshot.program)).filter(|name| !name.is_empty() && name != PROGRAM)?;
    Some(say.filled("held.program", &[("program", &other), ("pid", &snapshot.pid.to_string())]))
}

/// The next version, where there is one that the user has not skipped.
fn update(say: &Say, snapshot: &Snapshot) -> Option<Item> {
    let version = &snapshot.update.release.as_ref()?.version;
    if snapshot.updates.skip.as_ref() == Some(version) {
        return None;
    }
    let text = say.filled(Choice::OpenUpdate.name(), &[("version", &label::name(version))]);
    Some(Item::choice(Choice::OpenUpdate, text))
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
    let mut items = vec![Item::note(Note::Lease, note)];
    items.extend(choice.map(|choice| say.choice(choice)));
    items.push(Item::separator(Group::Lease));
    items
}

/// One line: the state, and whose it is where that is one app's; in place of the state what keeps that app from it.
fn tooltip(say: &Say, snapshot: &Snapshot) -> String {
    let mut those = snapshot.apps.iter().filter(|app| app.phase == snapshot.phase);
    let state = match (those.next(), those.next()) {
        (Some(app), None) => format!("{} · {}", app::state(say, app), app::name(say, app)),
        (Some(app), Some(_)) if app::is_down(app) => {
            format!("{} · {}", app::state(say, app), app::name(say, app))
        }
        _ => say.phase(snapshot.phase),
    };
    say.tooltip(&state)
}

#[cfg(test)]
mod tests;
