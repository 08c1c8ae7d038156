//! What GitHub runs: read here, since it can be run nowhere else.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use saphyr::{LoadableYamlNode, Yaml};

const WORKFLOWS: &[&str] = &["ci.yml", "release.yml"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn text(name: &str) -> String {
    fs::read_to_string(repository().join(".github/workflows").join(name)).unwrap()
}

/// A part of a workflow.
struct Part<'a>(&'a Yaml<'a>);

impl<'a> Part<'a> {
    fn at(&self, key: &str) -> Option<Part<'a>> {
        self.0.as_mapping_get(key).map(Part)
    }

    fn word(&self, key: &str) -> &'a str {
        self.0.as_mapping_get(key).and_then(Yaml::as_str).unwrap_or_default()
    }

    fn steps(&self) -> Vec<Part<'a>> {
        self.0["steps"].as_vec().unwrap().iter().map(Part).collect()
    }

    /// Every word in it and where it stands: the keys that lead there.
    fn words(&self) -> Vec<(String, String)> {
        let below = |key: String, part: &'a Yaml<'a>| {
            Part(part).words().into_iter().map(move |(place, word)| (format!("/{key}{place}"), word))
        };
        match self.0 {
            Yaml::Mapping(map) => map
                .iter()
                .flat_map(|(key, part)| below(key.as_str().unwrap_or("?").to_owned(), part))
                .collect(),
            Yaml::Sequence(list) => {
                list.iter().enumerate().flat_map(|(at, part)| below(at.to_string(), part)).collect()
            }
            word => vec![(String::new(), word.as_str().unwrap_or_default().to_owned())],
        }
    }
}

/// Looks at a workflow as it is parsed.
fn with<T>(name: &str, look: impl FnOnce(&Part) -> T) -> T {
    let text = text(name);
    let documents = Yaml::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1, "{name}");
    look(&Part(&documents[0]))
}

fn jobs<'a>(workflow: &Part<'a>) -> Vec<(&'a str, Part<'a>)> {
    let jobs = workflow.0["jobs"].as_mapping().unwrap();
    jobs.iter().map(|(name, job)| (name.as_str().unwrap(), Part(job))).collect()
}

/// The words of every step of a job: what it runs.
fn runs<'a>(job: &Part<'a>) -> Vec<&'a str> {
    job.steps().iter().map(|step| step.word("run")).collect()
}

/// Where in a job the step stands that runs this.
fn nth(job: &Part, words: &str) -> usize {
    let at = runs(job).iter().position(|run| run.contains(words));
    at.unwrap_or_else(|| panic!("no step runs {words}"))
}

fn job<'a>(workflow: &Part<'a>, name: &str) -> Part<'a> {
    workflow.at("jobs").and_then(|jobs| jobs.at(name)).unwrap_or_else(|| panic!("no job {name}"))
}

#[test]
fn a_change_has_to_pass_what_a_developer_runs() {
    with("ci.yml", |workflow| {
        assert!(runs(&job(workflow, "test")).contains(&"bash .ci/run"));
        assert!(runs(&job(workflow, "macos")).contains(&"cargo xtask check-macos"));
    });
    assert!(repository().join(".ci/run").is_file());
}

/// They make networks, mounts and processes of their own, which an ordinary container may not.
#[test]
fn the_tests_have_the_rights_they_need() {
    with("ci.yml", |workflow| {
        let container = job(workflow, "test").at("container").unwrap();
        assert!(container.word("options").split(' ').any(|option| option == "--privileged"));
    });
}

#[test]
fn every_job_has_the_rust_that_the_workspace_asks_for() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    for name in WORKFLOWS {
        with(name, |workflow| {
            for (job_name, job) in jobs(workflow) {
                let Some(first) = runs(&job).iter().position(|run| run.contains("cargo ")) else { continue };
                let image = job.at("container").map(|container| match container.0.as_str() {
                    Some(image) => image.to_owned(),
                    None => container.word("image").to_owned(),
                });
                match image {
                    Some(image) => assert_eq!(image, format!("rust:{rust}-bookworm"), "{name}: {job_name}"),
                    None => {
                        let installs = nth(&job, &format!("rustup toolchain install {rust} "));
                        assert!(installs < first, "{name}: {job_name}");
                        let run = runs(&job)[installs];
                        assert!(run.ends_with(&format!("rustup default {rust}")), "{name}: {run}");
                    }
                }
            }
        });
    }
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(repository().join(readme)).unwrap();
        assert!(text.contains(&format!("[Rust](https://rustup.rs) {rust}")), "{readme}");
    }
}

