use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Request;
use http_body_util::Full;
use longwire_openplatform::{App, Simulator, Target};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::peer::{Peer, discover, get, post, request_to};

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

    let body = json!({ "msg_type": "text", "content": "{\"text\":\"ok\"}", "reply_in_thread": true });
    let (_, reply) = post(&platform, "/open-apis/im/v1/messages/om_1/reply", Some(&token), &body).await;
    assert_eq!(reply["data"]["parent_id"], "om_1");

    let messages = platform.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].target, Target::Receiver { id_type: "open_id".into(), id: "ou_1".into() });
    assert_eq!(messages[0].message_id, answer["data"]["message_id"].as_str().unwrap());
    assert_eq!(messages[1].target, Target::Reply { message_id: "om_1".into(), in_thread: true });
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
