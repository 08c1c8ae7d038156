use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    process::{Failure, cargo, find, output, run, say},
    python::Venv,
    repository::Repository,
};

const TARGET: &str = "aarch64-apple-darwin";

/// Type-checks and lints every crate for Apple silicon. Elsewhere than on a Mac nothing is linked and nothing runs:
/// it proves types, not behaviour.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    ensure_target()?;
    let mut clippy = cargo(&repository.root);
    clippy.args(["clippy", "--workspace", "--all-targets", "--target", TARGET]);
    if !cfg!(target_os = "macos") {
        let compiler = c_compiler(repository)?;
        clippy
            .env("CC_aarch64_apple_darwin", compiler.join("cc"))
            .env("AR_aarch64_apple_darwin", compiler.join("ar"));
    }
    say(format_args!("checking the workspace for {TARGET}"));
    run(clippy.args(["--", "--deny", "warnings"]))
}

fn ensure_target() -> Result<(), Failure> {
    let rustc = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(rustc.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    if find("rustup").is_none() {
        return Err(Failure::new(format!(
            "install Rust's standard library for {TARGET} (there is no rustup here)"
        )));
    }
    say(format_args!("installing the Rust target {TARGET}"));
    run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// A C compiler for the build scripts that want one, as a folder with `cc` and `ar`.
fn c_compiler(repository: &Repository) -> Result<PathBuf, Failure> {
    let venv = Venv::ensure(&repository.tools().join("zig"), "ziglang==0.17.*")?;
    let folder = repository.tools().join("aarch64-apple-darwin");
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    for (name, script) in [("cc", CC), ("ar", AR)] {
        let (file, script) =
            (folder.join(name), script.replace("PYTHON", &venv.python().display().to_string()));
        if fs::read_to_string(&file).is_ok_and(|written| written == script) {
            continue;
        }
        fs::write(&file, script)
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(0o755)))
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    }
    Ok(folder)
}

/// Zig's compiler takes none of Apple's own words, and Apple's headers are not here: an Objective-C source becomes an
/// empty one, since a check links nothing.
const CC: &str = r#"#!/bin/bash
# Made by `cargo xtask check-macos`.
arguments=()
skip=
for argument in "$@"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case "$argument" in
        -arch) skip=1 ;;
        --target=* | -mmacosx-version-min=* | -mmacos-version-min=* | -fobjc-exceptions | -xobjective-c) ;;
        *.m) empty="$(dirname "$0")/empty.c"; : >"$empty"; arguments+=("$empty") ;;
        *) arguments+=("$argument") ;;
    esac
done
exec "PYTHON" -m ziglang cc -target aarch64-macos "${arguments[@]}"
"#;

const AR: &str = r#"#!/bin/bash
# Made by `cargo xtask check-macos`.
exec "PYTHON" -m ziglang ar "$@"
"#;
