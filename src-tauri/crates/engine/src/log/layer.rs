//! From a line that is being logged to one that is remembered.

use std::fmt::{self, Write};

use longwire_contract::{AppId, LogLevel, LogLine};
use longwire_host::clock;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer,
    fmt::{
        FormatFields,
        format::{DefaultFields, Writer},
    },
    layer::Context,
    registry::LookupSpan,
};

use super::{Remembered, remember, written};

/// Remembers each line. It writes none itself.
pub(super) struct Remembering;

/// What a span says of the app that it is about.
struct About(AppId);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Remembering {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() != written::APP_SPAN {
            return;
        }
        let mut app = Named { name: written::APP_SPAN_FIELD, app_id: None };
        attributes.record(&mut app);
        if let (Some(app_id), Some(span)) = (app.app_id, context.span(id)) {
            span.extensions_mut().insert(About(app_id));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Bounded::default();
        // Exactly as the file has it. What is too long is no error.
        DefaultFields::new().format_fields(Writer::new(&mut text), event).ok();
        let mut app = Named { name: written::APP_FIELD, app_id: None };
        event.record(&mut app);
        let app_id = app.app_id.or_else(|| {
            let mut spans = context.event_scope(event)?;
            spans.find_map(|span| span.extensions().get::<About>().map(|About(id)| id.clone()))
        });
        let metadata = event.metadata();
        let line = LogLine {
            seq: 0,
            at_ms: clock::now_ms(),
            level: level(*metadata.level()),
            app_id,
            part: written::part(metadata.target()).to_owned(),
            text: text.text,
        };
        remember(Remembered { line, quoted: metadata.target() == written::PROGRAM_OUTPUT });
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        _ => LogLevel::Debug,
    }
}

/// The App ID in a field of this name.
struct Named {
    name: &'static str,
    app_id: Option<AppId>,
}

impl Visit for Named {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == self.name {
            self.app_id = format!("{value:?}").trim_matches('"').parse().ok();
        }
    }
}

/// Text on one line, cut where it is too long.
#[derive(Default)]
pub(super) struct Bounded {
    pub(super) text: String,
    full: bool,
}

/// The longest text of a line, in bytes.
const LONGEST: usize = 2000;

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.full {
                break;
            }
            if self.text.len() >= LONGEST {
                self.text.push('…');
                self.full = true;
            } else if c.is_control() {
                self.text.extend(c.escape_default());
            } else {
                self.text.push(c);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing::{debug, error, info, info_span, warn};
    use tracing_subscriber::{layer::SubscriberExt, registry};

    use super::*;
    use crate::log::{ours, remembered};

    const APP: &str = "cli_0123456789abcdef";

    fn said(say: impl FnOnce()) -> Vec<LogLine> {
        let before = remembered().len();
        let subscriber = registry().with(Remembering.with_filter(ours(Level::DEBUG)));
        tracing::subscriber::with_default(subscriber, say);
        remembered().iter().skip(before).map(|line| line.line.clone()).collect()
    }

    #[test]
    fn a_line_is_remembered_with_its_app_and_as_the_file_has_it() {
        let lines = said(|| {
            info!(count = 3, name = "bot", error = %"cut", "two\nlines\u{1b}[2J");
            info_span!("app", id = %APP).in_scope(|| {
                warn!("about it");
                info_span!("deeper", id = 5).in_scope(|| debug!("still"));
            });
            error!(app = %APP, "named");
            tracing::info!(target: "hyper", "a library's");
            tracing::trace!("too much");
        });
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        let first = r#"two\nlines\u{1b}[2J count=3 name="bot" error=cut"#;
        assert_eq!(texts[0].replace("\\x1b", "\\u{1b}"), first);
        assert_eq!(texts[1..], ["about it", "still", &format!("named app={APP}")]);
        let apps: Vec<_> = lines.iter().map(|line| line.app_id.as_ref().map(AppId::as_str)).collect();
        assert_eq!(apps, [None, Some(APP), Some(APP), Some(APP)]);
        let levels: Vec<_> = lines.iter().map(|line| line.level).collect();
        assert_eq!(levels, [LogLevel::Info, LogLevel::Warn, LogLevel::Debug, LogLevel::Error]);
        assert!(lines.iter().all(|line| line.part == "engine" && line.at_ms > 1_700_000_000_000));
    }

    #[test]
    fn a_line_of_any_length_is_cut() {
        let lines = said(|| {
            info!("{}", "长".repeat(1_000_000));
            info!("next");
        });
        assert!(
            lines[0].text.len() <= LONGEST + 8 && lines[0].text.ends_with('…'),
            "{}",
            lines[0].text.len()
        );
        assert_eq!(lines[1].text, "next");
    }

    #[test]
    fn a_value_that_logs_while_it_is_logged_does_no_harm() {
        struct Chatty;
        impl fmt::Display for Chatty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                info!("inner");
                f.write_str("outer")
            }
        }
        let texts: Vec<_> = said(|| info!("{Chatty}")).into_iter().map(|line| line.text).collect();
        assert!(texts.contains(&"outer".to_owned()), "{texts:?}");
    }
}
