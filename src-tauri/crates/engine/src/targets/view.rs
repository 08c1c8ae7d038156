//! Targets as the views show them, and what is found of them.

use longwire_contract::{
    AppId, AttemptOutcome, Finding, FindingCode, TargetAddress, TargetHealth, TargetKind, TargetView,
};
use longwire_delivery::{Kind, TargetState, Webhook};
use longwire_diagnosis::finding;
use longwire_host::clock;

use super::{Absent, Held};
use crate::{Engine, settings::TargetSettings, shared::Source};

impl Engine {
    /// Tells the views how each target stands, and what is to be said of it. When to look again, in milliseconds, where
    /// something is to be said only if it lasts.
    pub(crate) fn show_targets(&self) -> Option<u64> {
        let now_ms = clock::now_ms();
        let states = match self.inner.surroundings.inbox.deliveries() {
            Some(deliveries) => deliveries.states().borrow().clone(),
            None => Vec::new(),
        };
        let held = self.inner.targets.all();
        let state = |held: &Held| states.iter().find(|state| state.key == held.key);
        let views: Vec<_> = held.iter().map(|held| view(held, state(held), now_ms)).collect();
        let absent = self.inner.targets.absent();
        let views: Vec<_> = views.into_iter().chain(absent.iter().map(gone)).collect();
        let found = held.iter().filter_map(|held| Some((held, state(held)?)));
        let (mut troubles, mut again): (Vec<(Option<AppId>, Finding)>, Option<u64>) = (Vec::new(), None);
        for (held, state) in found {
            let app = held.settings.app_id.clone();
            // What is to be said of the agent is said by itself.
            if held.kind == TargetKind::Agent {
                continue;
            }
            for (code, since_ms) in findings(state) {
                let wait_ms =
                    u64::try_from(longwire_diagnosis::rule(code).visible_after.as_millis()).unwrap_or(0);
                let left = (since_ms + wait_ms).saturating_sub(now_ms);
                match left {
                    0 => troubles.push((app.clone(), told(code, held, state))),
                    _ => again = Some(again.map_or(left, |again| again.min(left))),
                }
            }
        }
        let shared = &self.inner.surroundings.shared;
        let agent = views.iter().find(|view| view.kind == TargetKind::Agent);
        let trouble = agent.and_then(|view| view.trouble.clone());
        shared.tell(Source::Targets, troubles, |snapshot| {
            let changed = snapshot.targets != views || snapshot.agent.trouble != trouble;
            snapshot.targets = views;
            snapshot.agent.trouble = trouble;
            changed
        });
        again
    }
}

/// What there is to say of a target, and since when it holds.
fn findings(state: &TargetState) -> Vec<(FindingCode, u64)> {
    let mut found = Vec::new();
    match state.health {
        TargetHealth::Down if state.queued > 0 => found.push((FindingCode::TargetDown, state.since_ms)),
        _ if state.failed > 0 && state.trouble.is_some() => {
            found.push((FindingCode::TargetFailing, state.since_ms));
        }
        _ => {}
    }
    if let Some(answer) = &state.bad_answer {
        let code = match answer.outcome {
            AttemptOutcome::AnswerLate | AttemptOutcome::TimedOut => FindingCode::AnswerLate,
            _ => FindingCode::AnswerInvalid,
        };
        found.push((code, answer.at_ms));
    }
    found
}

fn told(code: FindingCode, held: &Held, state: &TargetState) -> Finding {
    let attempt = match code {
        FindingCode::AnswerLate | FindingCode::AnswerInvalid => &state.bad_answer,
        _ => &state.trouble,
    };
    let attempt = attempt.as_ref();
    let detail = attempt.map_or("", |attempt| attempt.detail.as_str());
    finding(code, detail)
        .with("target", &held.settings.name)
        .with("address", address(held))
        .with("queued", state.queued)
        .with("failed", state.failed)
        .with("error", detail)
}

/// A target of the settings, before anything is known of it but what they say. No secret is asked for.
pub(crate) fn of_settings(settings: &TargetSettings, now_ms: u64) -> TargetView {
    let (kind, address) = match &settings.address {
        TargetAddress::Webhook(url) => {
            let shown = Webhook::new(url, settings.remote).map(|webhook| webhook.shown());
            (TargetKind::Webhook, shown.unwrap_or_default())
        }
        TargetAddress::Command(command) => (TargetKind::Command, command.join(" ")),
    };
    TargetView {
        name: settings.name.clone(),
        kind,
        app_id: settings.app_id.clone(),
        address,
        events: settings.events.clone(),
        filters: settings.filters.clone(),
        headers: settings.headers.clone(),
        deadline_s: settings.deadline_s,
        remote: settings.remote,
        encrypts: false,
        has_token: false,
        given: false,
        health: if settings.paused { TargetHealth::Paused } else { TargetHealth::Untried },
        since_ms: now_ms,
        queued: 0,
        failed: 0,
        delivered: 0,
        last_ms: None,
        trouble: None,
        retry_at_ms: None,
    }
}

