use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use longwire_contract::{AppId, DeliveryState, EventQuery};

use crate::events::Moment;

#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    /// List the kept events, newest at the bottom
    #[command(after_long_help = LIST_HELP)]
    List(EventsList),
    /// Show one event: its JSON, the frame it came in, and what became of it at each target
    #[command(after_long_help = SHOW_HELP)]
    Show(EventsShow),
    /// Follow the events as they arrive, until Ctrl-C
    #[command(after_long_help = TAIL_HELP)]
    Tail(EventsTail),
    /// Hand events to targets once more: these, all that match, all that failed, or one with another payload
    #[command(after_long_help = REPLAY_HELP)]
    Replay(EventsReplay),
    /// Write the events that match to standard output, one line of JSON an event
    #[command(after_long_help = EXPORT_HELP)]
    Export(EventsExport),
    /// Delete events
    #[command(after_long_help = DELETE_HELP)]
    Delete(EventsDelete),
}

const LIST_HELP: &str = "\
Examples:
  longwire events list                              the last 50
  longwire events list --state failed --since 1h    what a bot did not take in the last hour
  longwire events list --type 'im.message.*' --text 发票
  longwire events list --json --limit 1000 | jq .preview";

const SHOW_HELP: &str = "\
Examples:
  longwire events show 12
  longwire events show 12 --raw > event.json        the payload as it arrived
  longwire events show 12 --curl | sh               what the webhook gets, sent again by hand";

const TAIL_HELP: &str = "\
An event that is on its way to a target is shown with how that ended, where it ends within half a second. When the engine ends, \
the tail waits for the next one and goes on where it was.";

const REPLAY_HELP: &str = "\
A target is handed them like any other event, with its retries and in order. Without --to they go to each target that wanted \
them, and where none did, to those that want them now. Where no Longwire runs, they go out when one does.

Examples:
  longwire events replay 12 13
  longwire events replay --failed                   all that a target did not take
  longwire events replay --since 2h --to bot
An edited one goes out as a new event:
  longwire events show 12 --raw > event.json
  longwire events replay 12 --payload event.json";

const EXPORT_HELP: &str = "\
Newest first. Each line is the event as received plus a `longwire` object, as `longwire run --print` writes it.

Examples:
  longwire events export > events.ndjson
  longwire events export --type im.message.receive_v1 --since 2026-01-31 | jq .event.message.content";

const DELETE_HELP: &str = "\
They are gone for good, also for the targets that they wait for. What the platform sends again of them is still known to be a \
duplicate. How long events are kept anyway is in the settings.";

/// Which events.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct EventFilter {
    /// Of this app alone
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// Of this type; im.message.* stands for all that begin so. May be repeated
    #[arg(long = "type", value_name = "PATTERN", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// With all of these words in their texts, or with this id: of the event, the message, the chat, a person
    #[arg(long, value_name = "WORDS")]
    pub(crate) text: Option<String>,
    /// That stand so with a target
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<StateName>,
    /// Wanted by this target
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Option<String>,
    /// Arrived since: so long ago (90s, 15m, 1h, 2d), or at a local time (10:30, 2026-01-31, 2026-01-31T10:30)
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    pub(crate) since: Option<Moment>,
    /// Arrived before that time
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    pub(crate) until: Option<Moment>,
}

impl EventFilter {
    /// The query it stands for, where it is now this time.
    pub(crate) fn query(&self, now_ms: u64) -> EventQuery {
        let ms = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.ms(now_ms));
        EventQuery {
            app_id: self.app_id.clone(),
            text: self.text.clone().unwrap_or_default(),
            types: self.types.clone(),
            state: self.state.map(StateName::state),
            target: self.target.clone(),
            since_ms: ms(&self.since),
            until_ms: ms(&self.until),
            ..EventQuery::default()
        }
    }
}

/// A state of a delivery, as it is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum StateName {
    /// A target has it
    Delivered,
    /// It waits for a target; `waiting` is the same
    #[value(alias = "waiting")]
    Queued,
    /// A target did not take it
    Failed,
}

