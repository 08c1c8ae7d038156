//! `longwire simulate`: by lines from a script, and by keys on a terminal.

#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use longwire_tests::{Process, longwire, program};

const APP_ID: &str = "cli_0123456789abcdef";

/// The value of a line of the introduction.
fn introduced(simulate: &Process, name: &str) -> String {
    let line = simulate.stdout_line(name);
    line.trim().strip_prefix(name).unwrap().trim().to_owned()
}

/// `longwire run`, connected to it.
fn connected(simulate: &Process, folder: &Path) -> Process {
    let (url, secret) = (introduced(simulate, "domain "), introduced(simulate, "app secret "));
    let run = longwire(folder, ["run", "--app-id", APP_ID, "--domain", &url, "--print"])
        .variable("LONGWIRE_APP_SECRET", secret)
        .run();
    run.stderr_line("connected to ws://");
    run
}

/// `longwire simulate` on a terminal of its own, which says before and after how the terminal stands.
fn on_a_terminal(folder: &Path, options: &str) -> Process {
    let simulate = format!("exec {} simulate --app-id {APP_ID} {options}", program("longwire").display());
    let command = format!("stty -a; sh -c 'echo pid $$; {simulate}'; echo ended $?; stty -a; echo over");
    let terminal = Process::start("/usr/bin/script".into())
        .arguments(["--quiet", "--flush", "--command", &command, "/dev/null"])
        .variable("LONGWIRE_DATA_DIR", folder)
        .variable("SHELL", "/bin/sh")
        .variable("TERM", "dumb")
        .run();
    // From here on keys are read one by one.
    terminal.stdout_line("? for all keys");
    terminal
}

fn kill(signal: &str, pid: &str) {
    let sent = Process::start("/bin/sh".into()).arguments(["-c", &format!("kill -{signal} {pid}")]).run();
    assert_eq!(sent.end().code, Some(0));
}

/// How often the terminal said that it shows what is typed. Words end at white space or `;`.
fn echoes(text: &str) -> usize {
    text.split([' ', ';', '\r', '\n']).filter(|word| *word == "echo").count()
}

#[test]
fn lines_are_commands_and_quit_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut simulate = longwire(folder.path(), ["simulate", "--app-id", APP_ID]).run();
    simulate.write_line("message_text");
    simulate.stderr_line("nobody is connected");
    let run = connected(&simulate, folder.path());
    simulate.write_line("card_action");
    run.stdout_line("card.action.trigger");
    simulate.write_line("stats");
    simulate.stdout_line("clients 1  sent 2");
    simulate.write_line("make coffee");
    simulate.stdout_line("make coffee is no command");
    simulate.write_line("fault domain_wrong");
    run.stderr_line("1000040351");
    simulate.write_line("quit");
    let ended = simulate.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn a_pace_that_is_none_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["nan", "0", "-1"] {
        let ended = longwire(folder.path(), ["simulate", "--every", wrong]).run().end();
        assert_eq!(ended.code, Some(2), "{wrong}: {}", ended.stderr);
        assert!(ended.stderr.contains("from 0.001 to 86400 seconds"), "{}", ended.stderr);
    }
}

#[test]
fn the_ca_is_a_file_of_this_users_and_only_for_what_it_signs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let start = |kind| {
        let simulate = longwire(folder.path(), ["simulate", "--tls", kind]).variable("TMPDIR", folder.path());
        let simulate = simulate.run();
        simulate.stdout_line("longwire run --app-id");
        simulate
    };
    let expired = start("expired");
    let file = introduced(&expired, "ca file ");
    assert!(expired.stdout_line("longwire run --app-id").contains(&format!("--ca-file {file}")));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    expired.signal("TERM");
    assert_eq!(expired.end().code, Some(0));
    assert!(!Path::new(&file).exists());

    let itself = start("self-signed");
    assert!(
        !itself.stdout().contains("ca file") && !itself.stdout().contains("--ca-file"),
        "{}",
        itself.stdout()
    );
    itself.signal("INT");
    assert_eq!(itself.end().code, Some(0));
}

#[test]
fn a_key_sends_an_event_and_a_key_of_several_bytes_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = on_a_terminal(folder.path(), "");
    let run = connected(&terminal, folder.path());
    // An arrow, Delete, F1, Alt and a failure's key, a letter beyond ASCII; and the key Return, which sends a message.
    terminal.write_line("\x1b[A\x1b[3~\x1bOP\x1b1é");
    run.stdout_line("im.message.receive_v1");
    terminal.write_line("s");
    terminal.stdout_line("clients 1  sent 1 ");
    terminal.write_line("q");
    let ended = terminal.end();
    assert!(ended.stdout.contains("ended 0"), "{}", ended.stdout);
    for said in ["no command here", "playing"] {
        assert!(!ended.stdout.contains(said), "{}", ended.stdout);
    }
}

#[test]
fn a_signal_leaves_the_terminal_and_the_disk_as_they_were() {
    for signal in ["TERM", "HUP", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let terminal = on_a_terminal(folder.path(), "--tls");
        let file = introduced(&terminal, "ca file ");
        assert!(Path::new(&file).exists());
        assert_eq!(echoes(&terminal.stdout()), 1, "{}", terminal.stdout());
        kill(signal, &introduced(&terminal, "pid "));
        terminal.stdout_line("over");
        let said = terminal.stdout();
        assert!(said.contains("ended 0"), "{signal}: {said}");
        assert_eq!(echoes(&said), 2, "{signal}: {said}");
        assert!(!Path::new(&file).exists(), "{signal}");
    }
}
