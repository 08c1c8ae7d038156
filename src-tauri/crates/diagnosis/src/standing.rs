use std::time::Duration;

use longwire_contract::{Domain, Finding, FindingCode, Severity};
use longwire_dial::{
    Trace,
    clock::Skew,
    judge::{Judgement, Signed, environment_lines},
};
use tokio::time::Instant;

use crate::{Lifetimes, order::told, platform, table::finding};

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
    /// How many events have come since the connection is up for the first time.
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
    /// What is to be said, what matters most first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.failure.clone().into_iter().collect();
        found.extend(self.flapping());
        if self.connected {
            found.extend(seen(self.domain, self.count, 1, self.events));
            if self.events == 0 {
                found.push(platform::console(finding(FindingCode::NothingReceived, ""), self.domain));
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
        told(found)
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

/// That somebody reads along whom this machine trusts. A server that is nobody's public platform may well have a CA of its
/// own, unless the CA is known to be an interceptor's.
pub(crate) fn intercepted(
    domain: &Domain,
    judgement: &Judgement,
    issuer: Option<&str>,
    ca_file: Option<&str>,
) -> Option<Finding> {
    let Signed::Locally { .. } = judgement.signed else { return None };
    if judgement.interceptor.is_none() && domain.other().is_none() {
        return None;
    }
    let issuer = issuer.unwrap_or_default();
    let interceptor = judgement.interceptor.map_or(issuer, |interceptor| interceptor.name);
    let found =
        finding(FindingCode::TlsIntercepted, format!("signed by \"{issuer}\", which is trusted here alone"))
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
fn warning(found: Finding) -> Finding {
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
