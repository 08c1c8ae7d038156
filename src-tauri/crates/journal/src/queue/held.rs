use super::TargetKey;

/// The targets that somebody hands events to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Held {
    /// Nobody said yet: all.
    #[default]
    All,
    /// These.
    These(Vec<TargetKey>),
}

impl Held {
    /// Their numbers as a JSON list, for statements; nothing where it is all.
    pub(crate) fn list(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::These(targets) => {
                let numbers: Vec<_> = targets.iter().map(|target| target.0.to_string()).collect();
                Some(format!("[{}]", numbers.join(",")))
            }
        }
    }
}
