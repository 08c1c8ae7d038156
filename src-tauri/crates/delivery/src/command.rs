/// A program that is started for each event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Program {
    /// What to run: a path, or a name that `PATH` finds; then its arguments.
    pub command: Vec<String>,
}
