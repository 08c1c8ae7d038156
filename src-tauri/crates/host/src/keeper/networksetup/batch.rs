//! The commands of one batch as a script for `sh`, which AppleScript runs for an administrator. It is handed over as an
//! argument, and so is never part of the AppleScript itself.

use std::path::Path;

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

/// One command after the other, up to the first that fails.
pub(super) fn script(program: &Path, commands: &[Vec<String>]) -> String {
    let program = quoted(&program.to_string_lossy());
    let line = |command: &Vec<String>| {
        let words = command.iter().map(|word| quoted(word));
        std::iter::once(program.clone()).chain(words).collect::<Vec<_>>().join(" ")
    };
    commands.iter().map(line).collect::<Vec<_>>().join(" && ")
}

/// Within single quotes a shell reads nothing into anything.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, process::Command};

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
        let script = script(&program, &[command.clone(), vec!["last".to_owned()]]);
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
        );
        let output = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b"one\n"[..]));
    }
}
