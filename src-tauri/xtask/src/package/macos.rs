use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{VERSION, broken, packaging, papers::Papers, tree::Tree};
use crate::{
    node::{self, Node},
    process::{Failure, find, output, run, say},
    repository::Repository,
    run::prepare,
};

/// What runs on every Mac that Apple still makes corrections for: both processors in one program.
const UNIVERSAL: &str = "universal-apple-darwin";
const HALVES: &[&str] = &["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// Builds the app for both processors and makes the disk image. It is signed and notarised where the environment says with what, as
/// Tauri's bundler reads it: `APPLE_SIGNING_IDENTITY` and its kin.
pub(super) fn make(repository: &Repository) -> Result<(), Failure> {
    prepare()?;
    node::build_window(repository)?;
    if find("rustup").is_some() {
        run(Command::new("rustup").args(["target", "add"]).args(HALVES))?;
    }
    let papers = Tree::empty(repository.target.join("package/papers"))?;
    Papers::gather(repository)?.lay_for_macos(&papers)?;
    say("building the app for both processors");
    let mut bundler = Node::ensure(repository)?.bundler(repository)?;
    bundler.args(["build", "--target", UNIVERSAL, "--bundles", "app,dmg", "--ci"]);
    // The window is built, and the program takes it from there.
    bundler.args(["--config", &config(papers.folder())]);
    run(bundler.current_dir(repository.root.join("src-tauri")))?;
    say(format_args!("{}", image(repository)?.display()));
    Ok(())
}

/// What the bundler is told besides tauri.conf.json: the papers travel inside the bundle.
fn config(papers: &Path) -> String {
    let papers = format!("{}/", papers.display());
    serde_json::json!({ "bundle": { "resources": { papers: "licences/" } } }).to_string()
}

/// The disk image that was made.
fn image(repository: &Repository) -> Result<PathBuf, Failure> {
    let folder = repository.target.join(UNIVERSAL).join("release/bundle/dmg");
    let entries = fs::read_dir(&folder).map_err(|error| broken(&folder, &error))?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "dmg"))
        .ok_or_else(|| Failure::new(format!("no disk image in {}", folder.display())))
}

/// Prints the cask for a disk image and where releases are found, as `https://HOST/OWNER/NAME`.
pub(super) fn cask(repository: &Repository, image: &Path, home: &str) -> Result<(), Failure> {
    let sum = output(Command::new("shasum").args(["-a", "256"]).arg(image))?;
    let sum = sum.split_whitespace().next().unwrap_or_default();
    let template = packaging(repository).join("macos/longwire.rb");
    let text = fs::read_to_string(&template).map_err(|error| broken(&template, &error))?;
    print!("{}", filled(&text, sum, home)?);
    Ok(())
}

fn filled(template: &str, sum: &str, home: &str) -> Result<String, Failure> {
    if sum.len() != 64 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::new(format!("{sum:?} is no SHA-256")));
    }
    Ok(template
        .replace("@VERSION@", VERSION)
        .replace("@SHA256@", sum)
        .replace("@HOME@", home.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use plist::Value;

    use super::*;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
    }

    fn plist(file: &str) -> plist::Dictionary {
        let file = repository().join("src-tauri/packaging/macos").join(file);
        Value::from_file(file).unwrap().into_dictionary().unwrap()
    }

    fn bundle() -> serde_json::Value {
        let text = fs::read_to_string(repository().join("src-tauri/tauri.conf.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["bundle"].take()
    }

    #[test]
    fn the_app_lives_in_the_menu_bar_in_both_languages() {
        let info = plist("Info.plist");
        assert_eq!(info["LSUIElement"], Value::Boolean(true));
        let languages = info["CFBundleLocalizations"].as_array().unwrap();
        assert_eq!(languages, &[Value::from("en"), Value::from("zh-Hans")]);
        for key in ["CFBundleShortVersionString", "LSMinimumSystemVersion", "CFBundleIdentifier"] {
            assert!(!info.contains_key(key), "{key} is the bundler's to write");
        }
    }

    /// WebKit makes its JavaScript into code in a process of its own, which Apple signs; QuickJS, which runs PAC scripts, only
    /// interprets; nothing is loaded that others have signed. The sandbox is out of reach for what sets the system's proxies, asks
    /// for trust in a CA and runs the user's own programs.
    #[test]
    fn the_hardened_runtime_is_on_and_no_entitlement_lets_anything_out_of_it() {
        let macos = &bundle()["macOS"];
        assert_eq!(macos["hardenedRuntime"], true);
        assert_eq!(macos["infoPlist"], "packaging/macos/Info.plist");
        assert!(macos.get("entitlements").is_none());
    }

    #[test]
    fn the_oldest_system_is_one_everywhere() {
        let oldest = bundle()["macOS"]["minimumSystemVersion"].as_str().unwrap().to_owned();
        assert_eq!(oldest, "13.0");
        let cask = fs::read_to_string(repository().join("src-tauri/packaging/macos/longwire.rb")).unwrap();
        // Homebrew calls it by its name.
        assert!(cask.contains("depends_on macos: \">= :ventura\""), "{cask}");
    }

    #[test]
    fn a_cask_names_the_image_and_its_sum() {
        let template =
            fs::read_to_string(repository().join("src-tauri/packaging/macos/longwire.rb")).unwrap();
        let sum = "a1".repeat(32);
        let cask = filled(&template, &sum, "https://host.example/longwire/longwire/").unwrap();
        assert!(
            cask.contains(&format!("version \"{VERSION}\"")) && cask.contains(&format!("sha256 \"{sum}\"")),
            "{cask}"
        );
        assert!(cask.contains("https://host.example/longwire/longwire/releases/download/"), "{cask}");
        assert!(!cask.contains('@'), "{cask}");
        assert!(filled(&template, "nonsense", "").is_err());
    }
}
