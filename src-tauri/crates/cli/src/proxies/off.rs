use longwire_contract::{
    Fault, FaultCode, LeaseExtension, LeasePhase, LeaseRequest, ProxyEntry, ProxyService, ProxySetting,
    ProxyTable, call,
};
use longwire_engine::Machine;

use super::{Minutes, order, table};
use crate::{
    args::ProxyOff,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, say},
    words::Words,
};

/// `longwire proxy off`: shows what will be switched off and until when, asks, and does it; where they are off, they stay so
/// for longer.
pub(crate) async fn off(
    off: &ProxyOff,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let minutes = off.minutes;
    if let Some(lease) = order::<call::ReadSnapshot>(machine, &()).await?.lease {
        if lease.phase != LeasePhase::Held {
            hint(&table::standing(words, &lease));
            return Ok(Exit::Failed);
        }
        match order::<call::ExtendLease>(machine, &LeaseExtension { minutes: minutes.count() }).await {
            Ok(()) => {
                say(&format!("✓ {}", until(words, "cli.proxy.extended", machine, minutes)));
                return Ok(Exit::Ok);
            }
            // It came to its end meanwhile: what is set aside anew is shown first.
            Err(fault) if fault.code == FaultCode::LeaseNone => {}
            Err(fault) => return Err(fault),
        }
    }
    let Ok(consent) = person.consent(off.yes, true) else {
        hint(&words.plain("cli.proxy.nobody"));
        return Ok(Exit::Usage);
    };
    let proxies = order::<call::ReadProxies>(machine, &()).await?;
    let services = to_switch_off(&proxies)?;
    if consent == Consent::Asked {
        hint(&confirmation(words, &services, &words.clock(end(machine, minutes))).join("\n"));
        let question = words.filled("cli.proxy.off_ask", [("minutes", minutes.count().to_string())]);
        if !person.agrees(&question) {
            hint(&words.plain("cli.unchanged"));
            return Ok(Exit::Failed);
        }
    }
    let settings = services.iter().flat_map(|service| on(service)).collect();
    order::<call::StartLease>(machine, &LeaseRequest { minutes: minutes.count(), settings }).await?;
    say(&format!("✓ {}", until(words, "cli.proxy.done", machine, minutes)));
    Ok(Exit::Ok)
}

/// What is on of a service.
fn on(service: &ProxyService) -> impl Iterator<Item = ProxySetting> {
    let entries = service.entries.iter().filter(|entry| entry.on);
    entries.map(|entry| ProxySetting { service: service.name.clone(), entry: entry.clone() })
}

/// The services of which something is on.
///
/// # Errors
/// Where nothing is, or where it could not be put back: it is said before anybody is asked.
fn to_switch_off(proxies: &ProxyTable) -> Result<Vec<&ProxyService>, Fault> {
    if proxies.keeper.is_empty() {
        return Err(Fault::new(FaultCode::NoProxySettings, "this system keeps no proxy settings"));
    }
    // A service that is switched off itself is left alone.
    let concerned = |service: &&ProxyService| service.enabled && service.entries.iter().any(|entry| entry.on);
    let services: Vec<_> = proxies.services.iter().filter(concerned).collect();
    if services.is_empty() {
        return Err(Fault::new(FaultCode::LeaseNothing, "no proxy of the system is on"));
    }
    let wants_password = |entry: &ProxyEntry| entry.on && entry.authenticated;
    match services.iter().find(|service| service.entries.iter().any(wants_password)) {
        Some(service) => {
            let fault = Fault::new(FaultCode::LeasePassword, "a proxy wants a password");
            Err(fault.with("service", &service.name))
        }
        None => Ok(services),
    }
}

/// All that will be switched off, before anything is; and the smaller step.
fn confirmation(words: &Words, services: &[&ProxyService], time: &str) -> Vec<String> {
    let filled = |key| words.filled(key, [("time", time.to_owned())]);
    let on = services.iter().flat_map(|service| {
        let entries = service.entries.iter().filter(|entry| entry.on);
        entries.map(|entry| format!("  - {}", table::setting(words, &service.name, entry)))
    });
    let mut lines: Vec<_> = [filled("cli.proxy.switches_off")].into_iter().chain(on).collect();
    lines.extend([filled("cli.proxy.comes_back"), words.plain("cli.proxy.smaller"), String::new()]);
    lines
}

fn until(words: &Words, key: &str, machine: &Machine, minutes: Minutes) -> String {
    words
        .filled(key, [("time", words.clock(end(machine, minutes))), ("minutes", minutes.count().to_string())])
}

/// When the time is over that begins now.
fn end(machine: &Machine, minutes: Minutes) -> i64 {
    table::ms(machine.now_ms() + u64::from(minutes.count()) * 60_000)
}

#[cfg(test)]
mod tests {
    use longwire_contract::{Language, ProxyKind};

    use super::{super::testing, *};

    #[test]
    fn only_what_is_on_is_named_with_its_service_and_its_value() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let table = testing::table();
            let services = to_switch_off(&table).unwrap();
            let told = confirmation(&words, &services, "15:04").join("\n");
            for part in
                ["Wi-Fi: ", "127.0.0.1:7890", "http://pac.example/proxy.pac", "15:04", "--proxy direct"]
            {
                assert!(told.contains(part), "{part}: {told}");
            }
            assert!(!told.contains("secure.example") && !told.contains("Bluetooth"), "{told}");
            assert!(!told.contains("cli.") && !told.contains('{'), "{told}");
        }
    }

    #[test]
    fn nothing_on_a_password_or_no_settings_at_all_are_said_before_anybody_is_asked() {
        let code = |table: &ProxyTable| to_switch_off(table).unwrap_err().code;
        assert_eq!(code(&ProxyTable::default()), FaultCode::NoProxySettings);
        let mut off = testing::table();
        off.services[0].entries.iter_mut().for_each(|entry| entry.on = false);
        assert_eq!(code(&off), FaultCode::LeaseNothing);
        let mut disabled = testing::table();
        disabled.services[0].enabled = false;
        assert_eq!(code(&disabled), FaultCode::LeaseNothing);
        let mut password = testing::table();
        password.services[0].entries[0].authenticated = true;
        let fault = to_switch_off(&password).unwrap_err();
        assert_eq!((fault.code, fault.values["service"].as_str()), (FaultCode::LeasePassword, "Wi-Fi"));
        let mut stored = testing::table();
        stored.services[0].entries[1].authenticated = true;
        assert_eq!(stored.services[0].entries[1].kind, ProxyKind::SecureWeb);
        assert!(to_switch_off(&stored).is_ok(), "one that is off is not touched");
    }
}
