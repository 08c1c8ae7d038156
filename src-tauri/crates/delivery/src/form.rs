//! The platform's webhook format: what of it depends on nothing but the event and the keys.

mod encryption;
mod signature;
mod token;
mod verification;

use bytes::Bytes;
pub(crate) use signature::Signature;
pub(crate) use token::{NoPlace, with_token};
pub(crate) use verification::{answers, question};

#[cfg(test)]
pub(crate) use encryption::tests::decrypted;

/// A body as it is sent, and its signature where there is a key to sign it with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Form {
    pub(crate) body: Bytes,
    pub(crate) signature: Option<Signature>,
}

/// What must not be the same twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Random {
    /// What the encryption begins with.
    pub(crate) iv: [u8; 16],
    /// What the signature is made with.
    pub(crate) nonce: [u8; 16],
}

impl Form {
    /// The form of a text: encrypted and signed with the Encrypt Key where there is one, else as it is.
    pub(crate) fn of(text: Bytes, encrypt_key: Option<&str>, at_ms: u64, random: Random) -> Self {
        let Some(key) = encrypt_key else { return Self { body: text, signature: None } };
        let body = encryption::encrypted(&text, key, random.iv);
        let signature = Signature::new(&body, key, at_ms, random.nonce);
        Self { body: body.into(), signature: Some(signature) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_key_the_bytes_are_as_they_came() {
        let random = Random { iv: [1; 16], nonce: [2; 16] };
        let text = Bytes::from_static(b" {\"a\" : \"\\ud800\"}\n");
        let form = Form::of(text.clone(), None, 5, random);
        assert_eq!(form, Form { body: text.clone(), signature: None });
        let form = Form::of(text.clone(), Some("key"), 5, random);
        assert_eq!(decrypted(&form.body, "key"), text);
        assert_eq!(form.signature, Some(Signature::new(&form.body, "key", 5, [2; 16])));
    }
}
