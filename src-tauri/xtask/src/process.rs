use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Why a command of ours ended, in one line for the developer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says in one line what is about to happen.
pub(crate) fn say(line: impl fmt::Display) {
    println!("==> {line}");
}

/// Runs a program to its end, its output being ours.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| Failure::new(format!("{}: {error}", shown(command))))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{} failed ({status})", shown(command)))) }
}

/// Runs a program and gives back what it printed; its errors are shown.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{}: {error}", shown(command))))?;
    if !output.status.success() {
        return Err(Failure::new(format!("{} failed ({})", shown(command), output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a program prints, where it is there and succeeds; its errors are not shown.
pub(crate) fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is found on the `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Cargo, as it was called, in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo says of this package to us would be news to the build scripts that watch it: they would run again.
    for (name, _) in env::vars_os() {
        let of_package =
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.to_string_lossy().starts_with(start));
        if of_package || name == "OUT_DIR" {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

/// The command as a developer would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_as_one_would_type_it() {
        let failure = run(Command::new("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(failure.to_string(), "sh -c exit 3 failed (exit status: 3)");
        let failure = run(&mut Command::new("/no/such/program")).unwrap_err();
        assert!(failure.to_string().starts_with("program: "), "{failure}");
    }

    #[test]
    fn a_program_that_fails_tells_a_probe_nothing() {
        assert_eq!(probe(Command::new("sh").args(["-c", "echo said; exit 1"])), None);
        assert_eq!(probe(Command::new("sh").args(["-c", "echo said"])).as_deref(), Some("said\n"));
        assert!(find("sh").is_some() && find("no-such-program").is_none());
    }
}
