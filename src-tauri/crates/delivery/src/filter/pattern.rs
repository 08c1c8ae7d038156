use super::FilterError;

/// An event type, or the beginning of several: `im.message.*`; `*` is any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern(String);

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`FilterError::Pattern`].
    pub fn new(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        let beginning = match text {
            "*" => None,
            _ => Some(text.strip_suffix(".*").unwrap_or(text)),
        };
        let names = |text: &str| text.split('.').all(is_name);
        if text.len() <= 256 && beginning.is_none_or(names) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FilterError::Pattern(text.chars().take(200).collect()))
        }
    }

    /// Whether a type fits.
    pub fn fits(&self, event_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            // `im.*` is `im.` and something after it.
            Some(beginning) => {
                event_type.strip_prefix(beginning).is_some_and(|rest| !rest.is_empty() || self.0 == "*")
            }
            None => self.0 == event_type,
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_type_or_the_beginning_of_several() {
        for (pattern, fitting, others) in [
            (
                "im.message.receive_v1",
                &["im.message.receive_v1"][..],
                &["im.message.receive_v12", "im.message", ""][..],
            ),
            (
                "im.message.*",
                &["im.message.receive_v1", "im.message.reaction.created_v1"],
                &["im.message", "im.message.", "im.messages.x"],
            ),
            ("*", &["message", "a.b", ""], &[]),
            (" p2p_chat_create ", &["p2p_chat_create"], &["p2p_chat"]),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert!(fitting.iter().all(|event_type| pattern.fits(event_type)), "{pattern:?}");
            assert!(!others.iter().any(|event_type| pattern.fits(event_type)), "{pattern:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in
            ["", "im.", ".im", "im..x", "im.*.x", "im*", "**", "im.message receive", "类型", "*.x", ".*"]
        {
            assert_eq!(Pattern::new(text), Err(FilterError::Pattern(text.into())), "{text}");
        }
    }
}
