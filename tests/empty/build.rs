//! Prepares what Tauri asks of every app.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    tauri_build::try_build(tauri_build::Attributes::new())?;
    Ok(())
}
