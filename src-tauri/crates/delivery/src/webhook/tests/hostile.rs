use std::time::Duration;

use longwire_contract::AttemptOutcome as Outcome;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep, timeout},
};

use super::{Bot, SHORT, Sending, bot::Client, one, outcome};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// Answers the first request with this, and stays.
async fn stays(answer: &'static str) -> Bot {
    Bot::new(move |mut client| async move {
        client.request().await;
        client.say(answer).await;
        client.closed().await;
    })
    .await
}

async fn endless(client: &mut Client) {
    let bytes = [b'x'; 64 << 10];
    while client.say(bytes).await {}
}

#[tokio::test]
async fn one_that_never_answers_or_never_ends_runs_into_the_deadline() {
    for (answer, status) in [
        ("", None),
        ("HTTP/1.1 200 OK\r\nX: ", None),
        ("HTTP/1.1 100 Continue\r\n\r\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Some(200)),
        ("HTTP/1.1 200 OK\r\n\r\nabc", Some(200)),
    ] {
        let bot = stays(answer).await;
        let mut sending = Sending::to(bot.address).within(SHORT);
        let sent = sending.send().await;
        assert_eq!(outcome(&sent), (Outcome::TimedOut, status), "{answer}");
        assert_eq!(sent.detail, "no answer within 200ms");
        assert_eq!(sent.response.as_deref(), status.map(|_| "abc"));
        assert!(sent.took >= SHORT);
    }
}

#[tokio::test]
async fn one_that_answers_byte_by_byte_runs_into_the_deadline() {
    let bot = Bot::new(|mut client| async move {
        client.request().await;
        for byte in "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n".bytes().chain(std::iter::repeat(b'x'))
        {
            if !client.say([byte]).await {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let sent = Sending::to(bot.address).within(SHORT).send().await;
    assert_eq!(outcome(&sent), (Outcome::TimedOut, None));
}

#[tokio::test]
async fn one_that_does_not_take_the_event_runs_into_the_deadline() {
    let bot = Bot::new(|client| async move {
        sleep(Duration::from_secs(60)).await;
        drop(client);
    })
    .await;
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(16 << 20));
    let sent = Sending::to(bot.address).within(SHORT).send_this(&huge).await;
    assert_eq!(outcome(&sent), (Outcome::TimedOut, None));
}

#[tokio::test]
async fn a_huge_answer_is_cut_off() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n280000000\r\n",
        "HTTP/1.1 500 Oh\r\nContent-Length: 10737418240\r\n\r\n",
    ] {
        let bot = Bot::new(move |mut client| async move {
            if client.request().await.is_some() {
                client.say(head).await;
                endless(&mut client).await;
            }
        })
        .await;
        let failed = head.contains("500");
        let mut sending = Sending::to(bot.address);
        let sent = sending.send().await;
        assert_eq!(sent.outcome, if failed { Outcome::BadStatus } else { Outcome::Delivered }, "{head}");
        assert_eq!(sent.response.unwrap(), format!("{}…", "x".repeat(4096)));
        let sent = sending.callback().send().await;
        assert_eq!(sent.outcome, if failed { Outcome::BadStatus } else { Outcome::TooLarge }, "{head}");
        assert_eq!((sent.body.len(), bot.connections()), (0, 2), "the connection is of no more use");
    }
    let bot = Bot::new(|mut client| async move {
        client.request().await;
        client.say("HTTP/1.1 200 OK\r\nX: ").await;
        endless(&mut client).await;
    })
    .await;
    assert_eq!(outcome(&one(&bot).await), (Outcome::TooLarge, None));
}

#[tokio::test]
async fn one_that_closes_too_early_has_broken_off() {
    for (answer, status) in [
        ("", None),
        ("HTTP/1.1 200 OK\r\nContent-Le", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Some(200)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc", Some(200)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nthree\r\nabc", Some(200)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", None),
        ("220 mail.example.test ESMTP\r\n", None),
    ] {
        let bot = Bot::answering(answer, true).await;
        let sent = one(&bot).await;
        assert_eq!(outcome(&sent), (Outcome::Broken, status), "{answer}");
        assert!(!sent.detail.is_empty());
        assert_eq!(bot.connections(), 1, "a new connection that breaks is not replaced");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_secrets_are_not_told() {
    for (location, told) in [
        (
            "http://169.254.169.254/latest/meta-data/?token=hunter2",
            "it leads to http://169.254.169.254/latest/meta-data/",
        ),
        ("https://u:hunter2@evil.example/#hunter2", "it leads to https://evil.example/"),
        ("../login", "it leads to http://ADDRESS/login"),
        ("http://[", "it leads to no URL"),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let answer =
                format!("HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let bot = Bot::answering(answer, false).await;
            let sent = one(&bot).await;
            assert_eq!(outcome(&sent), (Outcome::Redirected, Some(status)));
            assert_eq!(sent.detail, told.replace("ADDRESS", &bot.address.to_string()));
            assert_eq!(bot.connections(), 1);
        }
    }
    let bot = Bot::answering("HTTP/1.1 304 Not Modified\r\n\r\n", false).await;
    assert_eq!(outcome(&one(&bot).await), (Outcome::BadStatus, Some(304)));
}

#[tokio::test]
async fn a_status_says_whether_the_bot_failed_or_is_not_there() {
    for (status, expected) in [
        ("200", Outcome::Delivered),
        ("204", Outcome::Delivered),
        ("299", Outcome::Delivered),
        ("400", Outcome::BadStatus),
        ("429", Outcome::BadStatus),
        ("500", Outcome::BadStatus),
        ("502", Outcome::Unreachable),
        ("503", Outcome::Unreachable),
        ("504", Outcome::Unreachable),
        ("999", Outcome::BadStatus),
    ] {
        let answer = format!("HTTP/1.1 {status} X\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
        let sent = one(&Bot::answering(answer, false).await).await;
        assert_eq!(outcome(&sent), (expected, Some(status.parse().unwrap())));
        let taken = expected == Outcome::Delivered;
        assert_eq!(sent.retry_after, (!taken).then(|| Duration::from_secs(7)));
    }
    // The status says enough: how the rest of the answer ends does not matter.
    for rest in ["Content-Length: 9\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\nxyz"] {
        let bot = Bot::answering(format!("HTTP/1.1 500 Oh\r\n{rest}"), true).await;
        assert_eq!(outcome(&one(&bot).await), (Outcome::BadStatus, Some(500)));
    }
}

#[tokio::test]
async fn events_go_over_one_connection() {
    let mut bot = Bot::answering(OK, false).await;
    let mut sending = Sending::to(bot.address);
    for _ in 0..5 {
        assert_eq!(sending.send().await.outcome, Outcome::Delivered);
        bot.came().await;
    }
    assert_eq!(bot.connections(), 1);
}

#[tokio::test]
async fn old_servers_are_understood() {
    for answer in [
        "HTTP/1.0 200 OK\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
    ] {
        let bot = Bot::answering(answer, true).await;
        let mut sending = Sending::to(bot.address).callback();
        for number in 1..=2 {
            let sent = sending.send().await;
            assert_eq!(
                (outcome(&sent), &sent.body[..]),
                ((Outcome::Delivered, Some(200)), &b"{}"[..]),
                "{answer}"
            );
            assert_eq!(bot.connections(), number);
        }
    }
}

#[tokio::test]
async fn a_connection_that_the_bot_closed_in_between_is_replaced_and_the_event_not_lost() {
    // Closes right after it has answered, without saying so: the next event may still be written to it.
    let mut bot = Bot::answering(OK, true).await;
    let mut sending = Sending::to(bot.address);
    for number in 1..=20 {
        assert_eq!(sending.send().await.outcome, Outcome::Delivered);
        bot.came().await;
        assert_eq!(bot.connections(), number);
    }
    // Takes the second event of each connection, and closes without a word: that is seen as closed in between, once.
    let mut bot = Bot::new(|mut client| async move {
        client.request().await;
        client.say(OK).await;
        client.request().await;
    })
    .await;
    let mut sending = Sending::to(bot.address);
    assert_eq!(sending.send().await.outcome, Outcome::Delivered);
    bot.came().await;
    assert_eq!(sending.send().await.outcome, Outcome::Delivered);
    assert_eq!(bot.connections(), 2);
}

#[tokio::test]
async fn a_second_answer_is_not_taken_for_that_of_the_next_event() {
    let bot = Bot::answering(format!("{OK}HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), false).await;
    let mut sending = Sending::to(bot.address);
    for _ in 0..3 {
        assert_eq!(outcome(&sending.send().await), (Outcome::Delivered, Some(200)));
    }
    // Says more than it announced.
    let bot = Bot::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}{}", false).await;
    let mut sending = Sending::to(bot.address).callback();
    for _ in 0..3 {
        let sent = sending.send().await;
        assert_eq!((outcome(&sent), &sent.body[..]), ((Outcome::Delivered, Some(200)), &b"{}"[..]));
    }
}

#[tokio::test]
async fn an_early_refusal_of_a_large_event_is_heard() {
    let bot = Bot::new(|mut client| async move {
        let mut first = [0; 1024];
        let _ = client.stream.read(&mut first).await;
        client.say("HTTP/1.1 413 Too large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        let _ = client.stream.shutdown().await;
        client.closed().await;
    })
    .await;
    let huge = format!("{{\"x\":\"{}\"}}", "x".repeat(8 << 20));
    let sent = Sending::to(bot.address).send_this(&huge).await;
    assert_eq!(outcome(&sent), (Outcome::BadStatus, Some(413)));
}

#[tokio::test]
async fn giving_up_closes_the_connection() {
    let (closed, mut news) = tokio::sync::mpsc::unbounded_channel();
    let mut bot = Bot::new(move |mut client| {
        let closed = closed.clone();
        async move {
            client.request().await;
            client.closed().await;
            closed.send(()).unwrap();
        }
    })
    .await;
    let mut sending = Sending::to(bot.address);
    tokio::select! {
        sent = sending.send() => panic!("{sent:?}"),
        _ = bot.came() => {}
    }
    timeout(Duration::from_secs(5), news.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_rests_is_closed_before_the_bot_would_close_it() {
    let (closed, mut news) = tokio::sync::mpsc::unbounded_channel();
    let bot = Bot::new(move |mut client| {
        let closed = closed.clone();
        async move {
            client.request().await;
            client.say(OK).await;
            let began = Instant::now();
            client.closed().await;
            closed.send(began.elapsed()).unwrap();
        }
    })
    .await;
    let mut sending = Sending::to(bot.address);
    assert_eq!(sending.send().await.outcome, Outcome::Delivered);
    let rested = timeout(Duration::from_secs(10), news.recv()).await.unwrap().unwrap();
    assert!(rested < Duration::from_millis(4900), "{rested:?}");
}
