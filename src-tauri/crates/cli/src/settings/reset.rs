use longwire_contract::{EventQuery, Fault, Reset, ResetKind, Snapshot, call};
use longwire_engine::Machine;

use super::{PROGRAM, login::Login};
use crate::{
    args::SettingsReset,
    confirm::{Consent, Person},
    exit::Exit,
    order::Orders,
    output::{hint, say},
    printable::one_line,
    words::Words,
};

/// `longwire settings reset`: names what goes, asks, and forgets it.
pub(super) async fn reset(
    reset: &SettingsReset,
    machine: &Machine,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let what = if reset.everything { ResetKind::Everything } else { ResetKind::Settings };
    let Ok(consent) = person.consent(reset.yes, true) else {
        hint(&words.plain("cli.settings.reset_nobody"));
        return Ok(Exit::Usage);
    };
    if consent == Consent::Asked {
        let question = match what {
            ResetKind::Settings => "cli.settings.reset_ask",
            ResetKind::Everything => {
                there(machine, words).await?.iter().for_each(|line| hint(line));
                "cli.settings.reset_everything_ask"
            }
        };
        if !person.agrees(&words.plain(question)) {
            hint(&words.plain("cli.unchanged"));
            return Ok(Exit::Failed);
        }
    }
    let mut orders = Orders::open(machine, PROGRAM).await?;
    let forgotten = forget(what, &mut orders, machine, words).await;
    orders.close().await;
    forgotten?;
    say(&words.plain(match what {
        ResetKind::Settings => "cli.settings.reset",
        ResetKind::Everything => "cli.settings.reset_everything",
    }));
    Ok(Exit::Ok)
}

/// What cannot be forgotten keeps nothing else from being.
async fn forget(what: ResetKind, orders: &mut Orders, machine: &Machine, words: &Words) -> Result<(), Fault> {
    if what == ResetKind::Settings {
        return orders.give::<call::ResetSettings>(&Reset { what }).await;
    }
    let login = Login::find(orders).await?;
    let forgotten = orders.give::<call::ResetSettings>(&Reset { what }).await;
    forgotten.and(login.end(machine, words))
}

/// What there is, a line each. Nobody is kept from the data folder while a person thinks.
async fn there(machine: &Machine, words: &Words) -> Result<Vec<String>, Fault> {
    let mut orders = Orders::open(machine, PROGRAM).await?;
    // How many events there are is known once somebody has looked. A journal that cannot be read can be forgotten, too.
    orders.give::<call::ListEvents>(&EventQuery { limit: 1, ..EventQuery::default() }).await.ok();
    let (snapshot, login) = (orders.give::<call::ReadSnapshot>(&()).await, Login::find(&mut orders).await);
    orders.close().await;
    let mut lines = going(words, &snapshot?);
    if login?.goes(machine) {
        lines.push(words.plain("cli.settings.reset_login_goes"));
    }
    Ok(lines)
}

/// What of it goes, a line each.
fn going(words: &Words, there: &Snapshot) -> Vec<String> {
    let apps = there.apps.iter().filter(|app| !app.simulated).map(|app| match app.name.as_str() {
        "" => app.app_id.to_string(),
        name => format!("{} ({name})", app.app_id),
    });
    let targets = there.targets.iter().filter(|target| !target.given).map(|target| target.name.clone());
    let named = [
        ("cli.settings.reset_apps", apps.collect::<Vec<_>>()),
        ("cli.settings.reset_targets", targets.collect()),
    ];
    let named = named.into_iter().filter(|(_, names)| !names.is_empty());
    let named = named.map(|(key, names)| one_line(&words.filled(key, [("names", names.join(", "))])));
    let events = words.filled("cli.settings.reset_events", [("count", there.journal.events.to_string())]);
    named.chain([events, words.plain("cli.settings.reset_agent")]).collect()
}
