//! The bodies of the commands a view can give.

use std::path::PathBuf;

use longwire_contract::{
    AppDraft, AppEdit, AppId, AppRef, CheckDraft, CheckReport, EventDetail, EventRef, EventView, EventsAfter,
    Fault, FaultCode, Handler, Phase, SettingsChange, SimulatedEvent, SimulatedFaultChange, Snapshot, Which,
};
use longwire_host::clock;

use crate::{
    Engine,
    app::unconnected,
    check,
    engine::{Desk, Inner, usable},
    machine::unreadable,
    options::Apps,
    secret::{Placed, forget},
    settings::AppSettings,
};

impl Handler for Engine {
    async fn snapshot(&self, (): ()) -> Result<Snapshot, Fault> {
        Ok(Snapshot::clone(&self.inner.surroundings.shared.snapshot()))
    }

    async fn app_add(&self, draft: AppDraft) -> Result<(), Fault> {
        usable(&draft.domain)?;
        let app = AppSettings {
            name: draft.name.trim().to_owned(),
            domain: draft.domain,
            secret_file: draft.secret_file.map(Into::into),
            ..AppSettings::new(draft.app_id)
        };
        if self.inner.settings.read()?.0.app(&app.id).is_some() {
            return Err(exists(&app.id));
        }
        // Without the desk: a keychain may ask its user, and nothing else has to wait for that.
        let placed =
            Placed::new(&self.inner.options.secrets, &app.id, app.secret_file.clone(), draft.app_secret)
                .await?;
        let mut desk = self.desk().await?;
        let added = self.inner.settings.change(|settings| {
            if settings.app(&app.id).is_some() {
                return Err(exists(&app.id));
            }
            settings.apps.push(app.clone());
            Ok(())
        });
        if let Err(fault) = added {
            placed.undo().await;
            return Err(fault);
        }
        if desk.simulator.as_ref().is_some_and(|simulator| simulator.unasked) {
            self.end_simulator(&mut desk).await;
        }
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.apps.push(unconnected(
                app.id.clone(),
                app.name.clone(),
                app.domain.clone(),
                false,
                false,
            ));
        });
        self.start_configured(&mut desk, &app);
        Ok(())
    }

    async fn app_edit(&self, edit: AppEdit) -> Result<(), Fault> {
        if let Some(domain) = &edit.domain {
            usable(domain)?;
        }
        let old = self.configured(&edit.app_id)?;
        let secret_file = edit.secret_file.map(PathBuf::from);
        let new_secret = edit.app_secret.is_some() || secret_file.is_some();
        let store = &self.inner.options.secrets;
        let placed = match new_secret {
            true => Placed::new(store, &edit.app_id, secret_file.clone(), edit.app_secret).await?,
            false => Placed::Nowhere,
        };
        let mut desk = self.desk().await?;
        let changed = self.inner.settings.change(|settings| {
            let app = settings.app_mut(&edit.app_id).ok_or_else(|| unknown(&edit.app_id))?;
            if let Some(name) = edit.name {
                app.name = name.trim().to_owned();
            }
            if let Some(domain) = edit.domain {
                app.domain = domain;
            }
            if new_secret {
                app.secret_file.clone_from(&secret_file);
            }
            Ok(app.clone())
        });
        let app = match changed {
            Ok((_, app)) => app,
            Err(fault) => {
                placed.undo().await;
                return Err(fault);
            }
        };
        if old.secret_file.is_none() && app.secret_file.is_some() {
            // Where the store cannot be asked, it is most often not there at all.
            forget(store, &app.id).await.ok();
        }
        if !new_secret && app.domain == old.domain {
            // A new name is no reason to cut the connection.
            self.inner.surroundings.shared.change_app(&app.id, |view| view.name.clone_from(&app.name));
            return Ok(());
        }
        if let Some(running) = desk.running.remove(&app.id) {
            running.stop().await;
        }
        self.inner.surroundings.shared.change_app(&app.id, |view| {
            let fresh = unconnected(app.id.clone(), app.name.clone(), app.domain.clone(), false, app.paused);
            let (events, last_event_ms) = (view.events, view.last_event_ms);
            *view = longwire_contract::AppView { events, last_event_ms, ..fresh };
        });
        self.start_configured(&mut desk, &app);
        Ok(())
    }

    async fn app_remove(&self, AppRef { app_id }: AppRef) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let app = self.configured(&app_id)?;
        self.inner.settings.change(|settings| {
            settings.apps.retain(|app| app.id != app_id);
            Ok(())
        })?;
        if let Some(running) = desk.running.remove(&app_id) {
            running.stop().await;
        }
        self.inner.surroundings.shared.change(|snapshot| snapshot.apps.retain(|app| app.app_id != app_id));
        if app.secret_file.is_some() {
            return Ok(());
        }
        // The app is gone either way; what could not be forgotten is said.
        forget(&self.inner.options.secrets, &app_id).await.map_err(unreadable)
    }

    async fn app_check(&self, draft: CheckDraft) -> Result<CheckReport, Fault> {
        let (settings, _) = self.inner.settings.read()?;
        check::check(&self.inner.surroundings.dialer, &self.inner.options, &settings, draft).await
    }

    async fn pause(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let mut remembered = Ok(());
        for id in self.chosen(which)? {
            // What cannot be remembered is done all the same: the user wants the connection closed now.
            remembered = remembered.and(self.set_paused(&id, true));
            if let Some(running) = desk.running.remove(&id) {
                running.stop().await;
            }
            self.inner.surroundings.shared.change_app(&id, |view| {
                view.phase = Phase::Paused;
                view.since_ms = clock::now_ms();
                view.reason = None;
                view.retry_at_ms = None;
                view.attempt = 0;
                view.hops.clear();
            });
        }
        remembered
    }

    async fn resume(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        for id in self.chosen(which)? {
            if desk.running.contains_key(&id) {
                continue;
            }
            self.set_paused(&id, false)?;
            self.inner.surroundings.shared.change_app(&id, |view| {
                view.phase = Phase::Connecting;
                view.since_ms = clock::now_ms();
            });
            self.restart(&mut desk, &id)?;
        }
        Ok(())
    }

    async fn retry(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        for id in self.chosen(which)? {
            match desk.running.get(&id) {
                Some(running) => running.retry(),
                None => self.restart(&mut desk, &id)?,
            }
        }
        Ok(())
    }

    async fn events(&self, EventsAfter { after }: EventsAfter) -> Result<Vec<EventView>, Fault> {
        Ok(self.inner.surroundings.shared.events_after(after))
    }

    async fn event(&self, EventRef { seq }: EventRef) -> Result<EventDetail, Fault> {
        let event = self.inner.surroundings.shared.event(seq);
        event.ok_or_else(|| Fault::new(FaultCode::EventGone, "that event is no longer kept"))
    }

    async fn simulator_start(&self, (): ()) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        if desk.simulator.is_some() { Ok(()) } else { self.start_simulator(&mut desk, false).await }
    }

    async fn simulator_stop(&self, (): ()) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        self.end_simulator(&mut desk).await;
        Ok(())
    }

    async fn simulator_send(&self, SimulatedEvent { kind }: SimulatedEvent) -> Result<(), Fault> {
        let desk = self.desk().await?;
        desk.simulator.as_ref().ok_or_else(no_simulator)?.send(kind);
        Ok(())
    }

    async fn simulator_fault(
        &self,
        SimulatedFaultChange { fault }: SimulatedFaultChange,
    ) -> Result<(), Fault> {
        let desk = self.desk().await?;
        let simulator = desk.simulator.as_ref().ok_or_else(no_simulator)?;
        simulator.play(fault).await;
        self.inner.surroundings.shared.change(|snapshot| {
            if let Some(simulator) = &mut snapshot.simulator {
                simulator.fault = fault;
            }
        });
        // What was refused would wait for the user, who has just asked for it.
        if let Some(running) = desk.running.get(&simulator.app_id) {
            running.retry();
        }
        Ok(())
    }

    async fn settings_change(&self, change: SettingsChange) -> Result<(), Fault> {
        let Some(language) = change.language else { return Ok(()) };
        self.inner.settings.change(|settings| {
            settings.language = language;
            Ok(())
        })?;
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.language_choice = language;
            snapshot.language = language.resolve(self.inner.options.system_language);
        });
        Ok(())
    }
}

