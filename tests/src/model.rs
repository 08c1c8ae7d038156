use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::State, response::Response, routing::post};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::served::{self, Served};

/// How many tokens a question has, as it counts them.
const PROMPT_TOKENS: u64 = 7;

/// A server that speaks OpenAI's protocol of chat completions and says what a test has it say. It ends when dropped.
pub struct Model {
    served: Served,
    inner: Inner,
}

/// What it says to a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// `You said: …`, in a few words.
    Echo,
    /// These words, a chunk each, and so long a pause before each.
    Words(Vec<String>, Duration),
    /// These bytes as they are, within a stream that ends well.
    Raw(Bytes),
    /// These bytes of a stream, and then the connection is closed before its end.
    Cut(Bytes),
    /// So many bytes of words.
    Endless(usize),
    /// The whole answer as one JSON object, though a stream was asked for.
    Whole(String),
    /// An error: its status, its code and its message, and after how many seconds to come again.
    Refusal(u16, &'static str, &'static str, Option<u32>),
    /// Nothing at all.
    Silence,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// When.
    pub at: Instant,
    /// Whether it came with the right key. The key itself is not kept.
    pub key: bool,
    /// The model that was asked for.
    pub model: String,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// Role and content of each message.
    pub messages: Vec<(String, String)>,
}

#[derive(Clone, Default)]
struct Inner {
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Script>>,
}

struct Script {
    next: VecDeque<Answer>,
    then: Answer,
}

impl Default for Script {
    fn default() -> Self {
        Self { next: VecDeque::new(), then: Answer::Echo }
    }
}

impl Answer {
    /// The words of a text, as fast as they go.
    pub fn text(text: &str) -> Self {
        Self::slow(text, Duration::ZERO)
    }

    /// The words of a text, with a pause before each.
    pub fn slow(text: &str, pause: Duration) -> Self {
        Self::Words(text.split_inclusive(' ').map(str::to_owned).collect(), pause)
    }
}

impl Asked {
    /// What the person asked: the last message.
    pub fn question(&self) -> &str {
        self.messages.last().map_or("", |(_, content)| content)
    }
}

impl Model {
    /// The key that it takes.
    pub const KEY: &str = "sk-planted-5d81e0-agent-key";

    /// Listens. To whatever comes with the key it says [`Answer::Echo`].
    ///
    /// # Panics
    /// Where it cannot.
    pub async fn start() -> Self {
        let inner = Inner::default();
        let router = Router::new().route("/compatible-mode/v1/chat/completions", post(complete));
        let served = Served::start(router.with_state(inner.clone()), "/compatible-mode/v1").await;
        Self { served, inner }
    }

    /// The base URL, to be given to a client.
    pub fn url(&self) -> &str {
        self.served.url()
    }

    /// What it says to the next request that no other answer waits for.
    pub fn next(&self, answer: Answer) {
        self.script().next.push_back(answer);
    }

    /// What it says from now on, where nothing else waits.
    pub fn always(&self, answer: Answer) {
        self.script().then = answer;
    }

    /// All that it was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().expect("no test panics there").clone()
    }

    /// All that it was asked, once that is so much.
    ///
    /// # Panics
    /// Where it does not come.
    pub async fn until(&self, count: usize) -> Vec<Asked> {
        served::until(count, || self.asked()).await
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.inner.script.lock().expect("no test panics there")
    }
}

