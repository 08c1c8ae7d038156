use std::fmt::Display;

use longwire_contract::{Finding, FindingCode};
use longwire_link::SessionError;

use crate::table::finding;

/// What the WebSocket standard calls an end without a goodbye, and a goodbye without a code (RFC 6455 §7.4.1).
pub(crate) const ABNORMAL: u16 = 1006;
pub(crate) const NO_CODE: u16 = 1005;

/// Why an open link ended.
pub(crate) fn of_session(error: &SessionError) -> Finding {
    let closed = |code: u16, message: &dyn Display| {
        finding(FindingCode::LinkClosed, "").with("code", code).with("message", message)
    };
    match error {
        SessionError::Silent(time) => finding(FindingCode::LinkSilent, "").with("seconds", time.as_secs()),
        SessionError::Closed { code, reason } => closed(code.unwrap_or(NO_CODE), reason),
        SessionError::Cut
        | SessionError::TooLarge { .. }
        | SessionError::Protocol(_)
        | SessionError::Os(_) => closed(ABNORMAL, error),
    }
}
