use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    process::{Failure, say},
    repository::{Repository, metadata},
    sources,
};

/// Who may depend on whom, among our own crates. What a crate does not name here it may not use, and a crate that
/// is not here does not belong to the house: say first on which floor it stands.
const MAY_USE: &[(&str, &[&str])] = &[
    ("longwire-app", &["longwire-contract", "longwire-engine"]),
    ("longwire-cli", &["longwire-contract", "longwire-engine", "longwire-openplatform"]),
    (
        "longwire-engine",
        &[
            "longwire-contract",
            "longwire-delivery",
            "longwire-diagnosis",
            "longwire-dial",
            "longwire-host",
            "longwire-journal",
            "longwire-link",
            "longwire-openplatform",
            "longwire-wire",
        ],
    ),
    ("longwire-diagnosis", &["longwire-contract", "longwire-dial", "longwire-link"]),
    ("longwire-link", &["longwire-dial", "longwire-wire"]),
    ("longwire-openplatform", &["longwire-dial", "longwire-wire"]),
    ("longwire-delivery", &["longwire-contract", "longwire-dial", "longwire-host", "longwire-journal"]),
    ("longwire-host", &["longwire-contract"]),
    ("longwire-journal", &["longwire-contract"]),
    ("longwire-contract", &[]),
    ("longwire-dial", &[]),
    ("longwire-wire", &[]),
    (EMPTY, &[]),
    ("xtask", &["longwire-contract"]),
];

/// The tests of the whole may use every room.
const TESTS: &str = "longwire-tests";

/// What a crate's own tests may use besides: the platform's side of the protocol, to talk to.
const TESTS_MAY_USE: &[&str] = &["longwire-openplatform"];

/// The only crate of the product that knows Tauri.
const SHELL: &str = "longwire-app";

/// What the benchmark compares the app with: Tauri, and nothing of ours.
const EMPTY: &str = "longwire-empty";

/// Bytes and words: no runtime may come with them, not even by way of another crate.
const WITHOUT_TOKIO: &[&str] = &["longwire-contract", "longwire-wire"];

/// Fails where the house is not built as drawn, and says each place.
pub(crate) fn check(repository: &Repository) -> Result<(), Failure> {
    let mut wrong = dependencies(&metadata(&repository.root, &[])?);
    wrong.extend(sources::check(&repository.root)?);
    for line in &wrong {
        say(line);
    }
    match wrong.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} against the layers (ARCHITECTURE.md draws them)"))),
    }
}

/// What the dependencies in the answer of `cargo metadata` break, a line each.
fn dependencies(metadata: &Value) -> Vec<String> {
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
    let packages: Vec<_> =
        list(&metadata["packages"]).filter(|package| members.contains(text(&package["id"]))).collect();
    let ours: BTreeSet<&str> = packages.iter().map(|package| text(&package["name"])).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = text(&package["name"]);
        let may_use = MAY_USE.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, may_use)| *may_use);
        if may_use.is_none() && name != TESTS {
            wrong.push(format!("{name} stands on no floor: add it to MAY_USE in xtask's layers.rs"));
            continue;
        }
        for dependency in list(&package["dependencies"]) {
            let (used, for_tests) = (text(&dependency["name"]), text(&dependency["kind"]) == "dev");
            let allowed = may_use.is_none_or(|may_use| may_use.contains(&used))
                || (for_tests && (TESTS_MAY_USE.contains(&used) || used == name));
            if ours.contains(used) && !allowed {
                wrong.push(format!("{name} may not use {used}"));
            }
            if used.starts_with("tauri") && ![SHELL, EMPTY].contains(&name) {
                wrong.push(format!("{name} may not use {used}: Tauri is known to {SHELL} alone"));
            }
        }
        if WITHOUT_TOKIO.contains(&name)
            && let Some(path) = path_to("tokio", text(&package["id"]), metadata)
        {
            wrong.push(format!("{name} may not bring tokio with it: {}", path.join(" → ")));
        }
    }
    wrong
}

