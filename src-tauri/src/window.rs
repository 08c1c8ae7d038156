//! The one window. It exists only while it is open, so that a closed one costs no memory.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent, webview::NewWindowResponse};
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

/// Shows the window: the one that is open, or a new one.
pub(crate) fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()),
        None => open(app),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window cannot be shown");
    }
}

fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Longwire")
        .inner_size(960.0, 680.0)
        .min_inner_size(360.0, 480.0)
        .center()
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
