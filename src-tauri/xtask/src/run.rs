use std::{env, process::Command};

use crate::{
    debian, node,
    process::{Failure, cargo, find, probe, run as run_command, say},
    repository::Repository,
};

/// Builds the window and the tray app, and opens it.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Result<(), Failure> {
    let display = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !display("DISPLAY") && !display("WAYLAND_DISPLAY") {
        return Err(Failure::new(
            "there is no display here (DISPLAY is not set): try the headless `cargo run -- simulate`",
        ));
    }
    prepare()?;
    ensure_chinese();
    node::build_window(repository)?;
    build_app(repository)?;
    say("opening Longwire");
    run_command(Command::new(repository.target.join("debug/longwire-app")).args(arguments))
}

/// Has what the tray app is built with.
pub(crate) fn prepare() -> Result<(), Failure> {
    if cfg!(target_os = "macos") {
        return match probe(Command::new("xcode-select").arg("--print-path")) {
            Some(_) => Ok(()),
            None => Err(Failure::new("install Apple's command line tools first: xcode-select --install")),
        };
    }
    debian::ensure(debian::TO_BUILD, || {
        find("pkg-config").is_some()
            && probe(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"])).is_some()
    })
}

/// Has a font for Chinese: half of the simulator's messages are, whatever the window speaks. Without one the app opens
/// all the same.
fn ensure_chinese() {
    let fonts = probe(Command::new("fc-list").arg(":lang=zh")).unwrap_or_default();
    if cfg!(target_os = "linux")
        && fonts.trim().is_empty()
        && let Err(failure) = debian::ensure(debian::FOR_CHINESE, || false)
    {
        say(format_args!("no font for Chinese: {failure}"));
    }
}

/// Builds the tray app. Unoptimised: the first start matters more here than the hundredth event.
pub(crate) fn build_app(repository: &Repository) -> Result<(), Failure> {
    say("building the app");
    run_command(cargo(&repository.root).args(["build", "--package", "longwire-app"]))
}
