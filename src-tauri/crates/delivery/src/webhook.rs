use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use longwire_contract::{AttemptOutcome, AttemptView};
use longwire_dial::Dialer;
use longwire_journal::Record;
use secrecy::{ExposeSecret, SecretString};

/// A URL that gets events in the platform's own webhook format.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: url::Url,
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

/// A connection to a webhook that is kept for the next event, where there is one. Each of those that send at the same time
/// has its own.
#[derive(Debug, Default)]
pub(crate) struct KeptAlive {}

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
        unimplemented!("{url} {remote}")
    }

    /// The same, with events encrypted and signed with this key.
    pub fn encrypt_key(self, key: SecretString) -> Self {
        Self { encrypt_key: Some(key), ..self }
    }

    /// The same, with this token in events.
    pub fn verification_token(self, token: SecretString) -> Self {
        Self { verification_token: Some(token), ..self }
    }

    /// The same, with this header in each request.
    ///
    /// # Errors
    /// [`WebhookError::Header`]: its name or value cannot be sent, or is one that we set ourselves.
    pub fn header(self, name: &str, value: SecretString) -> Result<Self, WebhookError> {
        unimplemented!("{name} {value:?} {:?}", self.headers)
    }

    /// Its URL, without what may be a secret in it (its query).
    pub fn shown(&self) -> String {
        unimplemented!("{}", self.url)
    }

    /// The request it gets for an event, as a command for a shell: with the body as it is sent, its signature, and with the
    /// extra headers by name, their values left for the user to fill in.
    pub fn curl(&self, record: &Record, at_ms: u64) -> String {
        unimplemented!("{record:?} {at_ms}")
    }

    /// Sends it an event. Dropping the future gives up and closes the connection.
    pub(crate) async fn send(&self, kept: &mut KeptAlive, dialer: &Dialer, post: Post<'_>) -> Sent {
        unimplemented!("{kept:?} {dialer:?} {post:?}")
    }

    /// Asks it the platform's own question (`url_verification`), and says whether it answered as the platform wants.
    pub async fn challenge(&self, dialer: &Dialer, at_ms: u64) -> AttemptView {
        unimplemented!("{dialer:?} {at_ms}")
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
