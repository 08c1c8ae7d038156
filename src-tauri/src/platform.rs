//! What differs between desktops in Tauri's own API: the only file of the shell with `cfg(target_os)`.

use longwire_contract::Phase;
use tauri::{AppHandle, RunEvent, image::Image, include_image};

/// Whether the tray's icon is a template: alpha only, painted in the menu bar's own colour.
pub(crate) const TRAY_ICON_IS_TEMPLATE: bool = cfg!(target_os = "macos");

/// The tray's icon for a state; its shape alone tells which.
#[cfg(target_os = "macos")]
pub(crate) fn tray_icon(phase: Phase) -> Image<'static> {
    match phase {
        Phase::Connected => include_image!("../icons/tray/connected-template.png"),
        Phase::Connecting => include_image!("../icons/tray/connecting-template.png"),
        Phase::NeedsYou => include_image!("../icons/tray/needs-you-template.png"),
        Phase::Paused => include_image!("../icons/tray/paused-template.png"),
        Phase::Waiting => include_image!("../icons/tray/waiting-template.png"),
    }
}

/// The tray's icon for a state; its shape alone tells which.
#[cfg(not(target_os = "macos"))]
pub(crate) fn tray_icon(phase: Phase) -> Image<'static> {
    match phase {
        Phase::Connected => include_image!("../icons/tray/connected-panel.png"),
        Phase::Connecting => include_image!("../icons/tray/connecting-panel.png"),
        Phase::NeedsYou => include_image!("../icons/tray/needs-you-panel.png"),
        Phase::Paused => include_image!("../icons/tray/paused-panel.png"),
        Phase::Waiting => include_image!("../icons/tray/waiting-panel.png"),
    }
}

/// Whether there is a desktop to show anything on. GTK, asked without one, panics.
pub(crate) fn has_desktop() -> bool {
    cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|name| !name.is_empty()))
}

/// Makes the app live in the menu bar alone, without a place in the Dock. Panels elsewhere need no such word.
pub(crate) fn live_in_menu_bar(app: &AppHandle) -> tauri::Result<()> {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory)?;
    #[cfg(not(target_os = "macos"))]
    let _ = app;
    Ok(())
}

/// Whether the user opened the app again while it runs. Elsewhere a second process starts and tells the first.
pub(crate) fn is_reopen(event: &RunEvent) -> bool {
    #[cfg(target_os = "macos")]
    return matches!(event, RunEvent::Reopen { .. });
    #[cfg(not(target_os = "macos"))]
    {
        let _ = event;
        false
    }
}
