//! How the window looks: light or dark, as the settings say or as the system does.

use std::sync::{Mutex, PoisonError};

use longwire_contract::Theme;
use tauri::{AppHandle, Manager, WebviewWindow, window::Color};

use crate::{platform, window};

/// What is asked for.
pub(crate) struct Look(Mutex<Asked>);

#[derive(Clone, Copy)]
struct Asked {
    theme: Theme,
    /// Whether it was always the system's own.
    untouched: bool,
}

impl Look {
    /// Where this is asked for.
    pub(crate) fn new(theme: Theme) -> Self {
        Self(Mutex::new(Asked { theme, untouched: theme == Theme::System }))
    }

    fn asked(&self) -> Asked {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page's own ground, which is seen until it is painted. The first of the tokens in `ui/src/app.css`.
const LIGHT: Color = Color(0xf6, 0xf6, 0xf4, 0xff);
/// The same, where it is dark.
const DARK: Color = Color(0x17, 0x18, 0x1a, 0xff);

/// Has the window look so from now on: its frame, and its page, which sees it as what the system prefers.
pub(crate) fn choose(app: &AppHandle, theme: Theme) {
    let before = {
        let look = app.state::<Look>();
        let mut asked = look.0.lock().unwrap_or_else(PoisonError::into_inner);
        let untouched = asked.untouched && theme == Theme::System;
        std::mem::replace(&mut *asked, Asked { theme, untouched })
    };
    if before.theme != theme
        && let Some(window) = app.get_webview_window(window::LABEL)
    {
        wear(&window, theme);
    }
}

/// Has a new window look as it is asked for.
pub(crate) fn wear_first(window: &WebviewWindow) {
    let asked = window.state::<Look>().asked();
    if asked.untouched {
        // A system's own look is best left to the system, as long as nothing else was asked of it.
        told(window.theme().and_then(|theme| paint(window, theme)));
    } else {
        wear(window, asked.theme);
    }
}

fn wear(window: &WebviewWindow, theme: Theme) {
    let theme = match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    told(platform::wear(window, theme).and_then(|theme| paint(window, theme)));
}

fn paint(window: &WebviewWindow, theme: tauri::Theme) -> tauri::Result<()> {
    window.set_background_color(Some(shade(theme)))
}

fn told(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "the window cannot look as it is to");
    }
}

fn shade(theme: tauri::Theme) -> Color {
    if theme == tauri::Theme::Dark { DARK } else { LIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_is_the_pages_own() {
        let css = include_str!("../../ui/src/app.css");
        let hex = |Color(red, green, blue, _): Color| format!("#{red:02x}{green:02x}{blue:02x}");
        let token = format!("--bg: light-dark({}, {});", hex(LIGHT), hex(DARK));
        assert!(css.contains(&token), "app.css has no {token}");
    }
}
