use std::{fs, future::pending, sync::Mutex};

use super::*;

const LONG: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

async fn run_with(script: &str, input: &[u8], deadline: Duration) -> (Run, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let command = shell(script);
    let call = Call {
        command: &command,
        variables: &[("LONGWIRE_SEQ", "7"), ("LONGWIRE_EVENT_TYPE", "a\0b\n")],
        input,
        deadline,
        keep: 1024,
    };
    let run = run(call, pending(), |line| told.lock().unwrap().push(format!("{line:?}"))).await.unwrap();
    (run, told.into_inner().unwrap())
}

/// Waits until none of the processes that a script wrote down runs any more.
async fn gone(file: &std::path::Path) {
    let pids = fs::read_to_string(file).unwrap();
    for pid in pids.split_whitespace() {
        let stat = format!("/proc/{pid}/stat");
        let started = Instant::now();
        while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(started.elapsed() < Duration::from_secs(10), "{pid} lives on");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn it_gets_its_input_and_a_small_environment() {
    let (run, told) = run_with("cat; env; pwd", b"{\"a\":1}\n", LONG).await;
    assert_eq!(run.end, End::Exited(0));
    let output = String::from_utf8(run.output).unwrap();
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines[0], "{\"a\":1}");
    assert!(lines.contains(&"LONGWIRE_SEQ=7") && lines.contains(&"LONGWIRE_EVENT_TYPE=ab"), "{output}");
    // The shell adds some of its own.
    let own = ["PWD", "OLDPWD", "SHLVL", "_", "LONGWIRE_SEQ", "LONGWIRE_EVENT_TYPE"];
    for line in &lines[1..lines.len() - 1] {
        let name = line.split('=').next().unwrap();
        assert!(usual(name) || own.contains(&name), "{line}");
    }
    assert!(env::var_os("CARGO_PKG_NAME").is_some() && !output.contains("CARGO"), "{output}");
    assert_eq!(lines[lines.len() - 1], place::home().to_str().unwrap());
    assert!(told.contains(&r#"Output("LONGWIRE_SEQ=7")"#.to_owned()), "{told:?}");
}

#[tokio::test]
async fn how_it_ends_and_what_it_says_is_told() {
    let (run, told) = run_with("echo out; echo one >&2; echo two >&2; exit 3", b"", LONG).await;
    assert_eq!((run.end, run.errors.as_str()), (End::Exited(3), "one\ntwo"));
    assert_eq!((run.output.as_slice(), run.more), (&b"out\n"[..], false));
    assert!(!run.cut);
    assert!(told.contains(&r#"Error("two")"#.to_owned()), "{told:?}");
    let (run, _) = run_with("kill -9 $$", b"", LONG).await;
    assert_eq!(run.end, End::Signalled(9));
}

#[tokio::test]
async fn one_that_does_not_read_is_no_failure() {
    let much = vec![b'x'; 1_000_000];
    let (run, _) = run_with("exit 0", &much, LONG).await;
    assert_eq!(run.end, End::Exited(0));
    let (run, _) = run_with("exec 0<&-; sleep 0.05; echo fine", &much, LONG).await;
    assert_eq!((run.end, run.output.as_slice()), (End::Exited(0), &b"fine\n"[..]));
    let (run, _) = run_with("wc -c", &much, LONG).await;
    assert_eq!(String::from_utf8_lossy(&run.output).trim(), "1000000");
}

#[tokio::test]
async fn one_that_writes_without_end_is_bounded() {
    let (run, told) = run_with("exec yes", b"", LONG).await;
    assert_eq!(run.end, End::Signalled(13), "its pipe was closed");
    assert!(run.more && run.cut && run.output.len() == 1024);
    assert!(told.len() <= 101, "{}", told.len());
}

#[tokio::test]
async fn one_that_hangs_is_killed_with_its_group_though_it_ignores_the_asking() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pids");
    let script = format!(
        "trap '' TERM; for i in 1 2 3 4 5; do (trap '' TERM; sleep 600) & echo $! >>{0}; done; echo $$ >>{0}; wait; wait",
        file.display()
    );
    let started = Instant::now();
    let (run, _) = run_with(&script, b"", Duration::from_millis(300)).await;
    assert_eq!(run.end, End::Killed);
    assert!(started.elapsed() >= GRACE && started.elapsed() < Duration::from_secs(10));
    gone(&file).await;
}

#[tokio::test]
async fn one_that_ends_when_asked_has_its_last_words() {
    let script = "trap 'echo bye; exit 0' TERM; echo here; while :; do sleep 0.01; done";
    let started = Instant::now();
    let (run, _) = run_with(script, b"", Duration::from_millis(300)).await;
    assert_eq!((run.end, run.output.as_slice()), (End::Killed, &b"here\nbye\n"[..]));
    assert!(started.elapsed() < Duration::from_millis(300) + GRACE, "it was not waited for");
}

#[tokio::test]
async fn one_who_left_the_group_and_holds_the_pipes_holds_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    let holder = format!("setsid sh -c 'echo $$ >{}; exec sleep 600' &", file.display());
    let started = Instant::now();
    let (run, _) = run_with(&format!("{holder} echo done"), b"", LONG).await;
    assert_eq!((run.end, run.output.as_slice()), (End::Exited(0), &b"done\n"[..]));
    assert!(started.elapsed() < Duration::from_secs(10));
    kill(&file);
    let started = Instant::now();
    let (run, _) = run_with(&format!("{holder} sleep 600"), b"", Duration::from_millis(300)).await;
    assert_eq!(run.end, End::Killed);
    assert!(started.elapsed() < Duration::from_secs(10));
    kill(&file);
}

fn kill(file: &std::path::Path) {
    let started = Instant::now();
    let pid = loop {
        match fs::read_to_string(file).ok().and_then(|pid| pid.trim().parse().ok()) {
            Some(pid) => break pid,
            None => assert!(started.elapsed() < Duration::from_secs(10)),
        }
        std::thread::yield_now();
    };
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[tokio::test]
async fn dropping_it_kills_it_and_leaves_no_corpse() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pids");
    let script = format!("sleep 600 & echo $! $$ >{}; wait", file.display());
    {
        let mut running = pin!(run_with(&script, b"", LONG));
        while !fs::read_to_string(&file).is_ok_and(|pids| pids.ends_with('\n')) {
            assert!(timeout(Duration::from_millis(5), &mut running).await.is_err());
        }
    }
    gone(&file).await;
    let leader = fs::read_to_string(&file).unwrap();
    let leader = leader.split_whitespace().nth(1).unwrap();
    let started = Instant::now();
    while fs::metadata(format!("/proc/{leader}")).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody waits for {leader}");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn one_that_is_not_wanted_any_more_is_asked_to_end() {
    let command = shell("trap 'exit 0' TERM; while :; do sleep 0.01; done");
    let call = Call { command: &command, variables: &[], input: b"", deadline: LONG, keep: 0 };
    let run = run(call, sleep(Duration::from_millis(200)), |_| ()).await.unwrap();
    assert_eq!(run.end, End::Stopped);
    assert!(run.took < LONG);
}

#[tokio::test]
async fn what_is_no_program_is_not_started() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("bot");
    fs::write(&script, "#!/nonexistent/python\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for program in ["/nonexistent/bot".to_owned(), script.display().to_string(), "\0".to_owned()] {
        let command = [program];
        let call = Call { command: &command, variables: &[], input: b"", deadline: LONG, keep: 0 };
        let error = run(call, pending(), |_| ()).await.unwrap_err();
        assert!(matches!(error, NotStarted::NotFound(_) | NotStarted::Failed { .. }), "{error}");
    }
}
