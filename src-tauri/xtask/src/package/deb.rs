use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{VERSION, broken, command, packaging, papers::Papers, tree::Tree};
use crate::{
    debian,
    process::{Failure, find, output, probe, run, say},
    repository::Repository,
};

/// The images of the app's icon, and the folder of the theme each belongs into.
const ICONS: &[(&str, &str)] = &[
    ("16x16.png", "16x16"),
    ("24x24.png", "24x24"),
    ("32x32.png", "32x32"),
    ("48x48.png", "48x48"),
    ("64x64.png", "64x64"),
    ("128x128.png", "128x128"),
    ("256x256.png", "256x256"),
    ("icon.png", "512x512"),
    ("app.svg", "scalable"),
];

/// What the icon is called in a theme: the entry of the menu and notifications ask for it by this name.
const ICON: &str = "longwire-app";

/// Who answers for the packages, as debian/control names them.
const MAINTAINER: &str = "Longwire contributors <longwire@users.noreply.github.com>";

/// Makes the packages of the command and of the app from programs that are built. Without papers they are for trying alone,
/// and are packed in a hurry.
pub(super) fn make(
    repository: &Repository,
    programs: &Path,
    papers: Option<&Papers>,
) -> Result<Vec<PathBuf>, Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("a Debian package is made on Linux"));
    }
    debian::ensure(debian::TO_PACKAGE, || find("dh").is_some() && find("lintian").is_some())?;
    say("making the Debian packages");
    let tree = lay(repository, programs, papers)?;
    let mut build = Command::new("dpkg-buildpackage");
    build.args(["--build=binary", "--no-sign", "--no-check-builddeps"]).current_dir(tree.folder());
    build.env("COMPRESSION", if papers.is_some() { "-Zxz" } else { "-Zgzip -z1" });
    run(build.env("LC_ALL", "C.UTF-8"))?;
    // Those of another version, or of another build, would be taken for these.
    let made = Tree::empty(bundle(programs))?;
    let beside = tree.folder().parent().unwrap_or(tree.folder());
    for package in packages(beside)? {
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        made.copy(&package, &name)?;
        fs::remove_file(&package).map_err(|error| broken(&package, &error))?;
    }
    packages(made.folder())
}

/// The packages that were made for release.
pub(super) fn made(repository: &Repository) -> Result<Vec<PathBuf>, Failure> {
    let folder = bundle(&repository.target.join("release"));
    let packages = packages(&folder).unwrap_or_default();
    if packages.is_empty() {
        return Err(Failure::new(format!("no package in {}: cargo xtask package", folder.display())));
    }
    Ok(packages)
}

/// Has Debian's own checker look at packages. What it is not to find fault with, debian/*.lintian-overrides give reasons for.
pub(super) fn lint(packages: &[PathBuf]) -> Result<(), Failure> {
    say("lintian");
    let mut lint = Command::new("lintian");
    // In a container one is root.
    lint.args(["--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0"]);
    run(lint.args(packages))
}

fn bundle(programs: &Path) -> PathBuf {
    programs.join("bundle/deb")
}

fn packages(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| broken(folder, &error))?;
    let mut packages: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    packages.sort();
    Ok(packages)
}

/// Lays what the packages are made of.
fn lay(repository: &Repository, programs: &Path, papers: Option<&Papers>) -> Result<Tree, Failure> {
    let tree = Tree::empty(repository.target.join("package").join(format!("longwire-{VERSION}")))?;
    let packaging = packaging(repository);
    tree.copy_all(&packaging.join("debian"), "debian")?;
    if let Some(home) = home() {
        let file = packaging.join("debian/control");
        let control = fs::read_to_string(&file).map_err(|error| broken(&file, &error))?;
        tree.write("debian/control", &with_home(&control, &home))?;
    }
    tree.write("debian/changelog", &changelog(&date(repository)?))?;
    tree.copy(&repository.root.join("CHANGELOG.md"), "CHANGELOG.md")?;
    for program in ["longwire", "longwire-app"] {
        tree.copy(&programs.join(program), &format!("built/bin/{program}"))?;
    }
    let command = tree.folder().join("built/bin/longwire");
    command::describe(&command, &tree, "built/")?;
    tree.write("built/systemd/longwire.service", &output(Command::new(&command).arg("unit"))?)?;
    tree.copy_all(&packaging.join("linux"), "built/linux")?;
    for (image, folder) in ICONS {
        let ending = image.rsplit('.').next().unwrap_or_default();
        let place = format!("built/hicolor/{folder}/apps/{ICON}.{ending}");
        tree.copy(&repository.root.join("icons").join(image), &place)?;
    }
    if let Some(papers) = papers {
        papers.lay(&tree)?;
    }
    Ok(tree)
}

