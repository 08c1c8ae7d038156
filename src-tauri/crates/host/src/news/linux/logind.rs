//! logind (or elogind) tells before the machine sleeps and after it woke: `PrepareForSleep` of
//! <https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html>.

use std::sync::Arc;

use futures_util::StreamExt;
use zbus::{MatchRule, MessageStream, connection, message};

use crate::news::waking::Waking;

/// Follows until the bus goes away.
pub(super) async fn follow(system_bus: Option<String>, waking: Arc<Waking>) -> zbus::Result<()> {
    let bus = match &system_bus {
        Some(address) => connection::Builder::address(address.as_str())?,
        None => connection::Builder::system()?,
    };
    let bus = bus.build().await?;
    let rule = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .sender("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .interface("org.freedesktop.login1.Manager")?
        .member("PrepareForSleep")?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    while let Some(signal) = signals.next().await {
        match signal?.body().deserialize() {
            Ok(true) => waking.sleeps(),
            Ok(false) => waking.woke(),
            // Not what logind says.
            Err(_) => {}
        }
    }
    Ok(())
}
