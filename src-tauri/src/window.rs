//! The one window. It exists only while it is open, so that a closed one costs no memory.

use longwire_contract::AppId;
use tauri::{
    AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse,
};
use tokio::sync::watch;

/// The window's name among Tauri's.
pub(crate) const LABEL: &str = "main";

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
    /// An app: how its connection stands, and what mends it.
    App(AppId),
    /// An event, by its number.
    Event(u32),
}

impl Page {
    /// Its place behind the `#` of the window's address.
    fn fragment(&self) -> String {
        match self {
            Self::Trust => "/trust".to_owned(),
            Self::App(id) => format!("/overview/{id}"),
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
    let window = WebviewWindowBuilder::new(app, LABEL, address)
        .title("Longwire")
        .inner_size(960.0, 680.0)
        .min_inner_size(360.0, 480.0)
        .center()
        // The page takes dropped files itself; Tauri's own handler would keep them from it. A file dropped beside the
        // place for it would be navigated to, which is refused below.
        .disable_drag_drop_handler()
        // The content security policy says nothing of where a page may go.
        .on_navigation(|url| url.scheme() == "tauri")
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    app.state::<Presence>().0.send_replace(true);
    let handle = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            handle.state::<Presence>().0.send_replace(false);
        }
    });
    Ok(())
}
