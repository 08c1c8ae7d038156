//! A report of what is the matter: made, shown, and saved as it was shown.

mod archive;
mod bare;
mod files;
mod hosts;
mod known;
mod redactor;
mod token;

use std::sync::{Mutex, MutexGuard, PoisonError};

use longwire_contract::{Fault, FaultCode, Report, ReportSave, Saved};
use longwire_host::{about, clock};

use self::files::Sources;
use crate::{Engine, downloads, log};

/// The report that was made last, until it is made anew.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<Option<Report>>);

impl Held {
    /// Holds these files as a report, in place of the one before.
    fn hold(&self, files: Vec<longwire_contract::ReportFile>) -> Report {
        let mut held = self.lock();
        let id = held.as_ref().map_or(1, |before| before.id.wrapping_add(1));
        held.insert(Report { id, files }).clone()
    }

    /// Holds one that was made elsewhere, in place of the one before.
    pub(crate) fn keep(&self, report: Report) {
        *self.lock() = Some(report);
    }

    /// Writes the report that is named into a new file.
    ///
    /// # Errors
    /// [`FaultCode::ReportGone`], [`FaultCode::ExportFailed`].
    pub(crate) fn save(&self, save: &ReportSave) -> Result<Saved, Fault> {
        let stamp = clock::file_stamp(clock::now_ms());
        let archive = self.archive(save, &stamp)?;
        let path = downloads::save(&format!("longwire-report-{stamp}"), "zip", &archive)?;
        Ok(Saved { path: path.display().to_string() })
    }

    /// Holds none any more. One without files, whose ID nobody has, takes its place: no ID is given twice.
    pub(crate) fn forget(&self) {
        self.hold(Vec::new());
    }

    /// The archive of the report that is named, as it was shown.
    fn archive(&self, save: &ReportSave, stamp: &str) -> Result<Vec<u8>, Fault> {
        let held = self.lock();
        let report = held.as_ref().filter(|report| report.id == save.id);
        let gone = || Fault::new(FaultCode::ReportGone, format!("report {} is not held any more", save.id));
        archive::of(report.ok_or_else(gone)?, save, stamp)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Report>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    pub(crate) async fn make_report(&self) -> Result<Report, Fault> {
        let snapshot = self.inner.surroundings.shared.snapshot();
        let settings = self.inner.settings.read().map(|(settings, _)| settings);
        let sources =
            Sources { about: about::about(), snapshot: &snapshot, settings, lines: &log::remembered() };
        Ok(self.inner.report.hold(sources.files()))
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::ReportFile;

    use super::*;

    #[test]
    fn a_report_is_held_until_the_next_one() {
        let held = Held::default();
        let file = |text: &str| vec![ReportFile { name: "log.txt".into(), text: text.into() }];
        let save = |id| ReportSave { id, ..ReportSave::default() };
        let none = held.archive(&save(0), "2026-03-29-200105").unwrap_err();
        assert_eq!(none.code, FaultCode::ReportGone);
        let first = held.hold(file("first"));
        assert!(held.archive(&save(first.id), "2026-03-29-200105").is_ok());
        let second = held.hold(file("second"));
        assert_ne!(first.id, second.id);
        let gone = held.archive(&save(first.id), "2026-03-29-200105").unwrap_err();
        assert_eq!(gone.code, FaultCode::ReportGone);
        assert!(held.archive(&save(second.id), "2026-03-29-200105").is_ok());
    }
}
