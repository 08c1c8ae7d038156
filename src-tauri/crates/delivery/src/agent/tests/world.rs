//! A platform and a model on this machine, which keep what they are told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use futures_util::stream;
use longwire_dial::{Dialer, Origin, RootSource, Roots};
use longwire_journal::{Notebook, Record};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::agent::{Agent, Bot, Bots, Manner, Model, Words};

pub(super) const KEY: &str = "sk-0123456789";

/// How the model answers a question.
#[derive(Clone, Debug)]
pub(super) enum Script {
    /// With these bytes, each written on its own, and what becomes of the answer then.
    Says(Vec<Vec<u8>>, After),
    /// With a status, a header and a body.
    Refuses(u16, (&'static str, &'static str), String),
}

/// What becomes of an answer after its last byte.
#[derive(Clone, Copy, Debug)]
pub(super) enum After {
    Ends,
    Hangs,
    Cut,
}

impl Script {
    pub(super) fn words(words: &[&str]) -> Self {
        Self::words_then(words, After::Ends)
    }

    pub(super) fn words_then(words: &[&str], after: After) -> Self {
        let mut parts: Vec<_> = words.iter().map(|word| event(word)).collect();
        parts.push(
            b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
              data: {\"model\":\"fake-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5}}\n\n\
              data: [DONE]\n\n"
                .to_vec(),
        );
        Self::Says(parts, after)
    }
}

pub(super) fn event(word: &str) -> Vec<u8> {
    let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": word } }] });
    format!("data: {chunk}\n\n").into_bytes()
}

#[derive(Default)]
pub(super) struct Seen {
    /// What the model is to say next; the last of it again and again.
    pub(super) scripts: VecDeque<Script>,
    /// What it was asked.
    pub(super) asked: Vec<Value>,
    /// The replies in their order: the message replied to, and the texts shown one after another.
    pub(super) replies: Vec<(String, Vec<String>)>,
    pub(super) tokens: u32,
    /// Tokens that have ended by now.
    pub(super) ended: u32,
    /// Texts with this in them are no Markdown.
    pub(super) unfit: Option<&'static str>,
    /// What replies and updates are refused with, so often.
    pub(super) refusing: Option<(u16, i64, u32)>,
    /// So many updates nobody is told the end of; each lands two seconds later.
    pub(super) lost: u32,
    /// Replies that are gone.
    pub(super) gone: Vec<&'static str>,
    /// How far its clock is behind.
    pub(super) behind_ms: u64,
    uuids: HashMap<String, String>,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    seen: Arc<Mutex<Seen>>,
    origin: Origin,
    pub(super) folder: Arc<TempDir>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen").field("replies", &self.replies).finish_non_exhaustive()
    }
}

impl Bots for World {
    fn bot<'a>(
        &'a self,
        _: &'a longwire_contract::AppId,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Bot, String>> + Send + 'a>> {
        let secret = SecretString::from("secret");
        Box::pin(async { Ok(Bot { origin: self.origin.clone(), secret, dialer: dialer() }) })
    }
}

pub(super) fn dialer() -> Arc<Dialer> {
    Arc::new(Dialer::new(Arc::new(Roots::new(RootSource::ExtraOnly, Vec::new()))))
}

