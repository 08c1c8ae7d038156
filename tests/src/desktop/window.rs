use std::{net::TcpListener, path::Path};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::{PATIENCE, Session, answer, eventually, webkit};
use crate::Process;

/// The app's window, driven over WebDriver: what a user reads, types and clicks.
///
/// Parts of the page go by their `data-testid`.
pub struct Window<'a> {
    session: &'a Session,
    page: Client,
    driver: Process,
}

impl<'a> Window<'a> {
    pub(super) async fn open(session: &'a Session) -> Self {
        // Free a moment ago: the driver takes no port 0.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = session
            .program("WebKitWebDriver".into())
            .variable("LONGWIRE_DATA_DIR", session.data_dir())
            .variable("TAURI_AUTOMATION", "true")
            .variable("TAURI_WEBVIEW_AUTOMATION", "true")
            .arguments(["--host=127.0.0.1", &format!("--port={port}")])
            .run();
        let app = crate::program("longwire-app");
        let options = json!({ "binary": app.to_str().expect("a path in UTF-8"), "args": [] });
        let capabilities = Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let url = format!("http://127.0.0.1:{port}");
        eventually("the driver listens", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let page = tokio::time::timeout(PATIENCE, builder.capabilities(capabilities).connect(&url))
            .await
            .unwrap_or_else(|_| panic!("no app within {PATIENCE:?}\n{}", driver.stderr()))
            .unwrap_or_else(|error| panic!("no session with the app: {error}\n{}", driver.stderr()));
        Self { session, page, driver }
    }

    /// Waits until the part is on the page and says what `part` asks for, and gives back all it says.
    pub async fn reads(&self, id: &str, part: &str) -> String {
        self.wait(&format!("{id} says {part:?}"), async || {
            for element in self.page.find_all(Locator::Css(&selector(id))).await.ok()? {
                // Not WebDriver's own text: that leaves out what WebKit may shorten with an ellipsis.
                if let Ok(Some(text)) = element.prop("textContent").await {
                    // A blank at which no line breaks is one all the same.
                    let text = text.replace('\u{a0}', " ");
                    if text.contains(part) {
                        return Some(text);
                    }
                }
            }
            None
        })
        .await
    }

    /// Waits until the part's attribute has this value.
    pub async fn has(&self, id: &str, attribute: &str, value: &str) {
        self.element(&format!("{}[{attribute}='{value}']", selector(id))).await;
    }

    /// Waits until the window is at this page, by what stands behind the `#` of its address.
    pub async fn is_at(&self, page: &str) {
        self.wait(&format!("the page {page}"), async || {
            (self.page.current_url().await.ok()?.fragment() == Some(page)).then_some(())
        })
        .await;
    }

    /// Waits until something on the page is what this CSS selector asks for.
    pub async fn shows(&self, css: &str) {
        self.element(css).await;
    }

    /// How much of the page is what this CSS selector asks for, now.
    pub async fn count(&self, css: &str) -> usize {
        self.page.find_all(Locator::Css(css)).await.expect("a page can be searched").len()
    }

    /// What each part that this CSS selector asks for says, now, in the order of the page; white space as one sees it.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.page.find_all(Locator::Css(css)).await.expect("a page can be searched") {
            let text = element.prop("textContent").await.expect("a part has text").unwrap_or_default();
            texts.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        texts
    }

    /// Scrolls until the part is in sight.
    pub async fn show(&self, id: &str) {
        let part = serde_json::to_value(self.element(&selector(id)).await).expect("a part has an ID");
        let scroll = "arguments[0].scrollIntoView({ block: 'start' })";
        self.page.execute(scroll, vec![part]).await.expect("the page scrolls");
    }

    /// Waits until nothing on the page is what this CSS selector asks for.
    pub async fn hides(&self, css: &str) {
        self.wait(&format!("no {css}"), async || {
            self.page.find_all(Locator::Css(css)).await.ok()?.is_empty().then_some(())
        })
        .await;
    }

    /// Whether the window is drawn in dark colours.
    pub async fn is_dark(&self) -> bool {
        let asked = "return matchMedia('(prefers-color-scheme: dark)').matches";
        self.page.execute(asked, Vec::new()).await.expect("the page answers") == true
    }

    /// The colour of the page's ground, as it is painted.
    pub async fn ground(&self) -> String {
        let asked = "return getComputedStyle(document.body).backgroundColor";
        let colour = self.page.execute(asked, Vec::new()).await.expect("the page answers");
        colour.as_str().expect("a colour").to_owned()
    }

    /// Presses Escape, wherever the keyboard is.
    pub async fn escape(&self) {
        let focused = self.page.active_element().await.expect("something has the keyboard");
        focused.send_keys("\u{e00c}").await.expect("it takes keys");
    }

    /// Clicks the part.
    pub async fn click(&self, id: &str) {
        self.press(&selector(id)).await;
    }

