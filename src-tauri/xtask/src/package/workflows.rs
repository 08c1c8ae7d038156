//! What GitHub runs: read here, since it can be run nowhere else.

use std::{
    fs,
    path::{Path, PathBuf},
};

use saphyr::{LoadableYamlNode, Yaml};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn text(name: &str) -> String {
    fs::read_to_string(repository().join(".github/workflows").join(name)).unwrap()
}

/// The words of every step of every job: what it runs or uses.
fn steps(name: &str) -> Vec<String> {
    let text = text(name);
    let documents = Yaml::load_from_str(&text).unwrap();
    let jobs = documents[0]["jobs"].as_mapping().unwrap();
    let steps = jobs.values().flat_map(|job| job["steps"].as_vec().unwrap());
    steps
        .map(|step| {
            let word = |key: &str| step.as_mapping_get(key).and_then(Yaml::as_str).unwrap_or_default();
            let words = format!("{}{}", word("run"), word("uses"));
            assert!(!words.is_empty(), "{name}: a step that does nothing: {step:?}");
            words
        })
        .collect()
}

#[test]
fn a_change_has_to_pass_what_a_developer_runs() {
    assert!(steps("ci.yml").contains(&"bash .ci/run".to_owned()));
    assert!(repository().join(".ci/run").is_file());
}

#[test]
fn a_release_packages_on_both_systems_and_gives_sums_and_lists_of_parts() {
    let steps = steps("release.yml");
    let runs = |words: &str| steps.iter().filter(|step| step.contains(words)).count();
    assert_eq!(runs("cargo xtask package --cask"), 1);
    assert_eq!(runs("cargo xtask package"), 3);
    assert_eq!(runs("sha256sum"), 1);
    assert_eq!(runs(".cdx.json"), 2);
    assert_eq!(runs("gh release create"), 1);
}

/// A fork's change must not read a secret, and no step may hand one to a program on its command line.
#[test]
fn secrets_are_in_the_environment_of_a_release_alone() {
    assert!(!text("ci.yml").contains("secrets."));
    assert!(!text("release.yml").contains("pull_request"));
    assert!(steps("release.yml").iter().all(|step| !step.contains("secrets.")));
}

#[test]
fn every_action_is_of_a_version() {
    for name in ["ci.yml", "release.yml"] {
        for step in steps(name).iter().filter(|step| step.starts_with("actions/")) {
            assert!(step.contains("@v"), "{name}: {step}");
        }
    }
}
