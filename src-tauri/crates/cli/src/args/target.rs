use std::path::PathBuf;

use clap::{Args, Subcommand};
use longwire_contract::AppId;

#[derive(Debug, Subcommand)]
pub(crate) enum Target {
    /// Add a target: a URL on this machine, or a program that is run for each event
    #[command(after_long_help = ADD_HELP)]
    Add(TargetAdd),
    /// List the targets, and how each stands
    List(TargetList),
    /// Change a target; what is not named stays
    Edit(TargetEdit),
    /// Remove a target, its queue and its secrets; the events themselves stay
    Remove(TargetRemove),
    /// Hold a target back: events wait for it
    Pause(TargetName),
    /// Let a target have what waits for it, also where it was down
    Resume(TargetName),
    /// Ask a target whether it will take events, without handing it one
    Test(TargetName),
}

const ADD_HELP: &str = "\
A webhook gets each event as a POST in the platform's own format, so a bot that was written for the console's \"developer's \
server\" runs unchanged. Where it has an Encrypt Key or a Verification Token, give it the same here: --encrypt-key asks for it unseen, \
and LONGWIRE_ENCRYPT_KEY and LONGWIRE_VERIFICATION_TOKEN are taken where they are set. Secrets are kept in the keychain; \
never give one on the command line, where other users can read it.

Examples:
  longwire target add http://127.0.0.1:3000/webhook/event
  longwire target add http://127.0.0.1:3000/im --events 'im.message.*' --filter 'event.message.chat_type = p2p'
  longwire target add --exec 'python3 bot.py --once'
  longwire target add http://127.0.0.1:3000/ --encrypt-key --verification-token --header X-Api-Key";

/// Whose events a target gets, and which.
#[derive(Args, Debug)]
pub(crate) struct TargetWants {
    /// The app whose events it gets [default: all]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// The event types it gets, such as im.message.*; may be repeated [default: all]
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// What must hold of an event's JSON besides: `event.message.chat_type = p2p`, or with != or ~ (contains), or a place
    /// alone, which must be there. May be repeated
    #[arg(long, value_name = "COND")]
    pub(crate) filter: Vec<String>,
    /// How long it may take for one event, 1s to 10m [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = deadline)]
    pub(crate) deadline: Option<u32>,
    /// Let it be on another machine, over https
    #[arg(long)]
    pub(crate) remote: bool,
}

/// What of a target is secret.
#[derive(Args, Debug, Default)]
pub(crate) struct TargetKeys {
    /// Encrypt and sign events with the bot's Encrypt Key, which is asked for unseen; or taken from LONGWIRE_ENCRYPT_KEY
    #[arg(long)]
    pub(crate) encrypt_key: bool,
    /// Put the bot's Verification Token into events, which is asked for unseen; or taken from LONGWIRE_VERIFICATION_TOKEN
    #[arg(long)]
    pub(crate) verification_token: bool,
    /// An extra header of each request, whose value is asked for unseen; may be repeated
    #[arg(long, value_name = "NAME", value_parser = header)]
    pub(crate) header: Vec<String>,
    /// Keep no secret: read them at each start from this file, which only you may read (chmod 600). JSON:
    /// {"encrypt_key": …, "verification_token": …, "headers": {"NAME": "VALUE"}}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["encrypt_key", "verification_token", "header"])]
    pub(crate) secrets_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct TargetAdd {
    /// The URL that events are POSTed to
    #[arg(value_name = "URL", required_unless_present = "exec")]
    pub(crate) url: Option<String>,
    /// Run this command for each event, which is on its standard input, in place of a URL
    #[arg(long, value_name = "CMD", conflicts_with_all = ["url", "encrypt_key", "verification_token", "header", "remote"])]
    pub(crate) exec: Option<String>,
    /// What to call it [default: made of its address]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) wants: TargetWants,
    #[command(flatten)]
    pub(crate) keys: TargetKeys,
}

#[derive(Args, Debug)]
pub(crate) struct TargetList {
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct TargetEdit {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) target: String,
    /// What to call it from now on
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// POST events to this URL
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Run this command for each event
    #[arg(long, value_name = "CMD", conflicts_with = "url")]
    pub(crate) exec: Option<String>,
    #[command(flatten)]
    pub(crate) wants: TargetWants,
    /// Of all apps
    #[arg(long, conflicts_with = "app_id")]
    pub(crate) all_apps: bool,
    /// Of all types
    #[arg(long, conflicts_with = "events")]
    pub(crate) all_events: bool,
    /// Whatever is in an event
    #[arg(long, conflicts_with = "filter")]
    pub(crate) no_filter: bool,
    /// On this machine alone
    #[arg(long, conflicts_with = "remote")]
    pub(crate) no_remote: bool,
    #[command(flatten)]
    pub(crate) keys: TargetKeys,
    /// Forget its Encrypt Key
    #[arg(long, conflicts_with = "encrypt_key")]
    pub(crate) no_encrypt_key: bool,
    /// Forget its Verification Token
    #[arg(long, conflicts_with = "verification_token")]
    pub(crate) no_verification_token: bool,
    /// Forget this extra header; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) no_header: Vec<String>,
    /// Read its secrets from no file any more
    #[arg(long, conflicts_with = "secrets_file")]
    pub(crate) no_secrets_file: bool,
}

#[derive(Args, Debug)]
pub(crate) struct TargetRemove {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) target: String,
    /// Do not ask, also where events wait for it
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct TargetName {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) target: String,
}

/// Seconds.
fn deadline(text: &str) -> Result<u32, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm']) {
        Some(number) => (number, if text.ends_with('m') { 60 } else { 1 }),
        None => (text, 1),
    };
    let seconds = number.parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
    seconds.filter(|seconds| (1..=600).contains(seconds)).ok_or_else(|| "from 1s to 10m".to_owned())
}

/// The name of a header. Whoever writes its value behind it is told before it is anywhere else.
fn header(text: &str) -> Result<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match !text.is_empty() && text.chars().all(is_name) {
        true => Ok(text.to_owned()),
        false => {
            Err("give its name alone: its value is asked for, since other users can read the command line"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_seconds_or_minutes() {
        for (text, seconds) in [("30s", 30), ("2m", 120), ("45", 45), ("10m", 600)] {
            assert_eq!(deadline(text), Ok(seconds), "{text}");
        }
        for wrong in ["0", "11m", "601", "-1s", "s", "", "99999999999m", "1h"] {
            assert!(deadline(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_value_of_a_header_is_not_taken_from_the_command_line() {
        assert_eq!(header("X-Api-Key"), Ok("X-Api-Key".to_owned()));
        for wrong in ["X-Api-Key: planted", "X-Api-Key=planted", "", "X Y"] {
            assert!(header(wrong).unwrap_err().contains("its value is asked for"), "{wrong}");
        }
    }
}
