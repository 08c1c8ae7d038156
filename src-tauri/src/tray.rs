//! The tray icon: brings a [`View`] onto the desktop's panel.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use longwire_contract::{Handler, Which};
use tauri::{
    AppHandle, Manager, Wry, async_runtime,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    app,
    engine::EngineSlot,
    menu::{Choice, Item, View},
    platform,
    window::Page,
};

/// The icon's name among Tauri's, and on the panel, which remembers by it what the user chose to hide.
const ID: &str = "longwire";

/// The icon as it stands on the panel. Only the main thread touches it.
struct Tray(Mutex<Shown>);

struct Shown {
    icon: TrayIcon,
    view: View,
    /// The native line of each item, none for a separator.
    lines: Vec<Option<MenuItem<Wry>>>,
}

/// Puts the icon on the panel. Without the library that speaks to panels the window is all there is: worth a line in
/// the log, and no reason to stop.
pub(crate) fn build(app: &AppHandle, view: View) {
    // The binding to libayatana-appindicator panics where that library is not installed.
    match catch_unwind(AssertUnwindSafe(|| Shown::new(app, view))) {
        Ok(Ok(shown)) => {
            app.manage(Tray(Mutex::new(shown)));
        }
        Ok(Err(error)) => tracing::warn!(%error, "no tray icon: closing the window will quit"),
        Err(_) => {
            tracing::warn!("no tray icon, libayatana-appindicator is missing: closing the window will quit")
        }
    }
}

/// Whether there is an icon.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some()
}

/// Shows another view. It returns at once; the main thread does the work.
pub(crate) fn show(app: &AppHandle, view: View) {
    let handle = app.clone();
    let update = move || {
        let Some(tray) = handle.try_state::<Tray>() else { return };
        let mut shown = tray.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = shown.update(&handle, view) {
            tracing::warn!(%error, "the tray cannot be brought up to date");
        }
    };
    if let Err(error) = app.run_on_main_thread(update) {
        tracing::warn!(%error, "the tray cannot be brought up to date");
    }
}

impl Shown {
    fn new(app: &AppHandle, view: View) -> tauri::Result<Self> {
        let (menu, lines) = native_menu(app, &view.items)?;
        let icon = TrayIconBuilder::with_id(ID)
            .icon(platform::tray_icon(view.phase))
            .icon_as_template(platform::TRAY_ICON_IS_TEMPLATE)
            .tooltip(&view.tooltip)
            .menu(&menu)
            .on_menu_event(chosen)
            .build(app)?;
        Ok(Self { icon, view, lines })
    }

    fn update(&mut self, app: &AppHandle, view: View) -> tauri::Result<()> {
        if self.view.has_structure_of(&view) {
            for ((line, old), new) in self.lines.iter().zip(&self.view.items).zip(&view.items) {
                if let (Some(line), Some(text)) = (line, new.text())
                    && old != new
                {
                    line.set_text(escaped(text))?;
                }
            }
        } else {
            let (menu, lines) = native_menu(app, &view.items)?;
            self.icon.set_menu(Some(menu))?;
            self.lines = lines;
        }
        if self.view.phase != view.phase {
            let icon = platform::tray_icon(view.phase);
            self.icon.set_icon_with_as_template(Some(icon), platform::TRAY_ICON_IS_TEMPLATE)?;
        }
        if self.view.tooltip != view.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
        }
        self.view = view;
        Ok(())
    }
}

type Lines = Vec<Option<MenuItem<Wry>>>;

fn native_menu(app: &AppHandle, items: &[Item]) -> tauri::Result<(Menu<Wry>, Lines)> {
    let menu = Menu::new(app)?;
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        let line = match item {
            Item::Note(text) => Some(MenuItem::new(app, escaped(text), false, None::<&str>)?),
            Item::Choice(choice, text) => {
                Some(MenuItem::with_id(app, choice.key(), escaped(text), true, None::<&str>)?)
            }
            Item::Separator => None,
        };
        match &line {
            Some(line) => menu.append(line)?,
            None => menu.append(&PredefinedMenuItem::separator(app)?)?,
        }
        lines.push(line);
    }
    Ok((menu, lines))
}

/// In a native menu's text a single `&` marks the next letter as its key.
fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let Some(choice) = Choice::of_key(event.id().as_ref()) else { return };
    match choice {
        Choice::Open => app::show(app, None),
        Choice::OpenTrust => app::show(app, Some(Page::Trust)),
        Choice::Quit => app.exit(0),
        Choice::Retry | Choice::PauseAll | Choice::ResumeAll | Choice::EndLease => {
            async_runtime::spawn(command(app.clone(), choice));
        }
    }
}

async fn command(app: AppHandle, choice: Choice) {
    let Ok(engine) = app.state::<EngineSlot>().engine(&app).await else { return };
    let done = match choice {
        Choice::Retry => engine.retry(Which::default()).await,
        Choice::PauseAll => engine.pause(Which::default()).await,
        Choice::ResumeAll => engine.resume(Which::default()).await,
        Choice::EndLease => engine.lease_end(()).await.map(drop),
        Choice::Open | Choice::OpenTrust | Choice::Quit => Ok(()),
    };
    if let Err(fault) = done {
        tracing::error!(code = ?fault.code, %fault, "the tray's command failed");
    }
}
