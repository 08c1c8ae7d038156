use std::{
    collections::BTreeSet,
    io::IsTerminal,
    path::Path,
    process::{Command, Stdio},
};

use crate::process::{Failure, find, output, probe, run, say};

/// What the tray app is built with and runs on.
pub(crate) const TO_BUILD: &[&str] = &["libayatana-appindicator3-dev", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// What the tests drive the app with: a display, a tray, notifications, a Secret Service, a WebDriver; and what they put in
/// the way of a connection: proxies of each kind, networks of their own; the stores of CAs and of proxy settings; and what judges
/// a unit.
pub(crate) const TO_TEST: &[&str] = &[
    "ca-certificates",
    "curl",
    "dante-server",
    "dbus",
    "dbus-x11",
    "dconf-cli",
    "dconf-gsettings-backend",
    "dunst",
    "gnome-keyring",
    "gsettings-desktop-schemas",
    "imagemagick",
    "iproute2",
    "libglib2.0-bin",
    "libkf5config-bin",
    "libnss3-tools",
    "microsocks",
    "nftables",
    "openssl",
    "squid-openssl",
    "systemd",
    "tinyproxy-bin",
    "webkit2gtk-driver",
    "xauth",
    "xdotool",
    "xfce4-panel",
    "xvfb",
];

/// The services that a package starts when it is installed. The tests start these programs themselves.
const SERVICES: &[(&str, &str)] =
    &[("dante-server", "danted"), ("microsocks", "microsocks"), ("squid-openssl", "squid")];

/// What Debian packages are made and looked at with.
pub(crate) const TO_PACKAGE: &[&str] = &["debhelper", "lintian"];

/// What a clean Debian to try them in is made with.
pub(crate) const TO_VERIFY: &[&str] = &["debootstrap"];

/// What Chinese is shown with.
pub(crate) const FOR_CHINESE: &[&str] = &["fonts-noto-cjk"];

/// What the window's pages are looked at with.
pub(crate) const FOR_PAGES: &[&str] = &["chromium"];

/// What the fuzzer's own library is compiled with.
pub(crate) const FOR_FUZZING: &[&str] = &["g++"];

/// What a virtual environment of Debian's own Python needs.
pub(crate) const FOR_PYTHON: &[&str] = &["python3-venv"];

/// Installs the packages that are missing.
///
/// Where the system is not a Debian, what they stand for may be there under other names: then `present` decides.
pub(crate) fn ensure(packages: &[&str], present: impl Fn() -> bool) -> Result<(), Failure> {
    if find("dpkg-query").is_none() || find("apt-get").is_none() {
        if present() {
            return Ok(());
        }
        return Err(Failure::new(format!(
            "install what Debian calls: {} (this system has no apt-get)",
            packages.join(" ")
        )));
    }
    let missing = missing(packages, &installed(packages));
    if missing.is_empty() {
        return Ok(());
    }
    say(format_args!("installing {}", missing.join(" ")));
    let mut install = vec!["apt-get", "install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    let by_hand = || Failure::new(format!("install these packages first: sudo {}", install.join(" ")));
    // One broken source among many fails an update and need not be the one we install from.
    as_root(&["apt-get", "update", "--quiet"]).ok();
    as_root(&install).map_err(|_| by_hand())?;
    rest(&missing);
    Ok(())
}

/// Stops the services of packages that were not there before, and keeps them from starting with the machine.
fn rest(installed: &[&str]) {
    if !Path::new("/run/systemd/system").is_dir() {
        return;
    }
    for (package, unit) in SERVICES {
        if installed.contains(package) {
            // Not every version of a package has a service; where this fails otherwise, a proxy with Debian's own
            // settings runs on, which disturbs no test.
            as_root(&["systemctl", "disable", "--now", "--quiet", unit]).ok();
        }
    }
}

/// What dpkg says of each package it knows: `installed NAME`, `not-installed NAME`.
fn installed(packages: &[&str]) -> String {
    // It fails where it does not know one of them, and still lists the others.
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

fn missing<'a>(packages: &[&'a str], installed: &str) -> Vec<&'a str> {
    let there: BTreeSet<&str> =
        installed.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    packages.iter().copied().filter(|package| !there.contains(package)).collect()
}

/// Runs a command with the rights it needs, asking for a password only where somebody can type one.
pub(crate) fn as_root(words: &[&str]) -> Result<(), Failure> {
    let (program, arguments) = words.split_first().ok_or_else(|| Failure::new("no command"))?;
    let mut command = if output(Command::new("id").arg("-u"))?.trim() == "0" {
        Command::new(program)
    } else if probe(Command::new("sudo").args(["-n", "true"])).is_some() || std::io::stdin().is_terminal() {
        let mut sudo = Command::new("sudo");
        sudo.args(["DEBIAN_FRONTEND=noninteractive", program]);
        sudo
    } else {
        return Err(Failure::new("sudo needs a password and there is no terminal to ask for it"));
    };
    run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_or_unknown_is_missing() {
        let said = "installed xvfb\nnot-installed dunst\nconfig-files xauth\n";
        assert_eq!(missing(&["xvfb", "dunst", "xauth", "no-such"], said), ["dunst", "xauth", "no-such"]);
        assert_eq!(missing(&["xvfb"], said), [""; 0]);
    }

    #[test]
    fn the_lists_are_sorted_and_name_nothing_twice() {
        let lists =
            [TO_BUILD, TO_TEST, TO_PACKAGE, TO_VERIFY, FOR_CHINESE, FOR_PAGES, FOR_FUZZING, FOR_PYTHON];
        for list in lists {
            assert!(list.is_sorted());
        }
        assert!(SERVICES.iter().all(|(package, _)| TO_TEST.contains(package)));
        let all: BTreeSet<_> = lists.concat().into_iter().collect();
        assert_eq!(all.len(), lists.iter().map(|list| list.len()).sum::<usize>());
    }
}
