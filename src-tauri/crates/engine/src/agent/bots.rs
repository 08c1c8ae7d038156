use std::{fmt, pin::Pin, sync::Weak};

use longwire_contract::{AppId, Phase};
use longwire_delivery::agent::{Bot, Bots};

use crate::{Engine, engine::Inner, surroundings::Surroundings};

/// The bots of an engine's apps: each replies with its app's secret, over its app's road.
pub(crate) struct AppBots(pub(crate) Weak<Inner>);

impl Bots for AppBots {
    fn bot<'a>(&'a self, app: &'a AppId) -> Pin<Box<dyn Future<Output = Result<Bot, String>> + Send + 'a>> {
        Box::pin(async move {
            let inner = self.0.upgrade().ok_or("Longwire is closing")?;
            Engine { inner }.bot(app).await
        })
    }
}

impl Engine {
    async fn bot(&self, id: &AppId) -> Result<Bot, String> {
        let Surroundings { shared, roads, secrets, .. } = &self.inner.surroundings;
        let paused = |phase| phase == Phase::Paused;
        if shared.snapshot().apps.iter().any(|app| app.app_id == *id && paused(app.phase)) {
            return Err("the app is paused".to_owned());
        }
        let app = {
            let desk = self.desk().await.map_err(|fault| fault.detail)?;
            self.app(&desk, id).map_err(|fault| fault.detail)?
        };
        let secret = app.secret.read(id).await.map_err(|error| error.to_string())?;
        let secret = secret.ok_or("no App Secret is kept for this app")?;
        let dialer = roads.dialer(app.proxy.read(secrets, id).await);
        Ok(Bot { origin: app.origin, secret, dialer: dialer.into() })
    }
}

impl fmt::Debug for AppBots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppBots")
    }
}
