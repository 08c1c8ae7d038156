//! What the window may ask for: the engine's commands by one name, what it says, and what its keys do.

use longwire_contract::{Call, Guide, Language, Request, Response, call, text::Texts};
use tauri::{AppHandle, State, WebviewWindow};

use crate::{
    engine::{self, EngineSlot},
    settled::Asked,
};

/// What changes how an app stands, because its user says so.
const ASKING: [&str; 4] = [call::Retry::NAME, call::Pause::NAME, call::Resume::NAME, call::EditApp::NAME];

/// Hands a command of the window to the engine. Where that is not open, as after a settings file that could not be
/// read, this tries to open it: so whatever the window asks is also a try again.
#[tauri::command]
pub(crate) async fn rpc(
    app: AppHandle,
    slot: State<'_, EngineSlot>,
    asked: State<'_, Asked>,
    request: Request,
) -> Result<Response, ()> {
    if ASKING.contains(&request.command.as_str()) {
        asked.now();
    }
    let answer = match slot.engine(&app).await {
        Ok(engine) => engine.dispatch(request).await,
        Err(fault) => Err(fault),
    };
    Ok(answer.map_or_else(Response::Fault, Response::Ok))
}

/// What the window says, in a language, or at first in the one it is to speak. It needs no engine, and speaks before there
/// is one.
#[tauri::command(async)]
pub(crate) fn texts(language: Option<Language>) -> Texts {
    Texts::of(language.unwrap_or_else(engine::language))
}

/// A guide's Markdown.
#[tauri::command]
pub(crate) fn guide(name: Guide, language: Language) -> &'static str {
    name.text(language)
}

/// Closes the window, as its frame's own button does.
#[tauri::command]
pub(crate) fn close(window: WebviewWindow) {
    if let Err(error) = window.close() {
        tracing::error!(%error, "the window cannot be closed");
    }
}

/// Ends Longwire.
#[tauri::command]
pub(crate) fn quit(app: AppHandle) {
    app.exit(0);
}
