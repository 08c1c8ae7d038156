//! The window's one command.

use longwire_contract::{Request, Response, dispatch};
use tauri::{AppHandle, State};

use crate::engine::EngineSlot;

/// Hands a command of the window to the engine. Where that is not open, as after a settings file that could not be
/// read, this tries to open it: so whatever the window asks is also a try again.
#[tauri::command]
pub(crate) async fn rpc(
    app: AppHandle,
    slot: State<'_, EngineSlot>,
    request: Request,
) -> Result<Response, ()> {
    let answer = match slot.engine(&app).await {
        Ok(engine) => dispatch(&engine, request).await,
        Err(fault) => Err(fault),
    };
    Ok(answer.map_or_else(Response::Fault, Response::Ok))
}
