use std::fmt;
use std::time::Duration;

use longwire_contract::{Action, Finding, FindingCode, Severity};

/// What holds of every finding of one code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    /// How much it matters.
    pub severity: Severity,
    /// Where one of these is told, too, it is the cause, and this one is not told.
    pub depends_on: &'static [FindingCode],
    /// Whether there is no connection while it lasts.
    pub blocks_connection: bool,
    /// How long it has to last before it is shown. What blocks a connection that has never been up is shown at once.
    pub visible_after: Duration,
    /// What mends it with one click.
    pub action: Option<Action>,
}

/// A finding of this code, as the table says, with the technical cause in English.
pub fn finding(code: FindingCode, detail: impl fmt::Display) -> Finding {
    let Rule { severity, blocks_connection, action, .. } = rule(code);
    let (values, detail) = (Default::default(), detail.to_string());
    Finding { code, severity, blocks_connection, action, values, detail }
}

/// The table. One line is one diagnosis; its texts are `finding.CODE.*`.
pub fn rule(code: FindingCode) -> Rule {
    use Action as Do;
    use FindingCode as F;
    match code {
        F::NoNetwork => blocks(BLIP, &[], Some(Do::Retry)),
        F::DnsFailed | F::TcpUnreachable => blocks(BLIP, OFFLINE, Some(Do::Retry)),
        F::TcpRefused | F::TimedOut | F::TcpBroken => blocks(BLIP, OFFLINE, Some(Do::Retry)),

        F::ProxyUnreachable | F::ProxyBroken => blocks(BLIP, OFFLINE, Some(Do::EditProxy)),
        F::ProxyCredentialsWanted | F::ProxyCredentialsWrong => blocks(AT_ONCE, &[], Some(Do::EditProxy)),
        F::ProxyRefused | F::ProxyOtherProtocol => blocks(AT_ONCE, &[], Some(Do::EditProxy)),
        F::ProxyTls => blocks(AT_ONCE, &[F::ClockWrong], Some(Do::AddCaFile)),
        F::ProxySettingBad => blocks(AT_ONCE, &[], Some(Do::EditProxy)),
        F::PacFailed => blocks(BLIP, OFFLINE, Some(Do::EditProxy)),
        F::DirectWorks => advises(AT_ONCE, OFFLINE, Some(Do::GoDirect)),
        F::ProxyWorks => advises(AT_ONCE, OFFLINE, Some(Do::UseProxy)),

        F::TlsUntrusted | F::TrustFailing => blocks(AT_ONCE, &[], Some(Do::TrustCa)),
        F::TlsSelfSigned => blocks(AT_ONCE, &[], Some(Do::AddCaFile)),
        F::TlsIntercepted => warns(AT_ONCE, &[F::TlsUntrusted, F::TrustFailing], Some(Do::CopyEnvironment)),
        F::TlsTrustedHere => advises(AT_ONCE, &[F::TlsUntrusted, F::TrustFailing], Some(Do::CopyEnvironment)),
        F::TlsExpired | F::TlsNotYetValid => blocks(AT_ONCE, &[F::ClockWrong], Some(Do::Retry)),
        F::ClockWrong => blocks(AT_ONCE, &[], Some(Do::Retry)),
        F::TlsWrongHost => blocks(AT_ONCE, &[], Some(Do::Retry)),
        F::TlsNotSpoken => blocks(AT_ONCE, &[], Some(Do::EditDomain)),
        F::TlsCut => blocks(BLIP, OFFLINE, Some(Do::Retry)),
        F::TlsFailed => blocks(AT_ONCE, &[], Some(Do::Retry)),

        F::NotThePlatform | F::HttpStatus | F::BadAddress => blocks(BLIP, &[], Some(Do::Retry)),
        F::PlatformBusy | F::TicketRefused => blocks(BLIP, &[], Some(Do::Retry)),
        F::CredentialsWrong | F::AppIdMalformed => blocks(AT_ONCE, &[], Some(Do::EditCredentials)),
        F::DomainWrong => blocks(AT_ONCE, &[], Some(Do::SwitchDomain)),
        F::Forbidden => blocks(AT_ONCE, &[], Some(Do::OpenConsole)),
        F::ConnectionLimit | F::PlatformCode => blocks(AT_ONCE, &[], Some(Do::Retry)),
        F::UpgradeBlocked => blocks(AT_ONCE, &[], Some(Do::EditProxy)),

        F::LinkSilent | F::LinkClosed => blocks(BLIP, &[F::NoNetwork, F::Flapping], Some(Do::Retry)),
        F::Flapping => warns(AT_ONCE, OFFLINE, None),
        // A link that was cut is counted on for a while after the next one is up: it is no other client.
        F::OtherClients => warns(STILL_COUNTED, &[], None),
        F::PlatformSeesUs => advises(AT_ONCE, &[], Some(Do::OpenConsole)),
        // The console's Save, a version to publish, a first message: all of it takes a while.
        F::NothingReceived => advises(TWO_MINUTES, &[F::OtherClients, F::Flapping], Some(Do::OpenConsole)),

        F::SecretMissing | F::NoSecretStore => blocks(AT_ONCE, &[], Some(Do::EditCredentials)),
        F::SecretUnreadable => blocks(AT_ONCE, &[], Some(Do::Retry)),
        F::DomainUnusable => blocks(AT_ONCE, &[], Some(Do::EditDomain)),

        // The link is up: what is wrong is on this side of it.
        F::DiskFull | F::NotKept => warns(AT_ONCE, &[], None),
        F::TargetDown => warns(BLIP, &[], Some(Do::ShowTarget)),
        F::TargetFailing => warns(AT_ONCE, &[], Some(Do::ReplayFailed)),
        F::AnswerLate | F::AnswerInvalid => warns(AT_ONCE, &[F::TargetDown], Some(Do::ShowTarget)),
        F::AgentNoKey | F::AgentKeyWrong | F::AgentQuota => warns(AT_ONCE, &[], Some(Do::EditAgent)),
        F::AgentUnreachable | F::AgentRefused | F::AgentFailing => warns(AT_ONCE, &[], Some(Do::EditAgent)),
        F::AgentReplyRefused => warns(AT_ONCE, &[], Some(Do::OpenConsole)),
        F::AgentPlatformUnreachable | F::AgentNotebook => warns(AT_ONCE, &[], None),
    }
}

