//! The processes of a page that is open no more.

/// Ends the process in which WebKit loads what pages ask for. On Linux it outlives the last page, and holds memory for nothing; the
/// next page starts another. To be called when there is no page. Elsewhere the system looks after it.
pub fn end_network_process() {
    #[cfg(target_os = "linux")]
    linux::end_children("WebKitNetworkProcess");
}

/// Gives memory that pages took and nobody uses back to the system, where the allocator would keep it. It takes some milliseconds.
pub fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(unsafe_code)]
    // SAFETY: glibc takes its own locks, and touches only what is free.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use rustix::process::{Pid, Signal, getpid, kill_process};

    /// How many letters of a name the kernel keeps.
    const KEPT: usize = 15;

    pub(super) fn end_children(name: &str) {
        let own = getpid().as_raw_nonzero().get();
        let name = &name[..name.len().min(KEPT)];
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        for number in numbers.filter(|number| is_child(*number, own, name)) {
            if let Some(process) = Pid::from_raw(number) {
                // It may have ended by itself since.
                kill_process(process, Signal::TERM).ok();
            }
        }
    }

    fn is_child(number: i32, parent: i32, name: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        // The name is in brackets, and may have brackets in it; then come the state and the parent.
        let Some((front, rest)) = stat.rsplit_once(')') else { return false };
        let is_named = front.split_once('(').is_some_and(|(_, named)| named == name);
        is_named && rest.split_whitespace().nth(1).and_then(|word| word.parse().ok()) == Some(parent)
    }

    #[cfg(test)]
    mod tests {
        use std::{os::unix::process::ExitStatusExt, process::Command};

        use super::*;

        #[test]
        fn a_child_of_that_name_is_ended_and_no_other() {
            let dir = tempfile::tempdir().unwrap();
            let start = |name: &str| {
                let program = dir.path().join(name);
                fs::copy("/bin/sleep", &program).unwrap();
                Command::new(program).arg("60").spawn().unwrap()
            };
            let (mut ended, mut other) = (start("AWebProcessForATest"), start("AWebProcess"));
            end_children("AWebProcessForATest");
            assert_eq!(ended.wait().unwrap().signal(), Some(15));
            assert!(other.try_wait().unwrap().is_none(), "it runs");
            other.kill().unwrap();
            other.wait().unwrap();
        }
    }
}
