use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use longwire_contract::ProxyKind;
use proptest::prelude::*;

use super::*;
use crate::{
    command::Processes,
    fake::{self, At, Mac, Proxy, Service, Trouble, What},
};

/// A machine in memory, and its keeper.
fn kept(mac: Mac) -> (Arc<Mutex<Mac>>, impl Keeper) {
    let mac = Arc::new(Mutex::new(mac));
    (Arc::clone(&mac), fake::keeper(mac))
}

fn troubled(at: At, what: What) -> Mac {
    Mac { troubles: vec![Trouble { at, what }], ..proxied() }
}

/// Its one service goes through a proxy of each kind.
fn proxied() -> Mac {
    let mut mac = Mac::new();
    mac.services[0].web = Proxy::on("127.0.0.1", 7890);
    mac.services[0].secure_web = Proxy::on("127.0.0.1", 7891);
    mac.services[0].socks = Proxy::on("::1", 1080);
    mac
}

/// What switches off all that is on, and what puts it back.
fn changes(table: &ProxyTable) -> (Vec<Change>, Vec<Change>) {
    let on = table.services.iter().flat_map(|service| {
        let entries = service.entries.iter().filter(|entry| entry.on);
        entries.map(|entry| (service.name.clone(), entry.clone()))
    });
    on.map(|(service, entry)| {
        (Change::Off { service: service.clone(), entry: entry.clone() }, Change::Back { service, entry })
    })
    .unzip()
}

/// What a table is to say of a service.
fn expected(service: &Service, in_use: bool) -> ProxyService {
    let proxy = |kind, proxy: &Proxy| ProxyEntry {
        kind,
        on: proxy.on,
        value: proxy.host.clone(),
        port: proxy.port,
        authenticated: proxy.authenticated,
    };
    let other = |kind, on, value| ProxyEntry { kind, on, value, port: 0, authenticated: false };
    ProxyService {
        name: service.name.clone(),
        enabled: service.enabled,
        in_use,
        entries: vec![
            proxy(ProxyKind::Web, &service.web),
            proxy(ProxyKind::SecureWeb, &service.secure_web),
            proxy(ProxyKind::Socks, &service.socks),
            other(ProxyKind::Pac, service.script.on, service.script.url.clone().unwrap_or_default()),
            other(ProxyKind::Discovery, service.discovery, String::new()),
        ],
        bypass: service.bypass.clone(),
    }
}

proptest! {
    #[test]
    fn the_table_is_what_the_machine_is_set_to(mac in Mac::arbitrary()) {
        let used = mac.services.iter().position(|service| {
            service.enabled && mac.route.as_ref() == Some(&service.device)
        });
        let services: Vec<_> =
            mac.services.iter().enumerate().map(|(nth, service)| expected(service, used == Some(nth))).collect();
        let (_, keeper) = kept(mac);
        let table = keeper.table().unwrap();
        prop_assert_eq!(&table.services, &services);
        for service in services {
            prop_assert_eq!(keeper.service(&service.name).unwrap(), Some(service.entries));
        }
    }

    #[test]
    fn off_then_back_leaves_every_setting_as_it_was(mac in Mac::arbitrary(), admin_required: bool) {
        let (mac, keeper) = kept(Mac { admin_required, ..mac });
        let before = mac.lock().unwrap().services.clone();
        let rights = if admin_required { Rights::Administrator } else { Rights::User };
        let (off, back) = changes(&keeper.table().unwrap());
        keeper.carry_out(&off, rights).unwrap();
        let between = keeper.table().unwrap();
        prop_assert_eq!(&between.effective, &Vec::<String>::new());
        prop_assert!(changes(&between).0.is_empty(), "something is on");
        for (now, before) in mac.lock().unwrap().services.iter().zip(&before) {
            prop_assert_eq!((&now.web.host, &now.script.url), (&before.web.host, &before.script.url));
        }
        keeper.carry_out(&back, rights).unwrap();
        prop_assert_eq!(&mac.lock().unwrap().services, &before);
    }

    #[test]
    fn what_is_stored_meanwhile_is_stored_anew_and_the_state_comes_last(mac in Mac::arbitrary()) {
        let (mac, keeper) = kept(mac);
        let clear = |mac: &mut Mac| for service in &mut mac.services {
            for proxy in [&mut service.web, &mut service.secure_web, &mut service.socks] {
                proxy.authenticated = false;
            }
        };
        clear(&mut mac.lock().unwrap());
        let before = keeper.table().unwrap();
        let back: Vec<Change> = before.services.iter().flat_map(|service| {
            service.entries.iter().map(|entry| Change::Back { service: service.name.clone(), entry: entry.clone() })
        }).collect();
        for service in &mut mac.lock().unwrap().services {
            // What was never set cannot be made so again.
            for proxy in [&mut service.web, &mut service.secure_web, &mut service.socks] {
                if !proxy.host.is_empty() {
                    *proxy = Proxy { on: !proxy.on, ..Proxy::on("else.example", 1) };
                }
            }
            if service.script.url.as_ref().is_some_and(|url| !url.is_empty()) {
                service.script.url = Some("http://else.example/".to_owned());
            }
        }
        keeper.carry_out(&back, Rights::User).unwrap();
        prop_assert_eq!(keeper.table().unwrap(), before);
    }
}

