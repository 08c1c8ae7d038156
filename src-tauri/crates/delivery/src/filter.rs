mod condition;
mod pattern;

use longwire_contract::AppId;

use crate::raw;
use condition::Condition;
pub use pattern::Pattern;

/// Which events somebody wants: of one of these types, and of which all of these hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    types: Vec<Pattern>,
    conditions: Vec<Condition>,
}

/// Why a filter is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FilterError {
    /// A pattern of event types is not of the form `a.b.c` or `a.b.*`.
    #[error("{0:?} is no event type: write one as im.message.receive_v1, or several as im.message.*")]
    Pattern(String),
    /// A condition is not of the form `a.b.c`, `a.b.c = x`, `a.b.c != x` or `a.b.c ~ x`.
    #[error(
        "{0:?} is no condition: write one as event.message.chat_type = p2p (or with != or ~, for contains)"
    )]
    Condition(String),
}

/// What is known of an event when it is asked who wants it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The app that received it.
    pub app_id: &'a AppId,
    /// Its type.
    pub event_type: &'a str,
    /// Its JSON text.
    pub payload: &'a [u8],
}

impl Filter {
    /// Reads a filter from the user's words: patterns of event types (`im.message.*`; none is any), and conditions on the JSON.
    ///
    /// A condition is a place (`event.message.chat_id`) that must be there and not null, or compares it: `=`, `!=`, and `~` for
    /// "contains", in which upper and lower case are the same. What it is compared with is JSON where it is a JSON string, a
    /// number, a boolean or null, else a text; a number is also the text that says it. What is not there is null, and so is
    /// unequal to anything else. Of an object or a list `~` looks at the JSON text.
    ///
    /// # Errors
    /// [`FilterError`], naming what is wrong.
    pub fn new(types: &[String], conditions: &[String]) -> Result<Self, FilterError> {
        Ok(Self {
            types: types.iter().map(|text| Pattern::new(text)).collect::<Result<_, _>>()?,
            conditions: conditions.iter().map(|text| Condition::new(text)).collect::<Result<_, _>>()?,
        })
    }

    /// Whether an event is wanted. Of a payload that is no JSON no condition holds, `!=` neither.
    pub fn wants(&self, event: Wanted<'_>) -> bool {
        let of_type =
            self.types.is_empty() || self.types.iter().any(|pattern| pattern.fits(event.event_type));
        of_type && (self.conditions.is_empty() || self.hold(event.payload))
    }

    fn hold(&self, payload: &[u8]) -> bool {
        raw::json(payload).is_some_and(|json| self.conditions.iter().all(|condition| condition.holds(json)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(types: &[&str], conditions: &[&str], event_type: &str, payload: &[u8]) -> bool {
        let own = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
        let app_id: AppId = "cli_0123456789abcdef".parse().unwrap();
        let filter = Filter::new(&own(types), &own(conditions)).unwrap();
        filter.wants(Wanted { app_id: &app_id, event_type, payload })
    }

    #[test]
    fn an_event_must_be_of_one_of_the_types_and_all_conditions_must_hold() {
        let payload = br#"{"a":1,"b":"x"}"#;
        assert!(wants(&[], &[], "", b"no JSON"));
        assert!(wants(&["x.y", "im.*"], &["a = 1", "b"], "im.z", payload));
        assert!(!wants(&["x.y", "im.*"], &["a = 1", "b"], "in.z", payload));
        assert!(!wants(&["im.*"], &["a = 1", "c"], "im.z", payload));
    }

    #[test]
    fn events_that_a_parser_refuses_are_judged_like_others() {
        let deep = format!(r#"{{"deep":{}{},"a":1}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert!(wants(&[], &["a = 1", "deep.0.0 ~ []"], "", deep.as_bytes()));
        assert!(wants(&[], &["a ~ y"], "", br#"{"a":"x\ud800y","b":1e999}"#));
        for condition in ["a", "a = 1", "a != 1", "a = null"] {
            assert!(!wants(&[], &[condition], "im.x", b"{\"b\":"), "{condition}");
        }
        assert!(wants(&["im.*"], &[], "im.x", b"{\"b\":"));
    }

    #[test]
    fn a_wrong_filter_says_what_is_wrong() {
        let error = |types: &[&str], conditions: &[&str]| {
            let own =
                |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
            Filter::new(&own(types), &own(conditions)).unwrap_err()
        };
        assert_eq!(error(&["im.*", "im*"], &[]), FilterError::Pattern("im*".into()));
        assert_eq!(error(&[], &["a", "a >= 2"]), FilterError::Condition("a >= 2".into()));
    }
}
