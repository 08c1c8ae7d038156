use std::{fs, path::Path};

use longwire_contract::{Call, Language, LanguageChoice, SettingsChange, call};
use longwire_engine::Client;

use super::{Session, Window, eventually};
use crate::Platform;

/// The app with its window, and its engine by the socket that the command has, too.
pub struct Stage<'a> {
    /// The window.
    pub window: Window<'a>,
    session: &'a Session,
}

impl<'a> Stage<'a> {
    /// Starts the app on these settings.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn open(session: &'a Session, settings: &str) -> Self {
        fs::create_dir_all(session.data_dir()).expect("the session's own folder");
        fs::write(session.data_dir().join("config.toml"), settings).expect("the session's own folder");
        Self::reopen(session).await
    }

    /// Starts it on the settings that are there.
    ///
    /// # Panics
    /// As [`Stage::open`].
    pub async fn reopen(session: &'a Session) -> Self {
        let stage = Self { window: session.open_window().await, session };
        stage.window.shows("[data-testid='phase']").await;
        stage
    }

    /// Closes the window as its title bar would; the app goes on in the tray.
    pub async fn close_window(&self) {
        self.session.close_window();
        self.window.closed().await;
    }

    /// Gives the engine a command.
    ///
    /// # Panics
    /// Where it does not carry it out.
    pub async fn call<C: Call>(&self, request: &C::Request) -> C::Response {
        let mut engine =
            eventually("the engine", async || Client::connect(&self.session.data_dir()).await.ok()).await;
        engine.call::<C>(request).await.unwrap_or_else(|fault| panic!("{}: {fault}", C::NAME))
    }

    /// Has the app speak a language, and waits until the window does.
    pub async fn speak(&self, language: Language) {
        let (language, navigation) = match language {
            Language::English => (LanguageChoice::English, "Overview"),
            Language::Chinese => (LanguageChoice::Chinese, "概览"),
        };
        let change = SettingsChange { language: Some(language), ..SettingsChange::default() };
        self.call::<call::ChangeSettings>(&change).await;
        self.window.reads("nav-overview", navigation).await;
    }

    /// Saves a picture in each language; see [`Window::shoot`]. It speaks English afterwards.
    pub async fn shoot_both(&self, name: &str) {
        for (language, tag) in [(Language::Chinese, "zh"), (Language::English, "en")] {
            self.speak(language).await;
            self.window.shoot(&format!("{name}-{tag}")).await;
        }
    }

    /// Waits until the wire holds from end to end.
    ///
    /// # Panics
    /// Where it does not in time.
    pub async fn connected(&self, headline: &str) {
        self.window.click("nav-overview").await;
        self.window.has("phase", "data-phase", "connected").await;
        self.window.reads("headline", headline).await;
        // The last hop but one: after the connection comes the bot.
        self.window.shows(".wire li.hop.ok:nth-last-child(2)").await;
        assert_eq!(
            self.window.count(".wire li.hop:not(.holds):not(.last)").await,
            0,
            "a hop that does not hold"
        );
    }
}

/// The settings of somebody with the [`Platform`]'s app and its secret in a file, who has given no CA file.
pub fn settings(domain: &str, secret: &Path) -> String {
    let (id, secret) = (Platform::APP_ID, secret.display());
    format!("[[app]]\nid = \"{id}\"\ndomain = \"{domain}\"\nsecret_file = \"{secret}\"\n")
}
