use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{TrayIcon, eventually};

impl TrayIcon {
    /// Waits until the icon's picture is that of this state, pixel for pixel: `connected`, `waiting`, `needs-you` …
    ///
    /// # Panics
    /// Where it does not become that in time.
    pub async fn wears(&self, state: &str) {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../icons/tray/{state}-panel.png"));
        let wanted = pixels(&file).expect("a picture of each state");
        eventually(&format!("the icon of {state}"), async || {
            // A picture is gone as soon as there is another one.
            (pixels(Path::new(&self.picture().await))? == wanted).then_some(())
        })
        .await;
    }
}

/// The picture's pixels, whatever way they are packed.
fn pixels(file: &Path) -> Option<Vec<u8>> {
    let raw =
        Command::new("convert").arg(file).args(["-depth", "8", "rgba:-"]).output().expect("ImageMagick");
    (raw.status.success() && !raw.stdout.is_empty()).then_some(raw.stdout)
}
