use std::time::Duration;

use longwire_contract::{Domain, Finding, FindingCode, Severity};
use longwire_dial::{
    Trace,
    clock::Skew,
    judge::{Judgement, Local, Signed, environment_lines},
};
use tokio::time::Instant;

use crate::{Lifetimes, order::ordered, platform, table::finding};

/// What is known of an app's connection at one moment.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// Where the app lives.
    pub domain: &'a Domain,
    /// Why there is no connection; absent while there is one, and while nothing has failed.
    pub failure: Option<Finding>,
    /// Whether the connection is up.
    pub connected: bool,
    /// How many connections of the app the platform counts; absent where it was not asked or does not say.
    pub count: Option<u32>,
    /// How many events have come since the start; not none where the platform has ever pushed one that is kept.
    pub events: u32,
    /// What was seen of the road.
    pub road: Option<&'a Trace>,
    /// What is to be said of the chain that was seen on it.
    pub judgement: Option<&'a Judgement>,
    /// A file that holds the CA of whoever reads along, for other programs to trust.
    pub ca_file: Option<&'a str>,
    /// What the platform's clock said.
    pub skew: Option<Skew>,
    /// How the links before this one ended.
    pub lifetimes: &'a Lifetimes,
    /// The moment.
    pub now: Instant,
}

/// Clocks differ by seconds everywhere, and a certificate's dates are hours and days.
const TOLERATED: Duration = Duration::from_secs(300);

impl Evidence<'_> {
    /// All that is found, what matters most first. [`Visible`](crate::Visible) says which of it is to be shown: a finding
    /// that another one explains is hidden by one that is shown alone.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.failure.clone().into_iter().collect();
        found.extend(self.flapping());
        if self.connected {
            found.extend(seen(self.domain, self.count, 1, self.events));
            if self.events == 0 {
                found.push(platform::console(
                    finding(FindingCode::NothingReceived, "no event has come"),
                    self.domain,
                ));
            }
            found.extend(self.judgement.and_then(|judgement| {
                intercepted(
                    self.domain,
                    judgement,
                    self.road.and_then(|road| road.issuer.as_deref()),
                    self.ca_file,
                )
            }));
            found.extend(self.skew.filter(is_wrong).map(|skew| warning(clock_wrong(&skew))));
        }
        ordered(found)
    }

    /// One finding for all the ends of links. While there is none because the last one just ended, it says why.
    fn flapping(&self) -> Option<Finding> {
        let flapping = self.lifetimes.flapping(self.now)?;
        let ended = self
            .failure
            .as_ref()
            .filter(|finding| matches!(finding.code, FindingCode::LinkClosed | FindingCode::LinkSilent));
        Some(match ended {
            Some(_) => Finding { severity: Severity::Error, blocks_connection: true, ..flapping },
            None => flapping,
        })
    }
}

/// What the platform's count of connections says, of which `ours` are our own.
pub(crate) fn seen(domain: &Domain, count: Option<u32>, ours: u32, events: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(count) = count else { return found };
    if count > ours {
        let detail = format!("{count} connections are counted, {ours} of them ours");
        found.push(
            finding(FindingCode::OtherClients, detail).with("count", count).with("others", count - ours),
        );
    }
    // An event proves that the console has been saved.
    if ours > 0 && count >= ours && events == 0 {
        let detail = format!("{count} connections are counted");
        found.push(
            platform::console(finding(FindingCode::PlatformSeesUs, detail), domain).with("count", count),
        );
    }
    found
}

/// That somebody reads along whom this machine trusts: a warning, unless it is our own user who said so. A server that is nobody's public platform may well have a CA of its
/// own, unless the CA is known to be an interceptor's.
pub(crate) fn intercepted(
    domain: &Domain,
    judgement: &Judgement,
    issuer: Option<&str>,
    ca_file: Option<&str>,
) -> Option<Finding> {
    let Signed::Locally { by } = judgement.signed else { return None };
    if judgement.interceptor.is_none() && domain.other().is_none() {
        return None;
    }
    let issuer = issuer.unwrap_or_default();
    let interceptor = judgement.interceptor.map_or(issuer, |interceptor| interceptor.name);
    let code = match by {
        Local::System => FindingCode::TlsIntercepted,
        Local::Extra => FindingCode::TlsTrustedHere,
    };
    let found = finding(code, format!("signed by \"{issuer}\", which is trusted here alone"))
        .with("host", platform::host(domain))
        .with("issuer", issuer)
        .with("interceptor", interceptor);
    Some(match ca_file {
        Some(file) => {
            let lines: Vec<String> = environment_lines(file).iter().map(|line| line.export()).collect();
            found.with("environment", lines.join("\n"))
        }
        None => Finding { action: None, ..found },
    })
}

