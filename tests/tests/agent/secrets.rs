//! The agent's key, the app's secret and the platform's tokens stand nowhere.

use std::path::Path;

use longwire_contract::call;
use longwire_engine::Client;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_of_a_question_is_in_no_log_and_no_report() {
    let scene = Scene::new().await;
    let run = scene.run();
    // As some do that do not like a request: they say it back.
    scene.model.next(Answer::Refusal(422, "invalid", "no such thing: said-back-4711", None));
    scene.write(MessageSpec::text("one").from(1)).await;
    scene.until("one is not answered", |snapshot| snapshot.agent.today.failures == 1).await;
    scene.model.next(Answer::Raw("data: said-back-4712\n\n".into()));
    scene.write(MessageSpec::text("two").from(2)).await;
    scene.until("two is not answered", |snapshot| snapshot.agent.today.failures == 2).await;
    let mut client = Client::connect(&scene.data_dir()).await.unwrap();
    let report = format!("{:?}", client.call::<call::MakeReport>(&()).await.unwrap());
    assert!(report.contains("is not answered: the server refuses the request"), "{report}");
    // The agent's own name is one of our words.
    assert!(report.contains("agent_failing"), "{report}");
    run.signal("INT");
    let ended = run.end();
    let log = std::fs::read_to_string(scene.data_dir().join("longwire.log")).unwrap();
    for text in [report, ended.stderr, log] {
        assert!(text.contains("is not answered") && !text.contains("said-back"), "{text}");
    }
}
