use schemars::schema_for;

use crate::DoctorReport;

/// The JSON Schema of a [`DoctorReport`], for those who read `longwire doctor --json`.
pub fn doctor_schema() -> String {
    // A schema is plain JSON, which cannot fail to be written.
    let mut text = serde_json::to_string_pretty(&schema_for!(DoctorReport)).unwrap_or_default();
    text.push('\n');
    text
}
