use std::io::{self, IsTerminal};

use longwire_contract::{AppId, CaQuestion, Domain, Fault};

use super::Source;
use crate::{args::CaFrom, doctor::several_apps, output::hint, words::Words};

/// What is asked of the engine, and on which road.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) question: CaQuestion,
    /// Where the road leads; where absent, to the app's own domain, or nowhere without an app.
    pub(crate) domain: Option<Domain>,
}

/// What the command line asks; standard input is read where it is the source. `apps` are those that are configured.
pub(crate) fn asked(from: &CaFrom, apps: Vec<AppId>, words: &Words) -> Result<Asked, Fault> {
    if from.source == Source::Input && io::stdin().is_terminal() {
        hint(&words.plain("cli.ca.paste"));
    }
    let (app_id, domain) = road(from, apps)?;
    Ok(Asked { question: CaQuestion { source: from.source.open(io::stdin())?, app_id }, domain })
}

/// Whose road is meant. Without an app it is the one to the domain; a source that is no road can do without either, and is
/// compared with the first app's.
fn road(from: &CaFrom, mut apps: Vec<AppId>) -> Result<(Option<AppId>, Option<Domain>), Fault> {
    let domain = from.domain.clone();
    if let Some(app_id) = from.app_id.clone() {
        return Ok((Some(app_id), domain));
    }
    match (apps.len(), from.source.needs_road()) {
        (0, true) => Ok((None, domain.or_else(|| Some(Domain::default())))),
        (0, false) => Ok((None, domain)),
        (1, _) => Ok((apps.pop(), domain)),
        (_, _) if domain.is_some() => Ok((None, domain)),
        (_, true) => Err(several_apps()),
        (_, false) => Ok((Some(apps.swap_remove(0)), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::from, *};

    fn id(number: u8) -> AppId {
        format!("cli_{number:016x}").parse().unwrap()
    }

    #[test]
    fn the_one_app_is_meant_and_with_several_one_is_to_be_named() {
        let platform = from(&["platform"]);
        assert_eq!(road(&platform, vec![id(1)]).unwrap(), (Some(id(1)), None));
        let fault = road(&platform, vec![id(1), id(2)]).unwrap_err();
        assert!(fault.detail.contains("--app-id"), "{fault}");
        let named = from(&["platform", "--app-id", "cli_0000000000000002"]);
        assert_eq!(road(&named, vec![id(1), id(2)]).unwrap(), (Some(id(2)), None));
    }

    #[test]
    fn without_an_app_the_road_leads_to_the_domain() {
        assert_eq!(road(&from(&["platform"]), vec![]).unwrap(), (None, Some(Domain::Feishu)));
        let lark = from(&["proxy", "--domain", "lark"]);
        assert_eq!(road(&lark, vec![]).unwrap(), (None, Some(Domain::Lark)));
        assert_eq!(road(&lark, vec![id(1), id(2)]).unwrap(), (None, Some(Domain::Lark)));
    }

    #[test]
    fn a_file_can_be_looked_at_without_a_road_and_is_compared_where_there_is_one() {
        let file = from(&["./ca.pem"]);
        assert_eq!(road(&file, vec![]).unwrap(), (None, None));
        assert_eq!(road(&file, vec![id(1), id(2)]).unwrap(), (Some(id(1)), None));
    }
}
