use std::collections::HashMap;

use zbus::{
    Connection, Proxy,
    zvariant::{OwnedValue, Value},
};

use super::eventually;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";

/// The app's icon in the tray, as a panel sees it: over D-Bus.
pub struct TrayIcon {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// A line of the icon's menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it says; empty for a separator.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    id: i32,
}

type Properties = HashMap<String, OwnedValue>;
type Layout = (i32, Properties, Vec<OwnedValue>);

impl TrayIcon {
    pub(super) async fn wait_for_host(bus: &Connection) {
        eventually("a tray", async || {
            let watcher = Proxy::new(bus, WATCHER, WATCHER_PATH, WATCHER).await.ok()?;
            let hosted: bool = watcher.get_property("IsStatusNotifierHostRegistered").await.ok()?;
            hosted.then_some(())
        })
        .await;
    }

    pub(super) async fn wait_for(bus: &Connection) -> Self {
        let item = eventually("an icon in the tray", async || {
            // A fresh proxy each time: one keeps the properties it has read.
            let watcher = Proxy::new(bus, WATCHER, WATCHER_PATH, WATCHER).await.ok()?;
            let items: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").await.ok()?;
            items.into_iter().find(|item| item.contains("longwire"))
        })
        .await;
        let (service, path) = item.split_at(item.find('/').expect("a service and a path"));
        let item = proxy(bus, service, path, "org.kde.StatusNotifierItem").await;
        let menu: zbus::zvariant::OwnedObjectPath =
            item.get_property("Menu").await.expect("the icon has a menu");
        let menu = proxy(bus, service, menu.as_str(), "com.canonical.dbusmenu").await;
        Self { item, menu }
    }

    /// Where the picture it shows lies.
    pub async fn picture(&self) -> String {
        self.item.get_property("IconName").await.expect("the icon has a picture")
    }

    /// The lines of its menu.
    pub async fn menu(&self) -> Vec<Line> {
        let arguments = (0_i32, -1_i32, Vec::<String>::new());
        let (_, (_, _, children)): (u32, Layout) =
            self.menu.call("GetLayout", &arguments).await.expect("a menu");
        children.into_iter().map(line).collect()
    }

    /// Waits until a line of the menu has `part` in it.
    pub async fn line(&self, part: &str) -> Line {
        eventually(&format!("a line of the tray's menu with {part:?}"), async || {
            self.menu().await.into_iter().find(|line| line.label.contains(part))
        })
        .await
    }

    /// Chooses the line that says `label`.
    pub async fn choose(&self, label: &str) {
        let line = self.line(label).await;
        self.click(&line).await;
    }

    /// Chooses a line of the menu as it was read.
    pub async fn click(&self, line: &Line) {
        let arguments = (line.id, "clicked", Value::I32(0), 0_u32);
        self.menu.call::<_, _, ()>("Event", &arguments).await.expect("the menu takes a click");
    }

    /// The same for a line that may be gone by now, which a panel that has not redrawn its menu still shows.
    pub async fn click_late(&self, line: &Line) {
        let arguments = (line.id, "clicked", Value::I32(0), 0_u32);
        // That there is no such line is an answer, too.
        self.menu.call::<_, _, ()>("Event", &arguments).await.ok();
    }
}

async fn proxy(bus: &Connection, service: &str, path: &str, interface: &str) -> Proxy<'static> {
    zbus::proxy::Builder::new(bus)
        .destination(service.to_owned())
        .and_then(|builder| builder.path(path.to_owned()))
        .and_then(|builder| builder.interface(interface.to_owned()))
        .expect("names as the bus has them")
        // Each read asks the app.
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await
        .expect("the bus")
}

fn line(child: OwnedValue) -> Line {
    let (id, properties, _) = Layout::try_from(child).expect("a line of a menu");
    let label = properties.get("label").and_then(|label| <&str>::try_from(label).ok()).unwrap_or_default();
    let enabled = properties.get("enabled").and_then(|enabled| bool::try_from(enabled).ok()).unwrap_or(true);
    Line { label: label.to_owned(), enabled, id }
}
