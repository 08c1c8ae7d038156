use longwire_contract::AppId;

use crate::PathError;

/// Which events somebody wants: of one of these types, and of which all of these hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    types: Vec<Pattern>,
}

/// An event type, or the beginning of several: `im.message.*`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern(String);

/// Why a filter is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FilterError {
    /// Its place in the JSON is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A pattern of event types is not of the form `a.b.c` or `a.b.*`.
    #[error("{0:?} is no event type: write one as im.message.receive_v1, or several as im.message.*")]
    Pattern(String),
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
    /// Reads a filter from the user's words: patterns of event types (`im.message.*`), and conditions on the JSON
    /// (`event.message.chat_type = p2p`, `!=`, `~` for contains, a place alone for "is there").
    ///
    /// # Errors
    /// [`FilterError`], naming what is wrong.
    pub fn new(types: &[String], conditions: &[String]) -> Result<Self, FilterError> {
        unimplemented!("{types:?} {conditions:?}")
    }

    /// Whether an event is wanted.
    pub fn wants(&self, event: Wanted<'_>) -> bool {
        unimplemented!("{event:?} {:?}", self.types)
    }
}

impl Pattern {
    /// Whether a type fits.
    pub fn fits(&self, event_type: &str) -> bool {
        unimplemented!("{event_type} {}", self.0)
    }
}