/// Whether the clocks differ by more than certificates and tokens forgive.
pub(crate) fn is_wrong(skew: &Skew) -> bool {
    Duration::from_secs(skew.seconds().unsigned_abs()) > TOLERATED
}

/// That this machine's clock is wrong.
pub(crate) fn clock_wrong(skew: &Skew) -> Finding {
    let detail = format!("the server's clock is {} s ahead of ours", skew.seconds());
    finding(FindingCode::ClockWrong, detail).with("skew", distance(skew.seconds().unsigned_abs()))
}

/// The same finding where the connection is up all the same.
pub(crate) fn warning(found: Finding) -> Finding {
    Finding { severity: Severity::Warning, blocks_connection: false, ..found }
}

/// A time in at most two units whose signs every language reads: `3 d 4 h`, `12 min`.
fn distance(seconds: u64) -> String {
    let units = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let from_first = units.iter().skip_while(|(count, _)| *count == 0).take(2);
    let parts: Vec<String> =
        from_first.filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use longwire_contract::{Action, FindingCode as F};
    use longwire_dial::{
        interceptor::{Interceptor, Kind},
        judge::Local,
    };
    use longwire_link::SessionError;

    use super::*;
    use crate::{
        order::told,
        testing::{assert_told, judged},
    };

    const FEISHU: Domain = Domain::Feishu;

    fn up<'a>(lifetimes: &'a Lifetimes, domain: &'a Domain) -> Evidence<'a> {
        Evidence {
            domain,
            failure: None,
            connected: true,
            count: None,
            events: 0,
            road: None,
            judgement: None,
            ca_file: None,
            skew: None,
            lifetimes,
            now: Instant::now(),
        }
    }

    fn codes(evidence: &Evidence<'_>) -> Vec<F> {
        let found = evidence.findings();
        found.iter().for_each(assert_told);
        found.iter().map(|finding| finding.code).collect()
    }

    fn fallen(times: u32) -> Lifetimes {
        let mut lifetimes = Lifetimes::default();
        for _ in 0..times {
            lifetimes.ended(Duration::from_secs(3), &SessionError::Cut, Instant::now());
        }
        lifetimes
    }

    #[test]
    fn the_platforms_count_says_who_is_there() {
        let calm = Lifetimes::default();
        for (count, events, wanted) in [
            (None, 0, &[F::NothingReceived][..]),
            (Some(0), 0, &[F::NothingReceived]),
            (Some(1), 0, &[F::PlatformSeesUs, F::NothingReceived]),
            (Some(1), 1, &[]),
            (Some(3), 0, &[F::OtherClients, F::PlatformSeesUs, F::NothingReceived]),
            (Some(3), 9, &[F::OtherClients]),
        ] {
            let evidence = Evidence { count, events, ..up(&calm, &FEISHU) };
            assert_eq!(codes(&evidence), wanted, "{count:?} {events}");
        }
        let three = Evidence { count: Some(3), ..up(&calm, &FEISHU) }.findings();
        assert_eq!(three[0].values["others"], "2");
    }

    #[test]
    fn only_a_public_platform_has_a_console_to_open() {
        let (calm, custom) = (Lifetimes::default(), Domain::Custom("http://127.0.0.1:1".into()));
        for (domain, action) in [(&FEISHU, Some(Action::OpenConsole)), (&custom, None)] {
            for found in (Evidence { count: Some(1), ..up(&calm, domain) }).findings() {
                assert_eq!(found.action, action, "{found:?}");
            }
        }
    }

    #[test]
    fn a_connection_that_is_down_tells_why_and_nothing_of_what_holds_while_it_is_up() {
        let calm = Lifetimes::default();
        let refused = finding(F::CredentialsWrong, "code 1000040345").with("code", 1_000_040_345);
        let down = Evidence { connected: false, count: Some(4), ..up(&calm, &FEISHU) };
        assert_eq!(codes(&down), []);
        assert_eq!(codes(&Evidence { failure: Some(refused), ..down }), [F::CredentialsWrong]);
    }

    #[test]
    fn a_link_that_falls_again_and_again_is_one_finding_up_or_down() {
        let (often, twice) = (fallen(3), fallen(2));
        let closed = || Some(finding(F::LinkClosed, "cut").with("code", 1006).with("message", ""));
        let down = Evidence { connected: false, failure: closed(), ..up(&twice, &FEISHU) };
        assert_eq!(codes(&down), [F::LinkClosed]);
        let down = Evidence { connected: false, failure: closed(), ..up(&often, &FEISHU) };
        let found = down.findings();
        assert_eq!(codes(&down), [F::LinkClosed, F::Flapping]);
        assert_eq!(told(found.clone()), found[1..], "the one explains the other");
        let found = &found[1..];
        assert!(found[0].blocks_connection && found[0].severity == Severity::Error);
        assert_told(&found[0]);
        let up = Evidence { events: 1, ..up(&often, &FEISHU) };
        let found = up.findings();
        assert_eq!((found[0].code, found[0].severity), (F::Flapping, Severity::Warning));
        assert!(!found[0].blocks_connection);

        let blocked = Some(finding(F::CredentialsWrong, "code 1000040345").with("code", 1));
        let found = Evidence { connected: false, failure: blocked, ..down }.findings();
        assert_eq!(found[0].code, F::CredentialsWrong, "what stops it now comes first");
    }

    #[test]
    fn who_reads_along_is_named_with_what_mends_other_programs() {
        let (calm, road) =
            (Lifetimes::default(), Trace { issuer: Some("Charles CA".into()), ..Trace::default() });
        let charles = Interceptor { name: "Charles", kind: Kind::DebuggingProxy };
        let custom = Domain::Custom("https://127.0.0.1:1".into());
        let locally = || Signed::Locally { by: Local::System };
        let by_us = Signed::Locally { by: Local::Extra };
        for (domain, signed, wanted) in [
            (&FEISHU, judged(by_us.clone(), Some(charles)), Some("Charles")),
            (&FEISHU, judged(locally(), Some(charles)), Some("Charles")),
            (&FEISHU, judged(locally(), None), Some("Charles CA")),
            (&custom, judged(locally(), Some(charles)), Some("Charles")),
            (&custom, judged(locally(), None), None),
            (&FEISHU, judged(Signed::Publicly, None), None),
        ] {
            let up = Evidence { events: 1, ..up(&calm, domain) };
            let evidence =
                Evidence { judgement: Some(&signed), road: Some(&road), ca_file: Some("/ca.pem"), ..up };
            let found = evidence.findings();
            let named = found.first().map(|found| found.values["interceptor"].as_str());
            assert_eq!(named, wanted, "{domain} {:?}", signed.signed);
            if let Some(found) = found.first() {
                assert_told(found);
                let wanted = match signed.signed == by_us {
                    true => (F::TlsTrustedHere, Severity::Advice),
                    false => (F::TlsIntercepted, Severity::Warning),
                };
                assert_eq!((found.code, found.severity), wanted);
                assert_eq!(found.action, Some(Action::CopyEnvironment));
                assert!(found.values["environment"].contains("export NODE_EXTRA_CA_CERTS='/ca.pem'\n"));
            }
            let nowhere = Evidence { ca_file: None, ..evidence }.findings();
            assert_eq!(nowhere.first().and_then(|found| found.action), None, "nothing to copy");
        }
    }

    #[test]
    fn a_clock_that_is_off_while_the_connection_is_up_is_a_warning() {
        let calm = Lifetimes::default();
        let skew = |server: u64| {
            Some(Skew {
                server: UNIX_EPOCH + Duration::from_secs(server),
                ours: UNIX_EPOCH + Duration::from_secs(1_000_000),
            })
        };
        for (server, wanted) in [(1_000_300, None), (1_000_420, Some("7 min")), (996_395, Some("1 h"))] {
            let found = Evidence { events: 1, skew: skew(server), ..up(&calm, &FEISHU) }.findings();
            assert_eq!(found.first().map(|found| found.values["skew"].as_str()), wanted, "{server}");
            assert!(
                found.iter().all(|found| !found.blocks_connection && found.severity == Severity::Warning)
            );
        }
    }

    #[test]
    fn a_distance_is_told_in_two_units_at_the_most() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_605, "1 h"),
            (3_720, "1 h 2 min"),
            (86_400 * 400 + 3_600, "400 d 1 h"),
        ] {
            assert_eq!(distance(seconds), told);
        }
    }
}
