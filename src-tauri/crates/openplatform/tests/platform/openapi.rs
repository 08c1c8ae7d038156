use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Request;
use http_body_util::Full;
use longwire_openplatform::{App, MessageSpec, Simulator, Target, Written};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::peer::{Peer, discover, get, patch, post, request_to};

#[tokio::test]
async fn the_endpoint_gives_a_url_and_the_configuration() {
    let platform = Simulator::builder().start().await.unwrap();
    let answer = discover(&platform, &platform.apps()[0]).await;
    assert_eq!(answer["code"], 0);
    let url = answer["data"]["URL"].as_str().unwrap();
    assert!(url.starts_with(&format!("ws://{}/ws/v2?fpid=493&aid=552564&device_id=", platform.address())));
    for key in ["access_key=", "service_id=33554678", "ticket="] {
        assert!(url.contains(key), "no {key}");
    }
    let config = json!({"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":120});
    assert_eq!(answer["data"]["ClientConfig"], config);
}

#[tokio::test]
async fn wrong_credentials_are_refused_with_their_code_and_http_200() {
    let platform = Simulator::builder().start().await.unwrap();
    let id = &platform.apps()[0].id;
    for app in
        [App::new(id, SecretString::from("wrong")), App::new("cli_0123456789abcdef", "x".to_owned().into())]
    {
        let answer = discover(&platform, &app).await;
        assert_eq!(answer["code"], 1_000_040_345_i64);
        assert_eq!(answer["data"]["URL"], Value::Null);
    }
    let (status, answer) = post(&platform, "/callback/ws/endpoint", None, &json!([])).await;
    assert_eq!((status, &answer["code"]), (400, &json!(9499)));
}

#[tokio::test]
async fn a_tenant_token_is_given_for_good_credentials_only() {
    let platform = Simulator::builder().start().await.unwrap();
    let app = &platform.apps()[0];
    let ask = async |id: &str, secret: &str| {
        let body = json!({ "app_id": id, "app_secret": secret });
        post(&platform, "/open-apis/auth/v3/tenant_access_token/internal", None, &body).await.1
    };
    assert_eq!(ask("app", "s").await["code"], 10003);
    assert_eq!(ask("cli_0123456789abcdef", "s").await["code"], 10014);
    assert_eq!(ask(&app.id, "s").await["code"], 10015);
    let answer = ask(&app.id, app.secret.expose_secret()).await;
    assert_eq!((&answer["code"], &answer["expire"]), (&json!(0), &json!(7200)));
    assert!(answer["tenant_access_token"].as_str().unwrap().starts_with("t-"));
}

#[tokio::test]
async fn the_number_of_live_connections_can_be_asked() {
    let platform = Simulator::builder().start().await.unwrap();
    let path = "/open-apis/event/v1/connection";
    assert_eq!(get(&platform, path, None).await.1["code"], 99_991_661);
    assert_eq!(get(&platform, path, Some("t-wrong")).await.1["code"], 99_991_663);
    let token = token(&platform).await;
    let (_first, _second) = (Peer::connect(&platform).await, Peer::connect(&platform).await);
    let (status, answer) = get(&platform, path, Some(&token)).await;
    assert_eq!((status, &answer["data"]), (200, &json!({ "online_instance_cnt": 2 })));
}

#[tokio::test]
async fn messages_and_replies_of_bots_are_recorded() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let path = "/open-apis/im/v1/messages?receive_id_type=open_id";
    let body = json!({ "receive_id": "ou_1", "msg_type": "text", "content": "{\"text\":\"你好\"}" });
    let (status, answer) = post(&platform, path, Some(&token), &body).await;
    assert_eq!((status, &answer["code"], &answer["data"]["msg_type"]), (200, &json!(0), &json!("text")));
    assert_eq!(answer["data"]["body"]["content"], body["content"]);

    let question = question(&platform);
    let path = format!("/open-apis/im/v1/messages/{}/reply", question.message_id);
    let body = json!({ "msg_type": "text", "content": "{\"text\":\"ok\"}", "reply_in_thread": true });
    let (_, reply) = post(&platform, &path, Some(&token), &body).await;
    assert_eq!(reply["data"]["parent_id"], question.message_id);
    assert_eq!(reply["data"]["chat_id"], question.chat_id);

    let messages = platform.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].target, Target::Receiver { id_type: "open_id".into(), id: "ou_1".into() });
    assert_eq!(messages[0].message_id, answer["data"]["message_id"].as_str().unwrap());
    assert_eq!(messages[1].target, Target::Reply { message_id: question.message_id, in_thread: true });
    assert_eq!(platform.stats().messages, 2);
}

