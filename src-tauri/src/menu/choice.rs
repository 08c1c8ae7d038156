use longwire_contract::{Action, AppId, text::word};

/// What a line of the menu does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    /// Shows the window.
    Open,
    /// Shows the window at an app.
    App(AppId),
    /// Shows the window at an app, where this is done for what is wrong with it.
    Fix(AppId, Action),
    /// Tries again to connect an app.
    Retry(AppId),
    /// Shows the window at the apps that have no line.
    MoreApps,
    /// Tries again what waits or was refused.
    RetryAll,
    /// Closes all connections until resumed.
    PauseAll,
    /// Connects again what was paused.
    ResumeAll,
    /// Puts the system's proxies back.
    EndLease,
    /// Shows the window at what has to be done about the system's proxies.
    OpenTrust,
    /// Shows the window at what there is to be said of the next version.
    OpenUpdate,
    /// Ends Longwire.
    Quit,
}

impl Choice {
    const ALONE: [Self; 9] = [
        Self::Open,
        Self::MoreApps,
        Self::RetryAll,
        Self::PauseAll,
        Self::ResumeAll,
        Self::EndLease,
        Self::OpenTrust,
        Self::OpenUpdate,
        Self::Quit,
    ];

    /// What it is called: the key of its text, where that is always the same one.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Open => "tray.open",
            Self::App(_) => "tray.app",
            Self::Fix(..) => "tray.fix",
            Self::Retry(_) => "mend.retry",
            Self::MoreApps => "tray.more_apps",
            Self::RetryAll => "tray.retry",
            Self::PauseAll => "tray.pause_all",
            Self::ResumeAll => "tray.resume_all",
            Self::EndLease => "tray.end_lease",
            Self::OpenTrust => "tray.open_trust",
            Self::OpenUpdate => "tray.update",
            Self::Quit => "tray.quit",
        }
    }

    /// What tells it from every other one, and is known among the native menu's lines: so a click does what was clicked, wherever the
    /// line stands by now.
    pub(crate) fn key(&self) -> String {
        let name = self.name();
        match self {
            Self::App(id) | Self::Retry(id) => format!("{name} {id}"),
            Self::Fix(id, action) => format!("{name} {id} {}", word(action)),
            _ => name.to_owned(),
        }
    }

    /// The choice of that key.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        if let Some(alone) = Self::ALONE.into_iter().find(|choice| choice.name() == key) {
            return Some(alone);
        }
        let mut words = key.split(' ');
        let (name, id) = (words.next()?, words.next()?.parse().ok()?);
        match (name, words.next()) {
            ("tray.app", None) => Some(Self::App(id)),
            ("mend.retry", None) => Some(Self::Retry(id)),
            ("tray.fix", Some(does)) => {
                let action = Action::ALL.iter().find(|action| word(action) == does)?;
                Some(Self::Fix(id, *action))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_known_by_its_key_and_no_two_have_one() {
        let ids: [AppId; 2] = ["cli_0123456789abcdef", "cli_fedcba9876543210"].map(|id| id.parse().unwrap());
        let mut all = Choice::ALONE.to_vec();
        for id in ids {
            all.extend([Choice::App(id.clone()), Choice::Retry(id.clone())]);
            all.extend(Action::ALL.iter().map(|action| Choice::Fix(id.clone(), *action)));
        }
        for choice in &all {
            assert_eq!(Choice::of_key(&choice.key()).as_ref(), Some(choice));
        }
        let keys: std::collections::BTreeSet<String> = all.iter().map(Choice::key).collect();
        assert_eq!(keys.len(), all.len());
    }

    #[test]
    fn what_is_no_key_is_no_choice() {
        for key in [
            "",
            "tray.app",
            "tray.app cli_",
            "tray.fix cli_0123456789abcdef",
            "tray.fix cli_0123456789abcdef x",
            "7",
        ] {
            assert_eq!(Choice::of_key(key), None, "{key:?}");
        }
    }
}
