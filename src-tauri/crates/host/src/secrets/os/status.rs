use crate::secrets::Error;

/// What an `OSStatus` of the keychain means to the user. The numbers are those of `SecBase.h`; an unknown one
/// keeps its number beside the system's text.
pub(super) fn told(code: i32, text: &str) -> Error {
    match code {
        // userCanceledErr, errSecAuthFailed
        -128 | -25293 => Error::Denied,
        // errSecInteractionNotAllowed, errSecInteractionRequired
        -25308 | -25315 => Error::Locked,
        // errSecNotAvailable, errSecNoSuchKeychain, errSecNoDefaultKeychain
        -25291 | -25294 | -25307 => Error::Unavailable(text.to_owned()),
        code => Error::Other(format!("{text} ({code})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_can_mend_is_told_apart() {
        assert_eq!(told(-128, ""), Error::Denied);
        assert_eq!(told(-25293, ""), Error::Denied);
        assert_eq!(told(-25308, ""), Error::Locked);
        let unavailable = told(-25307, "A default keychain could not be found.");
        assert!(unavailable.to_string().contains("LONGWIRE_APP_SECRET"), "{unavailable}");
    }

    #[test]
    fn an_unknown_code_keeps_text_and_number() {
        assert_eq!(
            told(-34018, "missing entitlement").to_string(),
            "the secret store failed: missing entitlement (-34018)"
        );
    }
}
