//! What the desktops have in common: one set of settings, and one switch for all of it.

use std::path::Path;

use longwire_contract::{ProxyEntry, ProxyKind, ProxyService, ProxyTable};

use super::{Change, KeeperError};

/// The word for going straight.
pub(super) const NONE: &str = "none";

/// The switch at this word.
pub(super) fn mode(word: &str) -> ProxyEntry {
    ProxyEntry {
        kind: ProxyKind::Mode,
        on: word != NONE,
        value: word.to_owned(),
        port: 0,
        authenticated: false,
    }
}

/// The table of a desktop, which goes by one name as keeper and as service.
pub(super) fn table(name: &str, word: &str, bypass: Vec<String>, effective: Vec<String>) -> ProxyTable {
    let service = ProxyService {
        name: name.to_owned(),
        enabled: true,
        in_use: true,
        entries: vec![mode(word)],
        bypass,
    };
    ProxyTable { keeper: name.to_owned(), services: vec![service], effective }
}

/// The word that a change wants the switch at; `program` is named where there is no such switch.
pub(super) fn wanted<'change>(
    name: &str,
    change: &'change Change,
    program: &Path,
) -> Result<&'change str, KeeperError> {
    let (Change::Off { service, entry } | Change::Back { service, entry }) = change;
    if service != name || entry.kind != ProxyKind::Mode {
        return Err(refused(program, "there is no such setting"));
    }
    Ok(match change {
        Change::Back { entry, .. } if entry.on => &entry.value,
        _ => NONE,
    })
}

/// An error of our own.
pub(super) fn refused(program: &Path, cause: &str) -> KeeperError {
    KeeperError::Failed { program: program.to_owned(), cause: cause.to_owned() }
}
