use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// The process group of a program that may still run; none of it outlives this. The group's number is nobody else's for as
/// long as its first process is not waited for.
pub(super) struct Group(Option<Pid>);

impl Group {
    pub(super) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// The program was waited for: its number may be another's.
    pub(super) fn ended(&mut self) {
        self.0 = None;
    }

    pub(super) fn terminate(&self) {
        self.send(Signal::TERM);
    }

    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    fn send(&self, signal: Signal) {
        if let Some(group) = self.0 {
            kill_process_group(group, signal).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
