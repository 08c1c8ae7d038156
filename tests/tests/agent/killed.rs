//! Each message is answered once, also where the process is killed in the middle.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use longwire_openplatform::{MessageSpec, Target};

use crate::scene::{Scene, until_within};

const MINUTES: Duration = Duration::from_secs(300);
const CHATS: u32 = 10;
const EACH: u32 = 100;
/// When it is killed: once so many replies stand.
const KILLS: [usize; 3] = [40, 400, 700];

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_messages_in_ten_chats_are_answered_once_each_with_kills_in_between() {
    let scene = Scene::with("per_person = 10000\nper_day = 100000\nmemory = 2").await;
    let mut run = scene.run();
    let began = Instant::now();
    let mut questions = HashMap::new();
    for number in 0..EACH {
        for chat in 0..CHATS {
            let text = format!("chat {chat} question {number} end");
            let sent = scene.platform.send_message(MessageSpec::text(&text).from(100 + chat)).unwrap();
            let question = sent.event.written().unwrap();
            questions.insert(question.message_id, text);
        }
    }
    for mark in KILLS {
        until_within(MINUTES, &format!("{mark} replies"), || scene.platform.messages().len() >= mark).await;
        run.signal("KILL");
        assert_eq!(run.end().code, None);
        run = scene.run();
    }
    let whole = |text: &str| format!("You said: {text}");
    // The platform takes a thousand requests a minute of an app.
    until_within(MINUTES, "all are answered", || {
        let messages = scene.platform.messages();
        messages.iter().filter(|message| message.words().contains(" end")).count() >= questions.len()
    })
    .await;
    scene.until("nothing waits", |snapshot| snapshot.targets.iter().all(|target| target.queued == 0)).await;
    println!(
        "{} answers in {:.1?}, {} questions to the model",
        questions.len(),
        began.elapsed(),
        scene.model.asked().len()
    );

    let mut replies: HashMap<String, Vec<String>> = HashMap::new();
    for message in scene.platform.messages() {
        let Target::Reply { message_id, .. } = &message.target else { panic!("{message:?}") };
        replies.entry(message_id.clone()).or_default().push(message.words());
    }
    for (message_id, text) in &questions {
        assert_eq!(replies.remove(message_id).unwrap_or_default(), [whole(text)], "{text}");
    }
    assert_eq!(replies.len(), 0, "replies to what nobody asked: {replies:?}");
    let stats = scene.platform.stats();
    assert_eq!((stats.acked, stats.lost, stats.violations), (u64::from(CHATS * EACH), 0, 0), "{stats:?}");
    // What was in the middle when it was killed may be asked once more.
    let most = questions.len() + KILLS.len() * CHATS as usize;
    assert!(scene.model.asked().len() <= most, "{} of {most}", scene.model.asked().len());
    run.signal("INT");
    assert_eq!(run.end().code, Some(0));
}
