use longwire_contract::{
    Fault, FaultCode, Secret, TargetAddress, TargetApp, TargetEdit as Order, TargetHeader, TargetSecrets,
    call,
};
use longwire_engine::Machine;
use secrecy::SecretString;

use super::{keys, order, unknown};
use crate::{args::TargetEdit, command_line::words_of, exit::Exit, output::say, words::Words};

/// `longwire target edit`
pub(super) async fn edit(edit: TargetEdit, machine: &Machine, words: &Words) -> Result<Exit, Fault> {
    let mut secrets = keys::given(&edit.keys, false, words)?;
    if secrets.headers.is_some() || !edit.no_header.is_empty() {
        let new = secrets.headers.take().unwrap_or_default();
        secrets.headers = Some(headers(names(&edit.target, machine).await?, new, &edit.no_header));
    }
    let empty = || Some(Secret::from(SecretString::from("")));
    secrets.encrypt_key = if edit.no_encrypt_key { empty() } else { secrets.encrypt_key };
    secrets.verification_token =
        if edit.no_verification_token { empty() } else { secrets.verification_token };
    secrets.file = if edit.no_secrets_file { Some(String::new()) } else { secrets.file };
    let order_for = change(edit, secrets)?;
    if is_empty(&order_for) {
        let detail = "nothing to change is named: `longwire target edit --help` shows what there is";
        return Err(Fault::new(FaultCode::BadRequest, detail));
    }
    order::<call::EditTarget>(machine, &order_for).await?;
    let name = order_for.new_name.unwrap_or(order_for.name);
    say(&words.filled("cli.target.edited", [("target", name)]));
    Ok(Exit::Ok)
}

fn change(edit: TargetEdit, secrets: TargetSecrets) -> Result<Order, Fault> {
    let address = match (edit.exec, edit.url) {
        (Some(line), _) => Some(TargetAddress::Command(words_of(&line)?)),
        (None, url) => url.map(TargetAddress::Webhook),
    };
    let listed = |texts: Vec<String>, none: bool| Some(texts).filter(|texts| none || !texts.is_empty());
    let app_id = edit.wants.app_id;
    Ok(Order {
        name: edit.target,
        new_name: edit.rename,
        app: (edit.all_apps || app_id.is_some()).then_some(TargetApp { app_id }),
        address,
        events: listed(edit.wants.events, edit.all_events),
        filters: listed(edit.wants.filter, edit.no_filter),
        deadline_s: edit.wants.deadline,
        remote: (edit.wants.remote || edit.no_remote).then_some(edit.wants.remote),
        secrets,
    })
}

fn is_empty(order: &Order) -> bool {
    let TargetSecrets { encrypt_key, verification_token, headers, file } = &order.secrets;
    let secrets =
        encrypt_key.is_none() && verification_token.is_none() && headers.is_none() && file.is_none();
    let rest = order.new_name.is_none() && order.app.is_none() && order.address.is_none();
    let wants = order.events.is_none() && order.filters.is_none();
    secrets && rest && wants && order.deadline_s.is_none() && order.remote.is_none()
}

/// The names of the headers it has.
async fn names(target: &str, machine: &Machine) -> Result<Vec<String>, Fault> {
    let targets = order::<call::ReadSnapshot>(machine, &()).await?.targets;
    let found = targets.into_iter().find(|view| view.name == target).map(|view| view.headers);
    found.ok_or_else(|| unknown(target))
}

/// All headers from now on: those it has keep their values, but for new ones and those that go.
fn headers(had: Vec<String>, new: Vec<TargetHeader>, gone: &[String]) -> Vec<TargetHeader> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let stays = |name: &String| {
        !gone.iter().any(|gone| same(gone, name)) && !new.iter().any(|header| same(&header.name, name))
    };
    let kept: Vec<_> = had.into_iter().filter(stays).collect();
    kept.into_iter().map(|name| TargetHeader { name, value: None }).chain(new).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Arguments, Command, Target};

    fn edit(words: &[&str]) -> Order {
        let words = [&["longwire", "target", "edit", "bot"], words].concat();
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Target(Target::Edit(edit)) => change(edit, TargetSecrets::default()).unwrap(),
            _ => panic!("another command"),
        }
    }

    #[test]
    fn what_is_not_named_stays() {
        assert!(is_empty(&edit(&[])));
        let named = edit(&["--rename", "b", "--all-apps", "--all-events", "--no-filter", "--no-remote"]);
        assert_eq!(named.new_name.as_deref(), Some("b"));
        assert_eq!(named.app, Some(TargetApp { app_id: None }));
        assert_eq!((named.events, named.filters, named.remote), (Some(vec![]), Some(vec![]), Some(false)));
        let named = edit(&["--events", "im.*,card.*", "--exec", "python3 bot.py", "--deadline", "1m"]);
        assert_eq!(named.events.unwrap(), ["im.*", "card.*"]);
        assert_eq!(named.address, Some(TargetAddress::Command(vec!["python3".into(), "bot.py".into()])));
        assert_eq!((named.deadline_s, named.app, named.filters), (Some(60), None, None));
    }

    #[test]
    fn headers_keep_their_values_but_for_new_ones_and_those_that_go() {
        let new = TargetHeader { name: "X-B".into(), value: Some(Secret::from(SecretString::from("v"))) };
        let all = headers(vec!["X-A".into(), "x-b".into(), "X-C".into()], vec![new], &["x-c".into()]);
        let told: Vec<_> = all.iter().map(|header| (header.name.as_str(), header.value.is_some())).collect();
        assert_eq!(told, [("X-A", false), ("X-B", true)]);
    }
}
