use longwire_engine::ServiceError;

use crate::{exit::Exit, printable::one_line, words::Words};

/// Why a service was not changed, and what to do.
pub(super) fn said(words: &Words, error: &ServiceError) -> String {
    let path = |path: &std::path::Path| [("path", path.display().to_string())];
    let told = match error {
        ServiceError::NoKeeper => words.plain("cli.service.no_keeper"),
        ServiceError::UserOnly => words.plain("cli.service.user_only"),
        ServiceError::NotRoot => words.plain("cli.service.not_root"),
        ServiceError::NoBus(said) => words.filled("cli.service.no_bus", [("error", said.clone())]),
        ServiceError::NoHome => words.plain("cli.service.no_home"),
        ServiceError::UnknownUser(name) => words.filled("cli.service.unknown_user", [("name", name.clone())]),
        ServiceError::NoFolder(folder) => words.filled("cli.service.no_folder", path(folder)),
        ServiceError::Foreign(file) => words.filled("cli.service.foreign", path(file)),
        ServiceError::Unnameable(file) => words.filled("cli.service.unnameable", path(file)),
        ServiceError::File { .. } | ServiceError::Refused { .. } => {
            words.filled("cli.service.failed", [("error", error.to_string())])
        }
    };
    one_line(&told)
}

/// How that ends the command.
pub(super) fn exit(error: &ServiceError) -> Exit {
    match error {
        ServiceError::UserOnly
        | ServiceError::UnknownUser(_)
        | ServiceError::NoFolder(_)
        | ServiceError::Unnameable(_) => Exit::Usage,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;

    #[test]
    fn every_reason_is_told_in_both_languages_and_names_what_it_is_about() {
        let file = std::path::PathBuf::from("/x/longwire.service");
        let refused = ServiceError::Refused { command: "systemctl enable".into(), cause: "no\nbus".into() };
        for (error, names) in [
            (ServiceError::NoKeeper, "longwire run"),
            (ServiceError::UserOnly, "--system"),
            (ServiceError::NotRoot, "sudo"),
            (ServiceError::NoBus("No medium found".into()), "machinectl shell"),
            (ServiceError::NoHome, "HOME"),
            (ServiceError::UnknownUser("bot".into()), "bot"),
            (ServiceError::NoFolder(file.clone()), "/x/longwire.service"),
            (ServiceError::Foreign(file.clone()), "/x/longwire.service"),
            (ServiceError::Unnameable(file.clone()), "/x/longwire.service"),
            (ServiceError::File { path: file, cause: "full".into() }, "full"),
            (refused, "no bus"),
        ] {
            for language in [Language::English, Language::Chinese] {
                let told = said(&Words::new(language), &error);
                assert!(told.contains(names) && !told.contains('{') && !told.contains("cli."), "{told}");
            }
        }
    }
}
