use longwire_contract::{Fault, call};
use longwire_engine::Machine;
use serde_json::json;

use super::{left, order, table};
use crate::{
    args::ProxyStatus,
    exit::Exit,
    output::{print_json, say},
    words::Words,
};

/// `longwire proxy status`
pub(crate) async fn status(status: &ProxyStatus, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let snapshot = order::<call::ReadSnapshot>(machine, &()).await?;
    let proxies = order::<call::ReadProxies>(machine, &()).await?;
    if status.json {
        print_json(&json!({ "proxies": proxies, "lease": snapshot.lease }));
        return Ok(Exit::Ok);
    }
    say(&table::lines(words, &proxies, snapshot.lease.as_ref()).join("\n"));
    for line in left(words, &snapshot) {
        say(&line);
    }
    Ok(Exit::Ok)
}
