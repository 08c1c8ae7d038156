//! Adding, changing and removing apps.

use std::path::PathBuf;

use longwire_contract::{AppDraft, AppEdit, AppId, AppView, Fault, FaultCode};
use longwire_dial::route::Choice;

use crate::{
    Engine,
    app::configured,
    engine::{Desk, usable},
    machine::unreadable,
    proxy,
    secret::{Placed, forget},
    settings::AppSettings,
};

impl Engine {
    /// Adds an app, keeps its secret and connects it.
    pub(crate) async fn add_app(&self, draft: AppDraft) -> Result<(), Fault> {
        usable(&draft.domain)?;
        let proxy = draft.proxy.map(proxy::entered).transpose()?.unwrap_or(Choice::Auto);
        let app = AppSettings {
            proxy: proxy::without_password(&proxy),
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
        if let Err(fault) = proxy::keep(&self.inner.options.secrets, &app.id, &proxy).await {
            placed.undo().await;
            return Err(fault);
        }
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
            if proxy::may_have_password(&proxy) {
                proxy::forget(&self.inner.options.secrets, &app.id).await.ok();
            }
            return Err(fault);
        }
        self.admit(&mut desk, &app).await;
        drop(desk);
        self.tell_received(&app.id).await;
        Ok(())
    }

    /// Shows and connects an app that has just been added. The simulator that played for want of one ends.
    pub(crate) async fn admit(&self, desk: &mut Desk, app: &AppSettings) {
        if desk.simulator.as_ref().is_some_and(|simulator| simulator.unasked) {
            self.end_simulator(desk).await;
        }
        self.inner.surroundings.shared.change(|snapshot| {
            snapshot.apps.push(configured(app));
        });
        self.start_configured(desk, app);
    }

    /// Changes an app, and reconnects it where that makes a difference.
    pub(crate) async fn edit_app(&self, edit: AppEdit) -> Result<(), Fault> {
        if let Some(domain) = &edit.domain {
            usable(domain)?;
        }
        let proxy = edit.proxy.map(proxy::entered).transpose()?;
        let old = self.configured(&edit.app_id)?;
        let secret_file = edit.secret_file.map(PathBuf::from);
        let new_secret = edit.app_secret.is_some() || secret_file.is_some();
        let store = &self.inner.options.secrets;
        let placed = match new_secret {
            true => Placed::new(store, &edit.app_id, secret_file.clone(), edit.app_secret).await?,
            false => Placed::Nowhere,
        };
        if let Some(proxy) = &proxy
            && let Err(fault) = proxy::keep(store, &edit.app_id, proxy).await
        {
            placed.undo().await;
            return Err(fault);
        }
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
            if let Some(proxy) = &proxy {
                app.proxy = proxy::without_password(proxy);
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
        if !new_secret && proxy.is_none() && app.domain == old.domain {
            // A new name is no reason to cut the connection.
            self.inner.surroundings.shared.change_app(&app.id, |view| view.name.clone_from(&app.name));
            return Ok(());
        }
        if let Some(running) = desk.running.remove(&app.id) {
            running.stop().await;
        }
        self.inner.surroundings.shared.change_app(&app.id, |view| {
            let AppView { events, last_event_ms, received, .. } = *view;
            *view = AppView { events, last_event_ms, received, ..configured(&app) };
        });
        self.start_configured(&mut desk, &app);
        Ok(())
    }

    /// Closes an app's connection, forgets it and its secret.
    pub(crate) async fn remove_app(&self, app_id: AppId) -> Result<(), Fault> {
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
        // The app is gone either way; what could not be forgotten is said.
        self.forget_secrets(&app).await
    }

    /// Has the secret store forget all that it keeps of an app.
    ///
    /// # Errors
    /// Why it could not forget the one or the other; what it could is forgotten.
    pub(crate) async fn forget_secrets(&self, app: &AppSettings) -> Result<(), Fault> {
        let store = &self.inner.options.secrets;
        let password = match proxy::may_have_password(&app.proxy) {
            true => proxy::forget(store, &app.id).await,
            false => Ok(()),
        };
        let secret = match app.secret_file {
            Some(_) => Ok(()),
            None => forget(store, &app.id).await,
        };
        password.and(secret).map_err(unreadable)
    }

    /// An app of the settings.
    pub(crate) fn configured(&self, id: &AppId) -> Result<AppSettings, Fault> {
        self.inner.settings.read()?.0.app(id).cloned().ok_or_else(|| unknown(id))
    }
}

fn exists(id: &AppId) -> Fault {
    Fault::new(FaultCode::AppExists, format!("app {id} is there already")).with("app_id", id)
}

pub(crate) fn unknown(id: &AppId) -> Fault {
    Fault::new(FaultCode::AppUnknown, format!("there is no app {id}")).with("app_id", id)
}