#[test]
fn every_action_is_one_that_cannot_be_changed_under_us() {
    for name in WORKFLOWS {
        let text = text(name);
        with(name, |workflow| {
            for (_, job) in jobs(workflow) {
                for step in job.steps() {
                    let (used, run) = (step.word("uses"), step.word("run"));
                    assert!(used.is_empty() != run.is_empty(), "{name}: {:?}", step.0);
                    if used.is_empty() {
                        continue;
                    }
                    let (_, commit) = used.split_once('@').unwrap();
                    assert!(
                        commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                        "{used}"
                    );
                    let line = text.lines().find(|line| line.contains(used)).unwrap();
                    assert!(line.contains(&format!("{used} # v")), "{name}: which version is {used}?");
                }
            }
        });
    }
}

/// A fork's change must not read a secret. In a release, npm's packages, build scripts and tools run before the one step that has
/// them, and no step hands one to a program on its command line.
#[test]
fn secrets_are_seen_by_the_step_that_signs_alone() {
    with("ci.yml", |workflow| {
        assert!(workflow.words().iter().all(|(_, word)| !word.contains("secrets.")));
    });
    with("release.yml", |workflow| {
        assert!(workflow.at("on").unwrap().at("pull_request").is_none());
        let macos = job(workflow, "macos");
        let signs = nth(&macos, "cargo xtask package --built");
        let home = format!("/jobs/macos/steps/{signs}/env/");
        for (place, word) in workflow.words().iter().filter(|(_, word)| word.contains("secrets.")) {
            let name = place.strip_prefix(&home).unwrap_or_else(|| panic!("{place} sees a secret"));
            assert_eq!(*word, format!("${{{{ secrets.{name} }}}}"));
        }
        let step = &macos.steps()[signs];
        let secrets: Vec<_> = step.at("env").unwrap().words();
        assert!(secrets.iter().any(|(name, _)| name == "/APPLE_CERTIFICATE"));
        assert!(secrets.iter().any(|(name, _)| name == "/TAURI_SIGNING_PRIVATE_KEY"));
        for (name, _) in secrets {
            // One that nobody has set is no empty variable for the bundler.
            assert!(step.word("run").contains(&name[1..]), "{name}");
        }
        assert!(nth(&macos, "cargo xtask package --build") < signs);
        // None of what an earlier step has checked out or fetched keeps the token of the run either.
        for (name, job) in jobs(workflow) {
            for step in job.steps().iter().filter(|step| step.word("uses").starts_with("actions/checkout@")) {
                let keeps = step.at("with").unwrap().0["persist-credentials"].as_bool();
                assert_eq!(keeps, Some(false), "{name}");
            }
        }
    });
}

#[test]
fn a_release_packages_on_both_systems_and_gives_sums_and_lists_of_parts() {
    with("release.yml", |workflow| {
        let [linux, macos, release] = ["linux", "macos", "release"].map(|name| job(workflow, name));
        assert!(runs(&linux).contains(&"cargo xtask package"));
        assert!(nth(&linux, ".cdx.json") > nth(&linux, "cargo xtask package"));
        let gathers = nth(&macos, "cargo xtask package --cask");
        assert!(gathers > nth(&macos, "cargo xtask package --built"));
        assert_eq!(gathers, nth(&macos, ".cdx.json"));
        assert!(nth(&release, "sha256sum") < nth(&release, "gh release create"));
        let needs: Vec<_> = release.0["needs"].as_vec().unwrap().iter().filter_map(Yaml::as_str).collect();
        assert_eq!(needs, ["linux", "macos"]);
    });
}