/// How a package comes to depend on a crate of this name, tests and build scripts aside.
fn path_to(wanted: &str, from: &str, metadata: &Value) -> Option<Vec<String>> {
    let names: BTreeMap<&str, &str> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let mut reached_from = BTreeMap::from([(from, from)]);
    let mut left = vec![from];
    while let Some(id) = left.pop() {
        if names.get(id) == Some(&wanted) {
            let mut path = vec![id];
            while path.last() != Some(&from) {
                path.push(reached_from[path[path.len() - 1]]);
            }
            return Some(path.iter().rev().map(|id| (*names.get(id).unwrap_or(id)).to_owned()).collect());
        }
        for dependency in nodes.get(id).into_iter().flat_map(|node| list(&node["deps"])) {
            let normal = list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
            let next = text(&dependency["pkg"]);
            if normal && !reached_from.contains_key(next) {
                reached_from.insert(next, id);
                left.push(next);
            }
        }
    }
    None
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A crate with the names and kinds of what it depends on.
    type Crate<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

    /// A workspace of these crates; one whose name begins with `~` is someone else's.
    fn workspace(crates: &[Crate<'_>]) -> Value {
        let others = crates.iter().flat_map(|(_, uses)| uses.iter().map(|(name, _)| *name));
        let names: BTreeSet<&str> = crates.iter().map(|(name, _)| *name).chain(others).collect();
        let uses =
            |name: &str| crates.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, uses)| *uses);
        let packages: Vec<_> = names
            .iter()
            .map(|name| {
                let uses: Vec<_> =
                    uses(name).iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
                json!({ "id": format!("id:{name}"), "name": name, "dependencies": uses })
            })
            .collect();
        let nodes: Vec<_> = names
            .iter()
            .map(|name| {
                let uses: Vec<_> = uses(name)
                    .iter()
                    .map(|(name, kind)| json!({ "pkg": format!("id:{name}"), "dep_kinds": [{ "kind": kind }] }))
                    .collect();
                json!({ "id": format!("id:{name}"), "deps": uses })
            })
            .collect();
        let members: Vec<_> = crates
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !name.starts_with('~'))
            .map(|name| format!("id:{name}"))
            .collect();
        json!({ "packages": packages, "workspace_members": members, "resolve": { "nodes": nodes } })
    }

    #[test]
    fn a_house_as_drawn_passes() {
        let drawn = workspace(&[
            ("longwire-app", &[("longwire-engine", None), ("tauri", None), ("tauri-build", Some("build"))]),
            ("longwire-engine", &[("longwire-link", None), ("tokio", None)]),
            ("longwire-link", &[("longwire-wire", None), ("longwire-openplatform", Some("dev"))]),
            ("longwire-openplatform", &[("longwire-wire", None)]),
            ("longwire-wire", &[("prost", None), ("tokio", Some("dev"))]),
            ("longwire-tests", &[("longwire-cli", None), ("longwire-wire", None)]),
            ("longwire-cli", &[("longwire-engine", None)]),
        ]);
        assert_eq!(dependencies(&drawn), [""; 0]);
    }

    #[test]
    fn an_import_that_runs_upwards_is_found() {
        for kind in [None, Some("dev"), Some("build")] {
            let upwards = workspace(&[("longwire-wire", &[("longwire-link", kind)]), ("longwire-link", &[])]);
            assert_eq!(dependencies(&upwards), ["longwire-wire may not use longwire-link"], "{kind:?}");
        }
    }

    #[test]
    fn tauri_outside_the_shell_is_found() {
        let engine = workspace(&[("longwire-engine", &[("tauri-plugin-log", None)])]);
        assert_eq!(dependencies(&engine).len(), 1, "{engine}");
    }

    #[test]
    fn tokio_that_comes_by_way_of_another_is_found() {
        let wire = workspace(&[("longwire-wire", &[("~prost", None)]), ("~prost", &[("tokio", None)])]);
        assert_eq!(
            dependencies(&wire),
            ["longwire-wire may not bring tokio with it: longwire-wire → ~prost → tokio"]
        );
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(dependencies(&workspace(&[("longwire-attic", &[])])).len(), 1);
    }
}
