//! What Longwire asks of an operating system: where its data lives, who holds it, secrets, the language, the
//! time, files that survive a crash, the proxies it is told to use, news of waking and of the network, notifications.
//!
//! This is the only room with `cfg(target_os)`, processes or foreign calls. Where systems differ, one name has
//! one file a system, and a fake stands beside them, so that callers carry no `cfg` and tests never touch the
//! machine's own store or home folder.

// Here the clock is read and processes are started, so that nothing above needs to.
#![allow(clippy::disallowed_methods)]

pub mod about;
pub mod browser;
pub mod clock;
mod command;
pub mod fake;
pub mod files;
pub mod installed;
pub mod instance;
pub mod keeper;
pub mod lease;
pub mod locale;
pub mod login_item;
pub mod news;
pub mod notification;
pub mod paths;
pub mod predecessor;
pub mod program;
pub mod proxies;
pub mod secrets;
pub mod service;
pub mod trust;
pub mod webview;
