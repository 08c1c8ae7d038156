use longwire_contract::{EventQuery, EventSelection, Fault, LoginChange, NoticeCode, Reset, ResetKind};

use crate::{
    Engine,
    desktop::change_login,
    journal::fault,
    options::Apps,
    settings::{AppSettings, Settings},
};

impl Engine {
    pub(crate) async fn reset(&self, Reset { what }: Reset) -> Result<(), Fault> {
        match what {
            ResetKind::Settings => self.forget_settings().await,
            ResetKind::Everything => self.forget_everything().await,
        }
    }

    /// How long events are kept stays: a shorter time would delete some. So does the agent: what waits for it would go with it.
    async fn forget_settings(&self) -> Result<(), Fault> {
        let (settings, ()) = self.inner.settings.change(|settings| {
            let Settings { apps, targets, journal, agent, .. } = std::mem::take(settings);
            *settings = Settings { apps, targets, journal, agent, ..Settings::default() };
            Ok(())
        })?;
        self.take_effect(&settings).await
    }

    /// What cannot be forgotten keeps nothing else from being; the first such thing is told at the end.
    async fn forget_everything(&self) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let (before, _) = self.inner.settings.read()?;
        // First: where it cannot be written, nothing is changed at all.
        self.inner.settings.forget()?;
        desk.doctor = None;
        self.end_simulator(&mut desk).await;
        let mut faults = Vec::new();
        let gone: Vec<&AppSettings> = before.apps.iter().filter(|app| !self.is_given(app)).collect();
        for app in &gone {
            if let Some(running) = desk.running.remove(&app.id) {
                running.stop().await;
            }
        }
        for app in &before.apps {
            faults.extend(self.forget_secrets(app).await.err());
        }
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.apps.retain(|view| gone.iter().all(|app| app.id != view.app_id));
            snapshot.notices.retain(|notice| notice.code != NoticeCode::SettingsKeyUnknown);
            snapshot.doctor = None;
        });
        faults.extend(self.load_targets().await.err());
        faults.extend(self.forget_targets(&before.targets).await.err());
        faults.extend(self.forget_agent().await.err());
        faults.extend(self.forget_events().await.err());
        self.inner.report.forget();
        if self.inner.options.login.is_some() {
            faults.extend(
                change_login(self.inner.options.login.as_ref(), LoginChange { on: false }).await.err(),
            );
        }
        if matches!(self.inner.options.apps, Apps::ConfiguredOrSimulator) {
            faults.extend(self.start_simulator(&mut desk, true).await.err());
        }
        drop(desk);
        faults.extend(self.take_effect(&Settings::default()).await.err());
        faults.into_iter().next().map_or(Ok(()), Err)
    }

    async fn forget_events(&self) -> Result<(), Fault> {
        let all = EventSelection::Matching(EventQuery::default());
        self.journal().await?.delete(all).await.map_err(fault)?;
        self.inner.surroundings.shared.change(|snapshot| snapshot.events_today = 0);
        self.show_journal().await;
        Ok(())
    }

    /// Whether the app that this engine was opened for is this one: it is in nobody's settings.
    fn is_given(&self, app: &AppSettings) -> bool {
        matches!(&self.inner.options.apps, Apps::Only(given) if given.id == app.id)
    }
}