/// Where releases are found, as the machine that makes one says it: `https://HOST/OWNER/NAME`.
fn home() -> Option<String> {
    let [server, name] = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY"].map(|name| env::var(name).ok());
    Some(format!("{}/{}", server.filter(|server| server.starts_with("https://"))?, name?))
}

/// debian/control with that in it.
fn with_home(control: &str, home: &str) -> String {
    control.replacen("\nRules-Requires-Root:", &format!("\nHomepage: {home}\nRules-Requires-Root:"), 1)
}

/// When the last change was made: a package that is made twice is the same.
fn date(repository: &Repository) -> Result<String, Failure> {
    let last = ["log", "-1", "--format=%cD"];
    match probe(Command::new("git").current_dir(&repository.root).args(last)) {
        Some(date) => Ok(date.trim().to_owned()),
        None => Ok(output(Command::new("date").arg("-R"))?.trim().to_owned()),
    }
}

/// Debian's own log of changes: it has its place in every package, and Longwire's lies beside it.
fn changelog(date: &str) -> String {
    // In Debian's order of versions, what begins with ~ comes before its absence.
    let version = VERSION.replace('-', "~");
    format!(
        "longwire ({version}-1) unstable; urgency=medium\n\n  * What has changed is told in changelog.gz.\n\n -- {MAINTAINER}  {date}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
    }

    #[test]
    fn one_maintainer_and_one_name_of_the_icon_stand_everywhere() {
        let packaging = repository().join("src-tauri/packaging");
        let read = |file: &str| fs::read_to_string(packaging.join(file)).unwrap();
        assert!(read("debian/control").contains(&format!("Maintainer: {MAINTAINER}\n")));
        for entry in ["linux/Longwire.desktop", "linux/autostart/Longwire.desktop"] {
            assert!(read(entry).contains(&format!("\nIcon={ICON}\n")), "{entry}");
        }
        for (image, _) in ICONS {
            assert!(repository().join("icons").join(image).is_file(), "{image}");
        }
    }

    #[test]
    fn the_menu_has_both_languages_and_nothing_starts_at_login_unasked() {
        let read = |file: &str| {
            fs::read_to_string(repository().join("src-tauri/packaging/linux").join(file)).unwrap()
        };
        let menu = read("Longwire.desktop");
        for key in ["Name", "GenericName", "Comment", "Keywords"] {
            for key in [format!("\n{key}="), format!("\n{key}[zh_CN]=")] {
                assert_eq!(menu.matches(&key).count(), 1, "{key}");
            }
        }
        assert!(read("autostart/Longwire.desktop").contains("\nHidden=true\n"));
    }

    #[test]
    fn a_package_of_a_release_says_where_it_comes_from() {
        let control = fs::read_to_string(repository().join("src-tauri/packaging/debian/control")).unwrap();
        let with = with_home(&control, "https://host.example/longwire/longwire");
        let (source, _) = with.split_once("\n\n").unwrap();
        assert!(source.contains("\nHomepage: https://host.example/longwire/longwire\n"), "{source}");
    }

    #[test]
    fn the_log_of_changes_is_debians() {
        let log = changelog("Sun, 22 Nov 2026 21:29:00 +0000");
        assert!(log.starts_with(&format!("longwire ({VERSION}-1) unstable; ")), "{log}");
        assert!(log.ends_with(&format!(" -- {MAINTAINER}  Sun, 22 Nov 2026 21:29:00 +0000\n")), "{log}");
    }
}
