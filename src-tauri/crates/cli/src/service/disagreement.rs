use longwire_contract::{ServiceState, ServiceView};
use serde::Serialize;

/// Where the system and the engine tell different things.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Disagreement {
    /// The system says that it runs, and no engine answers.
    Silent,
    /// The engine that answers is none of the service's.
    Another,
    /// The system says that it does not run, and an engine that says that it is a service answers.
    Unkept,
}

/// Who answers on the data folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answering {
    pub(super) pid: u32,
    /// It says that it is a service.
    pub(super) service: bool,
}

impl Disagreement {
    /// What there is of it.
    pub(super) fn of(view: &ServiceView, engine: Option<Answering>) -> Option<Self> {
        match (view.state, engine) {
            (ServiceState::Running, None) => Some(Self::Silent),
            // While it starts, there may be no engine yet.
            (ServiceState::Running | ServiceState::Starting, Some(engine)) => {
                view.pid.filter(|pid| *pid != engine.pid).map(|_| Self::Another)
            }
            (ServiceState::Absent | ServiceState::Stopped | ServiceState::Failed, Some(engine)) => {
                engine.service.then_some(Self::Unkept)
            }
            _ => None,
        }
    }

    /// The key of its text.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Silent => "cli.service.silent",
            Self::Another => "cli.service.another",
            Self::Unkept => "cli.service.unkept",
        }
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{ServiceKeeper, ServiceScope};

    use super::*;

    fn of(state: ServiceState, pid: Option<u32>, engine: Option<(u32, bool)>) -> Option<Disagreement> {
        let view = ServiceView {
            keeper: ServiceKeeper::Systemd,
            scope: ServiceScope::User,
            state,
            file: String::new(),
            current: None,
            pid,
            restarts: None,
            status: None,
            lingers: None,
            error: None,
        };
        Disagreement::of(&view, engine.map(|(pid, service)| Answering { pid, service }))
    }

    #[test]
    fn they_agree_where_both_name_one_process_or_neither_any() {
        use ServiceState as State;
        assert_eq!(of(State::Running, Some(7), Some((7, true))), None);
        assert_eq!(of(State::Absent, None, None), None);
        assert_eq!(of(State::Absent, None, Some((7, false))), None, "one that a person started");
        assert_eq!(of(State::Starting, Some(7), None), None);
        assert_eq!(of(State::Running, Some(7), None), Some(Disagreement::Silent));
        assert_eq!(of(State::Running, Some(7), Some((8, false))), Some(Disagreement::Another));
        assert_eq!(of(State::Stopped, None, Some((8, true))), Some(Disagreement::Unkept));
    }
}
