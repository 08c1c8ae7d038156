//! The watchdog as a process of its own, and owners that die. Both are this program, started again for one of the two
//! tests that act a part.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Lines, Write},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::{
    io::{FdFlags, fcntl_setfd},
    process::{Pid, Signal, getsid, kill_process},
};
use tempfile::TempDir;

use super::{
    machine::{Machine, State, off, usual},
    steps::{End, Steps},
    world::{begin, named},
};
use crate::{
    keeper::Keeper,
    lease::{Lease, Watchdog},
};

const DIR: &str = "LONGWIRE_TEST_LEASE_DIR";
const STEPS: &str = "LONGWIRE_TEST_LEASE_STEPS";
/// More than anything here takes, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

/// The machine's file, the data folder and the watchdog's number, each in its place below `dir`.
struct Place(PathBuf);

impl Place {
    fn from_environment() -> Option<Self> {
        env::var_os(DIR).map(|dir| Self(dir.into()))
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn machine(&self, steps: &Arc<Steps>) -> Arc<Machine> {
        Machine::in_file(self.0.join("machine.json"), steps)
    }

    fn lease(&self) -> Lease {
        let keeper: Arc<dyn Keeper> = self.machine(&Steps::endless());
        Lease::new(&self.data(), keeper)
    }
}

/// Does what it is told, a line each.
#[test]
fn act_as_owner() {
    let Some(place) = Place::from_environment() else { return };
    let lease = place.lease();
    let mut watchdog = None;
    say("ready");
    for line in io::stdin().lines() {
        let line = line.unwrap();
        let (word, length) = line.split_once(' ').unwrap_or((&line, "0"));
        let length = Duration::from_millis(length.parse().unwrap());
        match word {
            "watch" => match Watchdog::start(&env::current_exe().unwrap(), &watchdog_arguments()) {
                Ok(started) => {
                    watchdog = Some(started);
                    say("watched");
                }
                Err(error) => say(&format!("unwatched: {error}")),
            },
            "begin" => {
                let services = place.machine(&Steps::endless()).state().services;
                say(&format!("{:?}", lease.begin(&named(&services), length)));
            }
            "extend" => say(&format!("{:?}", lease.extend(length))),
            "end" => say(if lease.end().is_ok() { "ended" } else { "not ended" }),
            "detach" => {
                watchdog.take().unwrap().detach();
                say("detached");
            }
            _ => panic!("{line}"),
        }
    }
}

#[test]
fn act_as_watchdog() {
    let Some(place) = Place::from_environment() else { return };
    // The name is there when the number is in it.
    fs::write(place.0.join("pid.new"), std::process::id().to_string()).unwrap();
    fs::rename(place.0.join("pid.new"), place.0.join("pid")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The test's own name stands on this line.
    println!();
    runtime.block_on(place.lease().watch());
}

/// Begins a lease, and is killed at a step of it.
#[test]
fn act_as_mortal() {
    let Some(place) = Place::from_environment() else { return };
    let steps = Steps::new(env::var(STEPS).unwrap().parse().unwrap(), End::Killed);
    let machine = place.machine(&steps);
    let state = machine.state();
    let disk = Arc::new(super::steps::SteppedDisk(steps));
    let lease = Lease::over(&place.data(), machine, disk, super::world::SetClock::new());
    begin(&lease, &state).unwrap();
    lease.end().unwrap();
}

fn say(word: &str) {
    println!("\n> {word}");
}

fn watchdog_arguments() -> Vec<std::ffi::OsString> {
    ["--exact", "--nocapture", "lease::tests::watchdog::act_as_watchdog"].map(Into::into).to_vec()
}

/// A machine in a file, a data folder, and no process yet.
struct Scene {
    dir: TempDir,
    place: Place,
}

/// An owner, as a process.
struct Owner {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Scene {
    fn new(state: &State) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        fs::write(dir.path().join("machine.json"), serde_json::to_vec(state).unwrap()).unwrap();
        let place = Place(dir.path().to_owned());
        Self { dir, place }
    }

    fn command(&self, part: &str) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        let test = format!("lease::tests::watchdog::{part}");
        command.args(["--exact", "--nocapture", &test]).env(DIR, self.dir.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    fn owner(&self) -> Owner {
        let mut child = self.command("act_as_owner").spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut owner = Owner { child, input, lines };
        assert_eq!(owner.heard(), "ready");
        owner
    }

    /// One whose lease, watched, is on for so long.
    fn holding(&self, length: &str) -> Owner {
        let mut owner = self.owner();
        assert_eq!(owner.told("watch"), "watched");
        assert!(self.place.lease().is_watched());
        assert_eq!(owner.told(&format!("begin {length}")), "Ok(())");
        assert!(self.is_off());
        owner
    }

    fn state(&self) -> State {
        self.place.machine(&Steps::endless()).state()
    }

    fn is_off(&self) -> bool {
        let services = self.state().services;
        services.iter().all(|service| !service.enabled || service.entries.iter().all(|entry| !entry.on))
    }

    fn watchdog(&self) -> Pid {
        let pid = fs::read_to_string(self.dir.path().join("pid")).unwrap();
        Pid::from_raw(pid.parse().unwrap()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.watchdog(), signal).unwrap();
    }

    /// All is as it was, and nobody is left. Tells how long that took.
    fn comes_back(&self) -> Duration {
        let started = Instant::now();
        until("the machine is as it was", || self.state().services == usual().services);
        let took = started.elapsed();
        until("no watchdog", || !self.place.lease().is_watched());
        assert_eq!(self.place.lease().view(), None);
        assert_eq!(self.state().services, usual().services);
        took
    }
}

impl Owner {
    fn told(&mut self, word: &str) -> String {
        writeln!(self.input, "{word}").unwrap();
        self.heard()
    }

    fn heard(&mut self) -> String {
        let said = self.lines.find_map(|line| line.unwrap().strip_prefix("> ").map(str::to_owned));
        said.expect("the owner says something")
    }

    fn killed(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_owner_that_is_killed_is_survived_by_two_seconds_at_most() {
    let scene = Scene::new(&usual());
    scene.holding("60000").killed();
    let took = scene.comes_back();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(scene.place.lease().last().unwrap().report.is_complete());
}

#[test]
fn an_owner_that_ends_it_itself_leaves_no_watchdog() {
    let scene = Scene::new(&usual());
    let mut owner = scene.holding("60000");
    assert_eq!(owner.told("end"), "ended");
    scene.comes_back();
    // The next lease has a watchdog of its own, even at once.
    assert_eq!(owner.told("watch"), "watched");
    assert_eq!(owner.told("begin 60000"), "Ok(())");
    assert_eq!(owner.told("end"), "ended");
    assert_eq!(owner.told("watch"), "watched");
    assert_eq!(owner.told("begin 60000"), "Ok(())");
    owner.killed();
    scene.comes_back();
}

#[test]
fn an_owner_that_dies_without_a_lease_leaves_no_watchdog() {
    let scene = Scene::new(&usual());
    let mut owner = scene.owner();
    assert_eq!(owner.told("watch"), "watched");
    owner.killed();
    scene.comes_back();
    assert_eq!(scene.place.lease().last(), None);
}

#[test]
fn one_that_is_left_to_itself_ends_the_lease_at_its_time() {
    let scene = Scene::new(&usual());
    let started = Instant::now();
    let mut owner = scene.holding("3000");
    assert_eq!(owner.told("detach"), "detached");
    owner.killed();
    while started.elapsed() < Duration::from_millis(2500) {
        assert!(scene.is_off() && scene.place.lease().is_watched());
        sleep(Duration::from_millis(50));
    }
    scene.comes_back();
}

#[test]
fn an_owner_has_three_seconds_to_end_it_itself() {
    let scene = Scene::new(&usual());
    let started = Instant::now();
    let _owner = scene.holding("500");
    scene.comes_back();
    assert!(started.elapsed() > Duration::from_millis(3500), "{:?}", started.elapsed());
}

#[test]
fn a_lease_that_is_extended_goes_on() {
    let scene = Scene::new(&usual());
    let started = Instant::now();
    let mut owner = scene.holding("2000");
    assert_eq!(owner.told("detach"), "detached");
    assert_eq!(owner.told("extend 60000"), "Ok(())");
    owner.killed();
    while started.elapsed() < Duration::from_millis(3500) {
        assert!(scene.is_off());
        sleep(Duration::from_millis(50));
    }
    assert!(scene.place.lease().is_watched());
    assert_eq!(scene.place.lease().view().unwrap().minutes_left, 1);
    assert!(scene.place.lease().end().unwrap().is_complete());
    scene.comes_back();
}

#[test]
fn a_second_watchdog_does_not_begin_and_the_first_stays() {
    let scene = Scene::new(&usual());
    let owner = scene.holding("60000");
    let mut second = scene.owner();
    assert_eq!(second.told("watch"), "unwatched: the watchdog has ended without a word");
    second.killed();
    assert!(scene.place.lease().is_watched() && scene.is_off());
    owner.killed();
    scene.comes_back();
}

#[test]
fn asked_to_terminate_it_puts_all_back_first() {
    let scene = Scene::new(&usual());
    let mut owner = scene.holding("60000");
    scene.signal(Signal::TERM);
    scene.comes_back();
    assert_eq!(owner.told("end"), "not ended");
}

#[test]
fn a_terminal_that_closes_and_an_interrupt_do_not_end_it() {
    let scene = Scene::new(&usual());
    let owner = scene.holding("60000");
    scene.signal(Signal::HUP);
    scene.signal(Signal::INT);
    owner.killed();
    // Had they ended it, nobody were there to do this.
    scene.comes_back();
}

#[test]
fn a_data_folder_that_vanishes_ends_the_lease() {
    let scene = Scene::new(&usual());
    let _owner = scene.holding("60000");
    // It has looked at the backup at least once.
    sleep(Duration::from_millis(1200));
    fs::remove_dir_all(scene.place.data()).unwrap();
    until("the machine is as it was", || scene.state().services == usual().services);
    until("no watchdog", || !is_alive(scene.watchdog()));
}

const BACKUPS: [&str; 2] = ["proxies.json", "proxies.copy.json"];

/// Holds to it that a lease whose files are treated so ends within two seconds, whoever cares for it.
fn ends_without_its_files(treat: fn(&Path)) {
    for detached in [false, true] {
        let scene = Scene::new(&usual());
        // One that came to its end before is not taken for this one.
        let mut owner = scene.holding("60000");
        assert_eq!(owner.told("end"), "ended");
        until("no watchdog", || !scene.place.lease().is_watched());
        assert_eq!(owner.told("watch"), "watched");
        assert_eq!(owner.told("begin 60000"), "Ok(())");
        if detached {
            assert_eq!(owner.told("detach"), "detached");
        }
        let watchdog = scene.watchdog();
        // It has looked at the backup at least once.
        sleep(Duration::from_millis(1200));
        assert!(scene.is_off());
        scene.place.lease().forget_last();
        treat(&scene.place.data());
        let started = Instant::now();
        until("the machine is as it was", || scene.state().services == usual().services);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        // Its lock may be gone with the other files.
        until("no watchdog", || !is_alive(watchdog));
        scene.comes_back();
        assert!(scene.place.lease().last().unwrap().report.is_complete());
    }
}

#[test]
fn backups_that_vanish_end_the_lease() {
    ends_without_its_files(|data| BACKUPS.iter().for_each(|name| fs::remove_file(data.join(name)).unwrap()));
}

#[test]
fn a_data_folder_that_is_emptied_ends_the_lease() {
    ends_without_its_files(|data| {
        for file in fs::read_dir(data).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    });
}

#[test]
fn backups_that_are_damaged_end_the_lease_and_are_kept() {
    ends_without_its_files(|data| {
        BACKUPS.iter().for_each(|name| fs::write(data.join(name), "{").unwrap());
        until("they are kept", || {
            fs::read(data.join("proxies.damaged-2.json")).is_ok_and(|kept| kept == b"{")
        });
    });
}

#[test]
fn who_knows_of_no_end_leaves_what_the_user_switches_off_after_it() {
    let scene = Scene::new(&usual());
    let mut owner = scene.holding("60000");
    sleep(Duration::from_millis(1200));
    let watchdog = scene.watchdog();
    assert_eq!(owner.told("end"), "ended");
    scene.place.lease().forget_last();
    let theirs = off(&usual().services[0].entries[0]);
    scene.place.machine(&Steps::endless()).with(|state| state.services[0].entries[0] = theirs.clone());
    until("no watchdog", || !is_alive(watchdog));
    assert_eq!(scene.state().services[0].entries[0], theirs);
}

#[test]
fn what_cannot_be_put_back_is_tried_again_and_a_password_asked_for_once() {
    let scene = Scene::new(&usual());
    let owner = scene.holding("60000");
    let machine = scene.place.machine(&Steps::endless());
    machine.with(|state| (state.locked, state.refuses) = (true, true));
    owner.killed();
    until("it was asked for", || scene.state().asked == 1);
    until("it is said", || !scene.place.lease().view().unwrap().detail.is_empty());
    assert!(scene.is_off() && scene.place.lease().is_watched());
    machine.with(|state| state.locked = false);
    scene.comes_back();
    assert_eq!(scene.state().asked, 1);
}

#[test]
fn a_change_of_the_user_survives_the_watchdog() {
    let scene = Scene::new(&usual());
    let owner = scene.holding("60000");
    let theirs = off(&super::machine::on(longwire_contract::ProxyKind::Web, "other.example", 1));
    scene.place.machine(&Steps::endless()).with(|state| state.services[0].entries[0] = theirs.clone());
    owner.killed();
    until("no watchdog", || !scene.place.lease().is_watched());
    let mut expected = usual();
    expected.services[0].entries[0] = theirs;
    assert_eq!(scene.state(), expected);
}

#[test]
fn it_has_a_session_of_its_own_and_no_file_of_anybody_else() {
    let scene = Scene::new(&usual());
    let inherited = fs::File::create(scene.dir.path().join("inherited")).unwrap();
    fcntl_setfd(inherited.as_fd(), FdFlags::empty()).unwrap();
    let owner = scene.holding("60000");
    drop(inherited);
    let pid = scene.watchdog();
    assert_eq!(getsid(Some(pid)).unwrap(), pid);
    let process = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    assert_eq!(fs::read_link(process.join("cwd")).unwrap(), Path::new("/"));
    let open: Vec<PathBuf> = fs::read_dir(process.join("fd"))
        .unwrap()
        .filter_map(|fd| fs::read_link(fd.unwrap().path()).ok())
        .collect();
    assert!(!open.iter().any(|path| path.ends_with("inherited")), "{open:?}");
    assert_eq!(open.iter().filter(|path| *path == Path::new("/dev/null")).count(), 2, "{open:?}");
    assert_eq!(open.iter().filter(|path| path.to_string_lossy().starts_with("pipe:")).count(), 2, "{open:?}");
    owner.killed();
    scene.comes_back();
}

#[test]
fn what_says_nothing_is_no_watchdog() {
    let error = Watchdog::start(Path::new("/bin/true"), &[]).unwrap_err();
    assert_eq!(error.to_string(), "the watchdog has ended without a word");
    assert!(Watchdog::start(Path::new("/nonexistent/longwire"), &[]).is_err());
}

#[test]
fn killed_at_any_step_it_ends_as_it_began() {
    let mut survived = 0;
    for step in (1..).step_by(2) {
        let scene = Scene::new(&usual());
        let mut mortal = scene.command("act_as_mortal");
        let status = mortal.env(STEPS, step.to_string()).stdout(Stdio::null()).status().unwrap();
        if status.success() {
            break;
        }
        survived += 1;
        let lease = Lease { orphans: Duration::ZERO, ..scene.place.lease() };
        lease.end().ok();
        assert_eq!(scene.state(), usual(), "step {step}");
        assert_eq!(scene.place.lease().view(), None, "step {step}");
    }
    assert!(survived > 20, "{survived}");
}

fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}
