//! What goes wrong is found, with what mends it; whoever asked is told once an hour, and the link stays up.

use bytes::Bytes;
use longwire_contract::{FindingCode, Phase, Severity};
use longwire_openplatform::MessageSpec;
use longwire_tests::{Answer, Process, acked};

use crate::scene::{Scene, codes, connected, until};

/// Waits for the one finding that there is, which is a warning and no trouble of the link.
async fn found(scene: &Scene, code: FindingCode) {
    let snapshot = scene.until(&format!("{code:?}"), |snapshot| codes(snapshot).contains(&code)).await;
    let finding = &snapshot.apps[0].findings[0];
    assert_eq!((finding.severity, finding.blocks_connection), (Severity::Warning, false), "{finding:?}");
    assert!(finding.action.is_some() && !finding.detail.is_empty(), "{finding:?}");
    assert_eq!(codes(&snapshot).len(), 1, "{:?}", codes(&snapshot));
    assert_eq!((snapshot.phase, snapshot.apps[0].phase), (Phase::Connected, Phase::Connected));
}

/// Ends a run whose agent answers again.
async fn unharmed(scene: &Scene, run: Process) {
    scene.until("the finding goes", |snapshot| codes(snapshot).is_empty()).await;
    let stats = scene.platform.stats();
    assert_eq!((stats.links, stats.failed, stats.violations), (1, 0, 0), "the link was never lost");
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
}

/// The model's server answers like this, and it is of no use to ask again: two questions of one person are one polite reply, and
/// one finding, which goes with the next answer.
async fn gives_up(answer: Answer, code: FindingCode) {
    let scene = Scene::new().await;
    let run = scene.run();
    scene.model.always(answer);
    let first = scene.write(MessageSpec::text("first").from(7)).await;
    found(&scene, code).await;
    until("a polite reply", || !scene.said(&first.chat_id).is_empty()).await;
    let second = scene.write(MessageSpec::text("second").from(7)).await;
    scene.model.until(2).await;
    scene.until("both are done", |snapshot| snapshot.agent.today.failures == 2).await;
    scene.model.always(Answer::Echo);
    let third = scene.write(MessageSpec::text("third").from(7)).await;
    scene.answered(&third, "You said: third").await;
    let said = scene.said(&first.chat_id);
    assert_eq!((said.len(), scene.replies(&second).len()), (2, 0), "{said:#?}");
    let words = said[0].words();
    assert!(!words.is_empty() && !words.contains("HTTP") && !words.contains("error"), "{words}");
    assert_eq!(scene.model.asked().len(), 3);
    unharmed(&scene, run).await;
}

