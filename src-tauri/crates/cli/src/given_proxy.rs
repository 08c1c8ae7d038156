//! A proxy on its way in. One with a password never comes from the command line, which other users can read.

use longwire_contract::{Fault, FaultCode, Secret};
use secrecy::SecretString;

/// Names a proxy that may hold a password.
const VARIABLE: &str = "LONGWIRE_PROXY";

/// The proxy of `--proxy`, else of `LONGWIRE_PROXY`.
pub(crate) fn given(argument: Option<String>) -> Result<Option<Secret>, Fault> {
    let text = match argument {
        Some(text) if has_credentials(&text) => {
            let detail = "a proxy's user name and password do not belong on the command line, where other users can \
                          read them: put the address into the environment variable LONGWIRE_PROXY";
            return Err(Fault::new(FaultCode::BadRequest, detail));
        }
        Some(text) => Some(text),
        None => std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty()),
    };
    Ok(text.map(|text| Secret::from(SecretString::from(text))))
}

/// Any `@` before the query, wherever a sloppy address has it: a script's URL may have one behind that.
fn has_credentials(text: &str) -> bool {
    text.split(['?', '#']).next().is_some_and(|address| address.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        for text in ["http://u:planted@h:1", "planted@h:1", "socks5://planted@h", "http:///u:planted@h:1"] {
            let fault = given(Some(text.to_owned())).unwrap_err();
            assert!(
                !format!("{fault:?}").contains("planted") && fault.detail.contains(VARIABLE),
                "{fault:?}"
            );
        }
        for text in ["auto", "direct", "http://127.0.0.1:7890", "pac+http://h/proxy.pac?a@b"] {
            assert!(given(Some(text.to_owned())).unwrap().is_some(), "{text}");
        }
    }
}