#[test]
fn what_is_in_force_is_told_without_what_belongs_to_one_interface() {
    let mut mac = proxied();
    mac.services[0].script =
        fake::Script { on: true, url: Some("http://me:secret@pac.example/x.pac".to_owned()) };
    mac.services[0].discovery = true;
    let (mac, keeper) = kept(mac);
    let effective = keeper.table().unwrap().effective;
    let lines = [
        "http 127.0.0.1:7890",
        "https 127.0.0.1:7891",
        "socks [::1]:1080",
        "pac http://pac.example/x.pac",
        "discovery",
    ];
    assert_eq!(effective, lines);
    mac.lock().unwrap().route = None;
    let table = keeper.table().unwrap();
    assert!(table.effective.is_empty() && !table.services[0].in_use, "no route, nothing in use");
}

#[test]
fn a_service_that_is_gone_is_none_and_one_that_vanishes_meanwhile_is_left_out() {
    let (_, keeper) = kept(proxied());
    assert_eq!(keeper.service("Foo").unwrap(), None);
    let mut mac = troubled(At::Each("-getautoproxyurl".into()), What::Vanishes("Wi-Fi".into()));
    mac.services.push(Service::new("Other", ""));
    let (_, keeper) = kept(mac);
    let names: Vec<_> = keeper.table().unwrap().services.into_iter().map(|service| service.name).collect();
    assert_eq!(names, ["Other"]);
    let entry = kept(proxied()).1.service("Wi-Fi").unwrap().unwrap().remove(0);
    let back = [Change::Back { service: "Wi-Fi".to_owned(), entry }];
    for rights in [Rights::User, Rights::Administrator] {
        let error = keeper.carry_out(&back, rights).unwrap_err();
        assert!(error.to_string().ends_with("Wi-Fi is not a recognized network service."), "{error}");
    }
}

#[test]
fn half_a_table_is_no_table() {
    let calls = {
        let (mac, keeper) = kept(proxied());
        keeper.table().unwrap();
        mac.lock().unwrap().calls.clone()
    };
    assert_eq!(calls.len(), 10);
    for nth in 1..=calls.len() {
        let call = &calls[nth - 1];
        let failing = kept(troubled(At::Call(nth), What::Fails)).1.table();
        assert!(failing.is_err(), "{call:?}: {failing:?}");
        let hanging = kept(troubled(At::Call(nth), What::Hangs)).1.table();
        assert!(matches!(hanging, Err(KeeperError::TooSlow { .. })), "{call:?}: {hanging:?}");
        // Of hosts that go straight, any line might be one.
        if call.args[0] != "-getproxybypassdomains" {
            let garbled = kept(troubled(At::Call(nth), What::Garbles)).1.table();
            assert!(matches!(garbled, Err(KeeperError::NotUnderstood { .. })), "{call:?}: {garbled:?}");
        }
    }
}

