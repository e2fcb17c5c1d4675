//! Gathers the texts of the licences of the crates in the program from where cargo keeps their sources, for the page
//! about the desk. The list of crates is that of `licences.txt`; a text that is not found is said to be missing, and the
//! build goes on.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

const LIST: &str = "licences.txt";
/// How the name of a file with a licence begins, in lower case.
const BEGINNINGS: [&str; 6] = ["license", "licence", "copying", "notice", "copyright", "unlicense"];
/// A file that is larger is no licence.
const TEXT_BYTES_MAX: u64 = 256 * 1024;

fn main() {
    println!("cargo:rerun-if-changed={LIST}");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the output folder"));
    let list = fs::read_to_string(LIST).expect("the list stands beside this script");
    fs::write(out.join("licence-texts.txt"), texts(&list, &shelves()))
        .expect("the output folder can be written");
}

/// Each text once, after the names of all that carry it.
fn texts(list: &str, shelves: &[PathBuf]) -> String {
    let mut carriers: BTreeMap<String, (String, Vec<&str>)> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut all: Vec<&str> = crates(list).collect();
    all.sort_unstable();
    for package in all {
        let folder = package.replacen(' ', "-", 1);
        let found = shelves.iter().map(|shelf| licences_in(&shelf.join(&folder))).find(|it| !it.is_empty());
        if found.is_none() {
            missing.push(package);
        }
        for text in found.into_iter().flatten() {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            carriers.entry(words).or_insert((text, Vec::new())).1.push(package);
        }
    }
    let mut parts: Vec<(String, Vec<&str>)> = carriers.into_values().collect();
    parts.sort_by(|one, other| one.1.cmp(&other.1));
    let rule = "=".repeat(72);
    let mut said: String = parts
        .iter()
        .map(|(text, names)| format!("{rule}\n{}\n\n{}\n\n", names.join(", "), text.trim()))
        .collect();
    if !missing.is_empty() {
        said.push_str(&format!("{rule}\nWithout a file of their own: {}\n", missing.join(", ")));
    }
    said
}

/// `name version` of each crate in the list.
fn crates(list: &str) -> impl Iterator<Item = &str> {
    let part = list.split("# npm").next().unwrap_or_default();
    part.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, names)| names.split(", "))
}

/// Where cargo keeps the sources of crates, one folder for each registry.
fn shelves() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    paths_in(&home.join("registry").join("src"))
}

/// The files of that name beside each other, or in a folder of that name.
fn licences_in(folder: &Path) -> Vec<String> {
    let is_named_so = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
    };
    let below = |path: PathBuf| if path.is_dir() { paths_in(&path) } else { vec![path] };
    let named = paths_in(folder).into_iter().filter(is_named_so).flat_map(below);
    let is_small =
        |path: &PathBuf| path.metadata().is_ok_and(|it| it.is_file() && it.len() <= TEXT_BYTES_MAX);
    let bytes = named.filter(is_small).filter_map(|path| fs::read(path).ok());
    bytes.map(|it| String::from_utf8_lossy(&it).into_owned()).collect()
}

/// In the order of their names; none if it is no folder.
fn paths_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    paths.sort();
    paths
}
