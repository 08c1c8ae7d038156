use aes::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

/// The body that an Encrypt Key makes of a text: AES-256-CBC with the SHA-256 of the key, the IV before it, in base64.
pub(super) fn encrypted(text: &[u8], key: &str, iv: [u8; 16]) -> Vec<u8> {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
    let cipher = cbc::Encryptor::<aes::Aes256>::new(&hash.into(), &iv.into());
    let mut bytes = iv.to_vec();
    bytes.extend(cipher.encrypt_padded_vec::<Pkcs7>(text));
    let mut body = String::from("{\"encrypt\":\"");
    STANDARD.encode_string(&bytes, &mut body);
    body.push_str("\"}");
    body.into_bytes()
}

#[cfg(test)]
pub(crate) mod tests {
    use aes::cipher::BlockModeDecrypt;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// As the platform's SDKs do it.
    pub(crate) fn decrypted(body: &[u8], key: &str) -> Vec<u8> {
        let body: Value = serde_json::from_slice(body).unwrap();
        let bytes = STANDARD.decode(body["encrypt"].as_str().unwrap()).unwrap();
        let (iv, text) = bytes.split_at(16);
        let hash: [u8; 32] = digest(&SHA256, key.as_bytes()).as_ref().try_into().unwrap();
        let iv: [u8; 16] = iv.try_into().unwrap();
        cbc::Decryptor::<aes::Aes256>::new(&hash.into(), &iv.into())
            .decrypt_padded_vec::<Pkcs7>(text)
            .unwrap()
    }

    #[test]
    fn the_platforms_own_example_is_met() {
        let example = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=";
        let iv: [u8; 16] = STANDARD.decode(example).unwrap()[..16].try_into().unwrap();
        let body = format!("{{\"encrypt\":\"{example}\"}}");
        assert_eq!(encrypted(b"hello world", "test key", iv), body.as_bytes());
        assert_eq!(decrypted(body.as_bytes(), "test key"), b"hello world");
    }

    proptest! {
        #[test]
        fn what_is_encrypted_can_be_read_with_the_key(text in prop::collection::vec(any::<u8>(), 0..200), key in ".*", iv: [u8; 16]) {
            prop_assert_eq!(decrypted(&encrypted(&text, &key, iv), &key), text);
        }
    }
}
