use longwire_dial::judge::environment_lines;

/// Lines for a shell that make programs trust the CA in `file`, each under the names of those who read it. A program that
/// asks the system's store needs none of them; most bots ask no store at all.
pub(super) fn lines(file: &str, sha256: &str) -> String {
    let exports = environment_lines(file).into_iter().map(|line| {
        // Enough where all that the program does is decrypted, and too little where some of it is not.
        let instead = if line.adds { "" } else { " (in place of the CAs it has)" };
        format!("# {}{instead}\n{}", line.read_by, line.export())
    });
    exports.chain([java(file, sha256)]).collect::<Vec<_>>().join("\n")
}

/// Java reads no variable that adds a CA to those it has: it is put into the store of the JDK that `keytool` belongs to.
fn java(file: &str, sha256: &str) -> String {
    let alias = sha256.get(..8).unwrap_or(sha256).to_lowercase();
    let file = file.replace('\'', r"'\''");
    format!(
        "# Java\nkeytool -importcert -noprompt -cacerts -storepass changeit -alias longwire-{alias} -file '{file}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_a_bot_is_written_for_has_its_line() {
        let lines = lines("/it's/ca.pem", "7A12BC34FF");
        for runtime in ["Node", "Python", "Go", "curl", "git", "Java"] {
            assert!(lines.lines().any(|line| line.starts_with('#') && line.contains(runtime)), "{runtime}");
        }
        assert!(lines.contains(r"export NODE_EXTRA_CA_CERTS='/it'\''s/ca.pem'"), "{lines}");
        assert!(lines.contains("# curl, PHP (in place of the CAs it has)\nexport"), "{lines}");
        assert!(lines.contains("# Node.js\nexport"), "{lines}");
        assert!(lines.contains(r"-alias longwire-7a12bc34 -file '/it'\''s/ca.pem'"), "{lines}");
    }
}
