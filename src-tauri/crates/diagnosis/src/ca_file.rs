use longwire_dial::judge::{Judgement, Local, Signed};

/// The file that holds the CA which signed a chain and is trusted on this machine alone: one of our own, else `bundle`, the
/// one that holds all that the operating system trusts, where it has one. Absent where no such CA signed.
pub fn ca_file(judgement: &Judgement, bundle: Option<&str>) -> Option<String> {
    match judgement.signed {
        Signed::Locally { by: Local::Extra } => {
            judgement.file.as_ref().map(|path| path.display().to_string())
        }
        Signed::Locally { by: Local::System } => bundle.map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::judged;

    #[test]
    fn the_file_is_that_of_whoever_trusts_the_ca() {
        let own = || Some("/own.pem".into());
        for (signed, wanted) in [
            (Signed::Locally { by: Local::Extra }, Some("/own.pem")),
            (Signed::Locally { by: Local::System }, Some("/bundle.crt")),
            (Signed::Publicly, None),
            (Signed::Untrusted { issuer: "X".into() }, None),
        ] {
            let judgement = Judgement { file: own(), ..judged(signed, None) };
            assert_eq!(ca_file(&judgement, Some("/bundle.crt")).as_deref(), wanted, "{judgement:?}");
        }
        let by_system = Judgement { file: own(), ..judged(Signed::Locally { by: Local::System }, None) };
        assert_eq!(ca_file(&by_system, None), None, "our own file does not hold that CA");
    }
}
