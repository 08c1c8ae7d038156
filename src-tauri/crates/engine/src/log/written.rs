//! The lines of the file, read back: `2026-03-29T12:00:00.123456Z  INFO app{id=cli_…}: longwire_link::board: connecting`.

use std::fmt::Write;

use longwire_contract::{AppId, LogLevel, LogLine};
use longwire_host::clock;

use super::{layer::Bounded, ring::Remembered};

/// The span whose lines are about an app, and its field that says which.
pub(super) const APP_SPAN: &str = "app";
pub(super) const APP_SPAN_FIELD: &str = "id";
/// The field of a line that is about an app without being in its span.
pub(super) const APP_FIELD: &str = "app";
/// Where lines come from that a target's program wrote.
pub(super) const PROGRAM_OUTPUT: &str = "longwire_delivery::command";

/// The part of Longwire that a line comes from: the name of its crate.
pub(super) fn part(target: &str) -> &str {
    let name = target.split("::").next().unwrap_or(target);
    match name.strip_prefix("longwire_") {
        Some(part) => part,
        // The command's own program.
        None if name == "longwire" => "cli",
        None => name,
    }
}

/// The lines of the file's text, oldest first. One that is not of the form goes on with the one before it; before the first
/// it is passed over.
pub(super) fn parse(text: &str) -> Vec<Remembered> {
    let mut lines: Vec<Remembered> = Vec::new();
    for written in text.lines() {
        match (line(written), lines.last_mut()) {
            (Some(line), _) => lines.push(line),
            (None, Some(last)) => {
                let so_far = std::mem::take(&mut last.line.text);
                last.line.text = bounded(&[&so_far, "\n", written]);
            }
            (None, None) => {}
        }
    }
    lines
}

fn line(written: &str) -> Option<Remembered> {
    let (at, rest) = written.split_once(' ')?;
    let at_ms = clock::parsed_ms(at)?;
    let (level, rest) = rest.trim_start().split_once(' ')?;
    let level = match level {
        "TRACE" | "DEBUG" => LogLevel::Debug,
        "INFO" => LogLevel::Info,
        "WARN" => LogLevel::Warn,
        "ERROR" => LogLevel::Error,
        _ => return None,
    };
    let (spans, target, text) = parted(rest)?;
    let in_spans = spans.split_once(&format!("{APP_SPAN}{{{APP_SPAN_FIELD}=")).map(|(_, id)| id);
    let in_text = text.split_once(&format!(" {APP_FIELD}=")).map(|(_, id)| id);
    let app_id = in_text.and_then(app_id).or_else(|| in_spans.and_then(app_id));
    let line =
        LogLine { seq: 0, at_ms, level, app_id, part: part(target).to_owned(), text: bounded(&[text]) };
    Some(Remembered { line, quoted: target == PROGRAM_OUTPUT })
}

/// Spans, target, text.
fn parted(rest: &str) -> Option<(&str, &str, &str)> {
    let begins = if rest.starts_with("longwire") { 0 } else { rest.find(" longwire")? + 1 };
    let (target, text) = rest[begins..].split_once(':').and_then(|_| rest[begins..].split_once(": "))?;
    let is_target = target.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
    is_target.then_some((&rest[..begins], target, text))
}

/// The App ID that a text begins with.
fn app_id(text: &str) -> Option<AppId> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text[..end].parse().ok()
}

fn bounded(parts: &[&str]) -> String {
    let mut text = Bounded::default();
    for part in parts {
        // What is too long is cut, which is no error.
        text.write_str(part).ok();
    }
    text.text
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use proptest::prelude::*;
    use tracing::{info, info_span, warn};
    use tracing_subscriber::fmt;

    use super::*;

    const APP: &str = "cli_0123456789abcdef";

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_the_file_layer_writes_is_read_back() {
        let page = Page::default();
        let shared = page.clone();
        let subscriber = fmt::fmt().with_ansi(false).with_writer(move || shared.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            info!("plain");
            info_span!("outer", a = 1).in_scope(|| {
                info_span!("app", id = %APP).in_scope(|| warn!(stage = "dns", "not connected: a: b"));
            });
            info!(app = %APP, "two\nlines");
            info!(target: "longwire_delivery::command", "bot: longwire: said");
        });
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let lines = parse(&text);
        let texts: Vec<_> = lines.iter().map(|line| line.line.text.as_str()).collect();
        let named = format!("two\\nlines app={APP}");
        assert_eq!(texts, ["plain", "not connected: a: b stage=\"dns\"", &named, "bot: longwire: said"]);
        assert_eq!(lines[1].line.app_id.as_ref().map(AppId::as_str), Some(APP));
        assert_eq!((lines[1].line.level, lines[1].line.part.as_str()), (LogLevel::Warn, "engine"));
        let quoted: Vec<_> = lines.iter().map(|line| line.quoted).collect();
        assert_eq!(quoted, [false, false, false, true]);
        assert!(lines.iter().all(|line| line.line.at_ms > 1_700_000_000_000), "{lines:?}");
    }

    #[test]
    fn a_line_is_read_to_the_millisecond() {
        let read = line("2026-03-29T12:00:00.123456Z ERROR longwire::run: no").unwrap();
        assert_eq!((read.line.at_ms, read.line.part.as_str()), (1_774_785_600_123, "cli"));
    }

    #[test]
    fn what_is_no_line_goes_on_with_the_one_before_it() {
        let text = "half a line\n2026-03-29T12:00:00Z INFO longwire_link: one\n  more\nand\n\
                    2026-03-29T12:00:01Z NOISE longwire_link: x\n2026-03-29T12:00:02Z INFO longwire_link: two";
        let texts: Vec<_> = parse(text).into_iter().map(|line| line.line.text).collect();
        assert_eq!(texts, ["one\\n  more\\nand\\n2026-03-29T12:00:01Z NOISE longwire_link: x", "two"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "(\\PC|\n|2026-03-29T12:00:00Z INFO longwire: ){0,400}") {
            for line in parse(&text) {
                prop_assert!(line.line.text.len() < 2100);
                prop_assert!(!line.line.text.contains('\n'));
            }
        }
    }
}
