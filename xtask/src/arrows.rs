//! Arrows point down: which crate may know which, read from `cargo metadata`. A part of `cargo xtask tidy`.
//!
//! `aptdesk` may use everything. A door uses the desk and what lies below, and no other door. The desk has never heard
//! of a protocol. The thinkers do no I/O. `db` and `jobs` know no ticket.

use crate::shell;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

struct Place {
    name: &'static str,
    /// Crates of this workspace that it may use.
    uses: &'static [&'static str],
    /// Crates that it must not reach, not even through others.
    never: &'static [&'static str],
}

const BELOW_DOORS: &[&str] = &["desk", "skills", "routing", "floor", "text", "db", "jobs", "aptdesk-ui"];

/// Words of a protocol: these belong to doors.
const PROTOCOLS: &[&str] = &[
    "axum",
    "hyper",
    "http",
    "tower",
    "tower-http",
    "askama",
    "lettre",
    "mail-parser",
    "mail-builder",
    "mail-auth",
    "smtp-proto",
    "async-imap",
    "rustls",
    "tokio-rustls",
    "utoipa",
];

/// The distributions of `rand` may be built with the system's chance in them; a lint forbids to call it.
const OUTSIDE_WORLD_BUT_CHANCE: &[&str] = &[
    "tokio",
    "futures",
    "futures-util",
    "axum",
    "hyper",
    "rusqlite",
    "postgres",
    "reqwest",
    "rustls",
    "tempfile",
    "tracing",
    "jiff",
    "chrono",
];

/// A thinker that reaches one of these could wait, read or write.
const OUTSIDE_WORLD: &[&str] = &[
    "tokio",
    "futures",
    "futures-util",
    "axum",
    "hyper",
    "rusqlite",
    "postgres",
    "reqwest",
    "rustls",
    "getrandom",
    "tempfile",
    "tracing",
    "jiff",
    "chrono",
];

const PLACES: &[Place] = &[
    Place {
        name: "aptdesk",
        uses: &[
            "web",
            "helpcenter",
            "api",
            "mail",
            "desk",
            "skills",
            "routing",
            "floor",
            "text",
            "db",
            "jobs",
            "aptdesk-ui",
        ],
        never: &[],
    },
    Place { name: "web", uses: BELOW_DOORS, never: &["lettre", "mail-parser", "async-imap", "smtp-proto"] },
    Place {
        name: "helpcenter",
        uses: BELOW_DOORS,
        never: &["lettre", "mail-parser", "async-imap", "smtp-proto"],
    },
    Place { name: "api", uses: BELOW_DOORS, never: &["lettre", "mail-parser", "async-imap", "smtp-proto"] },
    Place { name: "mail", uses: BELOW_DOORS, never: &["axum", "askama"] },
    Place { name: "desk", uses: &["skills", "routing", "floor", "text", "db", "jobs"], never: PROTOCOLS },
    Place { name: "skills", uses: &[], never: OUTSIDE_WORLD },
    Place { name: "routing", uses: &["skills"], never: OUTSIDE_WORLD },
    Place { name: "floor", uses: &["skills", "routing"], never: OUTSIDE_WORLD_BUT_CHANCE },
    Place { name: "text", uses: &[], never: OUTSIDE_WORLD },
    Place { name: "jobs", uses: &["db"], never: PROTOCOLS },
    Place { name: "db", uses: &[], never: PROTOCOLS },
    Place { name: "aptdesk-ui", uses: &[], never: &[] },
    Place { name: "testkit", uses: &["desk", "skills", "routing", "text", "db", "jobs"], never: &[] },
    Place {
        name: "xtask",
        uses: &[
            "aptdesk",
            "api",
            "web",
            "helpcenter",
            "mail",
            "desk",
            "skills",
            "routing",
            "floor",
            "text",
            "db",
            "jobs",
            "testkit",
        ],
        never: &[],
    },
];

/// Those whose tests may stand in a small world of the desk; below it, the world would know more than the crate.
const MAY_TEST_WITH_TESTKIT: &[&str] = &["aptdesk", "web", "helpcenter", "api", "mail", "desk"];

/// What is used where, without what only tests use.
#[derive(Default)]
pub struct Map {
    members: BTreeSet<String>,
    uses: BTreeMap<String, BTreeSet<String>>,
    tests_use: BTreeMap<String, BTreeSet<String>>,
}

