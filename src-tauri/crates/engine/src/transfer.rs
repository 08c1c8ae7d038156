//! Settings that leave this machine or come from another, and settings that are forgotten.

mod export;
mod import;
mod reset;

pub(crate) use self::export::{export_settings, exported, open_url};
