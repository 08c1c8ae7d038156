use std::{ffi::OsStr, fs};

/// How many of WebKit's processes for pages a process has below it: where the webview's memory is.
pub(super) fn pages_of(pid: u32) -> usize {
    // The kernel keeps fifteen letters of a name.
    processes_below(pid).iter().filter(|(_, name)| name == "WebKitWebProces").count()
}

/// The processes that a process has started, and those that they have, with their names.
pub fn processes_below(pid: u32) -> Vec<(u32, String)> {
    let processes: Vec<(u32, u32, String)> =
        all().into_iter().filter_map(|pid| stat(pid).map(|(parent, name)| (pid, parent, name))).collect();
    let parent_of = |pid| processes.iter().find(|(id, _, _)| *id == pid).map(|(_, parent, _)| *parent);
    let is_below = |id| std::iter::successors(parent_of(id), |id| parent_of(*id)).any(|id| id == pid);
    let below = processes.iter().filter(|(id, _, _)| is_below(*id));
    below.map(|(id, _, name)| (*id, name.clone())).collect()
}

/// The processes that a process has started.
pub(super) fn children_of(pid: u32) -> Vec<u32> {
    all().into_iter().filter(|id| stat(*id).is_some_and(|(parent, _)| parent == pid)).collect()
}

/// Whether a process has not ended; one that nobody has asked about since it ended, has.
pub(super) fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// The processes whose command line has both of these words.
pub(super) fn with_words(words: [&OsStr; 2]) -> Vec<u32> {
    let has = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let said: Vec<_> = line.split(|byte| *byte == 0).collect();
        words.iter().all(|word| said.contains(&word.as_encoded_bytes()))
    };
    all().into_iter().filter(has).collect()
}

fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// A process's parent and name.
fn stat(pid: u32) -> Option<(u32, String)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (front, rest) = stat.rsplit_once(')')?;
    let (_, name) = front.split_once('(')?;
    Some((rest.split_whitespace().nth(1)?.parse().ok()?, name.to_owned()))
}
