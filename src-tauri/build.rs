//! Prepares what Tauri embeds: the window's files and the permissions of its commands.

use std::{error::Error, fs, path::Path};

const UI: &str = "../ui/dist";

// A build script speaks to cargo over standard output.
#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn Error>> {
    // Tauri refuses to compile without the folder; a type check of a fresh clone should not need Node.
    fs::create_dir_all(UI)?;
    if !Path::new(UI).join("index.html").is_file() {
        println!(
            "cargo:warning=ui/dist is empty, so the window will be too: run `npm ci && npm run build` in ui/"
        );
    }
    println!("cargo:rerun-if-changed={UI}");

    let manifest = tauri_build::AppManifest::new().commands(&["rpc", "texts", "guide", "close", "quit"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
