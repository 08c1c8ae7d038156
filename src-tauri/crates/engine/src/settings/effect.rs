//! Settings that were changed take effect at once.

use std::path::PathBuf;

use longwire_contract::{Fault, FaultCode, JournalSettings, SettingsChange, UpdateSettings};
use longwire_link::Nudge;

use super::{DAYS, MEGABYTES, Settings, is_version};
use crate::{
    Engine,
    engine::{Inner, tell_ca_files},
    journal,
};

impl Engine {
    pub(crate) async fn change_settings(&self, change: SettingsChange) -> Result<(), Fault> {
        let (settings, ()) = self.inner.settings.change(|settings| {
            if let Some(language) = change.language {
                settings.language = language;
            }
            if let Some(theme) = change.theme {
                settings.theme = theme;
            }
            if let Some(files) = change.ca_files {
                settings.ca_files = files.into_iter().map(PathBuf::from).collect();
            }
            if let Some(notify) = change.notify {
                settings.notify = notify;
            }
            if let Some(journal) = change.journal {
                settings.journal = checked(journal)?;
            }
            if let Some(updates) = change.updates {
                settings.updates = sensible(updates)?;
            }
            Ok(())
        })?;
        self.take_effect(&settings).await
    }

    /// Has the settings take effect that are neither an app nor a target. Not while the desk is held.
    ///
    /// # Errors
    /// [`FaultCode::Journal`]; all else has taken effect then.
    pub(crate) async fn take_effect(&self, settings: &Settings) -> Result<(), Fault> {
        let Inner { journal, surroundings, options, .. } = &*self.inner;
        let kept = match journal.get() {
            Some(journal) => journal.set(settings.journal).await.map_err(journal::fault),
            // It is opened with them.
            None => Ok(()),
        };
        let roads = &surroundings.roads;
        roads.roots().set_extra([&options.ca_files[..], &settings.ca_files[..]].concat());
        let problems = roads.problems().await;
        let before = surroundings.shared.snapshot();
        surroundings.shared.change(|snapshot| {
            snapshot.theme = settings.theme;
            snapshot.language_choice = settings.language;
            snapshot.language = settings.language.resolve(options.system_language);
            snapshot.journal.settings = settings.journal;
            snapshot.notify.clone_from(&settings.notify);
            snapshot.agent.settings.clone_from(&settings.agent);
            snapshot.updates.clone_from(&settings.updates);
            tell_ca_files(snapshot, &problems, &settings.ca_files);
        });
        if surroundings.shared.snapshot().ca_files != before.ca_files {
            // Who was not trusted may be now.
            self.nudge(Nudge::Retry).await;
        }
        let spoken = settings.language.resolve(options.system_language);
        let concerned = before.agent.settings != settings.agent || before.language != spoken;
        if concerned && self.inner.targets_read.initialized() {
            let _desk = self.desk().await?;
            self.load_targets().await?;
        }
        kept
    }
}

/// How the user is told of updates, where it can be so.
fn sensible(updates: UpdateSettings) -> Result<UpdateSettings, Fault> {
    let fits = updates.skip.as_deref().is_none_or(is_version);
    fits.then_some(updates).ok_or_else(|| Fault::new(FaultCode::BadRequest, "what is skipped is no version"))
}

/// How long events are kept, where it can be so.
fn checked(journal: JournalSettings) -> Result<JournalSettings, Fault> {
    let fits = DAYS.contains(&journal.days) && MEGABYTES.contains(&journal.megabytes);
    let wrong = "events are kept for 1 to 365 days and on 10 to 100000 megabytes";
    fits.then_some(journal).ok_or_else(|| Fault::new(FaultCode::BadRequest, wrong))
}
