//! The app that ran before this one, as far as its name on the session bus outlives it.

/// Waits for whoever has this name on the session bus and will not answer any more: one that was killed has it until the system has
/// cleared up after it, and who starts meanwhile would be sent to it. One that answers is left alone; so is one that does neither
/// within some seconds. Where there is no bus there is nothing to wait for.
pub async fn wait_for(name: &str) {
    #[cfg(target_os = "linux")]
    linux::wait_for(name).await;
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use tokio::time::timeout;
    use zbus::{Connection, Error, fdo::DBusProxy, names::BusName};

    /// How long one that is there and silent is waited for.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// What the bus says where nobody can answer any more.
    const GONE: [&str; 3] = [
        "org.freedesktop.DBus.Error.NoReply",
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
    ];

    pub(super) async fn wait_for(name: &str) {
        if let Ok(bus) = Connection::session().await {
            // What cannot be told here is met again, and told, by whoever takes the name.
            timeout(PATIENCE, gone_or_answering(&bus, name)).await.ok();
        }
    }

    async fn gone_or_answering(bus: &Connection, name: &str) -> zbus::Result<()> {
        let names = DBusProxy::new(bus).await?;
        let name = BusName::try_from(name)?;
        while names.name_has_owner(name.clone()).await? {
            let Ok(owner) = names.get_name_owner(name.clone()).await else { continue };
            let peer = Some("org.freedesktop.DBus.Peer");
            match bus.call_method(Some(owner.as_str()), "/", peer, "Ping", &()).await {
                // The bus answers for one whose connection is gone, and has taken its names away then.
                Err(Error::MethodError(error, ..)) if GONE.contains(&error.as_str()) => {}
                // Whatever it says, it is there to say it.
                Ok(_) | Err(Error::MethodError(..)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
