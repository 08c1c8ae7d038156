//! `longwire proxy …`: the system's proxies, looked at, switched off for a time, and put back.

mod minutes;
mod off;
mod restore;
mod status;
mod table;
#[cfg(test)]
mod testing;

use longwire_contract::{Call, Fault, Notice, NoticeCode, Snapshot};
use longwire_engine::{Machine, watch_proxies};

pub(crate) use self::minutes::Minutes;
use crate::{
    args::Proxy,
    confirm::Person,
    exit::Exit,
    order,
    words::{Words, notice},
};

/// `longwire proxy …`
pub(crate) async fn proxy(command: Proxy, machine: &Machine) -> Result<Exit, Fault> {
    let words = Words::new(machine.language());
    match command {
        Proxy::Status(status) => status::status(&status, machine, &words).await,
        Proxy::Off(off) => off::off(&off, machine, &words, Person::here()).await,
        Proxy::Restore(restore) => restore::restore(&restore, machine, &words, Person::here()).await,
        Proxy::Watch => {
            watch_proxies(&machine.data_dir).await;
            Ok(Exit::Ok)
        }
    }
}

/// Has one of these commands carried out.
async fn order<C: Call>(machine: &Machine, request: &C::Request) -> Result<C::Response, Fault> {
    order::order::<C>(machine, "longwire proxy", request).await
}

/// What the last lease left as somebody else made it.
fn left(words: &Words, snapshot: &Snapshot) -> Vec<String> {
    let is_of_lease =
        |notice: &&Notice| matches!(notice.code, NoticeCode::ProxiesTheirs | NoticeCode::ProxiesGone);
    let told = |one: &Notice| format!("! {}", notice(words.language(), one));
    snapshot.notices.iter().filter(is_of_lease).map(told).collect()
}
