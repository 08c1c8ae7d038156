//! What differs between desktops in Tauri's own API: the only file of the shell with `cfg(target_os)`.

#[cfg(target_os = "macos")]
mod menu_bar;

use longwire_contract::Phase;
use tauri::{AppHandle, RunEvent, Theme, WebviewWindow, image::Image, include_image, tray::TrayIcon};

/// Whether the tray's icon is a template: alpha only, painted in the menu bar's own colour.
pub(crate) const TRAY_ICON_IS_TEMPLATE: bool = cfg!(target_os = "macos");

/// The tray's icon for a state; its shape alone tells which.
#[cfg(target_os = "macos")]
pub(crate) fn tray_icon(phase: Phase) -> Image<'static> {
    match phase {
        Phase::Connected => include_image!("../icons/tray/connected-template@2x.png"),
        Phase::Connecting => include_image!("../icons/tray/connecting-template@2x.png"),
        Phase::NeedsYou => include_image!("../icons/tray/needs-you-template@2x.png"),
        Phase::Paused => include_image!("../icons/tray/paused-template@2x.png"),
        Phase::Waiting => include_image!("../icons/tray/waiting-template@2x.png"),
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

/// Has the tray's icon tell a state.
#[cfg(target_os = "macos")]
pub(crate) fn show_tray_icon(icon: &TrayIcon, phase: Phase) -> tauri::Result<()> {
    // Tauri takes one picture and scales it: where the screen is not twice as dense, its edges would blur.
    let shown = icon.with_inner_tray_icon(move |icon| {
        icon.ns_status_item().is_some_and(|item| menu_bar::show(&item, phase))
    })?;
    if shown { Ok(()) } else { icon.set_icon_with_as_template(Some(tray_icon(phase)), true) }
}

/// Has the tray's icon tell a state.
#[cfg(not(target_os = "macos"))]
pub(crate) fn show_tray_icon(icon: &TrayIcon, phase: Phase) -> tauri::Result<()> {
    icon.set_icon(Some(tray_icon(phase)))
}

/// Has the window look light or dark, or as the system does, and says which of the two that is.
#[cfg(target_os = "macos")]
pub(crate) fn wear(window: &WebviewWindow, theme: Option<Theme>) -> tauri::Result<Theme> {
    use tauri::Manager;
    window.app_handle().set_theme(theme);
    theme.map_or_else(|| window.theme(), Ok)
}

/// Has the window look light or dark, or as the system does, and says which of the two that is.
#[cfg(not(target_os = "macos"))]
pub(crate) fn wear(window: &WebviewWindow, theme: Option<Theme>) -> tauri::Result<Theme> {
    // GTK knows light and dark only: what the system prefers has to be asked for.
    window.set_theme(theme)?;
    let worn = theme.map_or_else(|| window.theme(), Ok)?;
    window.set_theme(Some(worn))?;
    Ok(worn)
}

/// Has the page drawn by the processor. WebKitGTK would have the graphics card draw it, and where there is none to speak of, as
/// on a virtual machine or a remote desktop, a program that plays one: that takes three times the processor's time and the memory,
/// and some drivers draw nothing at all. A page as quiet as this one gains nothing from a card.
#[cfg(target_os = "linux")]
pub(crate) fn draw_plainly(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Has the page drawn as the system does it best.
#[cfg(not(target_os = "linux"))]
pub(crate) fn draw_plainly(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
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
