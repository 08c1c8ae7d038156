use std::path::Path;

use longwire_contract::{Fault, ServiceKeeper, ServiceScope, ServiceState, ServiceView};
use longwire_engine::{CREDENTIALS, SEALED_CREDENTIALS, ServiceError};

use super::{ask, refuse};
use crate::{
    args::ServiceUninstall,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, say},
    words::Words,
};

/// `longwire service uninstall`: asks, and takes it away.
pub(super) async fn uninstall(
    uninstall: &ServiceUninstall,
    words: &Words,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let scope = uninstall.whose.scope();
    let there = match ask(scope, |kept| Ok((kept.file().to_owned(), kept.installed(), kept.view()))).await? {
        Ok((file, Some(wanted), _)) => Ok((file, wanted)),
        Ok((file, None, view)) if file.symlink_metadata().is_err() => Err(view),
        // Somebody else's stays.
        Ok((file, None, _)) => return Ok(refuse(words, &ServiceError::Foreign(file))),
        Err(error) => return Ok(refuse(words, &error)),
    };
    let (file, wanted) = match there {
        Ok(there) => there,
        Err(view) if runs(&view) => {
            hint(&words.filled(others(scope), [("path", view.file)]));
            return Ok(Exit::Failed);
        }
        Err(_) => {
            say(&words.plain("cli.service.absent"));
            return Ok(Exit::Ok);
        }
    };
    if let Err(error) = ask(scope, |kept| kept.may_change()).await? {
        return Ok(refuse(words, &error));
    }
    let Ok(consent) = person.consent(uninstall.yes, true) else {
        hint(&words.plain("cli.service.nobody"));
        return Ok(Exit::Usage);
    };
    let path = |path: &Path| [("path", path.display().to_string())];
    if consent == Consent::Asked && !person.agrees(&words.filled("cli.service.uninstall_ask", path(&file))) {
        hint(&words.plain("cli.unchanged"));
        return Ok(Exit::Failed);
    }
    if let Err(error) = ask(scope, |kept| kept.uninstall()).await? {
        return Ok(refuse(words, &error));
    }
    say(&words.filled("cli.service.uninstalled", path(&wanted.data_dir)));
    let secrets = [CREDENTIALS, SEALED_CREDENTIALS].map(Path::new);
    for folder in secrets.into_iter().filter(|folder| scope == ServiceScope::System && folder.exists()) {
        hint(&words.filled("cli.service.credentials_stay", path(folder)));
    }
    Ok(Exit::Ok)
}

/// Whether the system holds one up all the same: a package's, or one that somebody else wrote.
fn runs(view: &ServiceView) -> bool {
    view.keeper == ServiceKeeper::Systemd
        && matches!(view.state, ServiceState::Running | ServiceState::Starting | ServiceState::Restarting)
}

/// The key of what is said of that one.
fn others(scope: ServiceScope) -> &'static str {
    match scope {
        ServiceScope::User => "cli.service.others",
        ServiceScope::System => "cli.service.others_system",
    }
}
