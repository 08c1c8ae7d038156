use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    Error,
    report::{Row, Verdict},
};

/// What the window's files may take when compressed, in bytes.
const LARGEST_BUNDLE: u64 = 150_000;
/// What the Debian package may take, in bytes.
const LARGEST_PACKAGE: u64 = 15_000_000;

/// The size of what is shipped.
pub(super) fn measure() -> Result<Vec<Row>, Error> {
    let folder = env::current_exe()?.with_file_name("bundle").join("deb");
    let newest = files(&folder)?
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("longwire-app_") && name.ends_with(".deb")
        })
        .max_by_key(|file| file.metadata().and_then(|about| about.modified()).ok());
    let package = newest.ok_or_else(|| Error::NotBuilt(folder))?;
    let mut bundle = 0;
    for file in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist")))? {
        bundle += compressed(&file)?;
    }
    Ok(vec![
        row("the window's files, gzip -9", bundle, LARGEST_BUNDLE),
        row("the app's Debian package", package.metadata()?.len(), LARGEST_PACKAGE),
    ])
}

fn row(what: &str, bytes: u64, most: u64) -> Row {
    let kb = |bytes| format!("{:.0} kB", bytes as f64 / 1e3);
    Row::new(what, kb(bytes)).demand(format!("at most {}", kb(most)), Verdict::of(bytes <= most))
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|_| Error::NotBuilt(folder.clone()))? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

fn compressed(file: &Path) -> Result<u64, Error> {
    let gzip = Command::new("gzip").args(["-9", "-c"]).arg(file).stderr(Stdio::inherit()).output()?;
    if !gzip.status.success() {
        return Err(Error::Desktop(format!("gzip {}", file.display())));
    }
    Ok(gzip.stdout.len() as u64)
}
