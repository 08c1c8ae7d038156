mod address;
mod curl;
mod exchange;
mod header;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use longwire_contract::{AttemptOutcome, AttemptView, milliseconds};
use longwire_dial::{Dialer, Origin};
use longwire_journal::Record;
use ring::rand::{SystemRandom, generate};
use secrecy::{ExposeSecret, SecretString};
use url::{Position, Url};

use crate::form::{self, Form, NoPlace, Random};
use exchange::Exchange;
pub(crate) use exchange::KeptAlive;

/// How long the platform waits for the answer to its own question, connecting included.
const CHALLENGE: Duration = Duration::from_secs(3);
const JSON: &str = "application/json; charset=utf-8";
pub(crate) const USER_AGENT: &str = concat!("Longwire/", env!("CARGO_PKG_VERSION"));
/// What stands in a shown command for what is not shown.
const FILL_IN: &str = "…";

/// A URL that gets events in the platform's own webhook format.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: Url,
    origin: Origin,
    encrypt_key: Option<SecretString>,
    verification_token: Option<SecretString>,
    headers: BTreeMap<String, SecretString>,
}

/// What is posted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post<'a> {
    /// The event.
    pub(crate) record: &'a Record,
    /// Which attempt it is, from 1.
    pub(crate) number: u32,
    /// Now, in milliseconds since the Unix epoch: what a signature is made with.
    pub(crate) at_ms: u64,
    /// When its user asked for it once more, in milliseconds since the Unix epoch; 0 where nobody did.
    pub(crate) asked_ms: u64,
    /// How long all of it may take, with the connecting.
    pub(crate) deadline: Duration,
    /// Whether its answer is for the platform: it is read whole then, and it is a failure where that cannot be done.
    pub(crate) callback: bool,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    /// How. [`AttemptOutcome::Unreachable`] says that the target is down, whatever the event: nobody is there, or what is
    /// there says that the bot behind it is not (502, 503, 504; the status is told then).
    pub(crate) outcome: AttemptOutcome,
    /// The status, where one came.
    pub(crate) status: Option<u16>,
    /// How long it took.
    pub(crate) took: Duration,
    /// The beginning of the answer, fit to be shown; absent where there was none.
    pub(crate) response: Option<String>,
    /// The whole answer to a callback; empty else.
    pub(crate) body: Bytes,
    /// How long it asks to be left alone, at most an hour.
    pub(crate) retry_after: Option<Duration>,
    /// The technical cause; empty where there is none.
    pub(crate) detail: String,
}

/// Why a URL cannot be a webhook.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WebhookError {
    /// It is no URL of http or https.
    #[error("{0} is no URL of http or https")]
    NotAUrl(String),
    /// It has a user name or password in it, which others would see.
    #[error("a URL with a password in it would show it: use a header")]
    Credentials,
    /// It is on another machine, and nobody said that it may be.
    #[error("{0} is on another machine")]
    Remote(String),
    /// It is on another machine, and not over https.
    #[error("{0} is on another machine, which events reach over https alone")]
    Plain(String),
    /// It is an address that servers listen at and nobody is at.
    #[error("{0} is where a server listens, and not where it is: write 127.0.0.1")]
    Unspecified(String),
    /// A header cannot be sent.
    #[error("{0} cannot be a header of a request")]
    Header(String),
}

