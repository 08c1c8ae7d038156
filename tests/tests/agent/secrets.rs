//! The agent's key, the app's secret and the platform's tokens stand nowhere.

use std::path::Path;

use longwire_openplatform::MessageSpec;
use longwire_tests::{Answer, Model};

use crate::scene::Scene;

/// Every file below a folder, as text. The databases are none; a secret in one would be one all the same.
fn files(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, texts);
        } else if path.is_file() {
            texts.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_and_no_token_is_written_anywhere() {
    let scene = Scene::new().await;
    let run = scene.run();
    let question = scene.write(MessageSpec::text("a plain question")).await;
    scene.answered(&question, "You said: a plain question").await;
    // A server that repeats what it was given, as some do.
    let echoed: &'static str =
        Box::leak(format!("Incorrect API key provided: {}.", Model::KEY).into_boxed_str());
    scene.model.next(Answer::Refusal(401, "invalid_api_key", echoed, None));
    scene.write(MessageSpec::text("another").from(1)).await;
    let snapshot = scene.until("the trouble is known", |snapshot| snapshot.agent.trouble.is_some()).await;
    let mut seen = vec![format!("{snapshot:?}")];
    for words in
        [&["status", "--json"][..], &["agent", "show"], &["agent", "show", "--json"], &["settings", "export"]]
    {
        let ended = scene.command(words);
        seen.extend([ended.stdout, ended.stderr]);
    }
    seen.push(std::fs::read_to_string(format!("/proc/{}/cmdline", run.pid())).unwrap());
    run.signal("INT");
    let ended = run.end();
    seen.extend([ended.stdout, ended.stderr]);
    files(&scene.data_dir(), &mut seen);
    for text in &seen {
        for secret in ["planted-", "Bearer t-", "tenant_access_token\":\""] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    let all = seen.concat();
    assert!(all.contains("a plain question"), "the data folder was read");
}
