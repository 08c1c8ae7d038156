use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A report of what is the matter, to be read before it is saved. Names, IDs and paths of the user are made unrecognisable in
/// it, and it holds no secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Report {
    /// Names it until the next one is made.
    pub id: u32,
    /// What is in it.
    pub files: Vec<ReportFile>,
}

/// A file of a [`Report`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ReportFile {
    /// Its name in the archive, such as `doctor.txt`. What it is for is the text `report.file.NAME`, the dot left out with what follows.
    pub name: String,
    /// All that is in it.
    pub text: String,
}

/// A [`Report`] to save, exactly as it was shown.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct ReportSave {
    /// Which.
    pub id: u32,
    /// The files to leave out, by name.
    #[serde(default)]
    pub without: Vec<String>,
    /// What the user has to say, added as it is as `note.txt`; nothing is added where it is empty.
    #[serde(default)]
    pub note: String,
}

/// A file that was written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct Saved {
    /// Where it is.
    pub path: String,
}