impl Webhook {
    /// A webhook at this URL.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub fn new(url: &str, remote: bool) -> Result<Self, WebhookError> {
        let (url, origin) = address::judge(url, remote)?;
        Ok(Self { url, origin, encrypt_key: None, verification_token: None, headers: BTreeMap::new() })
    }

    /// The same, with events encrypted and signed with this key; an empty one is none.
    pub fn encrypt_key(self, key: SecretString) -> Self {
        Self { encrypt_key: given(key), ..self }
    }

    /// The same, with this token in events; an empty one is none.
    pub fn verification_token(self, token: SecretString) -> Self {
        Self { verification_token: given(token), ..self }
    }

    /// The same, with this header in each request.
    ///
    /// # Errors
    /// [`WebhookError::Header`]: its name or value cannot be sent, or is one that we set ourselves.
    pub fn header(mut self, name: &str, value: SecretString) -> Result<Self, WebhookError> {
        let name = header::checked(name, &value)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Its URL, without what may be a secret in it (its query).
    pub fn shown(&self) -> String {
        address::shown(&self.url)
    }

    /// The request it gets for an event, as a command for a POSIX shell: with the body as it is sent, its signature, and with the
    /// extra headers by name, their values left for the user to fill in.
    pub fn curl(&self, record: &Record, at_ms: u64) -> String {
        // An event that cannot be sent can be shown all the same.
        let text = self.text(record).unwrap_or_else(|_| record.payload.clone());
        let form = self.form(text, at_ms);
        let signature = form.signature.into_iter().flat_map(form::Signature::headers);
        let own = [("Content-Type", JSON.to_owned())].into_iter().chain(about(record)).chain(signature);
        let extra = self.headers.keys().map(|name| (name.clone(), FILL_IN.to_owned()));
        let headers = own.map(|(name, value)| (name.to_owned(), value)).chain(extra).collect();
        let (url, local) = (self.url.as_str(), self.origin.is_this_machine());
        curl::Line { url, local, headers, body: &form.body }.text()
    }

    /// Sends it an event. Dropping the future gives up and closes the connection.
    pub(crate) async fn send(&self, kept: &mut KeptAlive, dialer: &Dialer, post: Post<'_>) -> Sent {
        let Post { record, number, at_ms, deadline, callback, .. } = post;
        let text = match self.text(record) {
            Ok(text) => text,
            Err(NoPlace) => {
                return Sent::failed(AttemptOutcome::NotSendable, Duration::ZERO, NoPlace.to_string());
            }
        };
        let mut headers: Vec<_> = about(record).collect();
        headers.push(("X-Longwire-Attempt", number.to_string()));
        self.exchange(text, headers, at_ms, deadline, callback).run(kept, dialer).await
    }

    /// Asks it the platform's own question (`url_verification`), and says whether it answered as the platform wants.
    pub async fn challenge(&self, dialer: &Dialer, at_ms: u64) -> AttemptView {
        let challenge = format!("{:032x}", u128::from_be_bytes(random()));
        let token = self.verification_token.as_ref().map_or("", ExposeSecret::expose_secret);
        let question = form::question(&challenge, token).into();
        let exchange = self.exchange(question, Vec::new(), at_ms, CHALLENGE, true);
        let mut sent = exchange.run(&mut KeptAlive::default(), dialer).await;
        if sent.outcome == AttemptOutcome::Delivered && !form::answers(&sent.body, &challenge) {
            sent.outcome = AttemptOutcome::AnswerInvalid;
            sent.detail = "the answer does not give the challenge back".to_owned();
        }
        AttemptView {
            number: 1,
            at_ms,
            took_ms: milliseconds(sent.took),
            outcome: sent.outcome,
            status: sent.status.map(i32::from),
            response: sent.response,
            detail: sent.detail,
        }
    }

    /// The event's JSON text, with the token that it is to carry.
    fn text(&self, record: &Record) -> Result<Bytes, NoPlace> {
        match &self.verification_token {
            None => Ok(record.payload.clone()),
            Some(token) => form::with_token(&record.payload, token.expose_secret()).map(Bytes::from),
        }
    }

    fn form(&self, text: Bytes, at_ms: u64) -> Form {
        let key = self.encrypt_key.as_ref().map(ExposeSecret::expose_secret);
        Form::of(text, key, at_ms, Random { iv: random(), nonce: random() })
    }

    fn exchange(
        &self,
        text: Bytes,
        about: Vec<(&'static str, String)>,
        at_ms: u64,
        deadline: Duration,
        whole: bool,
    ) -> Exchange<'_> {
        let Form { body, signature } = self.form(text, at_ms);
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        // That it can be read was seen when the webhook was made.
        *request.uri_mut() = self.url[Position::BeforePath..].parse().unwrap_or_default();
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            let (name, value) =
                (HeaderName::try_from(name), HeaderValue::from_bytes(value.expose_secret().as_bytes()));
            if let (Ok(name), Ok(mut value)) = (name, value) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        let fixed = [("Content-Type", JSON.to_owned()), ("User-Agent", USER_AGENT.to_owned())];
        let signature = signature.into_iter().flat_map(form::Signature::headers);
        for (name, value) in fixed.into_iter().chain(signature).chain(about) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        Exchange { url: &self.url, origin: &self.origin, request, deadline, whole, at_ms }
    }
}

/// What tells the event apart from others. An id that no header can hold is in none.
fn about(record: &Record) -> impl Iterator<Item = (&'static str, String)> {
    let id = record.event_id.clone().filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()));
    let seq = ("X-Longwire-Event", record.seq.to_string());
    [Some(seq), id.map(|id| ("X-Longwire-Event-Id", id))].into_iter().flatten()
}

fn given(secret: SecretString) -> Option<SecretString> {
    (!secret.expose_secret().is_empty()).then_some(secret)
}

/// What must not be the same twice. The system's source does not fail where it has ever worked; should it, another one is not
/// the same twice either.
fn random() -> [u8; 16] {
    match generate::<[u8; 16]>(&SystemRandom::new()) {
        Ok(random) => random.expose(),
        Err(_) => fastrand::u128(..).to_ne_bytes(),
    }
}

/// The same URL, keys and headers.
impl PartialEq for Webhook {
    fn eq(&self, other: &Self) -> bool {
        fn words(secret: &Option<SecretString>) -> Option<&str> {
            secret.as_ref().map(ExposeSecret::expose_secret)
        }
        let headers = |webhook: &Self| -> Vec<(String, String)> {
            webhook
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()))
                .collect()
        };
        self.url == other.url
            && words(&self.encrypt_key) == words(&other.encrypt_key)
            && words(&self.verification_token) == words(&other.verification_token)
            && headers(self) == headers(other)
    }
}