async fn complete(State(model): State<Inner>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = asked(&headers, &request);
    model.asked.lock().expect("no test panics there").push(asked.clone());
    if !asked.key {
        return refusal(401, "invalid_api_key", "Incorrect API key provided.", None);
    }
    let answer = {
        let mut script = model.script.lock().expect("no test panics there");
        script.next.pop_front().unwrap_or_else(|| script.then.clone())
    };
    let usage = request["stream_options"]["include_usage"] == true;
    match answer {
        Answer::Echo => {
            let said = format!("You said: {}", asked.question());
            whole_or_streamed(
                &asked,
                said.split_inclusive(' ').map(str::to_owned).collect(),
                Duration::ZERO,
                usage,
            )
        }
        Answer::Words(words, pause) => whole_or_streamed(&asked, words, pause, usage),
        Answer::Raw(bytes) => streamed(stream::iter([Ok(bytes)])),
        Answer::Cut(bytes) => {
            // What was said is on its way before the connection goes.
            let end = stream::once(async {
                sleep(Duration::from_millis(50)).await;
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            });
            streamed(stream::iter([Ok(bytes)]).chain(end))
        }
        Answer::Endless(bytes) => {
            let word = chunk(&asked.model, &json!({ "content": "word ".repeat(200) }), &Value::Null);
            let count = bytes / word.len() + 1;
            streamed(stream::repeat(word).take(count).map(Ok))
        }
        Answer::Whole(text) => whole(&asked.model, &text),
        Answer::Refusal(status, code, message, retry_after) => refusal(status, code, message, retry_after),
        Answer::Silence => {
            std::future::pending::<Infallible>().await;
            Response::default()
        }
    }
}

fn asked(headers: &HeaderMap, request: &Value) -> Asked {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let bearer = format!("Bearer {}", Model::KEY);
    let messages = request["messages"].as_array().into_iter().flatten();
    Asked {
        at: Instant::now(),
        key: headers.get(header::AUTHORIZATION).is_some_and(|given| given.as_bytes() == bearer.as_bytes()),
        model: text(&request["model"]),
        stream: request["stream"] == true,
        messages: messages.map(|message| (text(&message["role"]), text(&message["content"]))).collect(),
    }
}

fn whole_or_streamed(asked: &Asked, words: Vec<String>, pause: Duration, usage: bool) -> Response {
    if !asked.stream {
        return whole(&asked.model, &words.concat());
    }
    let model = asked.model.clone();
    let count = words.len() as u64;
    let first = chunk(&model, &json!({ "role": "assistant", "content": "" }), &Value::Null);
    let last = chunk(&model, &json!({}), &json!("stop"));
    let mut end = vec![last];
    if usage {
        let usage = json!({ "choices": [], "model": model, "object": "chat.completion.chunk", "usage": counted(count) });
        end.push(format!("data: {usage}\n\n").into());
    }
    end.push("data: [DONE]\n\n".into());
    let words = stream::iter(words).then(move |word| {
        let chunk = chunk(&model, &json!({ "content": word }), &Value::Null);
        async move {
            sleep(pause).await;
            chunk
        }
    });
    streamed(stream::iter([first]).chain(words).chain(stream::iter(end)).map(Ok))
}

fn chunk(model: &str, delta: &Value, finish: &Value) -> Bytes {
    let choices = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
    let chunk =
        json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model, "choices": choices });
    format!("data: {chunk}\n\n").into()
}

fn whole(model: &str, text: &str) -> Response {
    let message = json!({ "role": "assistant", "content": text });
    let choices = json!([{ "index": 0, "message": message, "finish_reason": "stop" }]);
    let usage = counted(text.split_whitespace().count() as u64);
    let body = json!({ "id": "chatcmpl-1", "object": "chat.completion", "model": model, "choices": choices, "usage": usage });
    response(200, "application/json", Body::from(body.to_string()))
}

fn counted(tokens: u64) -> Value {
    json!({ "prompt_tokens": PROMPT_TOKENS, "completion_tokens": tokens, "total_tokens": PROMPT_TOKENS + tokens })
}

fn refusal(status: u16, code: &str, message: &str, retry_after: Option<u32>) -> Response {
    let error = json!({ "error": { "message": message, "type": "invalid_request_error", "code": code }, "request_id": "r" });
    let mut response = response(status, "application/json", Body::from(error.to_string()));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn streamed(body: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Response {
    response(200, "text/event-stream;charset=UTF-8", Body::from_stream(body))
}

fn response(status: u16, kind: &str, body: Body) -> Response {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    response.body(body).expect("a plain response")
}
