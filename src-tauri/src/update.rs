//! The app's own update: what Tauri's plugin knows of releases and of taking a program's place, and how this process makes room for
//! the next one. Nothing is sent from here.

use std::{env, path::Path, sync::Arc, sync::OnceLock};

use longwire_contract::Release;
use longwire_engine::{HIDDEN, Installed, Installer, NotInstalled, Offer, Package, Successor, Updates};
use serde_json::Value;
use tauri::{AppHandle, Manager, Url, async_runtime};
use tauri_plugin_updater::{Error, Update, Updater, UpdaterExt};

use crate::window;

/// Where releases are announced, and the key that they are signed with: a build for release is given both.
const URL: Option<&str> = option_env!("LONGWIRE_UPDATE_URL");
const KEY: Option<&str> = option_env!("LONGWIRE_UPDATE_KEY");

/// Set once the next version is to be started: whether without its window.
#[derive(Default)]
pub(crate) struct Next(OnceLock<bool>);

/// Begins to look after the updates of this process, where it was built for that and runs from a place that can be taken.
pub(crate) fn begin(app: &AppHandle) -> Option<Updates> {
    let url = configured("LONGWIRE_UPDATE_URL", URL)?;
    let key = configured("LONGWIRE_UPDATE_KEY", KEY)?;
    let program = match Installed::of_this_process() {
        program @ (Installed::Bundle | Installed::Image(_)) => program,
        Installed::Package | Installed::Unmoved | Installed::Otherwise => return None,
    };
    let updates = plugged_in(app, &url, key, program);
    let updates =
        updates.inspect_err(|error| tracing::error!(%error, "this app cannot update itself")).ok()?;
    async_runtime::spawn(updates.clone().look_after());
    Some(updates)
}

fn plugged_in(
    app: &AppHandle,
    url: &str,
    key: String,
    program: Installed,
) -> Result<Updates, Box<dyn std::error::Error>> {
    app.plugin(tauri_plugin_updater::Builder::new().build())?;
    let plugin = Plugin { app: app.clone(), url: url.parse()?, key, program };
    // What is wrong with it is told now, and not when there is an update.
    plugin.updater(None)?;
    Ok(Updates::new(url, Arc::new(plugin))?)
}

/// What was built in. Where this is a build for tests and development, the environment may say otherwise.
fn configured(name: &str, built_in: Option<&str>) -> Option<String> {
    let given = if cfg!(debug_assertions) { env::var(name).ok() } else { None };
    given.or_else(|| built_in.map(str::to_owned)).filter(|value| !value.trim().is_empty())
}

/// Starts the version that is in place by now, where that was asked for; it does not return then. The engine is closed.
pub(crate) fn start_next(app: &AppHandle) {
    let Some(hidden) = app.state::<Next>().0.get().copied() else { return };
    // It gives back the icon, and the name by which the next one would be sent to this one.
    app.cleanup_before_exit();
    let mut env = app.env();
    env.args_os.truncate(1);
    env.args_os.extend(hidden.then(|| HIDDEN.into()));
    tauri::process::restart(&env);
}

#[derive(Clone)]
struct Plugin {
    app: AppHandle,
    url: Url,
    key: String,
    program: Installed,
}

impl Plugin {
    /// The plugin as it is set up for this key, which puts a release in the place of a file where one is named.
    fn updater(&self, file: Option<&Path>) -> tauri_plugin_updater::Result<Updater> {
        let mut builder = self.app.updater_builder().pubkey(&self.key).endpoints(vec![self.url.clone()])?;
        if let Some(file) = file {
            builder = builder.executable_path(file);
        }
        builder.build()
    }
}

impl Installer for Plugin {
    fn offered(&self, manifest: &Value) -> Result<Option<Offer>, String> {
        let restored = self.updater(None).and_then(|updater| updater.restore_update(manifest.clone()));
        let Some(update) = restored.map_err(|error| words(&error))? else { return Ok(None) };
        let release = Release {
            version: update.version.clone(),
            notes: update.body.clone().unwrap_or_default(),
            published_ms: update
                .date
                .and_then(|at| u64::try_from(at.unix_timestamp()).ok()?.checked_mul(1000)),
        };
        let url = update.download_url.to_string();
        Ok(Some(Offer { release, url, package: Arc::new(Announced { update, plugin: self.clone() }) }))
    }

