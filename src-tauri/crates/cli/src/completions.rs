use clap::CommandFactory;
use clap_complete::aot::{Shell, generate};

use crate::{
    args::{self, Arguments, ShellName},
    exit::Exit,
    output::write,
};

/// `longwire completions`: what a shell completes the command with.
pub(crate) fn completions(options: &args::Completions) -> Exit {
    write(&script(options.shell));
    Exit::Ok
}

fn script(shell: ShellName) -> String {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(Shell::from(shell), &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

impl From<ShellName> for Shell {
    fn from(shell: ShellName) -> Self {
        match shell {
            ShellName::Bash => Self::Bash,
            ShellName::Fish => Self::Fish,
            ShellName::Zsh => Self::Zsh,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_is_told_of_every_command() {
        for shell in ShellName::value_variants() {
            let script = script(*shell);
            for command in Arguments::command().get_subcommands().filter(|command| !command.is_hide_set()) {
                assert!(script.contains(command.get_name()), "{shell:?}: {}", command.get_name());
            }
        }
    }
}
