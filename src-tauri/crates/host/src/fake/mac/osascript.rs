use rustix::process::{Pid, test_kill_process};

use super::{Answer, Fate, Mac, sh};

/// `osascript -e LINE … ARGUMENT …`, where the lines run their first argument in a shell.
pub(super) fn answer(mac: &mut Mac, args: &[&str]) -> Answer {
    let (mut lines, mut argv) = (Vec::new(), args);
    while let ["-e", line, rest @ ..] = argv {
        lines.push(*line);
        argv = rest;
    }
    let (["on run argv", body, "end run"], Some(script)) = (lines.as_slice(), argv.first()) else {
        return error("syntax error: Expected end of line but found identifier.", -2741);
    };
    if !body.starts_with("do shell script (item 1 of argv)") {
        return error("syntax error: Expected end of line but found identifier.", -2741);
    }
    if body.contains("(item 2 of argv)") && argv.len() < 2 {
        return error("execution error: Can’t get item 2 of {…}.", -1728);
    }
    let root = body.ends_with("with administrator privileges");
    if root && mac.cancels {
        return error("execution error: User canceled.", -128);
    }
    match sh::commands(script) {
        Ok(commands) => batch(mac, &commands, root),
        Err(cause) => error(&format!("execution error: sh: -c: line 0: {cause}"), 2),
    }
}

/// One command after the other, up to the first that fails. What is said is a text to AppleScript: its lines end as they did
/// on the first Macs, and what fails is told with its status.
fn batch(mac: &mut Mac, commands: &[Vec<String>], root: bool) -> Answer {
    let mut said = String::new();
    for command in commands {
        let Some((tool, args)) = command.split_first() else { continue };
        // The shell's own.
        let answer = match tool.as_str() {
            "kill" => asked_for(args),
            _ => mac.run(tool, args, root),
        };
        said.push_str(&answer.stdout);
        if answer.fate != Fate::Ends {
            return Answer { fate: answer.fate, ..Answer::default() };
        }
        if answer.status != 0 {
            let words =
                [answer.stderr.trim_end(), said.trim_end(), "The command exited with a non-zero status."];
            let words = words.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
            return error(&format!("execution error: {}", words.replace('\n', "\r")), answer.status);
        }
    }
    Answer::printed(&format!("{}\n", said.strip_suffix('\n').unwrap_or(&said).replace('\n', "\r")))
}

/// `kill -0 PROCESS`: whether there is such a process.
fn asked_for(args: &[String]) -> Answer {
    let process = match args {
        [zero, process] if zero == "-0" => process.parse().ok().and_then(Pid::from_raw),
        _ => None,
    };
    match process.is_some_and(|process| test_kill_process(process).is_ok()) {
        true => Answer::default(),
        false => Answer::complained(1, "sh: line 0: kill: no such process\n"),
    }
}

fn error(words: &str, number: i32) -> Answer {
    Answer::complained(1, &format!("13:101: {words} ({number})\n"))
}
