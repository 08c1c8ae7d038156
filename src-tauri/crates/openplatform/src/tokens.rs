use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use fastrand::Rng;

use crate::{history::lock, ids};

/// How long a token is good.
const LIFE: Duration = Duration::from_secs(7200);
/// With less than this left, the platform gives a new one.
const RENEWAL: Duration = Duration::from_secs(1800);

/// The `tenant_access_token` of each app; two at most, the current one and the one before.
pub(crate) struct Tokens(Mutex<HashMap<String, Vec<Token>>>);

struct Token {
    text: String,
    expires: Instant,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// The app's token and the time it has left.
    pub(crate) fn issue(&self, app_id: &str, rng: &mut Rng, now: Instant) -> (String, Duration) {
        let mut all = lock(&self.0);
        let tokens = all.entry(app_id.to_owned()).or_default();
        tokens.retain(|token| token.expires > now);
        if tokens.last().is_none_or(|token| token.expires - now < RENEWAL) {
            tokens.push(Token { text: format!("t-{}", ids::word(rng, 40)), expires: now + LIFE });
        }
        tokens.last().map(|token| (token.text.clone(), token.expires - now)).unwrap_or_default()
    }

    /// Ends all of them.
    pub(crate) fn expire(&self) {
        lock(&self.0).clear();
    }

    /// The app a token is for.
    pub(crate) fn app(&self, text: &str, now: Instant) -> Option<String> {
        let all = lock(&self.0);
        let holds =
            |tokens: &Vec<Token>| tokens.iter().any(|token| token.text == text && token.expires > now);
        all.iter().find(|(_, tokens)| holds(tokens)).map(|(app_id, _)| app_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_until_half_an_hour_before_its_end() {
        let (tokens, mut rng, now) = (Tokens::new(), Rng::with_seed(1), Instant::now());
        let (first, left) = tokens.issue("cli_a", &mut rng, now);
        assert_eq!(left, LIFE);
        assert_eq!(tokens.issue("cli_a", &mut rng, now + Duration::from_secs(60)).0, first);
        let renewal = now + LIFE - RENEWAL + Duration::from_secs(1);
        assert_ne!(tokens.issue("cli_a", &mut rng, renewal).0, first);
        assert_eq!(
            tokens.app(&first, renewal).as_deref(),
            Some("cli_a"),
            "the old one is good until its end"
        );
        assert_eq!(tokens.app(&first, now + LIFE), None);
    }
}