impl World {
    pub(super) async fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        let seen = Seen { scripts: scripts.into_iter().collect(), ..Seen::default() };
        let seen = Arc::new(Mutex::new(seen));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = Origin::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new()
            .route("/open-apis/auth/v3/tenant_access_token/internal", post(token))
            .route("/open-apis/bot/v3/info", get(info))
            .route("/open-apis/im/v1/messages/{id}/reply", post(reply))
            .route("/open-apis/im/v1/messages/{id}", patch(update))
            .route("/v1/chat/completions", post(completions))
            .with_state(seen.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { seen, origin, folder: Arc::new(tempfile::tempdir().unwrap()) }
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// What is shown in each reply.
    pub(super) fn shown(&self) -> Vec<String> {
        self.seen().replies.iter().map(|(_, texts)| texts.last().unwrap().clone()).collect()
    }

    pub(super) fn notebook(&self) -> Notebook {
        Notebook::open(&self.folder.path().join("agent.db")).unwrap()
    }

    pub(super) fn agent(&self, notebook: Notebook, change: impl FnOnce(&mut Model, &mut Manner)) -> Agent {
        let mut model = Model {
            origin: self.origin.clone(),
            path: "/v1".to_owned(),
            name: "fake".to_owned(),
            key: Some(SecretString::from(KEY)),
        };
        let mut manner = Manner {
            prompt: "Be kind.".to_owned(),
            groups: true,
            memory: 2,
            per_person: 100,
            per_day: 100,
            words: Words {
                thinking: "thinking".to_owned(),
                unable: "unable".to_owned(),
                enough: "enough".to_owned(),
                only_text: "only text".to_owned(),
                forgotten: "forgotten".to_owned(),
            },
        };
        change(&mut model, &mut manner);
        Agent::new(model, manner, Arc::new(self.clone()), notebook, dialer())
    }
}

/// A message of somebody.
pub(super) fn message(id: &str, chat_type: &str, kind: &str, content: &Value, mentions: &Value) -> Record {
    let payload = json!({ "event": {
        "sender": { "sender_id": { "open_id": "ou_1" }, "sender_type": "user" },
        "message": {
            "message_id": id, "chat_id": "oc_1", "chat_type": chat_type, "message_type": kind,
            "content": content.to_string(), "mentions": mentions,
        },
    }});
    crate::testing::record(&payload.to_string())
}

pub(super) fn text(id: &str, text: &str) -> Record {
    message(id, "p2p", "text", &json!({ "text": text }), &Value::Null)
}

type Shared = State<Arc<Mutex<Seen>>>;

async fn token(State(seen): Shared) -> Json<Value> {
    let mut seen = seen.lock().unwrap();
    seen.tokens += 1;
    Json(json!({ "code": 0, "tenant_access_token": format!("t-{}", seen.tokens), "expire": 7200 }))
}

async fn info(State(seen): Shared, headers: HeaderMap) -> Response {
    let mut seen = seen.lock().unwrap();
    let mut response = refusal(&mut seen, &headers).unwrap_or_else(|| {
        Json(json!({ "code": 0, "msg": "ok", "bot": { "open_id": "ou_bot" } })).into_response()
    });
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_millis(longwire_host::clock::now_ms());
    let date = httpdate::fmt_http_date(now - std::time::Duration::from_millis(seen.behind_ms));
    response.headers_mut().insert("date", date.parse().unwrap());
    response
}

async fn reply(
    State(seen): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let mut seen = seen.lock().unwrap();
    let text = shown(&body);
    if let Some(refusal) = refusal(&mut seen, &headers).or_else(|| unfit(&seen, &text)) {
        return refusal;
    }
    let uuid = body["uuid"].as_str().unwrap().to_owned();
    let new = format!("om_r{}", seen.replies.len());
    let reply = seen.uuids.entry(uuid).or_insert_with(|| new.clone()).clone();
    if reply == new {
        seen.replies.push((id, vec![text.1]));
    }
    Json(json!({ "code": 0, "data": { "message_id": reply } })).into_response()
}

async fn update(
    State(seen): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let text = shown(&body);
    let number: usize = id.strip_prefix("om_r").unwrap().parse().unwrap();
    let all = seen.clone();
    let mut seen = seen.lock().unwrap();
    if let Some(refusal) = refusal(&mut seen, &headers).or_else(|| unfit(&seen, &text)) {
        return refusal;
    }
    if seen.gone.contains(&id.as_str()) {
        return refuse(400, 230_011);
    }
    if seen.lost > 0 {
        seen.lost -= 1;
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            all.lock().unwrap().replies[number].1.push(text.1);
        });
        let end = stream::unfold(0, |part| async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let cut = || Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted));
            Some((if part == 0 { Ok("{") } else { cut() }, part + 1))
        });
        return Body::from_stream(end).into_response();
    }
    seen.replies[number].1.push(text.1);
    Json(json!({ "code": 0, "data": {} })).into_response()
}

/// Whether a card is Markdown, and its text.
fn shown(body: &Value) -> (bool, String) {
    let card: Value = serde_json::from_str(body["content"].as_str().unwrap()).unwrap();
    assert_eq!(card["config"]["update_multi"], true);
    let element = &card["body"]["elements"][0];
    match element["tag"].as_str().unwrap() {
        "markdown" => (true, element["content"].as_str().unwrap().to_owned()),
        _ => (false, element["text"]["content"].as_str().unwrap().to_owned()),
    }
}

fn unfit(seen: &Seen, (markdown, text): &(bool, String)) -> Option<Response> {
    let unfit = *markdown && seen.unfit.is_some_and(|unfit| text.contains(unfit));
    unfit.then(|| refuse(400, 230_099))
}

fn refusal(seen: &mut Seen, headers: &HeaderMap) -> Option<Response> {
    let token = headers["authorization"].to_str().unwrap().strip_prefix("Bearer t-").unwrap();
    if token.parse::<u32>().unwrap() <= seen.ended {
        return Some(refuse(400, 99_991_663));
    }
    let (status, code, left) = seen.refusing?;
    seen.refusing = (left > 1).then_some((status, code, left - 1));
    Some(refuse(status, code))
}

fn refuse(status: u16, code: i64) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "code": code, "msg": "no" }))).into_response()
}

async fn completions(State(seen): Shared, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    let script = {
        let mut seen = seen.lock().unwrap();
        seen.asked.push(body);
        if seen.scripts.len() > 1 { seen.scripts.pop_front().unwrap() } else { seen.scripts[0].clone() }
    };
    match script {
        Script::Says(parts, after) => {
            let parts = stream::unfold(parts.into_iter(), move |mut parts| async move {
                match (parts.next(), after) {
                    (Some(part), _) => {
                        // Nothing is a pause.
                        let pause = if part.is_empty() { 1200 } else { 0 };
                        tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
                        Some((Ok(part), parts))
                    }
                    (None, After::Ends) => None,
                    (None, After::Hangs) => std::future::pending().await,
                    (None, After::Cut) => {
                        // What was said is on its way before the connection goes.
                        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                        Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted)), parts))
                    }
                }
            });
            (StatusCode::OK, [("content-type", "text/event-stream")], Body::from_stream(parts))
                .into_response()
        }
        Script::Refuses(status, header, body) => {
            (StatusCode::from_u16(status).unwrap(), [header], body).into_response()
        }
    }
}
