//! The language the system speaks.

#[cfg(target_os = "macos")]
mod macos;
mod posix;

/// The user's locale as the system names it, such as `zh_CN.UTF-8`, `zh-Hans-CN` or `C`; empty where it names
/// none.
pub fn system() -> String {
    #[cfg(target_os = "macos")]
    if let Some(locale) = macos::system() {
        return locale;
    }
    posix::choose(|name| std::env::var(name).ok())
}
