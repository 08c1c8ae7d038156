use longwire_contract::{AgentAnswer, AgentQuestion, AgentSettings, Fault, call, words};
use longwire_engine::Machine;

use super::PROGRAM;
use crate::{
    args::AgentTest,
    exit::Exit,
    guide::more,
    order::Orders,
    output::{hint, print_json, say},
    printable::printable,
    words::{Words, took},
};

/// `longwire agent test`: the answer is data, all else is for a person.
pub(super) async fn test(test: AgentTest, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let report = ask(&test, &mut orders).await;
    orders.close().await;
    let report = report?;
    let exit = report.finding.as_ref().map_or(Exit::Ok, Exit::from);
    if test.json {
        print_json(&report);
        return Ok(exit);
    }
    if let Some(answer) = &report.answer {
        // What a model says may hold anything, also what moves a terminal's cursor.
        say(&printable(&answer.text));
        hint(&took_of(words, answer));
    }
    if let Some(finding) = &report.finding {
        hint(&format!("✗ {}", words::finding_alone(words.language(), finding)));
        hint(&more(words.language(), finding));
    }
    Ok(exit)
}

async fn ask(test: &AgentTest, orders: &mut Orders) -> Result<longwire_contract::AgentReport, Fault> {
    let settings = match &test.model {
        Some(model) => {
            let kept = orders.give::<call::ReadSnapshot>(&()).await?.agent.settings;
            Some(AgentSettings { model: model.clone(), ..kept })
        }
        None => None,
    };
    let question = AgentQuestion { text: test.question.clone(), settings, key: None };
    orders.give::<call::TestAgent>(&question).await
}

/// Who said it, how long it took, and what it cost.
fn took_of(words: &Words, answer: &AgentAnswer) -> String {
    let time = |ms: u64| took(ms as f64);
    let asked = answer.prompt_tokens.to_string();
    let said = answer.answer_tokens.to_string();
    words.filled(
        "cli.agent.took",
        [
            ("model", printable(&answer.model)),
            ("first", time(answer.first_ms)),
            ("took", time(answer.took_ms)),
            ("asked", asked),
            ("said", said),
        ],
    )
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;

    #[test]
    fn what_it_took_is_told_whole() {
        let answer = AgentAnswer {
            text: String::new(),
            model: "qwen-plus".into(),
            prompt_tokens: 12,
            answer_tokens: 34,
            first_ms: 250,
            took_ms: 2100,
        };
        for language in [Language::English, Language::Chinese] {
            let told = took_of(&Words::utc(language), &answer);
            for part in ["qwen-plus", "250 ms", "2.1 s", "12", "34"] {
                assert!(told.contains(part), "{told}");
            }
        }
    }
}
