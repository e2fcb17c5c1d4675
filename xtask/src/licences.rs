//! The licence of every package of others that is part of the program: a list made of the lock files, for its about page.
//!
//! Of crates, those that the program `aptdesk` is built from; of npm packages, those that end up in its pages. Tools
//! of the workshop (compilers, test programs) are left out: nobody who runs a desk runs them.

use crate::{Outcome, generate, shell};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const LIST: &str = "crates/web/licences.txt";
/// Packages differ from system to system; the list is that of the one most desks run on.
const SYSTEM: &str = "x86_64-unknown-linux-gnu";
/// npm packages that make or test the pages and are no part of them.
const TOOLS: [&str; 5] = ["axe-core", "esbuild", "harfbuzzjs", "subset-font", "typescript"];

/// Licence → packages with their versions.
type Packages = BTreeMap<String, BTreeSet<String>>;

pub fn list(only_check: bool) -> Outcome {
    let text = text()?;
    let path = shell::root().join(LIST);
    if generate::is_fresh(&path, &text) {
        return Ok(());
    }
    if only_check {
        return Err(format!("{LIST} is stale; run `cargo xtask generate`"));
    }
    generate::write(&path, &text)?;
    eprintln!("written: {LIST}");
    Ok(())
}

fn text() -> Result<String, String> {
    let mut command = shell::cargo();
    command.args(["metadata", "--format-version=1", "--quiet", "--locked", "--filter-platform", SYSTEM]);
    let metadata = parse("cargo metadata", &shell::run_quietly(&mut command)?)?;
    let read = |name: &str| {
        let path = shell::root().join("ui").join(name);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        parse(name, &text)
    };
    let npm = npm_packages(&read("package.json")?, &read("package-lock.json")?)?;
    let mut text = String::new();
    for (title, packages) in [("crates", crates(&metadata)?), ("npm", npm)] {
        text.push_str(&format!("# {title}\n"));
        for (licence, names) in packages {
            let names: Vec<String> = names.into_iter().collect();
            text.push_str(&format!("{licence}: {}\n", names.join(", ")));
        }
    }
    Ok(text)
}

fn parse(what: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{what}: {error}"))
}

/// What the program is made of, from itself down; neither what builds it nor what tests it.
fn crates(metadata: &Value) -> Result<Packages, String> {
    let by_id: HashMap<&str, &Value> = all(&metadata["packages"]).map(|it| (word(&it["id"]), it)).collect();
    let nodes: HashMap<&str, &Value> =
        all(&metadata["resolve"]["nodes"]).map(|it| (word(&it["id"]), it)).collect();
    let program = by_id.iter().find(|(_, package)| package["name"] == "aptdesk").map(|(id, _)| *id);
    let mut next = vec![program.ok_or("cargo knows no aptdesk")?];
    let mut seen: BTreeSet<&str> = next.iter().copied().collect();
    let mut found = Packages::new();
    while let Some(id) = next.pop() {
        let package = by_id.get(id).ok_or_else(|| format!("cargo does not say what {id} is"))?;
        if !package["source"].is_null() {
            add(&mut found, package, word(&package["name"]))?;
        }
        for dependency in nodes.get(id).into_iter().flat_map(|node| all(&node["deps"])) {
            let at_run_time = all(&dependency["dep_kinds"]).any(|it| it["kind"].is_null());
            if at_run_time && seen.insert(word(&dependency["pkg"])) {
                next.push(word(&dependency["pkg"]));
            }
        }
    }
    Ok(found)
}

fn npm_packages(manifest: &Value, lock: &Value) -> Result<Packages, String> {
    let of = |value: &Value, kind: &str| -> Vec<String> {
        value[kind].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
    };
    let mut next = [of(manifest, "dependencies"), of(manifest, "devDependencies")].concat();
    next.retain(|name| !TOOLS.contains(&name.as_str()));
    let mut seen: BTreeSet<String> = next.iter().cloned().collect();
    let mut found = Packages::new();
    while let Some(name) = next.pop() {
        let package = &lock["packages"][format!("node_modules/{name}")];
        if package.is_null() {
            // A peer that nobody installed.
            continue;
        }
        add(&mut found, package, &name)?;
        for below in [of(package, "dependencies"), of(package, "peerDependencies")].concat() {
            if seen.insert(below.clone()) {
                next.push(below);
            }
        }
    }
    Ok(found)
}

fn add(found: &mut Packages, package: &Value, name: &str) -> Outcome {
    let licence = word(&package["license"]);
    if licence.is_empty() {
        return Err(format!("{name} does not name its licence"));
    }
    let licence = choice(licence);
    let version = word(&package["version"]);
    found.entry(licence).or_default().insert(format!("{name} {version}"));
    Ok(())
}

/// A choice is written in many ways and orders: here in one.
fn choice(licence: &str) -> String {
    if licence.contains('(') || licence.contains(" AND ") {
        return licence.to_owned();
    }
    let licence = licence.replace('/', " OR ");
    let mut ways: Vec<&str> = licence.split(" OR ").map(str::trim).collect();
    ways.sort_unstable();
    ways.join(" OR ")
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_committed_list_is_that_of_the_lock_files() {
        list(true).expect("fresh");
    }

    #[test]
    fn what_only_tests_or_builds_is_no_part_of_the_program() {
        let package = |name: &str, source: Option<&str>| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": source });
        let to = |name: &str, kind: Option<&str>| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("aptdesk", None), package("axum", Some("r")), package("cc", Some("r")), package("tower", Some("r"))],
            "resolve": { "nodes": [
                { "id": "aptdesk", "deps": [to("axum", None), to("cc", Some("build"))] },
                { "id": "axum", "deps": [to("tower", None)] },
            ]},
        });
        let found = crates(&metadata).expect("a list");
        let names: Vec<&String> = found["Apache-2.0 OR MIT"].iter().collect();
        assert_eq!(names, ["axum 1.0.0", "tower 1.0.0"]);
    }

    #[test]
    fn tools_of_the_workshop_are_left_out_and_a_missing_licence_is_an_error() {
        let manifest = json!({ "devDependencies": { "htmx.org": "4", "esbuild": "0" } });
        let lock = |licence: Option<&str>| json!({ "packages": { "node_modules/htmx.org": { "version": "4.0.1", "license": licence } } });
        let found = npm_packages(&manifest, &lock(Some("0BSD"))).expect("a list");
        assert_eq!(found["0BSD"].iter().collect::<Vec<_>>(), ["htmx.org 4.0.1"]);
        assert!(npm_packages(&manifest, &lock(None)).is_err());
    }
}