#[test]
fn where_an_administrator_is_wanted_one_batch_asks_once() {
    let (mac, keeper) = kept(Mac { admin_required: true, ..proxied() });
    let (off, back) = changes(&keeper.table().unwrap());
    assert_eq!(off.len(), 3);
    let before = mac.lock().unwrap().services.clone();
    assert_eq!(keeper.carry_out(&off, Rights::User), Err(KeeperError::Denied));
    assert_eq!(mac.lock().unwrap().services, before);
    keeper.carry_out(&off, Rights::Administrator).unwrap();
    assert!(changes(&keeper.table().unwrap()).0.is_empty());
    keeper.carry_out(&back, Rights::Administrator).unwrap();
    let mac = mac.lock().unwrap();
    assert_eq!(mac.services, before);
    assert_eq!(mac.calls.iter().filter(|call| call.tool == "osascript").count(), 2);
    assert!(mac.calls.iter().all(|call| call.tool == "networksetup" || !call.root));
}

#[test]
fn a_person_who_says_no_changes_nothing() {
    let (mac, keeper) = kept(Mac { admin_required: true, cancels: true, ..proxied() });
    let (off, _) = changes(&keeper.table().unwrap());
    let before = mac.lock().unwrap().services.clone();
    assert_eq!(keeper.carry_out(&off, Rights::Administrator), Err(KeeperError::Cancelled));
    assert_eq!(mac.lock().unwrap().services, before);
    assert_eq!(keeper.carry_out(&[], Rights::Administrator), Ok(()), "nobody is asked for nothing");
}

#[test]
fn an_error_is_heard_in_a_batch_and_outside_of_one() {
    for rights in [Rights::User, Rights::Administrator] {
        let (mac, keeper) = kept(troubled(At::Change(2), What::Fails));
        let (off, _) = changes(&keeper.table().unwrap());
        let error = keeper.carry_out(&off, rights).unwrap_err();
        assert!(
            matches!(&error, KeeperError::Failed { cause, .. } if cause.starts_with("** Error")),
            "{error:?}"
        );
        let services = &mac.lock().unwrap().services;
        assert!(!services[0].web.on && services[0].secure_web.on);
    }
    let (_, keeper) = kept(troubled(At::Change(1), What::Vanishes("Wi-Fi".into())));
    let (off, _) = changes(&keeper.table().unwrap());
    let error = keeper.carry_out(&off, Rights::Administrator).unwrap_err();
    assert!(error.to_string().contains("Wi-Fi is not a recognized network service."), "{error}");
}

#[test]
fn what_a_lie_left_unchanged_is_seen_by_reading_it_back() {
    let (_, keeper) = kept(troubled(At::Change(1), What::Lies));
    let before = keeper.table().unwrap();
    let (off, _) = changes(&before);
    assert_eq!(keeper.carry_out(&off[..1], Rights::User), Ok(()));
    assert_eq!(keeper.table().unwrap(), before);
}

#[test]
fn a_proxy_with_a_password_is_switched_but_never_stored_anew() {
    let mut mac = proxied();
    mac.services[0].web.authenticated = true;
    let (mac, keeper) = kept(mac);
    let (off, back) = changes(&keeper.table().unwrap());
    keeper.carry_out(&off[..1], Rights::User).unwrap();
    mac.lock().unwrap().services[0].web.port = 1;
    let error = keeper.carry_out(&back[..1], Rights::User).unwrap_err();
    assert!(matches!(error, KeeperError::Failed { .. }), "{error:?}");
    let mac = mac.lock().unwrap();
    assert!(mac.services[0].web.authenticated && !mac.services[0].web.on);
}

