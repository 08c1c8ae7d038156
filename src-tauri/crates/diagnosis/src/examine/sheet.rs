use std::time::Duration;

use longwire_contract::{
    Check, CheckKind, DoctorReport, Finding, Mark, Note, NoteCode, OtherRoad, milliseconds, text::word,
};
use tokio::time::Instant;

use crate::{examine::untouched, order::told};

/// The report while it is being written. Whatever is entered is told at once.
pub(super) struct Sheet<'a> {
    report: DoctorReport,
    found: Vec<Finding>,
    began: Instant,
    /// The step under way, and since when.
    busy: Option<(CheckKind, Instant)>,
    tell: &'a mut (dyn FnMut(&DoctorReport) + Send),
}

impl<'a> Sheet<'a> {
    pub(super) fn new(report: DoctorReport, tell: &'a mut (dyn FnMut(&DoctorReport) + Send)) -> Self {
        tell(&report);
        Self { report, found: Vec::new(), began: Instant::now(), busy: None, tell }
    }

    /// A step begins; the one before it has passed, as far as anybody knows.
    pub(super) fn begin(&mut self, kind: CheckKind) {
        let now = Instant::now();
        if let Some((before, since)) = self.busy.replace((kind, now)) {
            if before == kind {
                self.busy = Some((kind, since));
                return;
            }
            if is_another_way(before, kind) {
                WAY.into_iter().for_each(|kind| self.put(untouched(kind)));
            } else {
                self.put(Check { mark: Mark::Ok, ms: Some(milliseconds(now - since)), ..untouched(before) });
            }
        }
        self.put(Check { mark: Mark::Busy, ..untouched(kind) });
        self.show();
    }

    /// How a step ended.
    pub(super) fn enter(&mut self, check: Check) {
        if self.busy.is_some_and(|(kind, _)| kind == check.kind) {
            self.busy = None;
        }
        self.put(check);
        self.show();
    }

    /// The same of several.
    pub(super) fn enter_all(&mut self, checks: impl IntoIterator<Item = Check>) {
        for check in checks {
            if self.busy.is_some_and(|(kind, _)| kind == check.kind) {
                self.busy = None;
            }
            self.put(check);
        }
        self.show();
    }

    /// Steps that are not gone, and why.
    pub(super) fn skip(&mut self, kinds: &[CheckKind], why: NoteCode) {
        self.enter_all(kinds.iter().map(|kind| skipped(*kind, why)));
    }

    /// The step as it stands.
    pub(super) fn check(&mut self, kind: CheckKind) -> Option<&mut Check> {
        self.report.checks.iter_mut().find(|check| check.kind == kind)
    }

    pub(super) fn find(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.found.extend(findings);
        self.report.findings = told(self.found.clone());
        self.show();
    }

    pub(super) fn set_others(&mut self, others: Vec<OtherRoad>) {
        self.report.others = others;
        self.show();
    }

    pub(super) fn other(&mut self, index: usize, enter: impl FnOnce(&mut OtherRoad)) {
        if let Some(other) = self.report.others.get_mut(index) {
            enter(other);
        }
        self.show();
    }

    /// The report as it stands.
    pub(super) fn finish(mut self) -> DoctorReport {
        self.report.ms = milliseconds(self.began.elapsed());
        self.report
    }

    fn put(&mut self, check: Check) {
        if let Some(place) = self.check(check.kind) {
            *place = check;
        }
    }

    fn show(&mut self) {
        self.report.ms = milliseconds(self.began.elapsed());
        (self.tell)(&self.report);
    }
}

/// The steps on which one way differs from another.
const WAY: [CheckKind; 3] = [CheckKind::Dns, CheckKind::Proxy, CheckKind::Tcp];

/// Whether a step that begins after another says that the way so far has led nowhere: after the host or the proxy comes TLS.
fn is_another_way(before: CheckKind, next: CheckKind) -> bool {
    matches!(before, CheckKind::Proxy | CheckKind::Tcp) && WAY.contains(&next)
}

pub(super) fn passed(kind: CheckKind, took: Option<Duration>, note: Option<Note>) -> Check {
    Check { kind, mark: Mark::Ok, ms: took.map(milliseconds), note }
}

/// A step that failed, in the words of what is found of it.
pub(super) fn failed(kind: CheckKind, found: &Finding) -> Check {
    let note = Note { code: NoteCode::Failed, values: found.values.clone() };
    let note = note.with("finding", word(&found.code)).with("error", &found.detail);
    Check { kind, mark: Mark::Bad, ms: None, note: Some(note) }
}

pub(super) fn skipped(kind: CheckKind, why: NoteCode) -> Check {
    Check { note: Some(Note::new(why)), ..untouched(kind) }
}