/// One that is named no more.
fn gone(absent: &Absent) -> TargetView {
    let nothing = TargetAddress::Command(Vec::new());
    TargetView {
        kind: TargetKind::Gone,
        health: TargetHealth::Absent,
        queued: absent.queue.queued,
        failed: absent.queue.failed,
        ..of_settings(&TargetSettings::new(absent.name.clone(), nothing), 0)
    }
}

fn view(held: &Held, state: Option<&TargetState>, now_ms: u64) -> TargetView {
    let settings = &held.settings;
    let unread = of_settings(settings, now_ms);
    TargetView {
        kind: held.kind,
        address: address(held),
        encrypts: held.encrypts,
        has_token: held.has_token,
        given: held.given,
        health: state.map_or(unread.health, |state| state.health),
        since_ms: state.map_or(now_ms, |state| state.since_ms),
        queued: state.map_or(0, |state| state.queued),
        failed: state.map_or(0, |state| state.failed),
        delivered: state.map_or(0, |state| state.delivered),
        last_ms: state.and_then(|state| state.last_ms),
        trouble: state.and_then(|state| state.trouble.clone()),
        retry_at_ms: state.and_then(|state| state.retry_at_ms),
        ..unread
    }
}

fn address(held: &Held) -> String {
    match (&held.target.kind, &held.settings.address) {
        (Kind::Webhook(webhook), _) => webhook.shown(),
        (Kind::Print(_), _) => "stdout".to_owned(),
        (Kind::Agent(agent), _) => agent.address(),
        // What is on the command line of `run` may hold a secret, and is not edited here.
        (Kind::Command(_), TargetAddress::Command(_)) if held.given => held.settings.name.clone(),
        (Kind::Command(_), TargetAddress::Command(command)) => line(command),
        // One that cannot be used: what stands before an @ may be a password.
        (Kind::Command(_), TargetAddress::Webhook(url)) => {
            url.rsplit_once('@').map_or(url.as_str(), |(_, host)| host).to_owned()
        }
    }
}

/// A program and its arguments as one types them in a shell, so that a line that is edited splits into the same words.
fn line(command: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let quoted = |word: &String| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    command.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

pub(super) fn kind(kind: &Kind, address: &TargetAddress) -> TargetKind {
    match (kind, address) {
        (Kind::Print(_), _) => TargetKind::Print,
        (Kind::Agent(_), _) => TargetKind::Agent,
        (_, TargetAddress::Webhook(_)) => TargetKind::Webhook,
        (_, TargetAddress::Command(_)) => TargetKind::Command,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use longwire_contract::{AttemptView, Language};
    use longwire_host::fake::MemoryStore;

    use super::*;
    use crate::{Apps, Machine, Options};

    #[tokio::test]
    async fn what_the_agent_failed_at_is_shown_no_longer_than_its_target_shows_it() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { data_dir: folder.path().to_owned(), system_language: Language::English };
        let secrets = Arc::<MemoryStore>::default();
        let options = Options { secrets, system: false, apps: Apps::None, ..Options::new(&machine, "test") };
        let engine = Engine::open(options).await.unwrap();
        let trouble = AttemptView {
            number: 1,
            at_ms: 1,
            took_ms: 1.0,
            outcome: AttemptOutcome::Unreachable,
            status: None,
            response: None,
            detail: String::new(),
        };
        engine.inner.surroundings.shared.change(|snapshot| snapshot.agent.trouble = Some(trouble));
        engine.show_targets();
        assert_eq!(engine.snapshots().borrow().agent.trouble, None, "no target has it");
        engine.close().await;
    }

    #[test]
    fn a_command_is_shown_so_that_it_splits_into_its_words_again() {
        let words = ["python3", "my bot.py", "", "it's", "--to=a,b"].map(str::to_owned);
        assert_eq!(line(&words), r"python3 'my bot.py' '' 'it'\''s' --to=a,b");
    }
}
