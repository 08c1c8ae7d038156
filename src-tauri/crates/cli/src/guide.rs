mod page;
mod wrap;

use std::io::{self, IsTerminal};

use longwire_contract::{
    Finding, Guide, Language,
    text::text,
    words::{columns, padded},
};
use rustix::termios::tcgetwinsize;

use crate::{
    args,
    exit::Exit,
    output::{hint, say, write},
    words::values,
};

/// `longwire guide`: lists the guides, or shows one.
pub(crate) fn guide(options: &args::Guide, language: Language) -> Exit {
    match options.name {
        Some(guide) => write(&page::page(guide.text(language), width(), styled())),
        None => {
            list(language).iter().for_each(|line| say(line));
            hint(&format!("\n{}", text(language, "cli.guide.read", &values([]))));
        }
    }
    Exit::Ok
}

/// Where more is said of what was found.
pub(crate) fn more(language: Language, finding: &Finding) -> String {
    more_in(language, finding.code.guide())
}

/// The same of several, each guide once, the first finding's first.
pub(crate) fn more_of_all(language: Language, findings: &[Finding]) -> Vec<String> {
    let mut guides = Vec::new();
    for guide in findings.iter().map(|finding| finding.code.guide()) {
        if !guides.contains(&guide) {
            guides.push(guide);
        }
    }
    guides.into_iter().map(|guide| more_in(language, guide)).collect()
}

fn more_in(language: Language, guide: Guide) -> String {
    text(language, "cli.guide.more", &values([("guide", guide.name().to_owned())]))
}

fn list(language: Language) -> Vec<String> {
    let names = Guide::ALL.iter().map(|guide| columns(guide.name())).max().unwrap_or_default();
    let line = |guide: &Guide| format!("{}  {}", padded(guide.name(), names), guide.title(language));
    Guide::ALL.iter().map(line).collect()
}

/// How many columns a line may take: the terminal's, as long as that is read with ease.
fn width() -> usize {
    let columns = tcgetwinsize(io::stdout()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { 80 } else { columns.clamp(40, 100) }
}

/// Whether headings may be bold: for a person, who has not asked for plain text (<https://no-color.org>).
fn styled() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests;
