//! A question to a model, and its answer as it comes.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request,
    header::{self, ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use longwire_dial::{
    Cause, Dialer,
    http::{Answer, Connection},
};
use longwire_journal::{Pair, Tokens};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    Model, Said, Trouble,
    chunk::{self, Chunk, Refusal},
    roads::Roads,
    sse::Events,
};
use crate::{text, webhook::USER_AGENT};

/// How long until it says anything: models that think long say so while they do, and a queue before a busy one is shorter.
const FIRST: Duration = Duration::from_secs(60);
/// How long it may be silent in the middle.
const BETWEEN: Duration = Duration::from_secs(30);
/// How long what follows the last words, and then the end, is waited for: there are gateways that hold the connection open.
const AFTER_LAST: Duration = Duration::from_secs(3);
const END: Duration = Duration::from_millis(250);
/// How long all of it may take: the longest answer there is, slowly said.
const WHOLE: Duration = Duration::from_secs(10 * 60);
/// How much of an answer is taken, in bytes: more than anybody reads in a chat. The rest is cut off.
pub(super) const LONGEST: usize = 128 << 10;
/// How much is read of all that comes with it.
const MOST_READ: usize = 16 << 20;
/// How much of an answer that is one JSON object: all of it is held until it is read.
const MOST_WHOLE: usize = 1 << 20;
/// How much is read of a refusal.
const REFUSAL: usize = 16 << 10;
/// How long a server may ask to be left alone for that to be told.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) prompt: &'a str,
    /// What was said before.
    pub(super) memory: &'a [Pair],
    pub(super) text: &'a str,
}

/// What came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Heard {
    pub(super) said: Said,
    /// Whether there was more than is taken, or than the server lets the model say.
    pub(super) cut: bool,
}

/// Asks a model one question, told `prompt` before.
///
/// # Errors
/// [`Trouble`]: it was not answered.
pub async fn ask(dialer: &Dialer, model: &Model, prompt: &str, question: &str) -> Result<Said, Trouble> {
    let question = Question { prompt, memory: &[], text: question };
    let told = watch::Sender::new(String::new());
    let heard = converse(&Roads::default(), dialer, model, question, &told, &mut Tokens::default()).await;
    heard.map(|heard| heard.said).map_err(|refusal| refusal.trouble)
}

/// Asks a question; the words are added to `told` as they come, and to `spent` what it took, whatever comes of it.
pub(super) async fn converse(
    roads: &Roads,
    dialer: &Dialer,
    model: &Model,
    question: Question<'_>,
    told: &watch::Sender<String>,
    spent: &mut Tokens,
) -> Result<Heard, Refusal> {
    let request = request(model, question).map_err(Refusal::of)?;
    let began = Instant::now();
    loop {
        let mut open = roads
            .open(dialer, &model.origin)
            .await
            .map_err(|error| Refusal::of(Trouble::Unreachable(text::line(&error))))?;
        let mut listener = Listener::new(began, told, model);
        let heard = listener.listen(&mut open.connection, request.clone()).await;
        let said = heard.as_ref().map_or(&listener.said, |heard| &heard.said);
        spent.prompt = spent.prompt.saturating_add(said.prompt_tokens);
        spent.answer = spent.answer.saturating_add(said.answer_tokens);
        match heard {
            // It was closed since the last question, and has not seen this one.
            Err(Break::Gone) if open.used => continue,
            Err(Break::Gone) => return Err(Refusal::of(Trouble::Failed(Cause::Cut.to_string()))),
            Err(Break::Refused(refusal)) => return Err(refusal),
            Ok(heard) => {
                roads.keep(open);
                return Ok(heard);
            }
        }
    }
}

