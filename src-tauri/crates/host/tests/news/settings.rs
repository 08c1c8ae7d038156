use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use longwire_host::{
    news::{News, watch_in},
    proxies::Desktop,
};

use crate::{NOWHERE, PATIENCE, assert_one, assert_silent, nobody, run};

const GSETTINGS: &str = "#!/bin/sh
case \"$XDG_CONFIG_HOME\" in /*) ;; *) exit 1 ;; esac
grep -a '^org.gnome.system.proxy' \"$XDG_CONFIG_HOME/dconf/user\" 2>/dev/null || echo \"org.gnome.system.proxy mode 'none'\"
";

pub(crate) fn gnome(home: &Path) -> Desktop {
    let file = home.join("gsettings");
    fs::write(&file, GSETTINGS).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let path = env::join_paths([home, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    Desktop { names: "GNOME".to_owned(), config: Some(home.join(".config")), path, deadline: PATIENCE }
}

/// As dconf and KDE write: beside it, and over it.
fn replace(file: &Path, text: &str) {
    let beside = file.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, file).unwrap();
}

fn manual(port: u16) -> String {
    format!(
        "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.https host '127.0.0.1'\n\
         org.gnome.system.proxy.https port {port}\n"
    )
}

#[test]
fn a_setting_of_gnome_that_changes_is_news_and_an_unrelated_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    run(async {
        let desktop = gnome(home.path());
        // The home folder is empty as yet: neither `.config` nor `dconf` is there.
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        assert_silent(&mut watch, "beginning to listen").await;
        let folder = home.path().join(".config/dconf");
        fs::create_dir_all(&folder).unwrap();
        let user = folder.join("user");
        replace(&user, &manual(7890));
        assert_one(&mut watch, News::ProxiesChanged, "the first setting").await;
        replace(&user, &format!("{}org.gnome.desktop.background picture 'cat'\n", manual(7890)));
        fs::write(home.path().join(".config/other"), "x").unwrap();
        fs::write(folder.join("other"), "x").unwrap();
        assert_silent(&mut watch, "an unrelated setting").await;
        for port in 7891..7899 {
            replace(&user, &manual(port));
        }
        assert_one(&mut watch, News::ProxiesChanged, "several settings at once").await;
        fs::remove_dir_all(&folder).unwrap();
        assert_one(&mut watch, News::ProxiesChanged, "all settings removed").await;
        fs::create_dir_all(&folder).unwrap();
        fs::write(&user, manual(7890)).unwrap();
        assert_one(&mut watch, News::ProxiesChanged, "settings that are there again").await;
    });
}

#[test]
fn a_real_gnome_tells_of_its_settings() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config");
    // One session for all of them: what keeps the settings lives as long as it.
    let set = |settings: &str| {
        let script = settings.split(';').map(|setting| format!("gsettings set org.gnome.system.{setting};"));
        Command::new("dbus-run-session")
            .args(["--", "sh", "-ec", &script.collect::<String>()])
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", &config)
            .env("XDG_RUNTIME_DIR", home.path())
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !set("locale region 'de_DE.UTF-8'") || !config.join("dconf/user").is_file() {
        println!("skipped: needs dbus-run-session, gsettings, dconf and GNOME's schemas");
        return;
    }
    let path = env::var_os("PATH").unwrap();
    let desktop =
        Desktop { names: "GNOME".to_owned(), config: Some(config.clone()), path, deadline: PATIENCE };
    assert_eq!(desktop.read(), Ok(None));
    run(async {
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop.clone());
        assert_silent(&mut watch, "beginning to listen").await;
        assert!(set("proxy.https host 127.0.0.1;proxy.https port 7890;proxy mode manual"));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy").await;
        assert!(set("locale region 'fr_FR.UTF-8'"));
        assert_silent(&mut watch, "an unrelated setting").await;
    });
    let proxies = desktop.read().unwrap().unwrap();
    let place = proxies.https.unwrap();
    assert_eq!((proxies.source.as_str(), place.host.as_str(), place.port), ("GNOME", "127.0.0.1", 7890));
    assert_eq!(proxies.exceptions, ["localhost", "127.0.0.0/8", "::1"]);
}

#[test]
fn a_setting_of_kde_that_changes_is_news() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    fs::create_dir(&config).unwrap();
    let file = config.join("kioslaverc");
    let text = |kind: u8| format!("[Proxy Settings]\nProxyType={kind}\nhttpsProxy=http://127.0.0.1 7890\n");
    run(async {
        let desktop = Desktop { names: "KDE".to_owned(), config: Some(config.clone()), ..nobody() };
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        assert_silent(&mut watch, "beginning to listen").await;
        replace(&file, &text(1));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy switched on").await;
        replace(&file, &format!("{}[Other]\nkey=value\n", text(1)));
        replace(&config.join("kdeglobals"), "[General]\n");
        assert_silent(&mut watch, "an unrelated setting").await;
        replace(&file, &text(0));
        assert_one(&mut watch, News::ProxiesChanged, "a proxy switched off").await;
    });
}

#[test]
fn a_setting_written_before_the_first_look_is_news_too() {
    let home = tempfile::tempdir().unwrap();
    run(async {
        let config = home.path().to_owned();
        let desktop = Desktop { names: "KDE".to_owned(), config: Some(config.clone()), ..nobody() };
        let mut watch = watch_in(Some(NOWHERE.to_owned()), desktop);
        replace(&config.join("kioslaverc"), "[Proxy Settings]\nProxyType=3\n");
        assert_one(&mut watch, News::ProxiesChanged, "a write").await;
    });
}