    fn restart(&self) {
        let app = self.app.clone();
        // Windows are the main thread's.
        let asked = self.app.run_on_main_thread(move || {
            let hidden = app.get_webview_window(window::LABEL).is_none();
            app.state::<Next>().0.set(hidden).ok();
            app.exit(0);
        });
        if let Err(error) = asked {
            tracing::error!(%error, "the next version cannot be started");
        }
    }
}

/// A package as it was announced.
struct Announced {
    update: Update,
    plugin: Plugin,
}

impl Package for Announced {
    fn verify(&self, bytes: &[u8]) -> Result<(), String> {
        self.update.verify(bytes).map_err(|error| words(&error))
    }

    /// A bundle the plugin swaps for the other in one step where the file system is Apple's, and by two renames else; what fails in
    /// between it undoes, but a process that is killed between the two leaves the old one in a temporary folder. An AppImage it
    /// would move away and write anew, so that one who is killed leaves half of it: what it writes here is a file beside, which then
    /// takes the place as a whole.
    fn install(&self, bytes: &[u8]) -> Result<(), NotInstalled> {
        let Installed::Image(image) = &self.plugin.program else {
            return self.update.install(bytes).map_err(not_installed);
        };
        let refused = |error: std::io::Error| NotInstalled::Refused(error.to_string());
        let successor = Successor::of(image).map_err(refused)?;
        let updater = self.plugin.updater(Some(successor.path())).map_err(not_installed)?;
        let update = updater.restore_update(self.update.raw_json.clone()).map_err(not_installed)?;
        let older = || NotInstalled::NotGenuine("it is not newer".to_owned());
        update.ok_or_else(older)?.install(bytes).map_err(not_installed)?;
        successor.take_over().map_err(refused)
    }
}

fn not_installed(error: Error) -> NotInstalled {
    let words = words(&error);
    match error {
        Error::SignedVersionMismatch { .. }
        | Error::MissingSignedVersion
        | Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::InvalidUpdaterFormat
        | Error::BinaryNotFoundInArchive => NotInstalled::NotGenuine(words),
        Error::PreviousAppNotRestored(kept) => NotInstalled::Aside(kept),
        _ => NotInstalled::Refused(words),
    }
}

/// What is wrong, without the advice that the plugin has for developers.
fn words(error: &Error) -> String {
    match error {
        Error::SignedVersionMismatch { signed, .. } => format!("it was signed as version {signed}"),
        Error::MissingSignedVersion => "its signature names no version".to_owned(),
        Error::Minisign(_) => "its signature is not that of these bytes, or not ours".to_owned(),
        Error::Base64(_) | Error::SignatureUtf8(_) => "its signature cannot be read".to_owned(),
        Error::InvalidUpdaterFormat => "it is no package for this machine".to_owned(),
        Error::TargetNotFound(_) | Error::TargetsNotFound(_) => "it has nothing for this machine".to_owned(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ours_is_told_from_what_this_machine_refuses() {
        let (signed, announced) = ("0.1.0".to_owned(), "0.2.0".to_owned());
        let mismatch = not_installed(Error::SignedVersionMismatch { signed, announced });
        assert_eq!(mismatch, NotInstalled::NotGenuine("it was signed as version 0.1.0".into()));
        for error in [Error::MissingSignedVersion, Error::InvalidUpdaterFormat] {
            assert!(matches!(not_installed(error), NotInstalled::NotGenuine(_)));
        }
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(matches!(not_installed(Error::Io(full)), NotInstalled::Refused(_)));
        let kept = std::path::PathBuf::from("/Applications/Longwire (previous version).app");
        assert_eq!(not_installed(Error::PreviousAppNotRestored(kept.clone())), NotInstalled::Aside(kept));
    }

    #[test]
    fn what_is_empty_was_not_configured() {
        // No test may set a variable: others run beside it.
        assert_eq!(configured("LONGWIRE_TEST_UNSET", None), None);
        assert_eq!(configured("LONGWIRE_TEST_UNSET", Some(" ")), None);
        assert_eq!(configured("LONGWIRE_TEST_UNSET", Some("a")).as_deref(), Some("a"));
    }
}