fn request(model: &Model, question: Question<'_>) -> Result<Request<Bytes>, Trouble> {
    let key = model.key.as_ref().map(|key| key.expose_secret().trim()).filter(|key| !key.is_empty());
    let key = HeaderValue::try_from(format!("Bearer {}", key.ok_or(Trouble::NoKey)?));
    let mut key = key.map_err(|_| Trouble::KeyRefused("it has characters that no key has".to_owned()))?;
    key.set_sensitive(true);
    let mut messages = Vec::new();
    if !question.prompt.trim().is_empty() {
        messages.push(json!({ "role": "system", "content": question.prompt }));
    }
    for Pair { question, answer } in question.memory {
        messages.push(json!({ "role": "user", "content": question }));
        messages.push(json!({ "role": "assistant", "content": answer }));
    }
    messages.push(json!({ "role": "user", "content": question.text }));
    let body = json!({
        "model": model.name,
        "messages": messages,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    let mut request = Request::new(Bytes::from(body.to_string()));
    *request.method_mut() = Method::POST;
    let path = format!("{}/chat/completions", model.path.trim_end_matches('/'));
    *request.uri_mut() =
        path.parse().map_err(|_| Trouble::Refused(format!("{} is no path", text::line(&path))))?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, key);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    Ok(request)
}

/// Why there is no more of an answer.
#[derive(Debug)]
enum Break {
    /// The connection was closed before anything was said.
    Gone,
    Refused(Refusal),
}

impl From<Refusal> for Break {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Trouble> for Break {
    fn from(trouble: Trouble) -> Self {
        Self::Refused(Refusal::of(trouble))
    }
}

/// What was heard so far.
struct Listener<'a> {
    began: Instant,
    told: &'a watch::Sender<String>,
    model: &'a Model,
    said: Said,
    finish: Option<String>,
    heard: bool,
    over: bool,
    cut: bool,
}

impl<'a> Listener<'a> {
    fn new(began: Instant, told: &'a watch::Sender<String>, model: &'a Model) -> Self {
        let said = Said::default();
        Self { began, told, model, said, finish: None, heard: false, over: false, cut: false }
    }

    /// Servers repeat the key that they do not take.
    fn without_key(&self, text: &str) -> String {
        let key = self.model.key.as_ref().map_or("", |key| key.expose_secret().trim());
        if key.is_empty() { text.to_owned() } else { text.replace(key, "…") }
    }

    async fn listen(&mut self, connection: &mut Connection, request: Request<Bytes>) -> Result<Heard, Break> {
        let sent = timeout_at(Instant::now() + FIRST, connection.send(request, WHOLE)).await;
        let mut answer = match sent {
            Err(_) => return Err(Trouble::TimedOut(FIRST).into()),
            Ok(Err(Cause::Cut)) => return Err(Break::Gone),
            Ok(Err(cause)) => return Err(trouble(&cause).into()),
            Ok(Ok(answer)) => answer,
        };
        let status = answer.status.as_u16();
        if !answer.status.is_success() {
            let retry_after = retry_after(&answer.headers);
            let body = refusal_text(&mut answer).await;
            return Err(Refusal::read(Some(status), &self.without_key(&body), retry_after).into());
        }
        self.body(&mut answer).await?;
        if self.said.text.trim().is_empty() {
            return Err(match self.finish.as_deref() {
                Some("content_filter") => {
                    let trouble = Trouble::Refused("its content filter".to_owned());
                    Refusal { of_content: true, ..Refusal::of(trouble) }.into()
                }
                _ => Trouble::Nonsense("it says nothing".to_owned()).into(),
            });
        }
        self.said.took = self.began.elapsed();
        let cut = self.cut || self.finish.as_deref() == Some("length");
        Ok(Heard { said: std::mem::take(&mut self.said), cut })
    }

    async fn body(&mut self, answer: &mut Answer<'_>) -> Result<(), Break> {
        let mut events = Events::default();
        // A server that does not stream answers with one JSON object.
        let mut whole: Option<Vec<u8>> = None;
        let ended = self.stream(answer, &mut events, &mut whole).await;
        if self.cut {
            return Ok(());
        }
        if let (Ok(()), Some(whole)) = (&ended, whole) {
            return self.event(&String::from_utf8_lossy(&whole)).map_err(Break::from);
        }
        let mut last = Ok(());
        events.end(|data| last = self.event(data));
        // Half an answer looks like a whole one: only the server's word tells them apart. A whole one stays one, whatever
        // becomes of the connection.
        if self.over || self.finish.is_some() {
            return Ok(());
        }
        ended?;
        last?;
        if self.heard {
            Err(Trouble::Failed("it stopped in the middle".to_owned()).into())
        } else {
            Err(Trouble::Nonsense("it is not what a model says".to_owned()).into())
        }
    }

    /// Reads until there is no more, or enough.
    async fn stream(
        &mut self,
        answer: &mut Answer<'_>,
        events: &mut Events,
        whole: &mut Option<Vec<u8>>,
    ) -> Result<(), Break> {
        let (mut read, mut until) = (0, Instant::now() + FIRST);
        loop {
            let quiet = if self.heard { BETWEEN } else { FIRST };
            let chunk = timeout_at(until, answer.chunk()).await.map_err(|_| Trouble::TimedOut(quiet))?;
            let Some(chunk) = chunk.map_err(|cause| trouble(&cause))? else { return Ok(()) };
            read += chunk.len();
            if read > MOST_READ {
                return Err(Trouble::Nonsense(format!("more than {MOST_READ} bytes")).into());
            }
            if let Some(whole) = whole {
                if whole.len() + chunk.len() > MOST_WHOLE {
                    return Err(Trouble::Nonsense(format!("more than {MOST_WHOLE} bytes at once")).into());
                }
                whole.extend_from_slice(&chunk);
                until = Instant::now() + BETWEEN;
                continue;
            }
            if read == chunk.len() && chunk.trim_ascii_start().starts_with(b"{") {
                *whole = Some(chunk.to_vec());
                continue;
            }
            let (before, mut result) = (self.over, Ok(false));
            let fed = events.feed(&chunk, |data| {
                if result.is_ok() {
                    result = self.event(data).map(|()| true);
                }
            });
            fed.map_err(|_| Trouble::Nonsense("a line without an end".to_owned()))?;
            let said = result?;
            if self.cut {
                return Ok(());
            }
            if said && !before {
                until = Instant::now()
                    + match &self.finish {
                        _ if self.over => END,
                        Some(_) => AFTER_LAST,
                        None => BETWEEN,
                    };
            }
        }
    }

    fn event(&mut self, data: &str) -> Result<(), Refusal> {
        if data.trim() == "[DONE]" {
            self.over = true;
        }
        if self.over || self.cut {
            return Ok(());
        }
        let read = chunk::read(data).or_else(|_| chunk::read(&self.without_key(data)));
        let Chunk { words, model, tokens, finish } = read?;
        self.heard = true;
        if let Some(model) = model {
            self.said.model = model;
        }
        if let Some((prompt, answer)) = tokens {
            (self.said.prompt_tokens, self.said.answer_tokens) = (prompt, answer);
        }
        self.finish = finish.or(self.finish.take());
        if words.is_empty() {
            return Ok(());
        }
        if self.said.text.is_empty() {
            self.said.first = self.began.elapsed();
            // What was told may be half of what was said at an earlier try.
            self.told.send_modify(String::clear);
        }
        let room = words.floor_char_boundary(LONGEST - self.said.text.len());
        self.cut = room < words.len();
        self.said.text.push_str(&words[..room]);
        self.told.send_modify(|told| told.push_str(&words[..room]));
        Ok(())
    }
}

fn trouble(cause: &Cause) -> Trouble {
    match cause {
        Cause::TimedOut(allowed) => Trouble::TimedOut(*allowed),
        Cause::NotHttp(_) | Cause::TooLarge { .. } => Trouble::Nonsense(cause.to_string()),
        cause => Trouble::Failed(cause.to_string()),
    }
}

/// The beginning of what a refusal says; as much of it as comes.
async fn refusal_text(answer: &mut Answer<'_>) -> String {
    let mut body = Vec::new();
    let until = Instant::now() + BETWEEN;
    while let Ok(Ok(Some(chunk))) = timeout_at(until, answer.chunk()).await
        && body.len() < REFUSAL
    {
        body.extend_from_slice(&chunk[..chunk.len().min(REFUSAL - body.len())]);
    }
    String::from_utf8_lossy(&body).into_owned()
}

/// In seconds, or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let rest = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => {
            let now = UNIX_EPOCH + Duration::from_millis(longwire_host::clock::now_ms());
            httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
        }
    };
    Some(rest.min(LONGEST_REST))
}
