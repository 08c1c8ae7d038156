use longwire_contract::{Fault, FaultCode};

/// The words of a command line, as a shell would part them.
pub(crate) fn words_of(line: &str) -> Result<Vec<String>, Fault> {
    let words = shlex::split(line).filter(|words| !words.is_empty());
    words.ok_or_else(|| {
        let error = "--exec: a quote is not closed, or nothing is named";
        Fault::new(FaultCode::TargetUnusable, error).with("error", error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_as_in_a_shell() {
        assert_eq!(words_of("python3 'my bot.py' --once").unwrap(), ["python3", "my bot.py", "--once"]);
        for wrong in ["", "  ", "bot 'a"] {
            assert_eq!(words_of(wrong).unwrap_err().code, FaultCode::TargetUnusable, "{wrong:?}");
        }
    }
}
