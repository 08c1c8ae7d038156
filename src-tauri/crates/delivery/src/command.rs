use std::time::Duration;

use longwire_contract::AttemptOutcome;
use longwire_host::program::{self, Call, End, Line, NotStarted};

use crate::webhook::{Post, Sent};

/// The largest answer to a callback that is read, in bytes; of other output its beginning is remembered.
const LONGEST_ANSWER: usize = 1024 * 1024;
const BEGINNING: usize = 2 * 1024;

/// A program that is started for each event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Program {
    /// What to run: a path, or a name that `PATH` finds; then its arguments.
    pub command: Vec<String>,
}

impl Program {
    /// Runs it for an event, whose JSON is on its standard input. Its standard output answers a callback, and is for the log
    /// else. Nothing where it was stopped before it ended, as it is once `stop` is over.
    pub(crate) async fn run(
        &self,
        name: &str,
        post: Post<'_>,
        stop: impl Future<Output = ()>,
    ) -> Option<Sent> {
        let record = post.record;
        let input = [&record.payload[..], b"\n"].concat();
        let (seq, number) = (record.seq.to_string(), post.number.to_string());
        let variables = [
            ("LONGWIRE_EVENT_TYPE", record.event_type.as_str()),
            ("LONGWIRE_EVENT_ID", record.event_id.as_deref().unwrap_or_default()),
            ("LONGWIRE_SEQ", &seq),
            ("LONGWIRE_APP_ID", record.app_id.as_str()),
            ("LONGWIRE_ATTEMPT", &number),
        ];
        let keep = if post.callback { LONGEST_ANSWER } else { BEGINNING };
        let call = Call {
            command: &self.command,
            variables: &variables,
            input: &input,
            deadline: post.deadline,
            keep,
        };
        let run = program::run(call, stop, |line| match line {
            Line::Output(_) if post.callback => {}
            Line::Output(line) => tracing::info!("{name}: {line}"),
            Line::Error(line) => tracing::warn!("{name}: {line}"),
        });
        match run.await {
            Ok(run) => ended(run, post.callback, post.deadline),
            Err(error) => Some(not_started(&error)),
        }
    }

    /// Whether it is there to be started: where, or why not.
    pub(crate) fn look(&self) -> Sent {
        match program::find(&self.command) {
            Ok(file) => {
                let response = Some(file.display().to_string());
                Sent { response, ..sent(AttemptOutcome::Delivered) }
            }
            Err(error) => not_started(&error),
        }
    }
}

fn ended(run: program::Run, callback: bool, deadline: Duration) -> Option<Sent> {
    let (outcome, status, mut detail) = match run.end {
        End::Stopped => return None,
        End::Killed => {
            (AttemptOutcome::Killed, None, format!("it did not end within {} s", deadline.as_secs_f32()))
        }
        End::Signalled(signal) => (AttemptOutcome::ExitedBadly, None, format!("it ended by signal {signal}")),
        End::Exited(0) if callback && run.more => {
            let detail = format!("its answer is longer than {LONGEST_ANSWER} bytes");
            (AttemptOutcome::TooLarge, None, detail)
        }
        End::Exited(0) => (AttemptOutcome::Delivered, Some(0), String::new()),
        End::Exited(code) => {
            (AttemptOutcome::ExitedBadly, u16::try_from(code).ok(), format!("it ended with exit code {code}"))
        }
    };
    if run.cut && outcome == AttemptOutcome::ExitedBadly {
        detail.push_str("; it wrote more than anybody listens to, and its pipe was closed");
    }
    let beginning = String::from_utf8_lossy(&run.output[..run.output.len().min(BEGINNING)]).into_owned();
    let failed = outcome != AttemptOutcome::Delivered && !run.errors.is_empty();
    let response = Some(if failed { run.errors } else { beginning }).filter(|said| !said.is_empty());
    let body = if callback { run.output.into() } else { bytes::Bytes::new() };
    Some(Sent { outcome, status, took: run.took, response, body, retry_after: None, detail })
}

