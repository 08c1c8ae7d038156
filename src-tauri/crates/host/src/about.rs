//! What kind of machine this is, for a report of what is the matter.

use std::{env, fs, path::PathBuf};

/// The machine and its user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// The system and its version, as it names itself.
    pub system: String,
    /// Its kernel and that one's version.
    pub kernel: String,
    /// The processor: `x86_64`, `aarch64` …
    pub architecture: String,
    /// The desktop and how it is shown: `GNOME, wayland`; empty where there is none.
    pub desktop: String,
    /// What the machine is called on its network.
    pub host_name: String,
    /// What the user is called here; empty where nothing says so.
    pub user_name: String,
    /// The user's home folder.
    pub home: Option<PathBuf>,
}

/// This machine.
pub fn about() -> About {
    let kernel = rustix::system::uname();
    let home = env::home_dir().filter(|home| home.is_absolute());
    let of_home = || Some(home.as_ref()?.file_name()?.to_str()?.to_owned());
    let user_name = variable("USER").or_else(|| variable("LOGNAME")).or_else(of_home);
    // The first of the two is there on macOS alone.
    let system = [
        ("/System/Library/CoreServices/SystemVersion.plist", macos as fn(&str) -> _),
        ("/etc/os-release", linux),
    ];
    let mut system = system.iter().filter_map(|(path, read)| read(&fs::read_to_string(path).ok()?));
    let desktop = [variable("XDG_CURRENT_DESKTOP"), variable("XDG_SESSION_TYPE")];
    About {
        system: system.next().unwrap_or_else(|| env::consts::OS.to_owned()),
        kernel: format!("{} {}", kernel.sysname().to_string_lossy(), kernel.release().to_string_lossy()),
        architecture: kernel.machine().to_string_lossy().into_owned(),
        desktop: desktop.into_iter().flatten().collect::<Vec<_>>().join(", "),
        host_name: kernel.nodename().to_string_lossy().into_owned(),
        user_name: user_name.unwrap_or_default(),
        home,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The name that a Linux gives itself in `os-release`.
fn linux(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}

/// The product and its version in macOS's `SystemVersion.plist`.
fn macos(text: &str) -> Option<String> {
    let value = |key: &str| {
        let (_, rest) = text.split_once(&format!("<key>{key}</key>"))?;
        let (_, rest) = rest.split_once("<string>")?;
        rest.split_once("</string>").map(|(value, _)| value)
    };
    Some(format!("{} {}", value("ProductName")?, value("ProductVersion")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_names_itself() {
        assert_eq!(
            linux("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n").unwrap(),
            "Debian GNU/Linux 13 (trixie)"
        );
        assert_eq!(linux("ID=x\n"), None);
        let plist = "<dict>\n<key>ProductName</key>\n\t<string>macOS</string>\n<key>ProductVersion</key>\n\t<string>26.1</string>";
        assert_eq!(macos(plist).unwrap(), "macOS 26.1");
        assert_eq!(macos("<plist/>"), None);
    }

    #[test]
    fn this_machine_is_known() {
        let about = about();
        assert!(!about.system.is_empty() && !about.host_name.is_empty(), "{about:?}");
        assert!(about.kernel.contains(' ') && !about.architecture.is_empty(), "{about:?}");
    }
}
