//! The doctor at work, on roads to the simulated platform.

mod roads;
mod telling;
mod ways;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use longwire_contract::FindingCode;
use longwire_dial::{Deadlines, RootSource, Roots};
use longwire_openplatform::{Authority, Leaf, Running, Simulator};

use super::*;
use crate::testing::{assert_told, now};

/// A platform without TLS, as it is on one's own machine.
async fn plain() -> Running {
    Simulator::builder().start().await.unwrap()
}

async fn encrypted(leaf: Leaf) -> Running {
    Simulator::builder().tls(Authority::new().unwrap(), leaf).start().await.unwrap()
}

/// An app of a platform, with a dialer that trusts these CA files alone.
fn patient(platform: &Running, ca_files: Vec<PathBuf>) -> Patient {
    let app = &platform.apps()[0];
    let second = Duration::from_secs(1);
    let deadlines = Deadlines { dns: second, tcp: second, proxy: second, tls: second, http: second };
    let roots = Arc::new(Roots::new(RootSource::ExtraOnly, ca_files));
    Patient {
        app_id: app.id.parse().unwrap(),
        domain: Domain::Custom(platform.url()),
        origin: Origin::parse(&platform.url()).unwrap(),
        secret: Ok(app.secret.clone()),
        dialer: Dialer::new(roots).with_deadlines(deadlines),
        tuning: Tuning { upgrade: second, silence: second, ..Tuning::default() },
        held: Arc::new(|| None),
        known: Vec::new(),
        ca_bundle: None,
        now: Arc::new(now),
        version: "0.1.0".to_owned(),
    }
}

/// A file with the CA of a platform.
fn ca_file(platform: &Running) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    platform.authority().unwrap().save(&path).unwrap();
    (folder, path)
}

/// Examines, and holds what is true of every report.
async fn examined(patient: Patient) -> DoctorReport {
    let report = examine(patient, |_| {}).await;
    assert_eq!(report.progress, Progress::Done);
    assert!(report.checks.iter().map(|check| check.kind).eq(CheckKind::ALL.iter().copied()));
    let others = report.others.iter().flat_map(|other| &other.checks);
    for check in report.checks.iter().chain(others) {
        assert_ne!(check.mark, Mark::Busy, "{check:?}");
        assert!(check.mark != Mark::Off || check.note.is_some(), "a skipped step says why: {check:?}");
        assert!(check.mark != Mark::Bad || check.note.is_some(), "a failed step says why: {check:?}");
    }
    report.findings.iter().for_each(assert_told);
    report
}

fn mark(report: &DoctorReport, kind: CheckKind) -> Mark {
    check(report, kind).mark
}

fn note(report: &DoctorReport, kind: CheckKind) -> Option<NoteCode> {
    check(report, kind).note.as_ref().map(|note| note.code)
}

fn check(report: &DoctorReport, kind: CheckKind) -> &Check {
    report.checks.iter().find(|check| check.kind == kind).unwrap()
}

fn codes(report: &DoctorReport) -> Vec<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}
