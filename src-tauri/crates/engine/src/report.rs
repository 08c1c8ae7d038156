//! A report of what is the matter: made, shown, and saved as it was shown.

use longwire_contract::{Fault, Report, ReportSave, Saved};

use crate::Engine;

impl Engine {
    pub(crate) async fn make_report(&self) -> Result<Report, Fault> {
        unimplemented!()
    }

    pub(crate) async fn save_report(&self, _save: ReportSave) -> Result<Saved, Fault> {
        unimplemented!()
    }
}
