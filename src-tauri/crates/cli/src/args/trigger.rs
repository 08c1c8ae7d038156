use std::path::PathBuf;

use clap::Args;
use longwire_contract::{AppId, Assignment};

pub(super) const TRIGGER_HELP: &str = "\
The event is made here and takes the way of one that the platform pushes: it is kept, and handed to every target that wants it.

Examples:
  longwire trigger im.message.receive_v1
  longwire trigger im.message.receive_v1:image                 a variant
  longwire trigger im.message.receive_v1 --set event.message.chat_type=group
  longwire trigger card.action.trigger --set event.action.value.answer=yes
  longwire trigger --payload event.json                        your own
  longwire trigger --list                                      all there are";

#[derive(Args, Debug)]
pub(crate) struct Trigger {
    /// The type, or the type and a variant, as --list has them
    #[arg(value_name = "TYPE", required_unless_present_any = ["list", "payload"])]
    pub(crate) event_type: Option<String>,
    /// Change the event at this place: JSON where it is JSON, else a text. May be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<Assignment>,
    /// The app it is for [default: the first one]
    #[arg(long, value_name = "ID")]
    pub(crate) app_id: Option<AppId>,
    /// Send this payload in place of a sample; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) payload: Option<PathBuf>,
    /// Print the payload and send nothing
    #[arg(long)]
    pub(crate) print: bool,
    /// List what can be triggered
    #[arg(long, conflicts_with_all = ["event_type", "set", "app_id", "payload", "print"])]
    pub(crate) list: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    pub(crate) json: bool,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => {
            Ok(Assignment { path: path.trim().to_owned(), value: value.to_owned() })
        }
        _ => Err("write it as event.message.chat_type=group".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_of_equality_parts_the_place_from_the_value() {
        let set = assignment("event.url=https://h/?a=b").unwrap();
        assert_eq!((set.path.as_str(), set.value.as_str()), ("event.url", "https://h/?a=b"));
        assert_eq!(assignment("event.text=").unwrap().value, "");
        for wrong in ["event.text", "=x", " = x"] {
            assert!(assignment(wrong).unwrap_err().contains("chat_type=group"), "{wrong}");
        }
    }
}