impl Engine {
    /// An app of the settings.
    fn configured(&self, id: &AppId) -> Result<AppSettings, Fault> {
        self.inner.settings.read()?.0.app(id).cloned().ok_or_else(|| unknown(id))
    }

    /// The apps meant, each of which is in the snapshot.
    fn chosen(&self, which: Which) -> Result<Vec<AppId>, Fault> {
        let snapshot = self.inner.surroundings.shared.snapshot();
        let all = snapshot.apps.iter().map(|app| &app.app_id);
        match which.app_id {
            None => Ok(all.cloned().collect()),
            Some(id) if all.clone().any(|known| *known == id) => Ok(vec![id]),
            Some(id) => Err(unknown(&id)),
        }
    }

    /// Remembers the pause of an app of the settings; another's lasts as long as the engine.
    fn set_paused(&self, id: &AppId, paused: bool) -> Result<(), Fault> {
        let change = self.inner.settings.change(|settings| {
            if let Some(app) = settings.app_mut(id) {
                app.paused = paused;
            }
            Ok(())
        });
        change.map(|_| ())
    }

    fn restart(&self, desk: &mut Desk, id: &AppId) -> Result<(), Fault> {
        let Inner { options, settings, .. } = &*self.inner;
        if let Some(app) =
            desk.simulator.as_ref().filter(|simulator| simulator.app_id == *id).map(|it| it.app())
        {
            self.start(desk, app?);
        } else if let Some(app) = settings.read()?.0.app(id) {
            self.start_configured(desk, app);
        } else if let Apps::Only(given) = &options.apps {
            self.start(desk, self.given(given)?);
        }
        Ok(())
    }
}

fn exists(id: &AppId) -> Fault {
    Fault::new(FaultCode::AppExists, format!("app {id} is there already")).with("app_id", id)
}

fn unknown(id: &AppId) -> Fault {
    Fault::new(FaultCode::AppUnknown, format!("there is no app {id}")).with("app_id", id)
}

fn no_simulator() -> Fault {
    Fault::new(FaultCode::Simulator, "the simulator is not running").with("error", "it is not running")
}
