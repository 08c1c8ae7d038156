use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use longwire_contract::{Fault, FaultCode, SettingsPlan, SettingsText, call};
use longwire_engine::Machine;

use super::PROGRAM;
use crate::{
    args::SettingsImport,
    confirm::{Consent, Person},
    exit::Exit,
    order::order,
    output::{hint, say},
    printable::one_line,
    words::Words,
};

/// More than the engine takes: it says so.
const LONGEST: u64 = 1_000_001;

/// `longwire settings import`: says what would change, asks, and takes it over.
pub(super) async fn import(
    import: &SettingsImport,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let text = SettingsText { text: read(&import.file)? };
    let plan = order::<call::PlanImport>(machine, PROGRAM, &text).await?;
    if is_nothing(&plan) {
        lines(words, &plan).iter().for_each(|line| hint(line));
        hint(&words.plain("cli.settings.import_nothing"));
        return Ok(Exit::Ok);
    }
    match person.consent(import.yes, true) {
        Ok(Consent::Given) => {}
        Ok(Consent::Asked) => {
            lines(words, &plan).iter().for_each(|line| hint(line));
            if !person.agrees(&words.plain("cli.settings.import_ask")) {
                hint(&words.plain("cli.unchanged"));
                return Ok(Exit::Failed);
            }
        }
        Err(_) => {
            lines(words, &plan).iter().for_each(|line| hint(line));
            hint(&words.plain("cli.settings.import_nobody"));
            return Ok(Exit::Usage);
        }
    }
    let done = order::<call::ImportSettings>(machine, PROGRAM, &text).await?;
    lines(words, &done).iter().for_each(|line| say(line));
    say(&words.plain("cli.settings.imported"));
    if !done.apps.is_empty() {
        hint(&words.plain("cli.settings.import_secrets"));
    }
    Ok(Exit::Ok)
}

/// The text of a file, of which no more is read than can be settings.
fn read(file: &Path) -> Result<String, Fault> {
    let unreadable =
        |error: &dyn std::fmt::Display| Fault::new(FaultCode::ImportUnreadable, error).with("error", error);
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(LONGEST).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(&format!("{}: {error}", file.display())))?;
    if bytes.len() as u64 == LONGEST {
        return Err(unreadable(&format!(
            "{}: it is longer than 1 MB, which no settings are",
            file.display()
        )));
    }
    String::from_utf8(bytes).map_err(|_| unreadable(&format!("{}: it is no text (UTF-8)", file.display())))
}

fn is_nothing(plan: &SettingsPlan) -> bool {
    plan.settings.is_empty() && plan.apps.is_empty() && plan.targets.is_empty()
}

/// What changes, and what does not although it stands there.
fn lines(words: &Words, plan: &SettingsPlan) -> Vec<String> {
    let ids = |apps: &[longwire_contract::AppId]| apps.iter().map(ToString::to_string).collect::<Vec<_>>();
    let all = [
        ("cli.settings.plan_settings", plan.settings.clone()),
        ("cli.settings.plan_apps", ids(&plan.apps)),
        ("cli.settings.plan_targets", plan.targets.clone()),
        ("cli.settings.plan_apps_here", ids(&plan.apps_here)),
        ("cli.settings.plan_targets_here", plan.targets_here.clone()),
        ("cli.settings.plan_unknown", plan.unknown.clone()),
    ];
    let told = all.into_iter().filter(|(_, names)| !names.is_empty());
    let told = told.map(|(key, names)| words.filled(key, [("names", names.join(", "))]));
    let off = plan
        .agent_off
        .iter()
        .map(|at| words.filled("cli.settings.plan_agent_off", [("address", at.clone())]));
    let stays_off = plan.agent_stays_off.then(|| words.plain("cli.settings.plan_agent_stays_off"));
    told.chain(off).chain(stays_off).map(|line| one_line(&line)).collect()
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;

    #[test]
    fn what_cannot_be_settings_is_refused_without_a_word_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        let refused = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            let fault = read(&file).unwrap_err();
            assert_eq!(fault.code, FaultCode::ImportUnreadable);
            fault.detail
        };
        assert!(refused(b"planted\xff").ends_with("UTF-8)"));
        assert!(refused(&vec![b'a'; 3_000_000]).contains("longer than 1 MB"));
        std::fs::remove_file(&file).unwrap();
        assert!(read(&file).unwrap_err().detail.contains("No such file"));
        assert!(read(folder.path()).is_err());
        std::fs::write(&file, "theme = \"dark\"").unwrap();
        assert_eq!(read(&file).unwrap(), "theme = \"dark\"");
    }

    #[test]
    fn a_plan_says_what_becomes_of_the_agent_and_which_server_it_would_ask() {
        let plan = SettingsPlan {
            agent_off: Some("https://theirs.example/v1\x1b[2J".into()),
            agent_stays_off: true,
            ..SettingsPlan::default()
        };
        for language in [Language::English, Language::Chinese] {
            let told = lines(&Words::utc(language), &plan);
            assert_eq!(told.len(), 2, "{told:#?}");
            assert!(told[0].contains("https://theirs.example/v1") && !told[0].contains('\x1b'), "{told:#?}");
            assert!(told[1].contains("longwire agent on"), "{told:#?}");
        }
    }

    #[test]
    fn a_plan_names_what_changes_and_what_stays_and_orders_no_terminal_about() {
        let plan = SettingsPlan {
            settings: vec!["theme".into(), "journal".into()],
            apps: vec!["cli_0123456789abcdef".parse().unwrap()],
            targets_here: vec!["bot\x1b[2J\nx".into()],
            unknown: vec!["colour".into()],
            ..SettingsPlan::default()
        };
        for language in [Language::English, Language::Chinese] {
            let told = lines(&Words::utc(language), &plan);
            assert_eq!(told.len(), 4, "{told:#?}");
            assert!(told[0].contains("theme, journal") && told[1].contains("cli_0123456789abcdef"));
            assert!(told[3].contains("colour"));
            let all = told.join("");
            assert!(!all.contains(['\x1b', '\n', '{']) && !all.contains("cli.settings"), "{all}");
        }
        assert!(!is_nothing(&plan));
        assert!(is_nothing(&SettingsPlan { targets_here: vec!["a".into()], ..SettingsPlan::default() }));
    }
}
