use std::iter;

use fastrand::Rng;
use secrecy::SecretString;

/// An app the simulator knows.
#[derive(Clone, Debug)]
pub struct App {
    /// Its App ID: `cli_` and 16 hexadecimal digits.
    pub id: String,
    /// Its App Secret.
    pub secret: SecretString,
}

impl App {
    /// An app with these credentials.
    pub fn new(id: impl Into<String>, secret: SecretString) -> Self {
        Self { id: id.into(), secret }
    }

    /// An app with an ID and a secret of the platform's form, from `rng`.
    pub fn random(rng: &mut Rng) -> Self {
        let id = format!("cli_{:016x}", rng.u64(..));
        let secret: String = iter::repeat_with(|| rng.alphanumeric()).take(32).collect();
        Self { id, secret: SecretString::from(secret) }
    }
}

/// Whether `id` has the form of an App ID.
pub(crate) fn is_app_id(id: &str) -> bool {
    id.strip_prefix("cli_").is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_app_has_the_platforms_form_and_hides_its_secret() {
        let app = App::random(&mut Rng::with_seed(7));
        assert!(is_app_id(&app.id), "{}", app.id);
        let secret = secrecy::ExposeSecret::expose_secret(&app.secret).to_owned();
        assert_eq!(secret.len(), 32);
        assert!(!format!("{app:?}").contains(&secret));
    }

    #[test]
    fn an_app_id_is_cli_and_sixteen_hexadecimal_digits() {
        assert!(is_app_id("cli_0123456789abcDEF"));
        for wrong in ["", "cli_", "cli_0123456789abcde", "cli_0123456789abcdefg", "app_0123456789abcdef"] {
            assert!(!is_app_id(wrong), "{wrong}");
        }
    }
}
