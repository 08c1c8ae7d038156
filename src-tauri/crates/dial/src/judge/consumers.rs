/// What makes another program trust a CA file: an environment variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consumer {
    /// The variable.
    pub variable: &'static str,
    /// Its value: the file.
    pub value: String,
    /// Who reads it; names of programs, which are the same in every language.
    pub read_by: &'static str,
    /// Whether the file's CAs come beside those the program trusts already. Otherwise they take their place: enough where
    /// every connection is intercepted, and too little where some are not.
    pub adds: bool,
}

/// The variables that make other programs trust a CA file, as HTTP Toolkit sets them for a terminal. Node first, then
/// Python: most bots are written for these.
const VARIABLES: [(&str, &str, bool); 9] = [
    ("NODE_EXTRA_CA_CERTS", "Node.js", true),
    ("REQUESTS_CA_BUNDLE", "Python requests, pip", false),
    ("SSL_CERT_FILE", "Python ssl and httpx, OpenSSL, Go, Ruby, Rust", false),
    ("CURL_CA_BUNDLE", "curl, PHP", false),
    ("GIT_SSL_CAINFO", "git", false),
    ("CARGO_HTTP_CAINFO", "cargo", false),
    ("DENO_CERT", "Deno", true),
    ("AWS_CA_BUNDLE", "AWS CLI, boto3", false),
    ("PERL_LWP_SSL_CA_FILE", "Perl LWP", false),
];

/// What to set so that other programs trust the CAs of a file, too.
pub fn environment_lines(ca_file: &str) -> Vec<Consumer> {
    let consumer =
        |(variable, read_by, adds)| Consumer { variable, value: ca_file.to_owned(), read_by, adds };
    VARIABLES.into_iter().map(consumer).collect()
}

impl Consumer {
    /// The line for a POSIX shell, the value quoted so that nothing in it is taken for more than text.
    pub fn export(&self) -> String {
        format!("export {}='{}'", self.variable, self.value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_the_file_and_its_reader() {
        let lines = environment_lines("/etc/ca.pem");
        assert_eq!(lines.len(), 9);
        assert!(lines.iter().all(|line| line.value == "/etc/ca.pem" && !line.read_by.is_empty()));
        let node = &lines[0];
        assert_eq!((node.variable, node.adds), ("NODE_EXTRA_CA_CERTS", true));
        assert_eq!(node.export(), "export NODE_EXTRA_CA_CERTS='/etc/ca.pem'");
    }

    #[test]
    fn no_path_can_add_to_the_command() {
        let line = &environment_lines("/Users/it's $(me)/`x` y.pem")[0];
        assert_eq!(line.export(), r"export NODE_EXTRA_CA_CERTS='/Users/it'\''s $(me)/`x` y.pem'");
    }
}
