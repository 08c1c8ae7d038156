//! The backup: damaged, and on a disk that is full.

use longwire_tests::sandboxed;

use super::*;

const FILES: [&str; 2] = ["proxies.json", "proxies.copy.json"];

fn truncate(path: &Path) {
    let whole = fs::read(path).unwrap();
    fs::write(path, &whole[..whole.len() / 2]).unwrap();
}

#[test]
fn either_of_the_two_copies_is_enough() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        for name in FILES {
            for damage in [truncate, |path: &Path| fs::remove_file(path).unwrap()] {
                let bench = Bench::new(&machine());
                assert_eq!(bench.off().code, Some(0));
                bench.kill_watchdogs();
                damage(&bench.data_dir().join(name));
                let ended = bench.restore();
                assert_eq!(ended.code, Some(0), "{name}: {}", ended.stderr);
                bench.has_after(&machine(), name);
            }
        }
    });
}

#[test]
fn where_both_are_damaged_it_is_told_and_the_repair_switches_on_what_is_stored() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        // All that is stored here was on, so that the repair is exact.
        let bench = Bench::new(&small());
        assert_eq!(bench.off().code, Some(0));
        bench.kill_watchdogs();
        for name in FILES {
            truncate(&bench.data_dir().join(name));
        }
        assert_eq!(bench.status().lease.unwrap().phase, LeasePhase::Damaged);
        for words in [&["restore"][..], &["off", "--yes"]] {
            let ended = bench.proxy(words);
            assert_eq!(ended.code, Some(1), "{words:?}: {}", ended.stderr);
            assert!(ended.stderr.contains("longwire proxy restore"), "what to do is said: {}", ended.stderr);
            bench.has(&switched_off(&small()));
        }
        // Nobody is there to be asked.
        assert_eq!(bench.proxy(&["restore", "--repair"]).code, Some(2));
        bench.has(&switched_off(&small()));
        let ended = bench.proxy(&["restore", "--repair", "--yes"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&small());
        assert!(bench.status().lease.is_none());
        // What was damaged is kept for whoever wants to look.
        let names = fs::read_dir(bench.data_dir()).unwrap().flatten().map(|entry| entry.file_name());
        let kept = names.filter(|name| name.to_string_lossy().contains("damaged")).count();
        assert_eq!(kept, FILES.len());
        assert_eq!(bench.off().code, Some(0), "and all is as before");
        assert_eq!(bench.restore().code, Some(0));
        bench.has(&small());
    });
}

/// The data folder on a disk of its own, which is small.
fn small_disk(bench: &Bench) -> PathBuf {
    let folder = bench.data_dir();
    fs::create_dir(&folder).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs"]).arg(&folder);
    assert!(mount.status().unwrap().success());
    folder
}

fn fill(folder: &Path) -> PathBuf {
    let filler = folder.join("filler");
    // The error is the point.
    fs::write(&filler, vec![0; 1 << 20]).unwrap_err();
    filler
}

#[test]
fn on_a_full_disk_nothing_is_switched_off_and_all_is_put_back() {
    sandboxed(async |sandbox| {
        FakeMac::install(&sandbox);
        let bench = Bench::new(&machine());
        let folder = small_disk(&bench);
        let filler = fill(&folder);
        let ended = bench.off();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(!ended.stderr.is_empty());
        bench.has(&machine());
        bench.unwatched();
        assert!(bench.mac.state().calls.iter().all(|call| !call.changes()), "nothing was ever touched");

        fs::remove_file(filler).unwrap();
        assert_eq!(bench.off().code, Some(0));
        bench.has(&switched_off(&machine()));
        fill(&folder);
        let ended = bench.restore();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        bench.has(&machine());
    });
}
