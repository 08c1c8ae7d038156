//! The tray app: a tray icon and a window over the engine. Nothing of the domain is decided here.

mod app;
mod engine;
mod ipc;
mod menu;
mod place;
mod platform;
mod push;
mod settled;
mod theme;
mod tray;
mod update;
mod watchdog;
mod window;
mod yielding;

use std::process::ExitCode;

fn main() -> ExitCode {
    watchdog::run_if_asked().unwrap_or_else(app::run)
}
