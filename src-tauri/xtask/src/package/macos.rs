use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{VERSION, broken, command, packaging, papers::Papers, tree::Tree};
use crate::{
    node::{self, Node},
    process::{Failure, cargo, find, output, run, say},
    repository::Repository,
    run::prepare,
};

/// What runs on every Mac that Apple still makes corrections for: both processors in one program.
const UNIVERSAL: &str = "universal-apple-darwin";
const HALVES: &[&str] = &["aarch64-apple-darwin", "x86_64-apple-darwin"];

/// The oldest macOS it runs on, as tauri.conf.json says it for the app.
const OLDEST: &str = "13.0";

/// What lies in the bundle beside the programs, by the names of its folders.
const RESOURCES: &[&str] = &["completions", "licences", "man"];

/// Builds the app and the command for both processors, and gathers what travels with them. Whatever comes from elsewhere runs
/// here: [`bundle`] alone is to see what is signed with.
pub(super) fn build(repository: &Repository) -> Result<(), Failure> {
    prepare()?;
    node::build_window(repository)?;
    if find("rustup").is_some() {
        run(Command::new("rustup").args(["target", "add"]).args(HALVES))?;
    }
    let command = build_command(repository)?;
    let laid = Tree::empty(laid(repository))?;
    command::describe(&command, &laid, "")?;
    Papers::gather(repository)?.lay_for_macos(&laid)?;
    say("building the app for both processors");
    // The window is built, and the program takes it from there.
    run(bundler(repository, "build", None)?.arg("--no-bundle"))
}

/// Makes the disk image of what was built. It is signed and notarised where the environment says with what, as Tauri's bundler
/// reads it: `APPLE_SIGNING_IDENTITY` and its kin. What updates are made of comes beside it where there is a key to sign that with,
/// and the app knows the other half of it.
pub(super) fn bundle(repository: &Repository) -> Result<PathBuf, Failure> {
    say("making the disk image");
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let key = set("TAURI_SIGNING_PRIVATE_KEY").and_then(|_| set("LONGWIRE_UPDATE_KEY"));
    run(bundler(repository, "bundle", key.as_deref())?.args(["--bundles", "app,dmg"]))?;
    image(repository)
}

/// Builds the command for each processor and joins both. All three lie where the bundler looks for a program of this name.
fn build_command(repository: &Repository) -> Result<PathBuf, Failure> {
    let tree = Tree::empty(repository.target.join("package/command"))?;
    let mut join = Command::new("lipo");
    let universal = beside(tree.folder(), UNIVERSAL);
    join.arg("-create").arg("-output").arg(&universal);
    for half in HALVES {
        say(format_args!("building the command for {half}"));
        let mut build = cargo(&repository.root);
        build.args(["build", "--release", "--package", "longwire-cli", "--target", half]);
        run(build.env("MACOSX_DEPLOYMENT_TARGET", OLDEST))?;
        let built = repository.target.join(half).join("release/longwire");
        // The app's own build for this processor asks for it by this name.
        tree.copy(&built, &format!("longwire-{half}"))?;
        join.arg(beside(tree.folder(), half));
    }
    run(&mut join)?;
    Ok(universal)
}

fn beside(folder: &Path, target: &str) -> PathBuf {
    folder.join(format!("longwire-{target}"))
}

/// Where what lies in the bundle beside the programs is laid.
fn laid(repository: &Repository) -> PathBuf {
    repository.target.join("package/bundle")
}

fn bundler(repository: &Repository, word: &str, update_key: Option<&str>) -> Result<Command, Failure> {
    let mut bundler = Node::ensure(repository)?.bundler(repository)?;
    bundler.args([word, "--target", UNIVERSAL, "--ci"]);
    bundler.args(["--config", &config(&repository.target.join("package"), update_key)]);
    bundler.current_dir(repository.root.join("src-tauri"));
    Ok(bundler)
}

/// What the bundler is told besides tauri.conf.json: the command lies beside the app's own program, and what describes both with
/// the resources. With the public key that updates are signed for it makes what they are made of, too.
fn config(package: &Path, update_key: Option<&str>) -> String {
    let resources: serde_json::Map<_, _> = RESOURCES
        .iter()
        .map(|folder| {
            (format!("{}/", package.join("bundle").join(folder).display()), format!("{folder}/").into())
        })
        .collect();
    let command = package.join("command/longwire");
    let mut config = serde_json::json!({ "bundle": { "resources": resources, "externalBin": [command] } });
    if let Some(key) = update_key {
        config["bundle"]["createUpdaterArtifacts"] = true.into();
        config["plugins"]["updater"]["pubkey"] = key.into();
    }
    config.to_string()
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
    print!("{}", filled(&text, sum, home, &manual(&laid(repository).join("man"))?)?);
    Ok(())
}

