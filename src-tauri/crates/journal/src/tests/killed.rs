// Processes are started by host alone, but this one is the test itself.
#![allow(clippy::disallowed_methods)]

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use super::*;

const FOLDER: &str = "LONGWIRE_TEST_JOURNAL";

/// The child: keeps events until it is killed, and says of each that it is kept.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let journal = open(Path::new(&folder));
        let keep = |lane: u32| {
            let journal = journal.clone();
            tokio::spawn(async move {
                for number in 0.. {
                    let id = format!("{lane}-{number}");
                    let kept = journal.insert(event(Some(&id))).await.unwrap();
                    assert!(matches!(kept, Insertion::Kept(_)));
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\nkept {id}").unwrap();
                    out.flush().unwrap();
                }
            })
        };
        let tasks: Vec<_> = (0..32).map(keep).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill_and_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    for lines in [1, 500, 4000] {
        let folder = folder.path().join(lines.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "tests::killed::child", "--nocapture"])
            .env(FOLDER, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while out.read_line(&mut line).unwrap() > 0 {
            // The last line may be half of one.
            if let Some(id) = line.strip_prefix("kept ").and_then(|id| id.strip_suffix('\n')) {
                said.push(id.to_owned());
            }
            if said.len() == lines {
                child.kill().unwrap();
            }
            line.clear();
        }
        child.wait().unwrap();
        assert!(said.len() >= lines);
        let journal = open(&folder);
        for id in said {
            let again = journal.insert(event(Some(&id))).await;
            assert!(matches!(again, Ok(Insertion::Duplicate(_))), "{id}: {again:?}");
        }
        let twice = journal
            .read(|file| {
                file.query_row("SELECT count(*) - count(DISTINCT event_id) FROM events", (), |row| {
                    row.get::<_, i64>(0)
                })
            })
            .await;
        assert_eq!(twice, Ok(0));
    }
}
