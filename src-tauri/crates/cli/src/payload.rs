use std::{
    io::{self, Read},
    path::Path,
};

use longwire_contract::{Fault, FaultCode};

/// Far more than the platform sends.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A payload of the user's, from a file or, for `-`, from standard input.
pub(crate) fn read(file: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(LARGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(LARGEST).read_to_string(&mut text))
    };
    let fault = |error: String| Fault::new(FaultCode::PayloadUnusable, &error).with("error", error);
    match read {
        Ok(size) if size as u64 == LARGEST => Err(fault("it is larger than 16 MB".to_owned())),
        Ok(_) => Ok(text),
        Err(error) => Err(fault(format!("{}: {error}", file.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let fault = read(Path::new("/nowhere/event.json")).unwrap_err();
        assert_eq!(fault.code, FaultCode::PayloadUnusable);
        assert!(fault.values["error"].contains("/nowhere/event.json"), "{fault:?}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        std::fs::write(&file, "{\"发\":1}").unwrap();
        assert_eq!(read(&file).as_deref(), Ok("{\"发\":1}"));
        std::fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(read(&file).is_err());
    }
}
