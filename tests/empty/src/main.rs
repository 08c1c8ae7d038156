//! A tray icon with an empty menu, and nothing else: what Tauri, GTK and the tray's library take by themselves.

use std::process::ExitCode;

use tauri::{App, RunEvent, image::Image, menu::Menu, tray::TrayIconBuilder};

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
    TrayIconBuilder::new().icon(icon).menu(&Menu::new(app)?).build(app)?;
    Ok(())
}