const AT_ONCE: Duration = Duration::ZERO;
/// A link that is up again within this time needs no words.
const BLIP: Duration = Duration::from_secs(5);
const TWO_MINUTES: Duration = Duration::from_secs(120);
/// Links are silent for two minutes at a time, so that the platform takes as long to notice that one is gone;
/// the count that tells has to be asked for and answered.
const STILL_COUNTED: Duration = Duration::from_secs(160);
const OFFLINE: &[FindingCode] = &[FindingCode::NoNetwork];

const fn blocks(after: Duration, depends_on: &'static [FindingCode], action: Option<Action>) -> Rule {
    Rule { severity: Severity::Error, depends_on, blocks_connection: true, visible_after: after, action }
}

const fn warns(after: Duration, depends_on: &'static [FindingCode], action: Option<Action>) -> Rule {
    Rule { severity: Severity::Warning, depends_on, blocks_connection: false, visible_after: after, action }
}

const fn advises(after: Duration, depends_on: &'static [FindingCode], action: Option<Action>) -> Rule {
    Rule { severity: Severity::Advice, depends_on, blocks_connection: false, visible_after: after, action }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_blocks_is_an_error_and_an_error_blocks() {
        for code in FindingCode::ALL {
            let rule = rule(*code);
            assert_eq!(rule.blocks_connection, rule.severity == Severity::Error, "{code:?}");
        }
    }

    #[test]
    fn no_finding_explains_itself_by_way_of_others() {
        fn reaches(from: FindingCode, to: FindingCode, left: usize) -> bool {
            left > 0 && rule(from).depends_on.iter().any(|next| *next == to || reaches(*next, to, left - 1))
        }
        for code in FindingCode::ALL {
            assert!(!reaches(*code, *code, FindingCode::ALL.len()), "{code:?}");
        }
    }

    #[test]
    fn a_finding_is_as_its_rule_says() {
        let found = finding(FindingCode::DomainWrong, "code 1000040351");
        assert_eq!((found.severity, found.action), (Severity::Error, Some(Action::SwitchDomain)));
        assert!(found.blocks_connection && found.values.is_empty());
        assert_eq!(found.detail, "code 1000040351");
    }
}
