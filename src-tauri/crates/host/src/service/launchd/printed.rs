//! What `launchctl print` says of an agent. Apple promises no format: what is not found is not told.

use longwire_contract::{ServiceState, ServiceView};

/// Reads it into a view.
pub(super) fn read(said: &str, view: &mut ServiceView) {
    let value = |key: &str| {
        // What is further in belongs to the agent's parts.
        let lines = said.lines().filter_map(|line| line.strip_prefix('\t'));
        lines.filter_map(|line| line.split_once(" = ")).find(|(name, _)| *name == key).map(|(_, value)| value)
    };
    view.pid = value("pid").and_then(|pid| pid.parse().ok());
    view.restarts =
        value("runs").and_then(|runs| runs.parse::<u32>().ok()).map(|runs| runs.saturating_sub(1));
    let exit = value("last exit code").filter(|code| !code.starts_with('0') && !code.starts_with('('));
    let exit = exit.or_else(|| value("last terminating signal"));
    view.state = match value("state") {
        Some("running") => ServiceState::Running,
        Some("spawn scheduled" | "spawning" | "xpcproxy") => ServiceState::Restarting,
        Some(_) if exit.is_some() => ServiceState::Restarting,
        Some(_) => ServiceState::Stopped,
        None => ServiceState::Unknown,
    };
    if view.state == ServiceState::Restarting {
        view.error = exit.map(|code| format!("last exit: {code}"));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use longwire_contract::{ServiceKeeper, ServiceScope};

    use super::*;

    fn viewed(said: &str) -> ServiceView {
        let mut view = super::super::super::view(
            ServiceKeeper::Launchd,
            ServiceScope::User,
            ServiceState::Unknown,
            Path::new("/f"),
        );
        read(said, &mut view);
        view
    }

    #[test]
    fn one_that_runs_tells_its_process_and_how_often_it_began() {
        let view = viewed(
            "gui/501/app.longwire.service = {\n\tactive count = 1\n\tstate = running\n\n\tprogram = /usr/local/bin/longwire\n\
             \targuments = {\n\t\trun\n\t\tpid = 3\n\t}\n\n\truns = 3\n\tpid = 4711\n\tlast exit code = 1\n}\n",
        );
        assert_eq!((view.state, view.pid, view.restarts), (ServiceState::Running, Some(4711), Some(2)));
        assert_eq!(view.error, None);
    }

    #[test]
    fn one_that_waits_for_its_next_start_says_how_it_ended() {
        let view =
            viewed("x = {\n\tstate = spawn scheduled\n\truns = 9\n\tlast exit code = 78: EX_CONFIG\n}\n");
        assert_eq!(
            (view.state, view.error.as_deref()),
            (ServiceState::Restarting, Some("last exit: 78: EX_CONFIG"))
        );
        let view = viewed("x = {\n\tstate = not running\n\truns = 0\n\tlast exit code = (never exited)\n}\n");
        assert_eq!((view.state, view.error), (ServiceState::Stopped, None));
        assert_eq!(viewed("nonsense").state, ServiceState::Unknown);
    }
}
