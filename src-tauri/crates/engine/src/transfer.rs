//! Settings that leave this machine or come from another, and settings that are forgotten.

use longwire_contract::{Fault, Reset, Saved, SettingsPlan};

use crate::Engine;

impl Engine {
    pub(crate) async fn export_settings(&self) -> Result<Saved, Fault> {
        unimplemented!()
    }

    pub(crate) async fn plan_import(&self, _text: &str) -> Result<SettingsPlan, Fault> {
        unimplemented!()
    }

    pub(crate) async fn import_settings(&self, _text: &str) -> Result<SettingsPlan, Fault> {
        unimplemented!()
    }

    pub(crate) async fn reset(&self, _reset: Reset) -> Result<(), Fault> {
        unimplemented!()
    }
}
