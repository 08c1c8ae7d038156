//! The one window. It exists only while it is open, so that a closed one costs no memory.

use std::time::Duration;

use longwire_contract::AppId;
use longwire_engine::{Machine, end_network_process, give_memory_back};
use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, async_runtime, webview::NewWindowResponse,
};
use tokio::{sync::watch, time::sleep};

use crate::{
    place::{Area, Place, SMALLEST},
    platform, theme,
};

/// The window's name among Tauri's.
pub(crate) const LABEL: &str = "main";

/// How long after the window its page's processes are gone.
const AFTERMATH: Duration = Duration::from_millis(500);

/// Whether the window exists.
pub(crate) struct Presence(watch::Sender<bool>);

impl Default for Presence {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Presence {
    /// Follows it.
    pub(crate) fn follow(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}

/// A page of the window that the shell can open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Page {
    /// Trust and proxies.
    Trust,
    /// The settings, where updates are told of.
    Updates,
    /// The apps.
    Apps,
    /// An app: how its connection stands, and what mends it.
    App(AppId),
    /// An app, where what mends it is done.
    Fix(AppId),
    /// An event, by its number.
    Event(u32),
}

impl Page {
    /// Its place behind the `#` of the window's address.
    fn fragment(&self) -> String {
        match self {
            Self::Trust => "/trust".to_owned(),
            Self::Updates => "/settings/updates".to_owned(),
            Self::Apps => "/apps".to_owned(),
            Self::App(id) => format!("/overview/{id}"),
            Self::Fix(id) => format!("/overview/{id}/fix"),
            Self::Event(seq) => format!("/events/{seq}"),
        }
    }
}

/// Shows the window: the one that is open, or a new one; at a page where one is named.
pub(crate) fn show(app: &AppHandle, page: Option<Page>) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus())
            .and_then(|()| page.map_or(Ok(()), |page| turn_to(&window, page))),
        None => open(app, page),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window cannot be shown");
    }
}

/// Has the window's page begin anew where it stands, where there is one.
pub(crate) fn reload(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.reload()
    {
        tracing::error!(%error, "the page cannot begin anew");
    }
}

/// Another fragment of the same address loads nothing anew: the page hears of it and turns.
fn turn_to(window: &WebviewWindow, page: Page) -> tauri::Result<()> {
    let mut address = window.url()?;
    if address.fragment() == Some(&page.fragment()) {
        return Ok(());
    }
    address.set_fragment(Some(&page.fragment()));
    window.navigate(address)
}

fn open(app: &AppHandle, page: Option<Page>) -> tauri::Result<()> {
    let address =
        page.map_or_else(WebviewUrl::default, |page| WebviewUrl::App(format!("#{}", page.fragment()).into()));
    let place = last_place(app);
    let mut builder = WebviewWindowBuilder::new(app, LABEL, address)
        .title("Longwire")
        .inner_size(place.size.0, place.size.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .maximized(place.maximized)
        // The page takes dropped files itself; Tauri's own handler would keep them from it. A file dropped beside the
        // place for it would be navigated to, which is refused below.
        .disable_drag_drop_handler()
        // The content security policy says nothing of where a page may go.
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| NewWindowResponse::Deny);
    builder = match place.at {
        Some((x, y)) => builder.position(x, y),
        None => builder.center(),
    };
    let window = builder.build()?;
    platform::draw_plainly(&window)?;
    theme::wear_first(&window);
    app.state::<Presence>().0.send_replace(true);
    let handle = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { .. } => keep_place(&handle),
        WindowEvent::Destroyed => gone(&handle),
        _ => {}
    });
    Ok(())
}

fn gone(app: &AppHandle) {
    app.state::<Presence>().0.send_replace(false);
    let app = app.clone();
    async_runtime::spawn(async move {
        sleep(AFTERMATH).await;
        let handle = app.clone();
        // Windows are the main thread's: none opens meanwhile.
        app.run_on_main_thread(move || {
            if handle.get_webview_window(LABEL).is_none() {
                end_network_process();
                give_memory_back();
            }
        })
        .ok();
    });
}

/// Remembers where the window stands, where it is open.
pub(crate) fn keep_place(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let kept =
        place_of(&window).map(|place| Machine::new(None).map(|machine| place.write(&machine.data_dir)));
    if let Ok(Ok(Err(error))) = kept {
        tracing::warn!(%error, "where the window stands cannot be kept");
    }
}

fn place_of(window: &WebviewWindow) -> tauri::Result<Place> {
    let maximized = window.is_maximized()?;
    let scale = window.scale_factor()?;
    let LogicalPosition { x, y } = window.outer_position()?.to_logical(scale);
    let LogicalSize { width, height } = window.inner_size()?.to_logical(scale);
    if maximized {
        // How large it was before, no system tells.
        let before = last_place(window.app_handle());
        return Ok(Place { at: Some((x, y)), maximized, ..before });
    }
    Ok(Place { at: Some((x, y)), size: (width, height), maximized })
}

fn last_place(app: &AppHandle) -> Place {
    let place = Machine::new(None).map(|machine| Place::read(&machine.data_dir)).unwrap_or_default();
    let screens: Vec<Area> = app.available_monitors().unwrap_or_default().iter().map(area).collect();
    place.on(&screens)
}

fn area(screen: &tauri::Monitor) -> Area {
    let scale = screen.scale_factor();
    let LogicalPosition { x, y } = screen.work_area().position.to_logical(scale);
    let LogicalSize { width, height } = screen.work_area().size.to_logical(scale);
    Area { x, y, width, height }
}
