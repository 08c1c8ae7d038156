use std::fs;

/// How many of WebKit's processes for pages a process has below it: where the webview's memory is.
pub(super) fn pages_of(pid: u32) -> usize {
    let processes: Vec<(u32, u32, String)> = fs::read_dir("/proc")
        .expect("/proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| stat(pid).map(|(parent, name)| (pid, parent, name)))
        .collect();
    let parent_of = |pid| processes.iter().find(|(id, _, _)| *id == pid).map(|(_, parent, _)| *parent);
    let is_below = |id| std::iter::successors(Some(id), |id| parent_of(*id)).any(|id| id == pid);
    // The kernel keeps fifteen letters of a name.
    processes.iter().filter(|(id, _, name)| name == "WebKitWebProces" && is_below(*id)).count()
}

/// A process's parent and name.
fn stat(pid: u32) -> Option<(u32, String)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (front, rest) = stat.rsplit_once(')')?;
    let (_, name) = front.split_once('(')?;
    Some((rest.split_whitespace().nth(1)?.parse().ok()?, name.to_owned()))
}
