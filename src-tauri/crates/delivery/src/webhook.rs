use std::collections::BTreeMap;

use longwire_contract::AttemptView;
use longwire_dial::Dialer;
use longwire_journal::Record;
use secrecy::SecretString;

/// A URL that gets events in the platform's own webhook format.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: url::Url,
    encrypt_key: Option<SecretString>,
    verification_token: Option<SecretString>,
    headers: BTreeMap<String, SecretString>,
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

    /// Asks it the platform's own question (`url_verification`), and says whether it answered as the platform wants.
    pub async fn challenge(&self, dialer: &Dialer, at_ms: u64) -> AttemptView {
        unimplemented!("{dialer:?} {at_ms}")
    }
}
