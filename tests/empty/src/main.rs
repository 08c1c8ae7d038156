//! A tray icon, and a window without a page: what Tauri, GTK, WebKit and the tray's library take by themselves.

use std::process::ExitCode;

use tauri::{
    App, AppHandle, RunEvent, WebviewUrl, WebviewWindowBuilder,
    image::Image,
    menu::{Menu, MenuEvent, MenuItem},
    tray::TrayIconBuilder,
};

/// What its window and its one line of the menu are called: as Longwire's, so that the same hands open and close it.
const TITLE: &str = "Longwire";
const OPEN: &str = "Open Longwire";

/// The icon's sides, in pixels, and its one colour.
const SIDE: usize = 22;
const WHITE: [u8; 4] = [0xff; 4];

fn main() -> ExitCode {
    let built = tauri::Builder::default().setup(|app| Ok(tray(app)?)).build(tauri::generate_context!());
    let Ok(app) = built else { return ExitCode::FAILURE };
    app.run(|_, event| {
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    ExitCode::SUCCESS
}

fn tray(app: &mut App) -> tauri::Result<()> {
    let icon = Image::new_owned(WHITE.repeat(SIDE * SIDE), SIDE as u32, SIDE as u32);
    let open = MenuItem::new(app, OPEN, true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open])?;
    TrayIconBuilder::with_id("longwire-empty").icon(icon).menu(&menu).on_menu_event(show).build(app)?;
    Ok(())
}

fn show(app: &AppHandle, _: MenuEvent) {
    let blank = "about:blank".parse().map(WebviewUrl::External);
    let shown = blank.map(|blank| {
        WebviewWindowBuilder::new(app, "main", blank).title(TITLE).inner_size(960.0, 680.0).build()
    });
    if !matches!(shown, Ok(Ok(_))) {
        app.exit(1);
    }
}