/// Every arrow that points up, as a sentence.
pub fn wrong_arrows() -> Result<Vec<String>, String> {
    let mut command = shell::cargo();
    command.args(["metadata", "--format-version=1", "--quiet"]);
    command.arg("--filter-platform").arg(host()?);
    let text = shell::run_quietly(&mut command)?;
    let metadata = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    Ok(judge(&read(&metadata)))
}

fn host() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = shell::run_quietly(std::process::Command::new(rustc).arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say for which machine it compiles".to_owned())
}

fn read(metadata: &Value) -> Map {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let name_of = |id: &Value| names.get(id.as_str().unwrap_or_default()).cloned().unwrap_or_default();
    let mut map =
        Map { members: list(&metadata["workspace_members"]).iter().map(name_of).collect(), ..Map::default() };
    for node in list(&metadata["resolve"]["nodes"]) {
        let name = name_of(&node["id"]);
        for dependency in list(&node["deps"]) {
            let kinds: Vec<String> =
                list(&dependency["dep_kinds"]).iter().map(|kind| text(&kind["kind"])).collect();
            // A normal dependency has no kind; what builds a crate is not in it.
            if kinds.iter().any(String::is_empty) {
                map.uses.entry(name.clone()).or_default().insert(name_of(&dependency["pkg"]));
            } else if kinds.iter().any(|kind| kind == "dev") {
                map.tests_use.entry(name.clone()).or_default().insert(name_of(&dependency["pkg"]));
            }
        }
    }
    map
}

fn judge(map: &Map) -> Vec<String> {
    let mut wrong = Vec::new();
    for member in &map.members {
        let Some(place) = PLACES.iter().find(|place| place.name == member) else {
            wrong.push(format!("the crate {member} has no place yet; give it one in xtask/src/arrows.rs"));
            continue;
        };
        let direct = map.uses.get(member).into_iter().flatten();
        for used in direct.filter(|used| map.members.contains(*used) && !place.uses.contains(&used.as_str()))
        {
            wrong.push(format!("{member} uses {used}, but arrows point down"));
        }
        for met in place.never {
            if let Some(path) = path_to(map, member, met) {
                wrong.push(format!("{member} must not reach {met}, but {}", path.join(" → ")));
            }
        }
        let by_tests = map.tests_use.get(member).into_iter().flatten();
        for used in by_tests.filter(|used| map.members.contains(*used)) {
            let allowed = place.uses.contains(&used.as_str())
                || used == member
                || (used == "testkit" && MAY_TEST_WITH_TESTKIT.contains(&member.as_str()));
            if !allowed {
                wrong.push(format!("the tests of {member} use {used}, but arrows point down"));
            }
        }
    }
    wrong
}

/// How `from` reaches `to`, if it does.
fn path_to(map: &Map, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut paths = vec![vec![from.to_owned()]];
    while let Some(path) = paths.pop() {
        for next in map.uses.get(path.last()?).into_iter().flatten() {
            let mut longer = path.clone();
            longer.push(next.clone());
            if next == to {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                paths.push(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(members: &[&str], uses: &[(&str, &str)]) -> Map {
        let mut map =
            Map { members: members.iter().map(|name| (*name).to_owned()).collect(), ..Map::default() };
        for (from, to) in uses {
            map.uses.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        map
    }

    #[test]
    fn the_arrows_of_this_workspace_point_down() {
        let wrong = wrong_arrows().expect("cargo metadata answers");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_door_uses_another_door() {
        let wrong = judge(&map(&["web", "api", "desk"], &[("web", "desk"), ("web", "api")]));
        assert_eq!(wrong, ["web uses api, but arrows point down"]);
    }

    #[test]
    fn what_is_reached_through_others_counts_as_well() {
        let wrong =
            judge(&map(&["desk"], &[("desk", "helper"), ("helper", "web-things"), ("web-things", "axum")]));
        assert_eq!(wrong, ["desk must not reach axum, but desk → helper → web-things → axum"]);
    }

    #[test]
    fn a_new_crate_has_to_be_given_a_place() {
        let wrong = judge(&map(&["voice"], &[]));
        assert!(wrong[0].contains("voice has no place"), "{wrong:?}");
    }

    #[test]
    fn the_world_of_the_desk_is_not_for_tests_below_it() {
        let mut map = map(&["db", "testkit"], &[]);
        map.tests_use.insert("db".into(), BTreeSet::from(["testkit".to_owned()]));
        assert_eq!(judge(&map), ["the tests of db use testkit, but arrows point down"]);
    }
}
