use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const COMPLETIONS_HELP: &str = "\
The Debian package brings them, and the manual pages. Otherwise:
  bash    longwire completions bash > ~/.local/share/bash-completion/completions/longwire
  zsh     longwire completions zsh > ~/.zfunc/_longwire      (with ~/.zfunc in fpath, before compinit)
  fish    longwire completions fish > ~/.config/fish/completions/longwire.fish";

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell they are for
    pub(crate) shell: ShellName,
}

/// A shell, as it is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ShellName {
    Bash,
    Fish,
    Zsh,
}

#[derive(Args, Debug)]
pub(crate) struct Manual {
    /// The folder they are written into, which is there
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}
