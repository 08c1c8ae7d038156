//! The proxy settings of a machine, through real processes: the tools of a Mac at their own places.
#![cfg(target_os = "linux")]
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    thread,
};

use longwire_host::{
    fake::{At, Mac, Proxy, Service, Trouble, What},
    files,
    keeper::{self, Change, KeeperError, Rights},
};
use longwire_tests::{Ended, FakeMac, Process, program, sandboxed};
use tempfile::TempDir;

/// A machine whose first service goes through a proxy, and has a name to be careful with.
fn machine() -> Mac {
    let mut mac = Mac::new();
    mac.services[0].name = "公司 it's $HOME (AirPort)/ ".to_owned();
    mac.services[0].secure_web = Proxy::on("127.0.0.1", 7890);
    mac.services.push(Service { enabled: false, ..Service::new("iPhone USB", "en9") });
    mac
}

fn written(mac: &Mac, file: &Path) {
    files::replace(file, &serde_json::to_vec(mac).unwrap()).unwrap();
}

fn read(file: &Path) -> Mac {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn where_the_tools_of_a_mac_are_their_settings_are_read_switched_off_and_put_back() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let file = Path::new("/usr/sbin/fakemac.json");
        symlink(file, "/usr/bin/fakemac.json").unwrap();
        let mac = Mac { admin_required: true, ..machine() };
        written(&mac, file);
        let keeper = keeper::of_this_machine().unwrap();
        let table = keeper.table().unwrap();
        assert_eq!((table.keeper.as_str(), table.services.len()), ("macOS", 2));
        assert_eq!(table.effective, ["https 127.0.0.1:7890"]);
        let service = &table.services[0];
        assert_eq!((service.name.as_str(), service.in_use), (mac.services[0].name.as_str(), true));
        assert!(!table.services[1].enabled);
        let entry = service.entries.iter().find(|entry| entry.on).unwrap().clone();
        let off = [Change::Off { service: service.name.clone(), entry: entry.clone() }];
        assert_eq!(keeper.carry_out(&off, Rights::User), Err(KeeperError::Denied));
        keeper.carry_out(&off, Rights::Administrator).unwrap();
        assert!(keeper.table().unwrap().effective.is_empty());
        let back = [Change::Back { service: service.name.clone(), entry }];
        keeper.carry_out(&back, Rights::Administrator).unwrap();
        assert_eq!(keeper.table().unwrap(), table);
        assert_eq!(read(file).services, mac.services);
        written(&Mac { cancels: true, ..mac }, file);
        assert_eq!(keeper.carry_out(&off, Rights::Administrator), Err(KeeperError::Cancelled));
        assert_eq!(keeper.service("Foo"), Ok(None));
    });
}

/// `networksetup` over a machine of its own.
struct Tool {
    folder: TempDir,
}

impl Tool {
    fn over(what: What) -> Self {
        let folder = tempfile::tempdir().unwrap();
        symlink(program("fakemac"), folder.path().join("networksetup")).unwrap();
        let tool = Self { folder };
        let troubles = vec![Trouble { at: At::Change(1), what }];
        written(&Mac { troubles, ..Mac::new() }, &tool.file());
        tool
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("fakemac.json")
    }

    /// The tool switches a proxy on, with these words in front of it.
    fn switches(&self, before: &str) -> Ended {
        let tool = self.folder.path().join("networksetup");
        let script = format!("{before} {} -setwebproxystate Wi-Fi on; echo $?", tool.display());
        Process::start("/bin/sh".into()).arguments(["-c", &script]).run().end()
    }
}

#[test]
fn a_tool_that_kills_its_caller_does_so_before_its_effect_or_after() {
    for (what, on) in [(What::KillsBefore, false), (What::KillsAfter, true)] {
        let tool = Tool::over(what);
        let ended = tool.switches("");
        assert_eq!((ended.code, ended.stdout.as_str()), (None, ""), "the shell was killed");
        assert_eq!(read(&tool.file()).services[0].web.on, on);
    }
}

#[test]
fn a_tool_that_hangs_keeps_nobody_else_waiting() {
    let tool = Tool::over(What::Hangs);
    assert_eq!(tool.switches("timeout 0.5").stdout, "124\n");
    assert_eq!(tool.switches("timeout 20").stdout, "0\n");
    assert!(read(&tool.file()).services[0].web.on);
}

#[test]
fn calls_at_the_same_time_come_one_after_the_other() {
    let tool = Tool::over(What::Fails);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(tool.switches("").code, Some(0)));
        }
    });
    assert_eq!(read(&tool.file()).calls.len(), 8);
}
