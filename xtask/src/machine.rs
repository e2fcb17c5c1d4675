//! What tests need of the machine. On Debian, as root, what is missing is installed; elsewhere it is named.

use crate::{Outcome, shell};
use std::path::PathBuf;
use std::process::Command;

/// A program that tests use when it is there.
struct Need {
    package: &'static str,
    meaning: &'static str,
    is_here: fn() -> bool,
}

const NEEDS: [Need; 3] = [
    Need {
        package: "postgresql",
        meaning: "without it tests run on SQLite only",
        is_here: || postgres_programs().is_some() || shell::is_set("TEST_PG_URL"),
    },
    Need {
        package: "chromium",
        meaning: "without it screens are not tried in a browser",
        is_here: || shell::find_program(&["chromium", "chromium-browser", "google-chrome"]).is_some(),
    },
    Need {
        package: "dovecot-imapd",
        meaning: "without it IMAP is only tried against a scripted server",
        is_here: || shell::find_program(&["dovecot"]).is_some(),
    },
];

/// The folder that holds `initdb` and `postgres`; the newest, where Debian keeps several.
pub fn postgres_programs() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = folders
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    versions.sort();
    let elsewhere = || Some(shell::find_program(&["initdb"])?.canonicalize().ok()?.parent()?.to_owned());
    versions.pop().map(|(_, folder)| folder).or_else(elsewhere)
}

/// Installs what is missing where that can be done without asking; says what stays missing, and goes on.
pub fn prepare() {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_here)()).collect();
    if missing.is_empty() {
        return;
    }
    if is_root() && shell::find_program(&["apt-get"]).is_some() {
        let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
        if let Err(problem) = install(&packages) {
            eprintln!("{problem}");
        }
    }
    for need in missing.iter().filter(|need| !(need.is_here)()) {
        eprintln!(
            "missing: {} ({}); on Debian: apt-get install {}",
            need.package, need.meaning, need.package
        );
    }
}

pub fn is_root() -> bool {
    shell::run_quietly(Command::new("id").arg("-u")).is_ok_and(|answer| answer.trim() == "0")
}

/// The lists of packages are fetched only when installing without them has failed.
fn install(packages: &[&str]) -> Outcome {
    if apt_get(&["install", "--yes", "--no-install-recommends"], packages).is_ok() {
        return Ok(());
    }
    apt_get(&["update"], &[])?;
    apt_get(&["install", "--yes", "--no-install-recommends"], packages)
}

fn apt_get(verb: &[&str], packages: &[&str]) -> Outcome {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet=2").args(verb).args(packages);
    shell::say(&command);
    shell::run_quietly(&mut command).map(drop)
}
