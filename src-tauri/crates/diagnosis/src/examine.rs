mod others;
mod road;
mod sheet;
mod walk;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration, time::SystemTime};

use longwire_contract::{
    AppId, Check, CheckKind, DoctorReport, Domain, Finding, Mark, Note, NoteCode, Progress, milliseconds,
};
use longwire_dial::{Dialer, Origin};
use longwire_link::{Config, Tuning};
use secrecy::SecretString;
use tokio::time::timeout;

use sheet::Sheet;

/// Whose road is examined, and with what.
#[derive(Clone)]
pub struct Patient {
    /// The app.
    pub app_id: AppId,
    /// Where it lives.
    pub domain: Domain,
    /// The same as a place to connect to.
    pub origin: Origin,
    /// Its App Secret; else why there is none.
    pub secret: Result<SecretString, Finding>,
    /// The road it takes.
    pub dialer: Dialer,
    /// Times and bounds of its connection.
    pub tuning: Tuning,
    /// Its connection, where that is up at the time of asking. No second one is opened then.
    pub held: Arc<dyn Fn() -> Option<Held> + Send + Sync>,
    /// What is known already that only time tells, such as that its links come and go.
    pub known: Vec<Finding>,
    /// The file that holds all that the operating system trusts, where it has one.
    pub ca_bundle: Option<String>,
    /// The clock.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Longwire's version.
    pub version: String,
}

/// A connection that is up.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// `wss://HOST`, as [`SessionInfo`](longwire_link::SessionInfo) has it.
    pub host: String,
    /// Since when.
    pub since: SystemTime,
    /// How long the upgrade took, in milliseconds.
    pub upgrade_ms: Option<f64>,
    /// How long the first pong took, in milliseconds.
    pub pong_ms: Option<f64>,
    /// How many events have come.
    pub events: u32,
}

/// Each step has a deadline of its own; this one is for what nobody has thought of.
const LONGEST: Duration = Duration::from_secs(240);

/// A report in which nothing has been looked at yet.
pub fn begun(app_id: AppId, domain: Domain, version: &str, now: SystemTime) -> DoctorReport {
    let started = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let checks = CheckKind::ALL.iter().map(|kind| untouched(*kind)).collect();
    DoctorReport {
        version: version.to_owned(),
        app_id,
        domain,
        progress: Progress::Running,
        started_ms: u64::try_from(started.as_millis()).unwrap_or(u64::MAX),
        ms: 0.0,
        checks,
        others: Vec::new(),
        findings: Vec::new(),
    }
}

/// The report of an examination that was stopped at a moment, where this one stands.
pub fn stopped(report: DoctorReport, now: SystemTime) -> DoctorReport {
    let mut report = report;
    let began = SystemTime::UNIX_EPOCH + Duration::from_millis(report.started_ms);
    if let Ok(took) = now.duration_since(began) {
        // A clock may have been set meanwhile, and time does not go back.
        report.ms = report.ms.max(milliseconds(took));
    }
    let others = report.others.iter_mut().flat_map(|other| &mut other.checks);
    for check in report.checks.iter_mut().chain(others) {
        if check.mark == Mark::Busy || (check.mark == Mark::Off && check.note.is_none()) {
            *check = Check { note: Some(Note::new(NoteCode::Stopped)), ..untouched(check.kind) };
        }
    }
    DoctorReport { progress: Progress::Cancelled, ..report }
}

/// Walks the road, hop by hop, and tells how far it is whenever something begins or is known. A check that is
/// [`Mark::Off`] without a note has not been reached. A connection that is held is left alone; where none is, one is opened
/// up to its first pong and closed. Dropping the future stops it and closes what it opened; [`stopped`] then closes the last
/// report that was told. One that is not through after four minutes ends as [`Progress::Cancelled`], with what was found.
pub async fn examine(patient: Patient, tell: impl FnMut(&DoctorReport) + Send) -> DoctorReport {
    examine_within(LONGEST, patient, tell).await
}

async fn examine_within(
    longest: Duration,
    patient: Patient,
    mut tell: impl FnMut(&DoctorReport) + Send,
) -> DoctorReport {
    let begun = begun(patient.app_id.clone(), patient.domain.clone(), &patient.version, (patient.now)());
    let mut sheet = Sheet::new(begun, &mut tell);
    let whole = timeout(longest, walk::walk(&patient, &mut sheet)).await;
    let report = sheet.finish();
    let report = match whole {
        Ok(()) => DoctorReport { progress: Progress::Done, ..report },
        Err(_) => stopped(report, (patient.now)()),
    };
    tell(&report);
    report
}

impl Patient {
    fn config(&self, secret: &SecretString) -> Config {
        Config {
            origin: self.origin.clone(),
            app_id: self.app_id.as_str().to_owned(),
            app_secret: secret.clone(),
            dialer: self.dialer.clone(),
            tuning: self.tuning,
        }
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient")
            .field("app_id", &self.app_id)
            .field("domain", &self.domain)
            .field("held", &(self.held)())
            .finish_non_exhaustive()
    }
}

/// A step that has not been reached.
fn untouched(kind: CheckKind) -> Check {
    Check { kind, mark: Mark::Off, ms: None, note: None }
}
