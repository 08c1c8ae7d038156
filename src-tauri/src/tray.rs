//! The tray icon: brings a [`View`] onto the desktop's panel.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use longwire_contract::{Which, call};
use tauri::{
    AppHandle, Manager, Wry, async_runtime,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    app,
    engine::EngineSlot,
    menu::{Choice, Edit, Item, Line, View, edits},
    platform,
    settled::Asked,
    window::Page,
};

/// The icon's name among Tauri's, and on the panel, which remembers by it what the user chose to hide.
const ID: &str = "longwire";

/// The icon as it stands on the panel. Only the main thread touches it.
struct Tray(Mutex<Shown>);

struct Shown {
    icon: TrayIcon,
    menu: Menu<Wry>,
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
        let menu = Menu::new(app)?;
        let icon = TrayIconBuilder::with_id(ID)
            .icon(platform::tray_icon(view.phase))
            .icon_as_template(platform::TRAY_ICON_IS_TEMPLATE)
            .tooltip(&view.tooltip)
            .menu(&menu)
            .on_menu_event(chosen)
            .build(app)?;
        platform::show_tray_icon(&icon, view.phase)?;
        let empty = View { items: Vec::new(), ..view.clone() };
        let mut shown = Self { icon, menu, view: empty, lines: Vec::new() };
        shown.update(app, view)?;
        Ok(shown)
    }

    fn update(&mut self, app: &AppHandle, view: View) -> tauri::Result<()> {
        for edit in edits(&self.view.items, &view.items) {
            self.edit(app, edit)?;
        }
        if self.view.phase != view.phase {
            platform::show_tray_icon(&self.icon, view.phase)?;
        }
        if self.view.tooltip != view.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
        }
        self.view = view;
        Ok(())
    }

    fn edit(&mut self, app: &AppHandle, edit: Edit) -> tauri::Result<()> {
        match edit {
            Edit::Remove(place) => {
                self.menu.remove_at(place)?;
                self.lines.remove(place);
                self.view.items.remove(place);
            }
            Edit::Insert(place, item) => {
                let line = native(app, &item)?;
                match &line {
                    Some(line) => self.menu.insert(line, place)?,
                    None => self.menu.insert(&PredefinedMenuItem::separator(app)?, place)?,
                }
                self.lines.insert(place, line);
                self.view.items.insert(place, item);
            }
            Edit::Say(place, text) => {
                if let Some(line) = &self.lines[place] {
                    line.set_text(escaped(&text))?;
                }
                self.view.items[place].text = text;
            }
        }
        Ok(())
    }
}

fn native(app: &AppHandle, item: &Item) -> tauri::Result<Option<MenuItem<Wry>>> {
    let text = escaped(&item.text);
    Ok(match &item.line {
        Line::Note(_) => Some(MenuItem::new(app, text, false, None::<&str>)?),
        Line::Choice(choice) => Some(MenuItem::with_id(app, choice.key(), text, true, None::<&str>)?),
        Line::Under(_) => None,
    })
}

/// In a native menu's text a single `&` marks the next letter as its key.
fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let Some(choice) = Choice::of_key(event.id().as_ref()) else { return };
    match choice {
        Choice::Open => app::show(app, None),
        Choice::MoreApps => app::show(app, Some(Page::Apps)),
        Choice::App(id) => app::show(app, Some(Page::App(id))),
        Choice::Fix(id, _) => app::show(app, Some(Page::Fix(id))),
        Choice::OpenTrust => app::show(app, Some(Page::Trust)),
        Choice::OpenUpdate => app::show(app, Some(Page::Updates)),
        Choice::Quit => app.exit(0),
        Choice::Retry(_) | Choice::RetryAll | Choice::PauseAll | Choice::ResumeAll | Choice::EndLease => {
            async_runtime::spawn(command(app.clone(), choice));
        }
    }
}

async fn command(app: AppHandle, choice: Choice) {
    let Ok(engine) = app.state::<EngineSlot>().engine(&app).await else { return };
    app.state::<Asked>().now();
    let done = match choice {
        Choice::Retry(id) => engine.call::<call::Retry>(&Which { app_id: Some(id) }).await,
        Choice::RetryAll => engine.call::<call::Retry>(&Which::default()).await,
        Choice::PauseAll => engine.call::<call::Pause>(&Which::default()).await,
        Choice::ResumeAll => engine.call::<call::Resume>(&Which::default()).await,
        Choice::EndLease => engine.call::<call::EndLease>(&()).await.map(drop),
        // What shows the window, and what ends the app, is no command of the engine's.
        Choice::Open
        | Choice::MoreApps
        | Choice::App(_)
        | Choice::Fix(..)
        | Choice::OpenTrust
        | Choice::OpenUpdate
        | Choice::Quit => Ok(()),
    };
    if let Err(fault) = done {
        tracing::error!(code = ?fault.code, %fault, "the tray's command failed");
    }
}