/// The manual's pages, in order.
fn manual(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| broken(folder, &error))?;
    let mut pages: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    pages.sort();
    Ok(pages)
}

fn filled(template: &str, sum: &str, home: &str, pages: &[String]) -> Result<String, Failure> {
    if sum.len() != 64 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::new(format!("{sum:?} is no SHA-256")));
    }
    let pages: Vec<_> = pages
        .iter()
        .map(|page| format!("  manpage \"#{{appdir}}/Longwire.app/Contents/Resources/man/{page}\""))
        .collect();
    Ok(template
        .replace("@MANUAL@", &pages.join("\n"))
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
        assert_eq!(oldest, OLDEST);
        // Homebrew calls it by its name.
        assert!(template().contains("depends_on macos: \">= :ventura\""));
    }

    fn template() -> String {
        fs::read_to_string(repository().join("src-tauri/packaging/macos/longwire.rb")).unwrap()
    }

    #[test]
    fn a_cask_names_the_image_its_sum_and_every_page_of_the_manual() {
        let sum = "a1".repeat(32);
        let folder = tempfile::tempdir().unwrap();
        for page in ["longwire-run.1", "longwire.1"] {
            fs::write(folder.path().join(page), "").unwrap();
        }
        let pages = manual(folder.path()).unwrap();
        let cask = filled(&template(), &sum, "https://host.example/longwire/longwire/", &pages).unwrap();
        assert!(
            cask.contains(&format!("version \"{VERSION}\"")) && cask.contains(&format!("sha256 \"{sum}\"")),
            "{cask}"
        );
        assert!(cask.contains("https://host.example/longwire/longwire/releases/download/"), "{cask}");
        for page in pages {
            let line = format!("\n  manpage \"#{{appdir}}/Longwire.app/Contents/Resources/man/{page}\"\n");
            assert!(cask.contains(&line), "{cask}");
        }
        assert!(!cask.contains('@'), "{cask}");
        assert!(filled(&template(), "nonsense", "", &[]).is_err());
    }

    #[test]
    fn the_command_travels_in_the_bundle_and_the_cask_links_it() {
        let given = |key| config(Path::new("/target/package"), key);
        let config: serde_json::Value = serde_json::from_str(&given(None)).unwrap();
        assert!(config["bundle"].get("createUpdaterArtifacts").is_none(), "nothing is there to sign it with");
        let signed: serde_json::Value = serde_json::from_str(&given(Some("a2V5"))).unwrap();
        assert_eq!(signed["bundle"]["createUpdaterArtifacts"], true);
        assert_eq!(signed["plugins"]["updater"]["pubkey"], "a2V5");
        let programs = config["bundle"]["externalBin"].as_array().unwrap();
        // The bundler looks for what stands there with the target behind it, and leaves that away.
        assert_eq!(programs, &["/target/package/command/longwire"]);
        assert_eq!(
            beside(Path::new("/target/package/command"), UNIVERSAL),
            Path::new("/target/package/command/longwire-universal-apple-darwin")
        );
        assert_eq!(config["bundle"]["resources"]["/target/package/bundle/man/"], "man/");
        let cask = template();
        assert!(cask.contains("\n  binary \"#{appdir}/Longwire.app/Contents/MacOS/longwire\"\n"), "{cask}");
        for (shell, file) in command::COMPLETIONS {
            let line = format!(
                "\n  {shell}_completion \"#{{appdir}}/Longwire.app/Contents/Resources/completions/{file}\"\n"
            );
            assert!(cask.contains(&line), "{shell}: {cask}");
        }
    }

    /// Homebrew uninstalls before it upgrades: a service that somebody has installed must stay then.
    #[test]
    fn only_zap_takes_the_service_away() {
        let cask = template();
        let (before, zap) = cask.split_once("\n  zap ").unwrap();
        assert!(!before.contains("launchctl"), "{before}");
        for place in [
            "Application Support/Longwire",
            "HTTPStorages/app.longwire.desktop",
            "LaunchAgents/app.longwire.service.plist",
            "Logs/Longwire",
            "Preferences/app.longwire.desktop.plist",
        ] {
            assert!(zap.contains(&format!("\"~/Library/{place}\",")), "{place}: {zap}");
        }
        assert!(zap.contains("launchctl: \"app.longwire.service\""), "{zap}");
    }
}
