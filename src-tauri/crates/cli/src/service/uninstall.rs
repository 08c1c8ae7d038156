use std::path::Path;

use longwire_contract::{Fault, ServiceScope};
use longwire_engine::{CREDENTIALS, SEALED_CREDENTIALS};

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
    let there = match ask(scope, |kept| Ok((kept.file().to_owned(), kept.installed()))).await? {
        Ok((file, Some(wanted))) => Some((file, wanted)),
        // Somebody else's is refused below, with the reason.
        Ok((file, None)) if file.symlink_metadata().is_err() => None,
        Ok((file, None)) => return Ok(refuse(words, &longwire_engine::ServiceError::Foreign(file))),
        Err(error) => return Ok(refuse(words, &error)),
    };
    let Some((file, wanted)) = there else {
        say(&words.plain("cli.service.absent"));
        return Ok(Exit::Ok);
    };
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
