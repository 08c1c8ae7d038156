//! The process: starts the tray, the engine and the window, and ends them.

use std::{fmt::Display, process::ExitCode};

use tauri::{AppHandle, Manager, RunEvent, async_runtime};
use tauri_plugin_single_instance as single_instance;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;

use crate::{
    engine::{self, EngineSlot},
    ipc,
    menu::View,
    platform,
    settled::Asked,
    theme::Look,
    tray, update,
    window::{self, Page, Presence},
};
use longwire_engine::{HIDDEN, log, opened_at_login, predecessor};

/// Runs the app until it is quit.
pub(crate) fn run() -> ExitCode {
    if !platform::has_desktop() {
        return no_desktop("neither DISPLAY nor WAYLAND_DISPLAY is set");
    }
    let context = tauri::generate_context!();
    let name = format!("{}.SingleInstance", context.config().identifier);
    async_runtime::block_on(predecessor::wait_for(&name));
    let built = tauri::Builder::default()
        // First, so that a second process ends before it touches anything.
        .plugin(single_instance::init(|app, arguments, _| started_again(app, arguments)))
        .manage(EngineSlot::empty())
        .manage(update::Next::default())
        .manage(Presence::default())
        .manage(Asked::default())
        .manage(Look::new(engine::theme()))
        .invoke_handler(tauri::generate_handler![ipc::rpc, ipc::texts, ipc::guide, ipc::close, ipc::quit])
        .setup(|app| Ok(start(app.handle())?))
        .build(context);
    match built {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(error) => no_desktop(error),
    }
}

fn no_desktop(cause: impl Display) -> ExitCode {
    log::start(Level::INFO);
    tracing::error!(%cause, "no desktop to show a window on; `longwire run` works without one");
    ExitCode::FAILURE
}

fn start(app: &AppHandle) -> tauri::Result<()> {
    log::start(Level::INFO);
    platform::live_in_menu_bar(app)?;
    tray::build(app, View::without_engine(engine::language(), None));
    app.manage(update::begin(app));
    async_runtime::spawn(quit_on_signal(app.clone()));
    let handle = app.clone();
    async_runtime::spawn(async move { handle.state::<EngineSlot>().look_after(&handle).await });
    let arguments: Vec<String> = std::env::args().collect();
    open(app, hides(&arguments) || opened_at_login());
    Ok(())
}

/// A second process was started, and has left it to this one. The bus tells of it on a thread of its own; windows are the main
/// thread's.
fn started_again(app: &AppHandle, arguments: Vec<String>) {
    let handle = app.clone();
    if let Err(error) = app.run_on_main_thread(move || open(&handle, hides(&arguments))) {
        tracing::error!(%error, "the window cannot be shown");
    }
}

fn hides(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == HIDDEN)
}

fn open(app: &AppHandle, hidden: bool) {
    async_runtime::spawn(open_engine(app.clone()));
    // Without a tray icon a hidden app could not be reached at all.
    if !tray::is_there(app) || !hidden {
        window::show(app, None);
    }
}

/// Shows the window, at a page where one is named. Where the engine could not be opened that is tried again: whoever comes back to the app has
/// most likely mended the cause.
pub(crate) fn show(app: &AppHandle, page: Option<Page>) {
    async_runtime::spawn(open_engine(app.clone()));
    window::show(app, page);
}

async fn open_engine(app: AppHandle) {
    // What stands in the way is logged there, and shown by the tray and the window.
    app.state::<EngineSlot>().engine(&app).await.ok();
}

async fn quit_on_signal(app: AppHandle) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    app.exit(0);
}

fn on_event(app: &AppHandle, event: RunEvent) {
    if platform::is_reopen(&event) {
        show(app, None);
    }
    match event {
        // The last window was closed; nobody has asked to quit.
        RunEvent::ExitRequested { code: None, api, .. } if tray::is_there(app) => api.prevent_exit(),
        RunEvent::ExitRequested { .. } => window::keep_place(app),
        RunEvent::Exit => {
            // Nothing is shown any more by this one: whoever starts Longwire from now on starts another, which waits for the data folder.
            single_instance::destroy(app);
            async_runtime::block_on(app.state::<EngineSlot>().close());
            update::start_next(app);
        }
        _ => {}
    }
}
