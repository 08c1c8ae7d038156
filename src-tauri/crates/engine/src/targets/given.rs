use std::{sync::Arc, time::Duration};

use longwire_contract::{Fault, TargetAddress};
use longwire_delivery::{Filter, Kind, Printing, Target};
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

/// How long a given target may take for one event.
const DEADLINE: Duration = Duration::from_secs(30);

impl GivenTarget {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Webhook { url, .. } => url.clone(),
            Self::Command(command) => command.join(" "),
            Self::Print(_) => "print".to_owned(),
        }
    }

    /// # Errors
    /// Those of a target of the settings.
    pub(super) fn held(&self, key: TargetKey) -> Result<Held, Fault> {
        let held = |address, secrets: &TargetSecrets| {
            let settings = TargetSettings::new(self.name(), address);
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
                    name: self.name(),
                    app_id: None,
                    filter: Filter::default(),
                    kind: Kind::Print(printing.clone()),
                    deadline: DEADLINE,
                    paused: false,
                };
                let settings = TargetSettings::new(self.name(), TargetAddress::Command(Vec::new()));
                Ok(Held { given: true, ..Held::new(settings, &TargetSecrets::default(), target) })
            }
        }
    }
}
