//! What `systemctl show` prints.

use std::collections::BTreeMap;

use longwire_contract::{ServiceState, ServiceView};

/// Reads it into a view.
pub(super) fn read(said: &str, view: &mut ServiceView) {
    let values: BTreeMap<&str, &str> = said.lines().filter_map(|line| line.split_once('=')).collect();
    let value = |name: &str| values.get(name).copied().unwrap_or_default();
    view.state = state(value("LoadState"), value("ActiveState"), value("SubState"));
    view.pid = value("MainPID").parse().ok().filter(|pid| *pid != 0);
    view.restarts = value("NRestarts").parse().ok().filter(|_| view.state != ServiceState::Absent);
    view.status = Some(value("StatusText")).filter(|words| !words.is_empty()).map(str::to_owned);
    let fragment = value("FragmentPath");
    if !fragment.is_empty() {
        fragment.clone_into(&mut view.file);
    }
    let badly = match value("LoadState") {
        "error" | "bad-setting" | "masked" => Some(value("LoadState")),
        _ => match value("Result") {
            "" | "success" => None,
            result => Some(result),
        },
    };
    let shown = matches!(view.state, ServiceState::Restarting | ServiceState::Failed | ServiceState::Unknown);
    view.error = badly.filter(|_| shown).map(str::to_owned);
}

fn state(load: &str, active: &str, sub: &str) -> ServiceState {
    match (load, active) {
        ("not-found", "inactive") => ServiceState::Absent,
        (_, "active" | "reloading") => ServiceState::Running,
        (_, "activating") if sub.starts_with("auto-restart") => ServiceState::Restarting,
        (_, "activating") => ServiceState::Starting,
        (_, "failed") => ServiceState::Failed,
        ("error" | "bad-setting" | "masked", _) => ServiceState::Unknown,
        (_, "inactive" | "deactivating") => ServiceState::Stopped,
        _ => ServiceState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use longwire_contract::{ServiceKeeper, ServiceScope};

    use super::*;

    fn viewed(said: &str) -> ServiceView {
        let mut view = super::super::super::view(
            ServiceKeeper::Systemd,
            ServiceScope::User,
            ServiceState::Unknown,
            Path::new("/f"),
        );
        read(said, &mut view);
        view
    }

    #[test]
    fn one_that_runs_says_how_it_stands() {
        let view = viewed(
            "Result=success\nNRestarts=2\nMainPID=4711\nStatusText=Connected: a=b\nLoadState=loaded\nActiveState=active\n\
             SubState=running\nFragmentPath=/usr/lib/systemd/user/longwire.service\nUnitFileState=enabled\n",
        );
        assert_eq!((view.state, view.pid, view.restarts), (ServiceState::Running, Some(4711), Some(2)));
        assert_eq!(view.status.as_deref(), Some("Connected: a=b"));
        assert_eq!(view.file, "/usr/lib/systemd/user/longwire.service");
        assert_eq!(view.error, None);
    }

    #[test]
    fn each_way_of_not_running_is_told_apart() {
        for (said, state, error) in [
            ("LoadState=not-found\nActiveState=inactive\nMainPID=0\n", ServiceState::Absent, None),
            ("LoadState=loaded\nActiveState=inactive\nSubState=dead\n", ServiceState::Stopped, None),
            ("LoadState=loaded\nActiveState=activating\nSubState=start\n", ServiceState::Starting, None),
            (
                "LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=watchdog\n",
                ServiceState::Restarting,
                Some("watchdog"),
            ),
            (
                "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n",
                ServiceState::Failed,
                Some("exit-code"),
            ),
            ("LoadState=masked\nActiveState=inactive\n", ServiceState::Unknown, Some("masked")),
            ("\u{fffd}garbage", ServiceState::Unknown, None),
        ] {
            let view = viewed(said);
            assert_eq!((view.state, view.error.as_deref(), view.pid), (state, error, None), "{said}");
        }
    }
}
