//! The user's browser.

/// Has the browser show a page. Only addresses of our own making belong here: what opens them may be any program.
///
/// # Errors
/// Why nothing could be started; a server has no browser.
pub fn open(url: &str) -> std::io::Result<()> {
    open::that_detached(url)
}
