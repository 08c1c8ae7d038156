//! What an answer looks like.

use std::time::Duration;

use longwire_openplatform::MessageSpec;
use longwire_tests::{Answer, Model, acked, longwire};

use crate::scene::{APP_ID, Scene, connected, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_in_one_reply_that_grows_in_place() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let text = "**one** two three four five six seven eight nine ten";
    scene.model.next(Answer::slow(text, Duration::from_millis(250)));
    let question = scene.write(MessageSpec::text("count to ten, 好吗?")).await;
    let reply = scene.answered(&question, "ten").await;
    assert_eq!(reply.words().trim(), text);
    assert_eq!((reply.msg_type.as_str(), reply.chat_id), ("interactive", question.chat_id.clone()));
    assert_eq!(scene.platform.messages().len(), 1, "{:#?}", scene.platform.messages());
    let growing: Vec<_> = scene.platform.updates().iter().map(|update| update.words()).collect();
    assert!(growing.iter().any(|words| words.contains("three") && !words.contains("ten")), "{growing:?}");

    let asked = scene.model.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].key && asked[0].stream && asked[0].model == "qwen-plus", "{asked:?}");
    assert_eq!(asked[0].messages[0].0, "system");
    assert_eq!(asked[0].messages[1..], [("user".to_owned(), "count to ten, 好吗?".to_owned())]);
    let snapshot = scene.until("it is counted", |snapshot| snapshot.agent.today.answers == 1).await;
    let today = snapshot.agent.today;
    assert_eq!((today.failures, today.prompt_tokens, today.answer_tokens), (0, 7, 10));
    let stats = scene.platform.stats();
    assert_eq!((stats.failed, stats.violations), (0, 0), "{:?}", scene.platform.violations());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_goes_along_until_reset() {
    let scene = Scene::with("memory = 2").await;
    let _run = scene.run();
    let ask = async |text: &str, answer: &str| {
        let question = scene.write(MessageSpec::text(text).from(3)).await;
        scene.answered(&question, answer).await;
    };
    for text in ["first", "second", "third", "fourth"] {
        ask(text, &format!("You said: {text}")).await;
    }
    let said = |asked: usize| -> Vec<String> {
        let messages = &scene.model.asked()[asked].messages;
        messages.iter().filter(|(role, _)| role != "system").map(|(_, text)| text.clone()).collect()
    };
    assert_eq!(said(1), ["first", "You said: first", "second"]);
    assert_eq!(said(3), ["second", "You said: second", "third", "You said: third", "fourth"]);
    // Another chat knows nothing of it.
    let other = scene.write(MessageSpec::text("hello").from(4)).await;
    scene.answered(&other, "You said: hello").await;
    assert_eq!(said(4), ["hello"]);

    let reset = scene.write(MessageSpec::text(" /reset ").from(3)).await;
    until("it says that it forgot", || !scene.replies(&reset).is_empty()).await;
    ask("fifth", "You said: fifth").await;
    assert_eq!(scene.model.asked().len(), 6, "the model is not asked what to forget");
    assert_eq!(said(5), ["fifth"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_split_and_nothing_of_it_is_lost() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let lines: Vec<String> =
        (0..1500).map(|number| format!("第 {number} 行, a line of a long answer\n")).collect();
    scene.model.next(Answer::Words(lines.clone(), Duration::ZERO));
    let question = scene.write(MessageSpec::text("tell me all")).await;
    scene.answered(&question, "第 1499 行").await;
    let replies = scene.replies(&question);
    assert!(replies.len() > 1, "{} bytes in one", replies[0].content.len());
    let whole: String = replies.iter().map(|reply| reply.words() + "\n").collect();
    for line in &lines {
        assert_eq!(whole.matches(line.trim_end()).count(), 1, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_more_tables_than_a_card_takes_is_shown_all_the_same() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let table = |number: usize| format!("Table {number}:\n\n| a | b |\n|---|---|\n| cell {number} | 2 |\n\n");
    let tables: Vec<String> = (0..9).map(table).collect();
    scene.model.next(Answer::Words(tables, Duration::ZERO));
    let question = scene.write(MessageSpec::text("in tables, please")).await;
    scene.answered(&question, "cell 8").await;
    let whole: String = scene.replies(&question).iter().map(|reply| reply.words()).collect();
    assert!((0..9).all(|number| whole.contains(&format!("cell {number}"))), "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_answer_in_place_of_a_stream_is_an_answer() {
    let scene = Scene::new().await;
    let _run = scene.run();
    scene.model.next(Answer::Whole("All at once.".to_owned()));
    let question = scene.write(MessageSpec::text("now")).await;
    scene.answered(&question, "All at once.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_run_out_is_replaced() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let first = scene.write(MessageSpec::text("first")).await;
    scene.answered(&first, "You said: first").await;
    scene.platform.expire_tokens();
    let second = scene.write(MessageSpec::text("second")).await;
    scene.answered(&second, "You said: second").await;
    assert_eq!(scene.platform.messages().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_acknowledged_at_once_however_long_its_answer_takes() {
    let scene = Scene::new().await;
    let _run = scene.run();
    scene.model.always(Answer::Silence);
    for person in 0..20 {
        let ack =
            acked(scene.platform.send_message(MessageSpec::text("are you there?").from(person)).unwrap())
                .await;
        assert!(ack.took < Duration::from_secs(2), "{ack:?}");
    }
    scene.model.until(1).await;
    assert_eq!(scene.platform.stats().failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_answers_that_grow_at_once_stay_within_what_the_platform_takes() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let words = (0..40).map(|number| format!("word {number} ")).chain(["the end".to_owned()]).collect();
    scene.model.always(Answer::Words(words, Duration::from_millis(200)));
    let mut questions = Vec::new();
    for person in 0..50 {
        questions.push(scene.write(MessageSpec::text("tell me").from(person)).await);
    }
    for question in &questions {
        scene.answered(question, "the end").await;
    }
    let (messages, updates) = (scene.platform.messages(), scene.platform.updates());
    assert_eq!(messages.len(), 50);
    // Besides the last one of each.
    assert!(updates.len() > 60, "they grow: {}", updates.len());
    let mut at: Vec<u64> = messages.iter().map(|message| message.at_ms).collect();
    at.extend(updates.iter().map(|update| update.at_ms));
    at.sort_unstable();
    let most = |from: usize| at[from..].iter().take_while(|later| **later < at[from] + 1000).count();
    let most = (0..at.len()).map(most).max().unwrap();
    assert!(most <= 50, "{most} within a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_questions_at_once_in_one_chat_are_answered_in_their_order() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let mut questions = Vec::new();
    for number in 0..12 {
        questions.push(scene.write(MessageSpec::text(format!("question {number}."))).await);
    }
    for (number, question) in questions.iter().enumerate() {
        scene.answered(question, &format!("You said: question {number}.")).await;
    }
    let said = scene.said(&questions[0].chat_id);
    assert_eq!(said.len(), 12);
    let order: Vec<_> = scene.model.asked().iter().map(|asked| asked.question().to_owned()).collect();
    assert_eq!(order, (0..12).map(|number| format!("question {number}.")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_had_enough_is_told_once_and_the_others_go_on() {
    let scene = Scene::with("per_person = 2").await;
    let _run = scene.run();
    let ask = async |person: u32, text: &str| scene.write(MessageSpec::text(text).from(person)).await;
    let mine = [ask(1, "a").await, ask(1, "b").await, ask(1, "c").await, ask(1, "d").await];
    scene.answered(&mine[1], "You said: b").await;
    until("the third is told", || !scene.replies(&mine[2]).is_empty()).await;
    let other = ask(2, "mine").await;
    scene.answered(&other, "You said: mine").await;
    scene.until("all are done", |snapshot| snapshot.targets.iter().all(|target| target.queued == 0)).await;
    assert_eq!(scene.replies(&mine[3]), []);
    assert_eq!(scene.model.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_shows_what_the_bot_says() {
    let scene = Scene::new().await;
    let mut simulate = longwire(&scene.data_dir().join("simulator"), ["simulate", "--app-id", APP_ID]).run();
    let told = |name: &str| simulate.stdout_line(name).trim().strip_prefix(name).unwrap().trim().to_owned();
    let (url, secret) = (told("domain "), told("app secret "));
    let run = longwire(&scene.data_dir(), ["run", "--app-id", APP_ID, "--domain", &url])
        .variable("LONGWIRE_APP_SECRET", secret)
        .variable("LONGWIRE_AGENT_KEY", Model::KEY)
        .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let _run = connected(run.run());
    scene.model.always(Answer::slow("one two three four five six seven eight", Duration::from_millis(300)));
    simulate.write_line("message_text");
    let first = simulate.stderr_line("replied");
    assert!(first.contains("one"), "{first}");
    let last = simulate.stderr_line("updated");
    assert!(last.contains("eight"), "{last}");
}
