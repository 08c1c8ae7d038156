//! Who is not answered.

use longwire_openplatform::MessageSpec;
use longwire_tests::Process;

use crate::scene::Scene;

/// Sends these, then a question in the same chat, whose answer is the first there: messages of a chat go in order.
async fn ignores(scene: &Scene, ignored: Vec<MessageSpec>, question: MessageSpec) {
    let mut chats = Vec::new();
    for message in ignored {
        chats.push(scene.write(message).await.chat_id);
    }
    let question = scene.write(question).await;
    assert!(chats.iter().all(|chat| *chat == question.chat_id), "another chat");
    scene.answered(&question, "You said: now").await;
    assert_eq!(scene.said(&question.chat_id).len(), 1, "{:#?}", scene.said(&question.chat_id));
}

async fn begun(more: &str) -> (Scene, Process) {
    let scene = Scene::with(more).await;
    let run = scene.run();
    (scene, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_group_only_who_mentions_the_bot_is_answered() {
    let (scene, _run) = begun("").await;
    let group = |text: &str| MessageSpec::text(text).from(2).in_group(1);
    let ignored = vec![
        group("we are among us"),
        group("you there").mentioning(3),
        group("all of you").mentioning_all(),
    ];
    ignores(&scene, ignored, group("now").mentioning_the_bot()).await;
    let asked = scene.model.asked();
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].question().contains("@_user"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_can_be_left_out() {
    let (scene, _run) = begun("groups = false").await;
    let group = scene.write(MessageSpec::text("hey").in_group(1).mentioning_the_bot()).await;
    let alone = scene.write(MessageSpec::text("now").from(1)).await;
    scene.answered(&alone, "You said: now").await;
    scene.until("all are done", |snapshot| snapshot.targets.iter().all(|target| target.queued == 0)).await;
    assert_eq!(scene.said(&group.chat_id), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bot_is_answered_neither_itself_nor_another() {
    let (scene, _run) = begun("").await;
    let ignored = vec![MessageSpec::text("mine").from_itself(), MessageSpec::text("beep").from_other_bot()];
    ignores(&scene, ignored, MessageSpec::text("now")).await;
    let group = |message: MessageSpec| message.in_group(2).mentioning_the_bot();
    let ignored = vec![
        group(MessageSpec::text("mine").from_itself()),
        group(MessageSpec::text("beep").from_other_bot()),
    ];
    ignores(&scene, ignored, group(MessageSpec::text("now"))).await;
    assert_eq!(scene.model.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_and_a_file_are_politely_declined() {
    let (scene, _run) = begun("").await;
    for (person, message) in [(1, MessageSpec::image()), (2, MessageSpec::file())] {
        let sent = scene.write(message.from(person)).await;
        let question = scene.write(MessageSpec::text("now").from(person)).await;
        scene.answered(&question, "You said: now").await;
        let declined = scene.replies(&sent);
        assert_eq!(declined.len(), 1);
        assert!(!declined[0].words().is_empty());
    }
    assert_eq!(scene.model.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_it_says_nothing() {
    let (scene, _run) = begun("").await;
    let first = scene.write(MessageSpec::text("one")).await;
    scene.answered(&first, "You said: one").await;
    let off = scene.command(&["agent", "off"]);
    assert_eq!(off.code, Some(0), "{}{}", off.stdout, off.stderr);
    scene.until("it is off", |snapshot| snapshot.agent.target.is_none()).await;
    let delivery = scene.platform.send_message(MessageSpec::text("two")).unwrap();
    longwire_tests::acked(delivery).await;
    scene.until("it is kept", |snapshot| snapshot.events_today == 2).await;
    assert_eq!((scene.platform.messages().len(), scene.model.asked().len()), (1, 1));
}
