use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use secrecy::{SecretString, zeroize::Zeroizing};

use super::Error;

/// The variable that hands in an App Secret.
pub const VARIABLE: &str = "LONGWIRE_APP_SECRET";

/// Far more than any App Secret (32 characters); a bound on what a wrong path can make us read.
const LONGEST: u64 = 4096;

/// The secret in an environment variable, or `None` where that is not set.
///
/// # Errors
/// [`Error::Empty`] or [`Error::NotText`].
pub fn read_variable(variable: &str) -> Result<Option<SecretString>, Error> {
    of_value(variable, env::var_os(variable))
}

/// The App Secret in a file that only its owner can read. White space around it is not part of it.
///
/// # Errors
/// Where the file cannot be read, others can read it, or it holds no secret.
pub fn read_file(path: &Path) -> Result<SecretString, Error> {
    read(path, true)
}

/// The same, whoever else may read it.
pub(super) fn read_whoever_else_may(path: &Path) -> Result<SecretString, Error> {
    read(path, false)
}

fn read(path: &Path, for_us_alone: bool) -> Result<SecretString, Error> {
    let unreadable = |error: io::Error| Error::Unreadable { path: path.to_owned(), cause: error.to_string() };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    // A pipe (`--app-secret-file <(pass show bot)`) has no readers but its ends.
    if for_us_alone && metadata.is_file() && metadata.mode() & 0o077 != 0 {
        return Err(Error::OpenToOthers(path.to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST as usize + 1));
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let source = path.display().to_string();
    if bytes.len() as u64 > LONGEST {
        return Err(Error::TooLong(source));
    }
    let text = str::from_utf8(&bytes).map_err(|_| Error::NotText(source.clone()))?;
    checked(text, source)
}

fn of_value(variable: &str, value: Option<OsString>) -> Result<Option<SecretString>, Error> {
    let Some(value) = value else { return Ok(None) };
    let text = value.into_string().map_err(|_| Error::NotText(variable.to_owned()))?;
    checked(&Zeroizing::new(text), variable.to_owned()).map(Some)
}

/// The secret without the white space that comes along when it is pasted: no App Secret has any.
fn checked(text: &str, place: String) -> Result<SecretString, Error> {
    match text.trim() {
        "" => Err(Error::Empty(place)),
        secret => Ok(secret.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::{ffi::OsStringExt, fs::PermissionsExt},
        path::PathBuf,
    };

    use secrecy::ExposeSecret;

    use super::*;

    fn file(folder: &Path, bytes: &[u8], mode: u32) -> PathBuf {
        let path = folder.join("secret");
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn white_space_around_it_is_not_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, secret) in
            [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" s \n\n", "s")]
        {
            let path = file(folder.path(), bytes.as_bytes(), 0o600);
            assert_eq!(read_file(&path).unwrap().expose_secret(), secret, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_others_can_read_is_refused_with_the_way_to_mend_it() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o620] {
            let path = file(folder.path(), b"planted", mode);
            let error = read_file(&path).unwrap_err();
            assert_eq!(error, Error::OpenToOthers(path.clone()), "{mode:o}");
            let said = error.to_string();
            assert!(said.ends_with(&format!("chmod 600 {}", path.display())), "{said}");
            assert!(!said.contains("planted"));
        }
        assert!(read_file(&file(folder.path(), b"s", 0o400)).is_ok());
    }

    #[test]
    fn what_holds_no_secret_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let put = |bytes: &[u8]| read_file(&file(folder.path(), bytes, 0o600)).unwrap_err();
        assert!(matches!(put(b""), Error::Empty(_)));
        assert!(matches!(put(b" \n"), Error::Empty(_)));
        assert!(matches!(put(b"\xff\xfe"), Error::NotText(_)));
        assert!(matches!(put(&[b'a'; 5000]), Error::TooLong(_)));
        let missing = read_file(&folder.path().join("missing")).unwrap_err();
        assert!(missing.to_string().contains("missing"), "{missing}");
        assert!(matches!(missing, Error::Unreadable { .. }));
        assert!(matches!(read_file(folder.path()), Err(Error::Unreadable { .. })));
    }

    #[test]
    fn the_variable_is_a_secret_none_or_an_error() {
        assert!(of_value(VARIABLE, None).unwrap().is_none());
        assert_eq!(of_value(VARIABLE, Some("s".into())).unwrap().unwrap().expose_secret(), "s");
        let empty = of_value(VARIABLE, Some(OsString::new())).unwrap_err();
        assert_eq!(empty.to_string(), "LONGWIRE_APP_SECRET holds no App Secret: it is empty");
        assert!(matches!(of_value(VARIABLE, Some(OsString::from_vec(vec![0xff]))), Err(Error::NotText(_))));
    }
}