/// What was to be signed and is missing ends a release.
#[test]
fn nothing_that_fails_is_passed_over() {
    for name in WORKFLOWS {
        with(name, |workflow| {
            for (place, word) in workflow.words() {
                assert!(
                    !word.contains("|| true") && !place.ends_with("continue-on-error"),
                    "{name}: {place}"
                );
            }
        });
    }
    with("release.yml", |workflow| {
        let macos = job(workflow, "macos");
        let step = &macos.steps()[nth(&macos, ".app.tar.gz.sig")];
        assert_eq!(step.word("if"), "steps.sign.outputs.updates");
        let signs = &macos.steps()[nth(&macos, "cargo xtask package --built")];
        assert_eq!(signs.word("id"), "sign");
        assert!(signs.word("run").contains("[ -n \"$TAURI_SIGNING_PRIVATE_KEY\" ]"));
    });
}

/// The app is built with where it looks and with the key that it believes; who signs is told the same one.
#[test]
fn a_release_announces_itself_where_the_app_looks() {
    with("release.yml", |workflow| {
        let macos = job(workflow, "macos");
        let builds = &macos.steps()[nth(&macos, "cargo xtask package --build")];
        let env = builds.at("env").unwrap();
        assert!(env.word("LONGWIRE_UPDATE_URL").ends_with("/releases/latest/download/latest.json"));
        let signs = &macos.steps()[nth(&macos, "cargo xtask package --built")];
        let key = env.word("LONGWIRE_UPDATE_KEY");
        assert_eq!(
            (key, signs.at("env").unwrap().word("LONGWIRE_UPDATE_KEY")),
            ("${{ vars.LONGWIRE_UPDATE_KEY }}", key)
        );
        let announces = nth(&macos, "cargo xtask package --manifest");
        assert!(runs(&macos)[announces].contains("> out/latest.json"));
        let announces = &macos.steps()[announces];
        assert_eq!(announces.word("if"), "steps.sign.outputs.updates");
        assert_eq!(announces.at("env").unwrap().word("LONGWIRE_UPDATE_KEY"), key);
    });
}

/// Runs the step that signs with these variables, the others empty as GitHub leaves them: whether it succeeds, what it puts out,
/// and which variables the bundler sees.
fn sign(given: &[(&str, &str)]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("cargo"), "#!/bin/sh\nenv >\"$SEEN\"\n").unwrap();
    fs::set_permissions(at("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    let (script, names) = with("release.yml", |workflow| {
        let macos = job(workflow, "macos");
        let step = &macos.steps()[nth(&macos, "cargo xtask package --built")];
        let names: Vec<_> = step.at("env").unwrap().words().into_iter().map(|(name, _)| name).collect();
        (step.word("run").to_owned(), names)
    });
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", &script]).env_clear();
    bash.env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()));
    bash.env("GITHUB_OUTPUT", at("output")).env("SEEN", at("seen"));
    bash.envs(names.iter().map(|name| (&name[1..], ""))).envs(given.iter().copied());
    let succeeds = bash.output().unwrap().status.success();
    let read = |name| fs::read_to_string(at(name)).unwrap_or_default();
    (succeeds, read("output"), read("seen"))
}

#[test]
fn what_is_not_there_to_sign_with_is_no_empty_variable_and_half_of_it_ends_the_release() {
    let (succeeds, output, seen) = sign(&[]);
    assert!(succeeds && output == "signed=\nnotarised=\nupdates=\n", "{output}");
    assert!(!seen.contains("APPLE_") && !seen.contains("TAURI_"), "{seen}");

    let (succeeds, output, seen) = sign(&[("APPLE_CERTIFICATE", "c"), ("APPLE_ID", "a")]);
    assert!(succeeds && output == "signed=yes\nnotarised=yes\nupdates=\n", "{output}");
    assert!(seen.contains("APPLE_CERTIFICATE=c\n") && !seen.contains("APPLE_PASSWORD"), "{seen}");

    let (succeeds, _, seen) = sign(&[("TAURI_SIGNING_PRIVATE_KEY", "k")]);
    assert!(!succeeds && seen.is_empty(), "no app would know the key");
    let (succeeds, _, seen) = sign(&[("LONGWIRE_UPDATE_KEY", "p")]);
    assert!(!succeeds && seen.is_empty(), "apps would look for what is not there");
    let (succeeds, output, _) = sign(&[("TAURI_SIGNING_PRIVATE_KEY", "k"), ("LONGWIRE_UPDATE_KEY", "p")]);
    assert!(succeeds && output.ends_with("updates=yes\n"), "{output}");
}
