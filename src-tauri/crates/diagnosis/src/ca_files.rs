use std::path::PathBuf;

use longwire_dial::judge::{Judgement, Local, Signed};

/// The files that hold CAs which are trusted here, for other programs to trust, too.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CaFiles {
    /// Our own, in the order they are set.
    pub extra: Vec<PathBuf>,
    /// The one that holds all that the operating system trusts, where it has one.
    pub system: Option<String>,
}

impl CaFiles {
    /// The file of the CA that signed a chain and is trusted on this machine alone: the first of our own where they are the
    /// ones that trust it. Absent where no such CA signed, or no file holds it.
    pub fn for_judgement(&self, judgement: &Judgement) -> Option<String> {
        match judgement.signed {
            Signed::Locally { by: Local::Extra } => self.extra.first().map(|path| path.display().to_string()),
            Signed::Locally { by: Local::System } => self.system.clone(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::judged;

    #[test]
    fn the_file_is_that_of_whoever_trusts_the_signer() {
        let all = CaFiles { extra: vec!["/own.pem".into()], system: Some("/bundle.crt".into()) };
        for (signed, wanted) in [
            (Signed::Locally { by: Local::Extra }, Some("/own.pem")),
            (Signed::Locally { by: Local::System }, Some("/bundle.crt")),
            (Signed::Publicly, None),
            (Signed::Untrusted { issuer: "X".into() }, None),
        ] {
            let judgement = judged(signed, None);
            assert_eq!(all.for_judgement(&judgement).as_deref(), wanted, "{judgement:?}");
            assert_eq!(CaFiles::default().for_judgement(&judgement), None);
        }
        let own_alone = CaFiles { system: None, ..all };
        let by_system = judged(Signed::Locally { by: Local::System }, None);
        assert_eq!(own_alone.for_judgement(&by_system), None, "our own file does not hold that CA");
    }
}
