use longwire_contract::{AgentDay, AgentKey, AgentView, Fault, Guide, Snapshot, call, text::word, words};
use longwire_engine::Machine;

use super::order;
use crate::{
    args::AgentShow,
    exit::Exit,
    guide::more,
    output::{print_json, say},
    printable::one_line,
    words::Words,
};

/// The most of a prompt that is shown, in characters.
const SHOWN: usize = 60;

/// `longwire agent show`
pub(super) async fn show(options: &AgentShow, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let snapshot = order::<call::ReadSnapshot>(machine, &()).await?;
    if options.json {
        print_json(&snapshot.agent);
    } else {
        lines(&snapshot, words).iter().for_each(|line| say(line));
    }
    Ok(Exit::Ok)
}

/// One day on one line.
pub(super) fn day(words: &Words, day: &AgentDay) -> String {
    words.labelled(&day.day, &counts(words, day))
}

/// How it stands, in a word; nothing while it is off.
pub(crate) fn in_a_word(words: &Words, agent: &AgentView) -> Option<String> {
    if !agent.settings.on {
        return None;
    }
    if matches!(agent.key, AgentKey::Absent | AgentKey::Unreadable) {
        return Some(words.plain("cli.agent.word_no_key"));
    }
    let about = [("model", one_line(&agent.settings.model)), ("count", agent.today.answers.to_string())];
    Some(words.filled("cli.agent.word", about))
}

fn lines(snapshot: &Snapshot, words: &Words) -> Vec<String> {
    let AgentView { settings, key, target, today, .. } = &snapshot.agent;
    let about = [("model", one_line(&settings.model)), ("address", one_line(&settings.base_url))];
    let state = if settings.on { "cli.agent.on" } else { "cli.agent.off" };
    let yes_or_no = if settings.groups { "cli.agent.groups" } else { "cli.agent.no_groups" };
    let mut lines = vec![
        words.filled(state, about),
        words.plain(&format!("cli.agent.key.{}", word(key))),
        words.plain(yes_or_no),
        words.filled(
            "cli.agent.limits",
            [
                ("memory", settings.memory.to_string()),
                ("per_person", settings.per_person.to_string()),
                ("per_day", settings.per_day.to_string()),
            ],
        ),
    ];
    if !settings.prompt.is_empty() {
        let prompt = one_line(&settings.prompt);
        let mut shown: String = prompt.chars().take(SHOWN).collect();
        if shown.len() < prompt.len() {
            shown.push('…');
        }
        lines.push(words.filled("cli.agent.prompt", [("prompt", shown)]));
    }
    if let Some(name) = target.as_ref().filter(|name| *name != "agent") {
        lines.push(words.filled("cli.agent.called", [("target", one_line(name))]));
    }
    if !today.day.is_empty() {
        lines.push(words.filled("cli.agent.today", [("counts", counts(words, today))]));
    }
    let found = snapshot.apps.iter().flat_map(|app| &app.findings);
    let found = found.filter(|found| settings.on && found.code.guide() == Guide::Agent).collect::<Vec<_>>();
    if let Some(found) = found.first() {
        lines.push(format!("! {}", one_line(&words::finding(words.language(), found))));
        lines.push(format!("  {}", more(words.language(), found)));
    }
    lines
}

fn counts(words: &Words, day: &AgentDay) -> String {
    words.filled(
        "cli.agent.counts",
        [
            ("answers", day.answers.to_string()),
            ("failures", day.failures.to_string()),
            ("asked", day.prompt_tokens.to_string()),
            ("said", day.answer_tokens.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use longwire_contract::{AgentSettings, AppView, Finding, FindingCode, Language, Severity};

    use super::*;

    fn snapshot(on: bool, key: AgentKey) -> Snapshot {
        let settings =
            AgentSettings { on, prompt: "Be brief.\nBe kind. ".repeat(20), ..AgentSettings::default() };
        let today = AgentDay { day: "2026-11-23".into(), answers: 7, ..AgentDay::default() };
        Snapshot { agent: AgentView { settings, key, today, ..AgentView::default() }, ..Snapshot::default() }
    }

    #[test]
    fn how_it_stands_is_told_line_by_line_with_what_is_wrong() {
        let mut snapshot = snapshot(true, AgentKey::Absent);
        let mut app = AppView::new("cli_0123456789abcdef".parse().unwrap(), 0);
        app.findings.push(Finding {
            code: FindingCode::AgentNoKey,
            severity: Severity::Warning,
            blocks_connection: false,
            action: None,
            values: Default::default(),
            detail: String::new(),
        });
        snapshot.apps = vec![app];
        for language in [Language::English, Language::Chinese] {
            let told = lines(&snapshot, &Words::utc(language));
            assert!(told.iter().all(|line| !line.contains(['{', '\n'])), "{told:#?}");
            let whole = told.join("\n");
            for part in ["qwen-plus", "dashscope", "50", "1000", "…", "longwire guide agent"] {
                assert!(whole.contains(part), "{part}: {whole}");
            }
        }
        snapshot.agent.settings.on = false;
        assert!(!lines(&snapshot, &Words::utc(Language::English)).join("\n").contains("guide agent"));
    }

    #[test]
    fn one_word_is_said_while_it_is_on() {
        let words = Words::utc(Language::English);
        let of = |on, key| in_a_word(&words, &snapshot(on, key).agent);
        assert_eq!(of(false, AgentKey::Kept), None);
        assert!(of(true, AgentKey::Absent).unwrap().contains("no API key"));
        assert!(of(true, AgentKey::Environment).unwrap().contains('7'));
    }
}
