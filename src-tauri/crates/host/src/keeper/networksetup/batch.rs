//! The commands of one batch as a script for `sh`, which AppleScript runs for an administrator. It is handed over as an
//! argument, and so is never part of the AppleScript itself.

use std::{iter, path::Path};

/// What `osascript` is told to run.
const PROGRAM: [&str; 3] = [
    "on run argv",
    "do shell script (item 1 of argv) with prompt (item 2 of argv) with administrator privileges",
    "end run",
];

/// The arguments for `osascript`.
pub(super) fn arguments<'text>(script: &'text str, prompt: &'text str) -> Vec<&'text str> {
    let lines = PROGRAM.iter().flat_map(|line| ["-e", *line]);
    lines.chain([script, prompt]).collect()
}

/// One command after the other, up to the first that fails. None of them is run once the process `caller` is gone: the
/// dialog may outlive it, and nobody would know then that something was changed.
pub(super) fn script(program: &Path, commands: &[Vec<String>], caller: u32) -> String {
    let program = quoted(&program.to_string_lossy());
    let line = |command: &Vec<String>| {
        let words = command.iter().map(|word| quoted(word));
        iter::once(program.clone()).chain(words).collect::<Vec<_>>().join(" ")
    };
    let lines = iter::once(format!("kill -0 {caller}")).chain(commands.iter().map(line));
    lines.collect::<Vec<_>>().join(" && ")
}

/// Within single quotes a shell reads nothing into anything.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::PermissionsExt,
        process::{self, Command},
    };

    use super::*;

    #[test]
    fn a_real_shell_gives_every_word_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("it's a $tool");
        fs::write(&program, "#!/bin/sh\nprintf '%s\\0' \"$@\"\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let hostile = [
            "Wi-Fi",
            "",
            " ",
            "it's",
            "''",
            "'\\''",
            "\"",
            "$HOME",
            "${x}",
            "$(touch pwned)",
            "`touch pwned`",
            "a\nb",
            "\n",
            "a\\",
            "\\",
            "&& touch pwned",
            "; touch pwned",
            "| cat",
            "> pwned",
            "*",
            "~",
            "!x",
            "#",
            "-n",
            "公司 网络 ",
            "é\u{301}",
            "\u{1f600}",
            "\t",
            "\r",
            "a\u{7f}b",
            "%s",
        ];
        let command: Vec<String> = hostile.iter().map(|word| word.to_string()).collect();
        let script = script(&program, &[command.clone(), vec!["last".to_owned()]], process::id());
        let output = Command::new("/bin/sh").current_dir(&folder).args(["-c", &script]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let expected: String =
            command.iter().map(String::as_str).chain(["last"]).map(|word| format!("{word}\0")).collect();
        assert_eq!(printed, expected);
        assert!(!folder.path().join("pwned").exists());
    }

    #[test]
    fn what_comes_after_a_command_that_fails_is_not_run() {
        let script = script(
            Path::new("/bin/sh"),
            &[
                vec!["-c".to_owned(), "echo one; exit 3".to_owned()],
                vec!["-c".to_owned(), "echo two".to_owned()],
            ],
            process::id(),
        );
        let output = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b"one\n"[..]));
    }
    #[test]
    fn nothing_is_run_for_a_caller_that_is_gone() {
        let mut caller = Command::new("/bin/sh").args(["-c", "exit"]).spawn().unwrap();
        caller.wait().unwrap();
        let script = script(Path::new("/bin/echo"), &[vec!["done".to_owned()]], caller.id());
        let output = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    }
}