    /// Clicks what this CSS selector asks for.
    pub async fn press(&self, css: &str) {
        self.wait(&format!("a click on {css}"), async || {
            self.page.find(Locator::Css(css)).await.ok()?.click().await.ok()
        })
        .await;
    }

    /// What a person finds in the clipboard, pasted into this field, which is emptied again.
    pub async fn pasted(&self, id: &str) -> String {
        let field = self.element(&selector(id)).await;
        field.send_keys("\u{e009}v").await.expect("a field takes text");
        let text = self
            .wait(&format!("something is pasted into {id}"), async || {
                field.prop("value").await.ok()?.filter(|text| !text.is_empty())
            })
            .await;
        field.clear().await.expect("a field can be emptied");
        text
    }

    /// Types into the part, in place of what is there.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.element(&selector(id)).await;
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Presses keys where the keyboard is, a character each; Ctrl is `\u{e009}` and held until the last of them.
    pub async fn keys(&self, keys: &str) {
        let focused = self.page.active_element().await.expect("something has the keyboard");
        focused.send_keys(keys).await.expect("it takes keys");
    }

    /// Pastes this into the field, from the clipboard; it was cut out of another one, which is empty then.
    pub async fn paste(&self, id: &str, text: &str, cut_from: &str) {
        self.fill(cut_from, text).await;
        self.element(&selector(cut_from)).await.send_keys("\u{e009}ax").await.expect("a field takes keys");
        self.element(&selector(id)).await.send_keys("\u{e009}v").await.expect("a field takes keys");
    }

    /// Gives a field for files this one, as if it had been chosen.
    pub async fn attach(&self, id: &str, file: &Path) {
        let path = file.to_str().expect("a path in UTF-8");
        self.element(&selector(id)).await.send_keys(path).await.expect("a field takes a file");
    }

    /// Chooses the option with this value.
    pub async fn choose(&self, id: &str, value: &str) {
        self.element(&selector(id)).await.select_by_value(value).await.expect("the option is there");
    }

    /// Waits until the window that was asked to close is gone, with its page.
    pub async fn closed(&self) {
        eventually("no window", async || self.page.windows().await.ok()?.is_empty().then_some(())).await;
    }

    /// Turns to the window that is opened in place of the one that was closed.
    pub async fn reopened(&self) {
        let another = async || self.page.windows().await.ok()?.into_iter().next();
        let window = eventually("another window", another).await;
        self.page.switch_to_window(window).await.expect("a window to turn to");
    }

    /// The page's markup as it is now.
    pub async fn source(&self) -> String {
        self.page.source().await.expect("a page has a source")
    }

    /// Saves a picture of the screen once the page is painted; see [`Session::shoot`].
    pub async fn shoot(&self, name: &str) {
        // WebKit hands a painted frame to the screen some frames later.
        let painted = "const done = arguments[0];
            const after = (frames) => frames ? requestAnimationFrame(() => after(frames - 1)) : done();
            after(20)";
        self.page.execute_async(painted, Vec::new()).await.expect("the page is painted");
        self.session.shoot(name);
    }

    /// The process of the app.
    fn app(&self) -> u32 {
        let [app] = webkit::children_of(self.driver.pid())[..] else { panic!("the driver has one app") };
        app
    }

    /// Waits until the app has ended by itself, once it has been asked to.
    pub async fn ends(self, ask: impl AsyncFnOnce()) {
        // A process that has ended has no number any more.
        let app = self.app();
        ask().await;
        self.gone(app).await;
    }

    /// Kills the app, and these other processes before it, without a word to any of them.
    pub async fn kill(self, others: &[u32]) {
        let app = self.app();
        let all = others.iter().chain([&app]).map(u32::to_string);
        let killed = std::process::Command::new("kill").arg("-KILL").args(all).status();
        assert!(killed.expect("kill").success(), "kill -KILL");
        self.gone(app).await;
    }

    async fn gone(self, app: u32) {
        eventually("the app ends", async || (!webkit::is_running(app)).then_some(())).await;
        drop(self.driver);
    }

    /// Ends the app with the session. Its data folder is free when this returns.
    pub async fn close(self) {
        let apps = webkit::children_of(self.driver.pid());
        self.page.close().await.ok();
        // Without its window the app goes on in the tray, and the driver ends it only at its leisure.
        for app in apps {
            std::process::Command::new("kill").arg(app.to_string()).status().expect("kill");
            eventually("the app ends", async || (!webkit::is_running(app)).then_some(())).await;
        }
        drop(self.driver);
    }

    async fn element(&self, css: &str) -> Element {
        self.wait(css, async || self.page.find(Locator::Css(css)).await.ok()).await
    }

    async fn wait<T>(&self, what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
        if let Some(answer) = answer(ask).await {
            return answer;
        }
        self.session.shoot("failed");
        let page = self.page.find(Locator::Css("body")).await.expect("a page");
        let says = page.prop("textContent").await.expect("a page has text").unwrap_or_default();
        panic!("not within {PATIENCE:?}: {what}; the page says:\n{says}");
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid='{id}']")
}
