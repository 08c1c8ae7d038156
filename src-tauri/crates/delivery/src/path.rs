/// A place in a JSON document: `event.message.mentions.0.name`. A member whose name has a dot is written `["a.b"]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path(Vec<String>);

/// Why a text names no place in a JSON document, or a document has no such place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PathError {
    /// It is no path.
    #[error("{0:?} is no place in a JSON document: write one as event.message.chat_id")]
    Malformed(String),
    /// What stands before the place has no members.
    #[error("{0} is neither an object nor a list, so that nothing can be set in it")]
    NoMembers(String),
}

impl Path {
    /// The value at this place.
    pub fn of<'j>(&self, json: &'j serde_json::Value) -> Option<&'j serde_json::Value> {
        unimplemented!("{json} {:?}", self.0)
    }

    /// Sets the value at this place; objects on the way there that are missing are made.
    ///
    /// # Errors
    /// [`PathError::NoMembers`].
    pub fn set(&self, json: &mut serde_json::Value, value: serde_json::Value) -> Result<(), PathError> {
        unimplemented!("{json} {value}")
    }
}

impl std::str::FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Err(PathError::Malformed(text.to_owned()))
    }
}
