use std::{sync::Arc, time::Duration};

use longwire_contract::{Fault, TargetAddress};
use longwire_delivery::{Filter, Kind, Printing, Target, Webhook};
use longwire_journal::TargetKey;

use super::{Held, TargetSecrets, build::build};
use crate::settings::TargetSettings;

/// A target given from outside the settings, as on the command line. It is known by what it is, so that what waited for it
/// when it was given the last time is still its own.
#[derive(Clone, Debug)]
pub enum GivenTarget {
    /// A URL, with its secrets.
    Webhook {
        /// The URL.
        url: String,
        /// Its secrets.
        secrets: TargetSecrets,
    },
    /// A program and its arguments.
    Command(Vec<String>),
    /// Lines of JSON.
    Print(Arc<dyn Printing>),
}

/// So many words of a command are shown: the program, and what it is most often given to run.
const SHOWN_WORDS: usize = 2;
/// How long a given target may take for one event.
const DEADLINE: Duration = Duration::from_secs(30);

impl GivenTarget {
    /// What it is called, where no target of the settings is called so. What may be a secret in it (the query of a URL, the
    /// arguments of a program) is not shown, and tells two of them apart all the same.
    fn own_name(&self) -> String {
        let marked = |shown: String, whole: &str| match shown == whole {
            true => shown,
            false => format!("{shown} #{:08x}", mark(whole)),
        };
        match self {
            Self::Webhook { url, .. } => {
                let shown = Webhook::new(url, false).map_or_else(|_| url.clone(), |webhook| webhook.shown());
                marked(shown, url.trim())
            }
            Self::Command(command) => {
                let file = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
                let shown = command.iter().map(file).take(SHOWN_WORDS).collect::<Vec<_>>().join(" ");
                marked(shown, &command.join(" "))
            }
            Self::Print(_) => "print".to_owned(),
        }
    }

    /// What it is called beside the targets of the settings.
    pub(super) fn name(&self, settings: &[TargetSettings]) -> String {
        let name = self.own_name();
        match settings.iter().any(|target| target.name == name) {
            true => format!("{name} (run)"),
            false => name,
        }
    }

    /// Whether it can be handed events.
    ///
    /// # Errors
    /// Those of a target of the settings.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        self.held(self.own_name(), TargetKey(0)).map(|_| ())
    }

    /// # Errors
    /// Those of a target of the settings.
    pub(super) fn held(&self, name: String, key: TargetKey) -> Result<Held, Fault> {
        let held = |address, secrets: &TargetSecrets| {
            let settings = TargetSettings::new(name.clone(), address);
            let target = build(key, &settings, secrets)?;
            Ok(Held { given: true, ..Held::new(settings, secrets, target) })
        };
        match self {
            Self::Webhook { url, secrets } => held(TargetAddress::Webhook(url.clone()), secrets),
            Self::Command(command) => {
                held(TargetAddress::Command(command.clone()), &TargetSecrets::default())
            }
            Self::Print(printing) => {
                let target = Target {
                    key,
                    name: name.clone(),
                    app_id: None,
                    filter: Filter::default(),
                    kind: Kind::Print(printing.clone()),
                    deadline: DEADLINE,
                    paused: false,
                };
                let settings = TargetSettings::new(name.clone(), TargetAddress::Command(Vec::new()));
                Ok(Held { given: true, ..Held::new(settings, &TargetSecrets::default(), target) })
            }
        }
    }
}

/// Tells texts apart without showing them: FNV-1a.
fn mark(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(url: &str) -> GivenTarget {
        GivenTarget::Webhook { url: url.into(), secrets: TargetSecrets::default() }
    }

    #[test]
    fn a_name_shows_no_secret_and_tells_two_apart() {
        let plain = webhook("http://127.0.0.1:3000/hook").name(&[]);
        assert_eq!(plain, "http://127.0.0.1:3000/hook");
        let one = webhook("http://127.0.0.1:3000/hook?token=planted").name(&[]);
        let other = webhook("http://127.0.0.1:3000/hook?token=other").name(&[]);
        assert!(!one.contains("planted") && one != other && one.starts_with(&plain), "{one}");
        let words = |line: &str| GivenTarget::Command(line.split(' ').map(str::to_owned).collect());
        assert_eq!(words("/usr/bin/python3 bot.py").name(&[]).split(" #").next(), Some("python3 bot.py"));
        let secret = words("python3 bot.py --key planted").name(&[]);
        assert!(!secret.contains("planted"), "{secret}");
    }

    #[test]
    fn a_target_of_the_settings_keeps_its_name() {
        let settings = [TargetSettings::new("print".into(), TargetAddress::Webhook(String::new()))];
        assert_eq!(webhook("http://127.0.0.1:1/").name(&settings), "http://127.0.0.1:1/");
        let same = [TargetSettings::new("http://127.0.0.1:1/".into(), TargetAddress::Webhook(String::new()))];
        assert_eq!(webhook("http://127.0.0.1:1/").name(&same), "http://127.0.0.1:1/ (run)");
    }
}