#[test]
fn a_setting_that_no_service_has_is_an_error() {
    let (_, keeper) = kept(proxied());
    let mut entry = keeper.service("Wi-Fi").unwrap().unwrap().remove(0);
    entry.kind = ProxyKind::Mode;
    let change = Change::Off { service: "Wi-Fi".to_owned(), entry };
    assert!(matches!(keeper.carry_out(&[change], Rights::User), Err(KeeperError::Failed { .. })));
}

/// Tools that are scripts in a folder.
fn scripted(folder: &Path, scripts: &[(&str, &str)]) -> NetworkSetup<Processes> {
    for (tool, script) in scripts {
        let file = folder.join(tool);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let tool = |name| folder.join(name);
    let tools = Tools {
        networksetup: tool("networksetup"),
        scutil: tool("scutil"),
        route: tool("route"),
        osascript: tool("osascript"),
    };
    NetworkSetup::new(tools, "Why?".to_owned(), Processes)
}

#[test]
fn a_real_tool_that_hangs_has_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let deadline = Duration::from_millis(300);
    let keeper =
        NetworkSetup { deadline, ..scripted(folder.path(), &[("networksetup", "sleep 600 & wait")]) };
    let started = Instant::now();
    let program = folder.path().join("networksetup");
    let error = keeper.table().unwrap_err();
    assert_eq!(error, KeeperError::TooSlow { program: program.clone(), deadline });
    assert_eq!(error.to_string(), format!("{} has not answered within 0.3 s", program.display()));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_real_batch_is_given_as_arguments_with_what_the_person_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let script = format!("printf '%s\\n' \"$@\" > '{}'; eval \"$7\"", seen.display());
    let echo = "[ $1 = -setwebproxystate ] && [ \"$2\" = \"it's; \\$HOME \" ] && [ $3 = off ]";
    let keeper = scripted(folder.path(), &[("osascript", &script), ("networksetup", echo)]);
    let entry =
        ProxyEntry { kind: ProxyKind::Web, on: true, value: "a".into(), port: 1, authenticated: false };
    let off = Change::Off { service: "it's; $HOME ".to_owned(), entry };
    keeper.carry_out(&[off], Rights::Administrator).unwrap();
    let seen = fs::read_to_string(seen).unwrap();
    let lines: Vec<_> = seen.lines().collect();
    assert_eq!(lines[..2], ["-e", "on run argv"]);
    assert_eq!(*lines.last().unwrap(), "Why?");
    let away = scripted(
        folder.path(),
        &[("osascript", "echo 'execution error: User canceled. (-128)' >&2; exit 1")],
    );
    let entry =
        ProxyEntry { kind: ProxyKind::Web, on: true, value: "a".into(), port: 1, authenticated: false };
    let off = Change::Off { service: "Wi-Fi".to_owned(), entry };
    assert_eq!(away.carry_out(&[off], Rights::Administrator), Err(KeeperError::Cancelled));
}

#[test]
fn a_tool_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = scripted(folder.path(), &[]).table().unwrap_err();
    assert!(
        matches!(&error, KeeperError::Failed { program, .. } if program.ends_with("networksetup")),
        "{error:?}"
    );
}

#[test]
fn locations_and_interfaces_are_told_by_their_names() {
    let (mac, keeper) = kept(proxied());
    assert_eq!(keeper.location().unwrap().as_deref(), Some("Automatic"));
    mac.lock().unwrap().switch_location("Büro 2 ");
    assert_eq!(keeper.location().unwrap().as_deref(), Some("Büro 2 "));
    assert_eq!(
        ["Automatic", "Büro 2 ", "Büro"].map(|name| keeper.has_location(name).unwrap()),
        [true, true, false]
    );
    mac.lock().unwrap().services = vec![Service::new("a", "en0"), Service::new("vpn", "")];
    let devices = [("a", "en0"), ("vpn", "")].map(|(name, device)| (name.to_owned(), device.to_owned()));
    assert_eq!(keeper.devices().unwrap(), devices.into());
}
