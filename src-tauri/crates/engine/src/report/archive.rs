use std::io::{Cursor, Write};

use longwire_contract::{Fault, FaultCode, Report, ReportSave};
use zip::{DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// What the user has to say.
const NOTE: &str = "note.txt";

/// A report as a zip, without what is to be left out and with the user's note. `stamp` is the time, as in its name.
pub(super) fn of(report: &Report, save: &ReportSave, stamp: &str) -> Result<Vec<u8>, Fault> {
    let files = report.files.iter().filter(|file| !save.without.contains(&file.name));
    let files = files.map(|file| (file.name.as_str(), file.text.as_str()));
    let note = Some((NOTE, save.note.as_str())).filter(|(_, note)| !note.trim().is_empty());
    packed(files.chain(note), stamp).map_err(|error| Fault::new(FaultCode::Internal, error))
}

fn packed<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, stamp: &str) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o600).last_modified_time(moment(stamp));
    for (name, text) in files {
        archive.start_file(name, options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// `2026-03-29-200105` as an archive has it; the beginning of its calendar where it is no such moment.
fn moment(stamp: &str) -> DateTime {
    let number = |from: usize, to: usize| stamp.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
    let read = || {
        let two = |from| number(from, from + 2).and_then(|number| u8::try_from(number).ok());
        let (year, month, day) = (number(0, 4)?, two(5)?, two(8)?);
        DateTime::from_date_and_time(year, month, day, two(11)?, two(13)?, two(15)?).ok()
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use longwire_contract::ReportFile;
    use zip::ZipArchive;

    use super::*;

    fn unpacked(save: &ReportSave) -> Vec<(String, String)> {
        let file = |name: &str, text: &str| ReportFile { name: name.into(), text: text.into() };
        let long = "long ".repeat(10_000);
        let files = vec![file("log.txt", "第一行\nsecond\n"), file("state.json", &long)];
        let bytes = of(&Report { id: 1, files }, save, "2026-03-29-200105").unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let count = archive.len();
        let read = |at| {
            let mut file = archive.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(file.last_modified().unwrap().to_string(), "2026-03-29 20:01:04", "to two seconds");
            let name = file.name().unwrap().into_owned();
            (name, text)
        };
        (0..count).map(read).collect()
    }

    #[test]
    fn what_was_shown_is_packed_without_what_is_left_out() {
        let all = unpacked(&ReportSave { id: 1, ..ReportSave::default() });
        assert_eq!(all[0], ("log.txt".into(), "第一行\nsecond\n".into()));
        assert_eq!((all.len(), all[1].1.len()), (2, 50_000));
        let save = ReportSave {
            id: 1,
            without: vec!["state.json".into(), "none.txt".into()],
            note: "它 stopped\n".into(),
        };
        let names: Vec<_> = unpacked(&save).into_iter().collect();
        assert_eq!(names[1], ("note.txt".into(), "它 stopped\n".into()));
        assert_eq!(names.len(), 2);
        assert_eq!(unpacked(&ReportSave { id: 1, note: " \n".into(), ..ReportSave::default() }).len(), 2);
    }

    #[test]
    fn a_moment_that_is_none_does_no_harm() {
        for stamp in ["", "2026", "1970-01-01-000000", "二〇二六-03-29-200105"] {
            assert_eq!(moment(stamp), DateTime::default(), "{stamp}");
        }
    }
}