fn not_started(error: &NotStarted) -> Sent {
    Sent { detail: error.to_string(), ..sent(AttemptOutcome::NotStarted) }
}

fn sent(outcome: AttemptOutcome) -> Sent {
    let (response, retry_after, detail) = (None, None, String::new());
    Sent {
        outcome,
        status: None,
        took: Duration::ZERO,
        response,
        body: bytes::Bytes::new(),
        retry_after,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use bytes::Bytes;
    use longwire_contract::EventOrigin;
    use longwire_journal::Record;

    use super::*;

    fn record() -> Record {
        Record {
            seq: 7,
            app_id: "cli_0123456789abcdef".parse().unwrap(),
            origin: EventOrigin::Platform,
            at_ms: 0,
            event_type: "im.message.receive_v1".to_owned(),
            event_id: Some("e-1".to_owned()),
            message_id: None,
            chat_id: None,
            ack_us: 0,
            duplicates: 0,
            frame: Bytes::new(),
            payload: Bytes::from_static(br#"{"a":1}"#),
        }
    }

    async fn run(script: &str, callback: bool, deadline: Duration) -> Sent {
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let post = Post { record: &record(), number: 2, at_ms: 0, asked_ms: 0, deadline, callback };
        Program { command }.run("bot", post, pending()).await.unwrap()
    }

    #[tokio::test]
    async fn a_program_has_the_event_and_what_is_known_of_it() {
        let variables =
            "$LONGWIRE_EVENT_TYPE $LONGWIRE_EVENT_ID $LONGWIRE_SEQ $LONGWIRE_APP_ID $LONGWIRE_ATTEMPT";
        let said = run(&format!("cat; echo {variables}"), false, Duration::from_secs(20)).await;
        assert_eq!((said.outcome, said.status, said.body.len()), (AttemptOutcome::Delivered, Some(0), 0));
        let response = "{\"a\":1}\nim.message.receive_v1 e-1 7 cli_0123456789abcdef 2\n";
        assert_eq!(said.response.as_deref(), Some(response));
    }

    #[tokio::test]
    async fn how_it_ended_is_an_outcome() {
        let long = Duration::from_secs(20);
        let said = run("echo '{\"toast\":{}}'", true, long).await;
        assert_eq!((said.outcome, &said.body[..]), (AttemptOutcome::Delivered, &b"{\"toast\":{}}\n"[..]));
        let said = run("head -c 1048577 /dev/zero", true, long).await;
        assert_eq!((said.outcome, said.status), (AttemptOutcome::TooLarge, None));
        let said = run("echo out; echo Traceback >&2; exit 1", false, long).await;
        assert_eq!((said.outcome, said.status), (AttemptOutcome::ExitedBadly, Some(1)));
        assert_eq!(
            (said.response.as_deref(), said.detail.as_str()),
            (Some("Traceback"), "it ended with exit code 1")
        );
        let said = run("kill -SEGV $$", false, long).await;
        assert_eq!(
            (said.outcome, said.detail.as_str()),
            (AttemptOutcome::ExitedBadly, "it ended by signal 11")
        );
        let said = run("exec sleep 600", false, Duration::from_millis(100)).await;
        assert_eq!(
            (said.outcome, said.detail.as_str()),
            (AttemptOutcome::Killed, "it did not end within 0.1 s")
        );
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_says_so() {
        let program = Program { command: vec!["/nonexistent/bot".to_owned()] };
        let record = record();
        let post = Post {
            record: &record,
            number: 1,
            at_ms: 0,
            asked_ms: 0,
            deadline: Duration::from_secs(1),
            callback: false,
        };
        let said = program.run("bot", post, pending()).await.unwrap();
        assert_eq!(
            (said.outcome, said.detail.as_str()),
            (AttemptOutcome::NotStarted, "/nonexistent/bot is not there")
        );
        assert_eq!(said, program.look());
        let there = Program { command: vec!["sh".to_owned()] }.look();
        assert!(there.outcome == AttemptOutcome::Delivered && there.response.unwrap().ends_with("/sh"));
    }
}