/// The model's server answers like this, and may answer well the next time: the question is answered after all, in one reply.
async fn goes_on(answer: Answer, code: FindingCode) {
    let scene = Scene::new().await;
    let run = scene.run();
    scene.model.always(answer);
    let question = scene.write(MessageSpec::text("a question").from(7)).await;
    found(&scene, code).await;
    scene.model.always(Answer::Echo);
    scene.answered(&question, "You said: a question").await;
    let said = scene.said(&question.chat_id);
    assert_eq!((said.len(), said[0].words().trim()), (1, "You said: a question"));
    unharmed(&scene, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused() {
    gives_up(Answer::Refusal(401, "invalid_api_key", "Incorrect API key.", None), FindingCode::AgentKeyWrong)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_questions() {
    goes_on(
        Answer::Refusal(429, "limit_requests", "Requests rate limit exceeded.", Some(1)),
        FindingCode::AgentQuota,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_questions_for_hours() {
    let limit = Answer::Refusal(429, "limit_requests", "Allocated quota exceeded.", Some(7200));
    gives_up(limit, FindingCode::AgentQuota).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_there_is_not() {
    gives_up(
        Answer::Refusal(404, "model_not_found", "The model does not exist.", None),
        FindingCode::AgentRefused,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails() {
    goes_on(Answer::Refusal(500, "internal_error", "An internal error.", None), FindingCode::AgentFailing)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_chunk_and_then_nothing() {
    let half = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Well, \"}}]}\n\ndata: {\"choices\":[{\"ind";
    goes_on(Answer::Cut(Bytes::from(half)), FindingCode::AgentFailing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_ends_in_the_middle() {
    let half = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Well, \"}}]}\n\n";
    goes_on(Answer::Raw(Bytes::from(half)), FindingCode::AgentFailing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_then_nonsense() {
    let scene = Scene::new().await;
    let run = scene.run();
    let said = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Well, \"}}]}\n\ndata: {\"choices\":[{\"ind";
    scene.model.next(Answer::Raw(Bytes::from(said)));
    let first = scene.write(MessageSpec::text("first")).await;
    found(&scene, FindingCode::AgentFailing).await;
    // What was said stands, and that there is no more.
    let reply = scene.answered(&first, "Well, ").await;
    assert!(reply.words().trim().len() > "Well, ".len(), "{}", reply.words());
    let second = scene.write(MessageSpec::text("second")).await;
    scene.answered(&second, "You said: second").await;
    assert_eq!(scene.said(&first.chat_id).len(), 2);
    unharmed(&scene, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_inside_the_stream() {
    let said = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Well, \"}}]}\n\n\
                data: {\"error\":{\"message\":\"Something broke.\",\"type\":\"server_error\",\"code\":\"internal_error\"}}\n\n";
    goes_on(Answer::Raw(Bytes::from(said)), FindingCode::AgentFailing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense() {
    gives_up(Answer::Raw(Bytes::from("data: nonsense\n\n<html>\u{1}\n\n")), FindingCode::AgentFailing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_megabytes_of_words_as_many_are_shown_as_anybody_reads() {
    let scene = Scene::new().await;
    let run = scene.run();
    scene.model.next(Answer::Endless(10 << 20));
    let question = scene.write(MessageSpec::text("on and on")).await;
    let snapshot = scene.until("it has answered", |snapshot| snapshot.agent.today.answers == 1).await;
    assert_eq!(snapshot.agent.today.failures, 0);
    let bytes: usize = scene.replies(&question).iter().map(|reply| reply.words().len()).sum();
    assert!((1_000..1_000_000).contains(&bytes), "{bytes}");
    let next = scene.write(MessageSpec::text("and now?")).await;
    scene.answered(&next, "You said: and now?").await;
    unharmed(&scene, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_it_is_connected_with_one_warning() {
    let scene = Scene::new().await;
    let _run = connected(scene.start().run());
    let snapshot = scene.until("the warning", |snapshot| !codes(snapshot).is_empty()).await;
    assert_eq!(codes(&snapshot), [FindingCode::AgentNoKey]);
    assert_eq!(snapshot.apps[0].findings[0].severity, Severity::Warning);
    assert_eq!((snapshot.phase, snapshot.apps[0].phase), (Phase::Connected, Phase::Connected));
    let mut chat = String::new();
    for text in ["one", "two", "three"] {
        let delivery = scene.platform.send_message(MessageSpec::text(text)).unwrap();
        chat = delivery.event.written().unwrap().chat_id;
        acked(delivery).await;
    }
    until("a polite reply", || !scene.said(&chat).is_empty()).await;
    scene.until("all are done", |snapshot| snapshot.targets.iter().all(|target| target.queued == 0)).await;
    assert_eq!(scene.said(&chat).len(), 1, "{:#?}", scene.said(&chat));
    assert_eq!((scene.model.asked().len(), scene.platform.stats().failed), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there() {
    let scene = Scene::new().await;
    let run = scene.run();
    let url = scene.model.url().to_owned();
    let gone = scene.command(&["agent", "on", "--base-url", "http://127.0.0.1:9/v1", "--yes"]);
    assert_eq!(gone.code, Some(0), "{}{}", gone.stdout, gone.stderr);
    let question = scene.write(MessageSpec::text("anybody?")).await;
    found(&scene, FindingCode::AgentUnreachable).await;
    scene.command(&["agent", "on", "--base-url", &url, "--yes"]);
    scene.answered(&question, "You said: anybody?").await;
    assert_eq!(scene.replies(&question).len(), 1);
    unharmed(&scene, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_withdrawn_holds_up_nobody() {
    let scene = Scene::new().await;
    let _run = scene.run();
    scene.model.next(Answer::slow("too late, too late", std::time::Duration::from_millis(300)));
    let question = scene.platform.send_message(MessageSpec::text("never mind")).unwrap();
    // Else the other one might get the slow answer.
    scene.model.until(1).await;
    scene.platform.withdraw(&question.event.written().unwrap().message_id);
    let next = scene.write(MessageSpec::text("another")).await;
    scene.answered(&next, "You said: another").await;
}
