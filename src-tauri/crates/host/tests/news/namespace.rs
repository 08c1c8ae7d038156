use std::{
    env,
    io::Write,
    process::{Command, Stdio},
};

const INSIDE: &str = "LONGWIRE_TEST_INSIDE";

/// Runs one test again in a network namespace of its own; where that is not permitted it says so.
pub(crate) fn in_a_namespace(test: &str) {
    let unshare = |program: &mut Command| {
        program.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
    };
    let flags = ["--user", "--map-root-user", "--net"];
    let flags =
        if unshare(Command::new("unshare").args(["--net", "true"])) { &flags[2..] } else { &flags[..] };
    if !unshare(Command::new("unshare").args(flags).args(["ip", "link"])) {
        println!("skipped: needs unshare, ip and the permission for a network namespace");
        return;
    }
    let output = Command::new("unshare")
        .args(flags)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "--nocapture", test])
        .env(INSIDE, "namespace")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout).unwrap();
        std::io::stderr().write_all(&output.stderr).unwrap();
    }
    assert!(output.status.success(), "the test inside failed: {}", output.status);
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "it did not run");
}

/// Whether this is the test that runs in the namespace.
pub(crate) fn inside() -> bool {
    env::var_os(INSIDE).is_some()
}
