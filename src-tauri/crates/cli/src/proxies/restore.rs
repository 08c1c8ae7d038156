use longwire_contract::{Fault, FaultCode, LeaseChange, LeaseReport, ProxyKind, ProxyTable, call};
use longwire_engine::Machine;

use super::{left, order, table};
use crate::{
    args::ProxyRestore,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, say},
    words::{self, Words},
};

/// `longwire proxy restore`: puts back now, and says what became of each setting.
pub(crate) async fn restore(
    restore: &ProxyRestore,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    match order::<call::EndLease>(machine, &()).await {
        Ok(report) => Ok(tell(words, &report)),
        // What was asked for is so already.
        Err(fault) if fault.code == FaultCode::LeaseNone => {
            say(&words::fault(words.language(), &fault));
            let snapshot = order::<call::ReadSnapshot>(machine, &()).await?;
            left(words, &snapshot).iter().for_each(|line| say(line));
            Ok(Exit::Ok)
        }
        Err(fault) if fault.code == FaultCode::LeaseStuck => {
            let lease = order::<call::ReadSnapshot>(machine, &()).await?.lease;
            for change in lease.iter().flat_map(|lease| &lease.changes) {
                say(&table::change(words, change));
            }
            Err(fault)
        }
        Err(fault) if fault.code == FaultCode::LeaseDamaged => {
            hint(&format!("longwire: {}", words::fault(words.language(), &fault)));
            repair(restore, machine, words, &mut person).await
        }
        Err(fault) => Err(fault),
    }
}

/// Offers what is left to do without the backup.
async fn repair(
    restore: &ProxyRestore,
    machine: &Machine,
    words: &Words,
    person: &mut Person<'_>,
) -> Result<Exit, Fault> {
    let proxies = order::<call::ReadProxies>(machine, &()).await?;
    let lease = order::<call::ReadSnapshot>(machine, &()).await?.lease;
    let salvaged = lease.map(|lease| lease.changes).unwrap_or_default();
    hint(&confirmation(words, &proxies, &salvaged).join("\n"));
    match person.consent(restore.yes, restore.repair) {
        Ok(Consent::Given) => {}
        Ok(Consent::Asked) => {
            if !person.agrees(&words.plain("cli.proxy.repair_ask")) {
                hint(&words.plain("cli.unchanged"));
                return Ok(Exit::Failed);
            }
        }
        Err(_) => {
            hint(&words.plain("cli.proxy.repair_nobody"));
            return Ok(if restore.repair { Exit::Usage } else { Exit::Failed });
        }
    }
    Ok(tell(words, &order::<call::RepairLease>(machine, &()).await?))
}

/// What a repair switches on: every proxy that is stored and off, and what is stored nowhere but was on by what can still be
/// read of the backup.
fn confirmation(words: &Words, proxies: &ProxyTable, salvaged: &[LeaseChange]) -> Vec<String> {
    let mut lines = vec![words.plain("cli.proxy.repairs")];
    for service in proxies.services.iter().filter(|service| service.enabled) {
        let stored = service.entries.iter().filter(|entry| !entry.on && !entry.authenticated);
        let stored = stored.filter_map(|entry| {
            let was =
                |change: &&LeaseChange| change.service == service.name && change.before.kind == entry.kind;
            let is_stored = !entry.value.is_empty() && entry.kind != ProxyKind::Mode;
            if is_stored { Some(entry) } else { salvaged.iter().find(was).map(|change| &change.before) }
        });
        lines.extend(stored.map(|entry| format!("  + {}", table::setting(words, &service.name, entry))));
    }
    lines.push(String::new());
    lines
}

fn tell(words: &Words, report: &LeaseReport) -> Exit {
    for change in &report.changes {
        say(&table::change(words, change));
    }
    if report.is_complete() { Exit::Ok } else { Exit::Failed }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, LeaseState};

    use super::{super::testing, *};

    #[test]
    fn a_repair_names_what_it_would_switch_on() {
        let told = confirmation(&Words::utc(Language::English), &testing::table(), &[]).join("\n");
        assert!(told.contains("+ Wi-Fi: Secure web (HTTPS) secure.example:8443"), "{told}");
        assert!(!told.contains("127.0.0.1") && !told.contains("SOCKS"), "{told}");
        let socks = testing::entry(ProxyKind::Socks, true, "127.0.0.1", 1080);
        let salvaged = [LeaseChange { before: socks, ..testing::change(LeaseState::Off) }];
        let told = confirmation(&Words::utc(Language::English), &testing::table(), &salvaged).join("\n");
        assert!(told.contains("+ Wi-Fi: SOCKS 127.0.0.1:1080"), "{told}");
    }
}
