//! The guides and the READMEs name no command and no option that the program does not have.

use std::collections::BTreeSet;

use clap::{CommandFactory, Parser, error::ErrorKind};
use longwire_contract::{FindingCode, Severity};

use super::*;
use crate::args::Arguments;

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];
const READMES: [(&str, &str); 2] = [
    ("README.md", include_str!("../../../../../README.md")),
    ("README.zh-CN.md", include_str!("../../../../../README.zh-CN.md")),
];
/// Options of other programs.
const FOREIGN: [&str; 1] = ["--use-system-ca"];

/// The lines of the blocks of code.
fn code_lines(markdown: &str) -> Vec<&str> {
    let blocks = markdown.split("```").skip(1).step_by(2);
    blocks.flat_map(|block| block.lines().skip(1)).collect()
}

/// What stands between backticks outside of them.
fn code_words(markdown: &str) -> Vec<&str> {
    let texts = markdown.split("```").step_by(2).flat_map(str::lines);
    texts.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Why a command line is none of ours.
fn wrong(line: &str) -> Option<String> {
    let words = shlex::split(line)?;
    let ours = words.into_iter().take_while(|word| !["|", ">", "<", "&&"].contains(&word.as_str()));
    match Arguments::try_parse_from(ours) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            // A command that is named with nothing behind it.
            ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => None,
            _ => Some(error.to_string()),
        },
    }
}

fn options() -> BTreeSet<String> {
    fn collect(command: &clap::Command, into: &mut BTreeSet<String>) {
        into.extend(command.get_arguments().filter_map(|one| one.get_long()).map(|long| format!("--{long}")));
        command.get_subcommands().for_each(|one| collect(one, into));
    }
    let mut all = FOREIGN.map(str::to_owned).into();
    collect(&Arguments::command(), &mut all);
    all
}

fn assert_known(name: &str, markdown: &str, inline: &[&str]) -> usize {
    let code = code_lines(markdown);
    let commands = code.iter().chain(inline).filter(|line| line.starts_with("longwire "));
    let checked = commands.clone().count();
    for line in commands {
        assert_eq!(wrong(line), None, "{name}: {line}");
    }
    let options = options();
    for word in inline.iter().filter(|word| word.starts_with("--")) {
        let option = word.split([' ', '=']).next().unwrap();
        assert!(options.contains(option), "{name}: {word}");
    }
    checked
}

#[test]
fn a_guide_names_no_command_that_is_not_there() {
    for guide in Guide::ALL {
        for language in LANGUAGES {
            let text = guide.text(language);
            let checked = assert_known(&format!("{} {language:?}", guide.name()), text, &code_words(text));
            assert!(checked > 2, "{} {language:?} names {checked} commands", guide.name());
        }
    }
}

#[test]
fn a_readme_names_no_command_that_is_not_there() {
    for (name, text) in READMES {
        let options = code_words(text).into_iter().filter(|word| word.starts_with("--")).collect::<Vec<_>>();
        assert!(assert_known(name, text, &options) > 5, "{name}");
        let known = Arguments::command();
        let shown = text.lines().filter_map(|line| line.strip_prefix("| `longwire ")?.split('`').next());
        let shown: Vec<_> = shown.map(|words| words.split_once(' ').unwrap_or((words, ""))).collect();
        for (command, below) in &shown {
            let found = known.find_subcommand(command);
            let found = found.unwrap_or_else(|| panic!("{name}: there is no longwire {command}"));
            // What follows in small letters are its own commands; else it is a value, or an option.
            let named = below.split(' ').next().unwrap_or_default().split("\\|");
            for one in named.filter(|one| one.starts_with(|c: char| c.is_ascii_lowercase())) {
                assert!(found.find_subcommand(one).is_some(), "{name}: longwire {command} {one}");
            }
        }
        let visible = known.get_subcommands().filter(|one| !one.is_hide_set()).map(|one| one.get_name());
        for command in visible {
            assert!(
                shown.iter().any(|(name, _)| *name == command),
                "{name} does not list longwire {command}"
            );
        }
    }
}

#[test]
fn a_command_that_is_not_there_is_found_out() {
    assert!(wrong("longwire fly").is_some() && wrong("longwire run --fast").is_some());
    assert_eq!(wrong("longwire events show 12 --raw > event.json   # the payload"), None);
}

#[test]
fn a_guide_is_chosen_by_its_name() {
    let parse = |words: &[&str]| Arguments::try_parse_from([&["longwire", "guide"], words].concat());
    for guide in Guide::ALL {
        let args::Command::Guide(options) = parse(&[guide.name()]).unwrap().command else { unreachable!() };
        assert_eq!(options.name, Some(*guide));
    }
    let unknown = parse(&["prox"]).unwrap_err();
    assert_eq!(unknown.exit_code(), 2);
    assert!(unknown.to_string().contains("'proxy'"), "{unknown}");
    assert!(parse(&[]).is_ok());
}

#[test]
fn the_list_has_each_guide_with_its_title() {
    for language in LANGUAGES {
        let list = list(language);
        assert_eq!(list.len(), Guide::ALL.len());
        let titles = Guide::ALL.iter().zip(&list);
        titles.for_each(|(guide, line)| assert!(line.ends_with(guide.title(language)), "{line}"));
    }
}

#[test]
fn findings_with_one_guide_name_it_once() {
    let of = |code| Finding {
        code,
        severity: Severity::Error,
        blocks_connection: true,
        action: None,
        values: values([]),
        detail: String::new(),
    };
    let found = [FindingCode::TlsUntrusted, FindingCode::ProxyBroken, FindingCode::TlsFailed].map(of);
    let told = more_of_all(Language::English, &found);
    assert_eq!(told, ["More: longwire guide tls", "More: longwire guide proxy"]);
    assert!(more(Language::Chinese, &found[0]).ends_with("longwire guide tls"));
}

#[test]
fn no_guide_is_wider_than_the_terminal_but_for_its_code() {
    for guide in Guide::ALL {
        for language in LANGUAGES {
            let page = page::page(guide.text(language), 80, false);
            for line in page.lines().filter(|line| !line.starts_with([' ', '#'])) {
                assert!(columns(line) <= 80, "{} {language:?}: {line}", guide.name());
            }
            assert!(!page.contains("](") && !page.contains("**"), "{} {language:?}", guide.name());
        }
    }
}