#[tokio::test]
async fn a_message_that_the_platform_would_refuse_is_refused() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let good = json!({ "receive_id": "ou_1", "msg_type": "text", "content": "{\"text\":\"x\"}" });
    let path = "/open-apis/im/v1/messages?receive_id_type=open_id";
    assert_eq!(post(&platform, path, None, &good).await.1["code"], 99_991_661);
    assert_eq!(post(&platform, "/open-apis/im/v1/messages", Some(&token), &good).await.1["code"], 99_992_402);
    for (field, value) in
        [("receive_id", json!("")), ("msg_type", json!("")), ("content", json!("plain text"))]
    {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(post(&platform, path, Some(&token), &body).await.1["code"], 230_001, "{field}");
    }
    assert_eq!(platform.messages(), []);
}

#[tokio::test]
async fn the_bots_open_id_is_the_one_that_mentions_carry() {
    let platform = Simulator::builder().start().await.unwrap();
    let path = "/open-apis/bot/v3/info";
    assert_eq!(get(&platform, path, None).await.1["code"], 99_991_661);
    let (status, answer) = get(&platform, path, Some(&token(&platform).await)).await;
    assert_eq!((status, &answer["code"], &answer["bot"]["activate_status"]), (200, &json!(0), &json!(2)));
    let spec = MessageSpec::text("x").in_group(1).mentioning_the_bot();
    let event: Value = serde_json::from_slice(&platform.send_message(spec).unwrap().event.payload).unwrap();
    let mentioned = &event["event"]["message"]["mentions"][0]["id"]["open_id"];
    assert_eq!(&answer["bot"]["open_id"], mentioned);
}

#[tokio::test]
async fn a_reply_is_said_once_for_its_uuid_and_only_to_what_is_there() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let question = question(&platform);
    let path = |id: &str| format!("/open-apis/im/v1/messages/{id}/reply");
    let body = json!({ "msg_type": "text", "content": "{\"text\":\"ok\"}", "uuid": "once" });
    let (_, first) = post(&platform, &path(&question.message_id), Some(&token), &body).await;
    let (status, again) = post(&platform, &path(&question.message_id), Some(&token), &body).await;
    assert_eq!((status, &again["data"]), (200, &first["data"]));
    assert_eq!((platform.messages().len(), platform.stats().messages), (1, 1));

    let (status, unknown) = post(&platform, &path("om_nobody"), Some(&token), &body).await;
    assert_eq!((status, &unknown["code"]), (400, &json!(99_992_354)));
    let mut long = body.clone();
    long["uuid"] = "u".repeat(51).into();
    assert_eq!(post(&platform, &path(&question.message_id), Some(&token), &long).await.1["code"], 99_992_402);
    platform.withdraw(&question.message_id);
    assert_eq!(post(&platform, &path(&question.message_id), Some(&token), &body).await.1["code"], 230_011);
    platform.expire_tokens();
    assert_eq!(post(&platform, &path(&question.message_id), Some(&token), &body).await.1["code"], 99_991_663);
}

#[tokio::test]
async fn a_bots_own_card_is_updated_in_place_and_five_times_a_second() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let card = |text: &str| {
        let body = json!({ "elements": [{ "tag": "markdown", "content": text }] });
        json!({ "msg_type": "interactive", "content": json!({ "schema": "2.0", "body": body }).to_string() })
    };
    let question = question(&platform);
    let path = format!("/open-apis/im/v1/messages/{}/reply", question.message_id);
    let (_, reply) = post(&platform, &path, Some(&token), &card("…")).await;
    let id = reply["data"]["message_id"].as_str().unwrap();
    let path = format!("/open-apis/im/v1/messages/{id}");
    let mut codes = Vec::new();
    for word in 0..7 {
        let (_, answer) = patch(&platform, &path, Some(&token), &card(&format!("word {word}"))).await;
        codes.push(answer["code"].as_i64().unwrap());
    }
    assert_eq!(codes[..5], [0; 5]);
    assert!(codes[5..].contains(&230_020), "{codes:?}");
    let message = platform.messages().pop().unwrap();
    assert_eq!(message.updates, platform.stats().updates);
    assert_eq!(message.words(), platform.updates().last().unwrap().words());
    assert!(message.words().starts_with("word "), "{message:?}");
    let (_, read) = get(&platform, &path, Some(&token)).await;
    assert_eq!(read["data"]["items"][0]["body"]["content"], message.content);
    assert_eq!(read["data"]["items"][0]["updated"], true);
}