impl StateName {
    fn state(self) -> DeliveryState {
        match self {
            Self::Delivered => DeliveryState::Delivered,
            Self::Queued => DeliveryState::Queued,
            Self::Failed => DeliveryState::Failed,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct EventsList {
    #[command(flatten)]
    pub(crate) filter: EventFilter,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// Older than this one
    #[arg(long, value_name = "SEQ")]
    pub(crate) before: Option<u32>,
    /// Print one line of JSON an event
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct EventsShow {
    /// Its number, as `longwire events list` shows it
    #[arg(value_name = "SEQ")]
    pub(crate) seq: u32,
    /// Print all of it as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the payload alone, as it arrived
    #[arg(long, conflicts_with = "json")]
    pub(crate) raw: bool,
    /// Print the request that a webhook gets for it, as a command for a shell; of the first that wanted it where none is
    /// named. It holds no secret of the target
    #[arg(long, value_name = "TARGET", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(conflicts_with_all = ["json", "raw"])]
    pub(crate) curl: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct EventsTail {
    #[command(flatten)]
    pub(crate) filter: EventFilter,
    /// Begin with this one [default: with the next that arrives]
    #[arg(long, value_name = "SEQ")]
    pub(crate) from: Option<u32>,
    /// Print one line of JSON an event
    #[arg(long)]
    pub(crate) json: bool,
}

/// What names no event by its number.
const FILTERS: [&str; 7] = ["app_id", "types", "text", "state", "target", "since", "until"];

/// Which events a command means is named one way or another, so that a usage error names every way.
fn which(word: &'static str) -> ArgGroup {
    ArgGroup::new("which").args(["seqs", word]).args(FILTERS).multiple(true).required(true)
}

#[derive(Args, Debug)]
#[command(group = which("failed"))]
pub(crate) struct EventsReplay {
    /// Their numbers
    #[arg(value_name = "SEQ", conflicts_with_all = FILTERS.into_iter().chain(["failed"]))]
    pub(crate) seqs: Vec<u32>,
    /// All that a target did not take
    #[arg(long, conflicts_with = "state")]
    pub(crate) failed: bool,
    #[command(flatten)]
    pub(crate) filter: EventFilter,
    /// To this target, whether or not it wanted them
    #[arg(long, value_name = "NAME")]
    pub(crate) to: Option<String>,
    /// Send this payload in place of the event's own, as a new event; - for standard input
    #[arg(long, value_name = "FILE", requires = "seqs")]
    pub(crate) payload: Option<PathBuf>,
    /// Do not ask, however many there are
    #[arg(long)]
    pub(crate) yes: bool,
}

impl EventsReplay {
    /// The filter with what `--failed` stands for.
    pub(crate) fn filter(&self) -> EventFilter {
        let state = if self.failed { Some(StateName::Failed) } else { self.filter.state };
        EventFilter { state, ..self.filter.clone() }
    }
}

#[derive(Args, Debug)]
pub(crate) struct EventsExport {
    #[command(flatten)]
    pub(crate) filter: EventFilter,
}

#[derive(Args, Debug)]
#[command(group = which("all"))]
pub(crate) struct EventsDelete {
    /// Their numbers
    #[arg(value_name = "SEQ", conflicts_with_all = FILTERS.into_iter().chain(["all"]))]
    pub(crate) seqs: Vec<u32>,
    /// Every event there is
    #[arg(long, conflicts_with_all = FILTERS)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) filter: EventFilter,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Arguments, Command};

    #[test]
    fn a_command_that_names_no_event_is_told_every_way_to_name_one() {
        for (command, word) in [("delete", "--all"), ("replay", "--failed")] {
            let error = Arguments::try_parse_from(["longwire", "events", command]).unwrap_err();
            let told = error.to_string();
            assert_eq!(error.exit_code(), 2);
            for way in ["SEQ", word, "--type", "--text", "--state", "--target", "--since", "--until"] {
                assert!(told.contains(way), "{command}: {way}: {told}");
            }
            for good in [&["12", "13"][..], &[word], &["--type", "im.*", "--since", "1h"]] {
                let line = [&["longwire", "events", command], good].concat();
                assert!(Arguments::try_parse_from(&line).is_ok(), "{line:?}");
            }
            for wrong in [&["12", word][..], &["12", "--since", "1h"], &["--yes"]] {
                let line = [&["longwire", "events", command], wrong].concat();
                assert!(Arguments::try_parse_from(&line).is_err(), "{line:?}");
            }
        }
    }

    #[test]
    fn a_state_may_be_typed_as_it_is_shown() {
        let parse = |state| Arguments::try_parse_from(["longwire", "events", "list", "--state", state]);
        for state in ["queued", "waiting"] {
            let Command::Events(Events::List(list)) = parse(state).unwrap().command else { unreachable!() };
            assert_eq!(list.filter.query(0).state, Some(DeliveryState::Queued));
        }
        assert!(parse("open").is_err());
    }
}
