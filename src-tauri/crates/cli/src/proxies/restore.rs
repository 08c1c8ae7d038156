use longwire_contract::{Fault, FaultCode, LeaseChange, LeaseReport, call};
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
    let lease = order::<call::ReadSnapshot>(machine, &()).await?.lease;
    let repairs = lease.map(|lease| lease.changes).unwrap_or_default();
    hint(&confirmation(words, &repairs).join("\n"));
    if repairs.is_empty() && !restore.repair {
        hint(&words.plain("cli.proxy.unknown_repair"));
        return Ok(Exit::Failed);
    }
    match person.consent(restore.yes, restore.repair) {
        Ok(Consent::Given) => {}
        Ok(Consent::Asked) => {
            let question =
                if repairs.is_empty() { "cli.proxy.set_aside_ask" } else { "cli.proxy.repair_ask" };
            if !person.agrees(&words.plain(question)) {
                hint(&words.plain("cli.unchanged"));
                return Ok(Exit::Failed);
            }
        }
        Err(_) => {
            let hinted =
                if repairs.is_empty() { "cli.proxy.unknown_repair" } else { "cli.proxy.repair_nobody" };
            hint(&words.plain(hinted));
            return Ok(if restore.repair { Exit::Usage } else { Exit::Failed });
        }
    }
    let report = order::<call::RepairLease>(machine, &()).await?;
    if report.changes.is_empty() {
        say(&words.plain("cli.proxy.set_aside"));
        return Ok(Exit::Failed);
    }
    Ok(tell(words, &report))
}

/// What a repair switches on; or that it can switch nothing on.
fn confirmation(words: &Words, repairs: &[LeaseChange]) -> Vec<String> {
    if repairs.is_empty() {
        return vec![words.plain("cli.proxy.unknown")];
    }
    let named = repairs.iter().map(|one| format!("  + {}", table::setting(words, &one.service, &one.before)));
    let title = [words.plain("cli.proxy.repairs")];
    title.into_iter().chain(named).chain([String::new()]).collect()
}

fn tell(words: &Words, report: &LeaseReport) -> Exit {
    for change in &report.changes {
        say(&table::change(words, change));
    }
    if report.is_complete() { Exit::Ok } else { Exit::Failed }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, LeaseState, ProxyKind};

    use super::{super::testing, *};

    #[test]
    fn a_repair_names_what_it_would_switch_on_and_nothing_else() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let socks = testing::entry(ProxyKind::Socks, true, "127.0.0.1", 1080);
            let web = testing::change(LeaseState::Off);
            let repairs = [LeaseChange { before: socks, ..web.clone() }, web];
            let told = confirmation(&words, &repairs);
            assert_eq!(told.len(), 4, "{told:#?}");
            assert!(told[1].starts_with("  + Wi-Fi: SOCKS"), "{told:#?}");
            assert!(told[1].ends_with("127.0.0.1:1080") && told[2].ends_with("127.0.0.1:7890"), "{told:#?}");
            let told = confirmation(&words, &[]);
            assert_eq!(told, [words.plain("cli.proxy.unknown")]);
            assert_ne!(told[0], "cli.proxy.unknown");
        }
    }
}