#[tokio::test]
async fn what_is_no_card_or_too_large_or_somebody_elses_is_not_updated() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let question = question(&platform);
    let reply = async |body: Value| {
        let path = format!("/open-apis/im/v1/messages/{}/reply", question.message_id);
        let (_, answer) = post(&platform, &path, Some(&token), &body).await;
        (
            answer["code"].as_i64().unwrap(),
            answer["data"]["message_id"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let update = async |id: &str, content: String| {
        let path = format!("/open-apis/im/v1/messages/{id}");
        patch(&platform, &path, Some(&token), &json!({ "content": content })).await.1["code"]
            .as_i64()
            .unwrap()
    };
    let content = |text: &str| {
        let body = json!({ "elements": [{ "tag": "markdown", "content": text }] });
        json!({ "schema": "2.0", "body": body }).to_string()
    };
    let (code, card) = reply(json!({ "msg_type": "interactive", "content": content("x") })).await;
    assert_eq!(code, 0);
    let (_, text) = reply(json!({ "msg_type": "text", "content": "{\"text\":\"x\"}" })).await;
    assert_eq!(update(&text, content("x")).await, 230_001);
    assert_eq!(update(&card, content(&"x".repeat(31_000))).await, 230_025);
    assert_eq!(update(&card, "[]".to_owned()).await, 230_001);
    assert_eq!(update(&card, "{}".to_owned()).await, 230_099);
    assert_eq!(update(&card, json!({ "elements": [] }).to_string()).await, 230_001, "not the same for all");
    assert_eq!(update(&question.message_id, content("x")).await, 230_012);
    assert_eq!(update("om_nobody", content("x")).await, 99_992_354);
    assert_eq!(
        reply(json!({ "msg_type": "interactive", "content": content(&"x".repeat(31_000)) })).await.0,
        230_025
    );
    assert_eq!(reply(json!({ "msg_type": "interactive", "content": "{\"card\":{}}" })).await.0, 230_099);
    assert_eq!(platform.stats().updates, 0);
}

/// A message that can be answered.
fn question(platform: &longwire_openplatform::Running) -> Written {
    platform.send_message(MessageSpec::text("?")).unwrap().event.written().unwrap()
}

#[tokio::test]
async fn an_unknown_path_is_answered_in_the_platforms_form() {
    let platform = Simulator::builder().start().await.unwrap();
    let (status, answer) = get(&platform, "/open-apis/nowhere", None).await;
    assert_eq!((status, &answer["code"]), (404, &json!(404)));
}

async fn token(platform: &longwire_openplatform::Running) -> String {
    let app = &platform.apps()[0];
    let body = json!({ "app_id": app.id, "app_secret": app.secret.expose_secret() });
    let (_, answer) = post(platform, "/open-apis/auth/v3/tenant_access_token/internal", None, &body).await;
    answer["tenant_access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn clients_elsewhere_count_too() {
    let platform = Simulator::builder().start().await.unwrap();
    let token = token(&platform).await;
    let _ours = Peer::connect(&platform).await;
    platform.set_strangers(2);
    let (_, answer) = get(&platform, "/open-apis/event/v1/connection", Some(&token)).await;
    assert_eq!(answer["data"]["online_instance_cnt"], 3);
}

#[tokio::test]
async fn each_answer_has_the_date_of_the_simulators_clock() {
    let day = Duration::from_secs(86_400);
    let right = Simulator::builder().start().await.unwrap();
    let ahead = Simulator::builder().clock_ahead(day).start().await.unwrap();
    let behind = Simulator::builder().clock_behind(day).start().await.unwrap();
    for (platform, earliest) in [(right, -1), (ahead, 86_400 - 1), (behind, -86_400 - 1)] {
        let answer = request_to(&platform, Request::get("/").body(Full::default()).unwrap()).await.unwrap();
        let date = httpdate::parse_http_date(answer.headers()["date"].to_str().unwrap()).unwrap();
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let off = since(date) - since(SystemTime::now());
        assert!((earliest - 10..=earliest + 2).contains(&off), "{off} {earliest}");
    }
}

#[tokio::test]
async fn who_asked_for_what_and_from_where_is_kept_without_the_query() {
    let platform = Simulator::builder().start().await.unwrap();
    let _peer = Peer::connect(&platform).await;
    let visits = platform.visits();
    let paths: Vec<_> = visits.iter().map(|visit| visit.path.as_str()).collect();
    assert_eq!(paths, ["/callback/ws/endpoint", "/ws/v2"]);
    assert_eq!(visits[1].peer, platform.clients()[0].peer);
    assert!(visits.iter().all(|visit| visit.host == platform.address().to_string()), "{visits:?}");
}
