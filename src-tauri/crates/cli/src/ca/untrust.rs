use longwire_contract::{CaUntrust as Order, Fault, FaultCode, Store, StoreKind, TrustedCa, text::word};
use longwire_engine::Machine;

use super::{Fingerprint, cas, complain, describe, in_pairs, list, outcome, tell_engine};
use crate::{
    args::CaUntrust,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, print_json, say},
    words::Words,
};

/// `longwire ca untrust`: shows what will be taken out, asks, and does it.
pub(crate) async fn untrust(
    untrust: CaUntrust,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    // The certificate is named on the command line, and with it all that was put anywhere for it.
    let Ok(consent) = person.consent(untrust.yes, true) else {
        hint(&words.plain("cli.ca.untrust_nobody"));
        return Ok(Exit::Usage);
    };
    let cas = cas(machine)?;
    let trusted = cas.list()?;
    let meant = match meant(&trusted, untrust.sha256.as_ref()) {
        Ok(meant) => meant,
        Err(fault) => {
            complain(words, &fault);
            hint(&words.plain("cli.ca.list.which"));
            return Ok(Exit::from(&fault));
        }
    };
    let removals = removals(&meant, &untrust.from.kinds())?;
    if removals.is_empty() {
        hint(&words.plain("cli.ca.list.empty"));
        return Ok(Exit::Ok);
    }
    if consent == Consent::Asked {
        hint(&confirmation(words, &removals).join("\n"));
        if !person.agrees(&words.plain("cli.ca.untrust_ask")) {
            hint(&words.plain("cli.unchanged"));
            return Ok(Exit::Failed);
        }
    }
    let (mut outcomes, mut exit) = (Vec::new(), Exit::Ok);
    for Removal { trusted, stores } in removals {
        // One that fails stops no other.
        match cas.untrust(Order { sha256: trusted.sha256.clone(), stores: Some(stores) }).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(fault) => {
                complain(words, &fault);
                exit = Exit::from(&fault);
            }
        }
    }
    tell_engine(machine).await;
    if untrust.json {
        print_json(&outcomes);
    } else {
        for outcome in &outcomes {
            say(&outcome.subject);
            say(&outcome::lines(words, outcome).join("\n"));
        }
    }
    let all_done = outcomes.iter().all(|each| outcome::exit(each) == Exit::Ok);
    Ok(if exit == Exit::Ok && !all_done { Exit::Failed } else { exit })
}

/// The one that is named by its SHA-256, or its beginning; all where none is.
fn meant<'a>(trusted: &'a [TrustedCa], named: Option<&Fingerprint>) -> Result<Vec<&'a TrustedCa>, Fault> {
    let Some(named) = named else { return Ok(trusted.iter().collect()) };
    let meant: Vec<_> = trusted.iter().filter(|one| named.begins(&one.sha256)).collect();
    match meant.len() {
        0 => {
            let fault = Fault::new(FaultCode::CaUnknown, "not on the list of what was trusted");
            Err(fault.with("sha256", in_pairs(named.digits())))
        }
        1 => Ok(meant),
        _ => Err(Fault::new(FaultCode::BadRequest, "several CAs begin like that: give more digits")),
    }
}

/// What is taken out, and of which stores.
#[derive(Debug, Eq, PartialEq)]
struct Removal<'a> {
    trusted: &'a TrustedCa,
    stores: Vec<Store>,
}

/// The stores of these kinds that hold what is meant; all of them where none is named.
fn removals<'a>(meant: &[&'a TrustedCa], kinds: &[StoreKind]) -> Result<Vec<Removal<'a>>, Fault> {
    let held = || meant.iter().flat_map(|one| &one.stores);
    if let Some(missing) = kinds.iter().find(|kind| held().all(|store| store.kind != **kind)) {
        let fault = Fault::new(FaultCode::StoreUnknown, "nothing was put there");
        return Err(fault.with("store", word(missing)));
    }
    let of = |one: &&'a TrustedCa| {
        let wanted = |store: &&Store| kinds.is_empty() || kinds.contains(&store.kind);
        Removal { trusted: one, stores: one.stores.iter().filter(wanted).cloned().collect() }
    };
    let narrowed = !kinds.is_empty();
    Ok(meant.iter().map(of).filter(|removal| !narrowed || !removal.stores.is_empty()).collect())
}

fn confirmation(words: &Words, removals: &[Removal<'_>]) -> Vec<String> {
    let mut lines = vec![words.plain("cli.ca.takes_out")];
    for Removal { trusted, stores } in removals {
        lines.extend(list::entry(words, trusted).into_iter().take(2));
        for store in stores {
            lines.push(format!("    - {}", describe::store(words, store)));
        }
    }
    lines.push(String::new());
    lines
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::{super::testing, *};

    fn trusted() -> Vec<TrustedCa> {
        let of = |digits: &str| testing::trusted(&digits.repeat(8));
        let mut second = of("7A12BC35");
        second.stores = vec![testing::store(StoreKind::App)];
        vec![of("7A12BC34"), second, of("00000000")]
    }

    #[test]
    fn a_beginning_that_tells_one_apart_is_enough() {
        let trusted = trusted();
        let of = |text| meant(&trusted, Some(&Fingerprint::prefix(text).unwrap()));
        assert_eq!(of("7a12bc35").unwrap(), [&trusted[1]]);
        assert_eq!(of("FFFFFFFF").unwrap_err().code, FaultCode::CaUnknown);
        assert_eq!(meant(&trusted, None).unwrap().len(), 3);
        let twins = [trusted[0].clone(), trusted[0].clone()];
        let fault = meant(&twins, Some(&Fingerprint::prefix("7A12BC34").unwrap())).unwrap_err();
        assert!(fault.detail.contains("more digits"), "{fault}");
    }

    #[test]
    fn only_the_stores_that_are_named_are_touched() {
        let trusted = trusted();
        let all: Vec<_> = trusted.iter().collect();
        let removed = removals(&all, &[StoreKind::System]).unwrap();
        assert_eq!(removed.len(), 2, "the second is in no system store");
        assert!(removed.iter().all(|removal| removal.stores == [testing::store(StoreKind::System)]));
        assert_eq!(removals(&all, &[]).unwrap()[0].stores, trusted[0].stores);
        assert_eq!(removals(&all, &[StoreKind::Keychain]).unwrap_err().code, FaultCode::StoreUnknown);
    }

    #[test]
    fn the_confirmation_names_the_certificate_and_each_store() {
        let trusted = trusted();
        let removals = removals(&[&trusted[0]], &[]).unwrap();
        let told = confirmation(&Words::utc(Language::English), &removals).join("\n");
        for part in ["mitmproxy", "7A:12:BC:34", "- Longwire only", "- System (/stores/system)"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("00:00:00"), "{told}");
    }
}
