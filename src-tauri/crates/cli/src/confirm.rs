//! Asking a person before anything outside the data folder is changed.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};

/// Who gave the command, and whether they can be asked. Questions go to standard error: standard output is data.
pub(crate) struct Person<'a> {
    terminal: bool,
    input: Box<dyn BufRead + 'a>,
    output: Box<dyn Write + 'a>,
}

/// How the consent to a change is had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Consent {
    /// The command line says it all.
    Given,
    /// By asking.
    Asked,
}

/// Why no consent can be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoConsent {
    /// `--yes` to what nobody has named.
    Unnamed,
    /// Nobody can be asked.
    Nobody,
}

impl NoConsent {
    /// The key of its text, under the command's own.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Unnamed => "unnamed",
            Self::Nobody => "nobody",
        }
    }
}

impl Person<'static> {
    /// The one at the terminal, if there is one.
    pub(crate) fn here() -> Self {
        Self {
            terminal: io::stdin().is_terminal() && io::stderr().is_terminal(),
            // Not locked: a command may have read what it is about from there.
            input: Box::new(BufReader::new(io::stdin())),
            output: Box::new(io::stderr()),
        }
    }
}

impl Person<'_> {
    /// Whether they can be asked.
    pub(crate) fn is_there(&self) -> bool {
        self.terminal
    }

    /// How consent to a change is had, given `--yes` and whether the command line names what is changed.
    pub(crate) fn consent(&self, yes: bool, named: bool) -> Result<Consent, NoConsent> {
        match (yes, named, self.terminal) {
            (true, true, _) => Ok(Consent::Given),
            (true, false, _) => Err(NoConsent::Unnamed),
            (false, _, true) => Ok(Consent::Asked),
            (false, _, false) => Err(NoConsent::Nobody),
        }
    }

    /// Whether they say yes; anything else is no.
    pub(crate) fn agrees(&mut self, question: &str) -> bool {
        let answer = self.ask(question).to_lowercase();
        matches!(answer.as_str(), "y" | "yes" | "是")
    }

    /// Which of `count` things they choose, counted from 0.
    pub(crate) fn chooses(&mut self, question: &str, count: usize) -> Option<usize> {
        let number: usize = self.ask(question).parse().ok()?;
        (1..=count).contains(&number).then(|| number - 1)
    }

    fn ask(&mut self, question: &str) -> String {
        let mut answer = String::new();
        if !self.terminal {
            return answer;
        }
        let asked = write!(self.output, "{question} ").and_then(|()| self.output.flush());
        if asked.and_then(|()| self.input.read_line(&mut answer)).is_err() {
            return String::new();
        }
        answer.trim().to_owned()
    }
}

#[cfg(test)]
impl<'a> Person<'a> {
    /// One who answers with these lines.
    pub(crate) fn answering(terminal: bool, answers: &'a str) -> Self {
        Self { terminal, input: Box::new(answers.as_bytes()), output: Box::new(io::sink()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_consented_to_but_by_a_person_or_by_a_command_line_that_names_it() {
        let (there, away) = (Person::answering(true, ""), Person::answering(false, "y\n"));
        assert_eq!(there.consent(false, false), Ok(Consent::Asked));
        assert_eq!(there.consent(false, true), Ok(Consent::Asked));
        assert_eq!(away.consent(false, true), Err(NoConsent::Nobody));
        assert_eq!(away.consent(false, false), Err(NoConsent::Nobody));
        for person in [there, away] {
            assert_eq!(person.consent(true, true), Ok(Consent::Given));
            assert_eq!(person.consent(true, false), Err(NoConsent::Unnamed));
        }
    }

    #[test]
    fn only_a_plain_yes_is_a_yes() {
        for yes in ["y\n", "Y\n", "yes\n", " YES \n", "是\n"] {
            assert!(Person::answering(true, yes).agrees("?"), "{yes}");
        }
        for no in ["\n", "n\n", "no\n", "ye\n", "yy\n", "y n\n", ""] {
            assert!(!Person::answering(true, no).agrees("?"), "{no}");
        }
        assert!(!Person::answering(false, "y\n").agrees("?"), "what is piped in is no answer");
    }

    #[test]
    fn only_a_number_of_the_list_is_a_choice() {
        let chosen = |answer| Person::answering(true, answer).chooses("?", 2);
        assert_eq!(["1\n", "2\n"].map(chosen), [Some(0), Some(1)]);
        for wrong in ["0\n", "3\n", "-1\n", "one\n", "\n", ""] {
            assert_eq!(chosen(wrong), None, "{wrong}");
        }
    }
}
