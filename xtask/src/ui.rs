//! `cargo xtask ui`: scripts and styles, bundled into `ui/dist` for looking at; builds embed their own bundle.

use crate::{Outcome, shell};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

/// How often the sources are looked at while watching.
const LOOK_EVERY_MS: u64 = 300;

pub fn run(arguments: &[String]) -> Outcome {
    install_packages()?;
    match arguments {
        [] => bundle(),
        [only] if only == "--watch" => watch(),
        _ => Err("it takes nothing, or --watch".to_owned()),
    }
}

pub fn check_types() -> Outcome {
    install_packages()?;
    shell::run(npm().args(["run", "--silent", "check"]))
}

fn folder() -> PathBuf {
    shell::root().join("ui")
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

/// The same stamp as in `ui/build.rs`: packages are installed again only when the lock file has changed.
fn install_packages() -> Outcome {
    if shell::find_program(&["npm"]).is_none() {
        return Err(
            "npm is missing; install Node 20 or newer (on Debian: apt-get install nodejs npm)".to_owned()
        );
    }
    let lock = std::fs::read(folder().join("package-lock.json"))
        .map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = folder().join("node_modules/.aptdesk-lock");
    if std::fs::read(&stamp).ok().as_deref() == Some(lock.as_slice()) {
        return Ok(());
    }
    shell::run(npm().args([
        "ci",
        "--ignore-scripts",
        "--prefer-offline",
        "--include=dev",
        "--no-audit",
        "--no-fund",
    ]))?;
    std::fs::write(&stamp, &lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn bundle() -> Outcome {
    let mut command = Command::new("node");
    shell::run(command.current_dir(folder()).args(["build.mjs", "--outdir", "dist", "--gallery"]))
}

/// Bundles at every change until it is stopped. A mistake in a script is shown and waited out.
fn watch() -> Outcome {
    // Nothing is ever sent: this is the wait between two looks.
    let (_keep, wake) = channel::<()>();
    let mut seen = None;
    loop {
        let newest = newest_change(&folder());
        if newest != seen {
            seen = newest;
            if let Err(problem) = bundle() {
                eprintln!("{problem}");
            }
        }
        if wake.recv_timeout(Duration::from_millis(LOOK_EVERY_MS)) == Err(RecvTimeoutError::Disconnected) {
            return Ok(());
        }
    }
}

fn newest_change(ui: &Path) -> Option<SystemTime> {
    let mut newest = std::fs::metadata(ui.join("build.mjs")).and_then(|it| it.modified()).ok();
    for folder in ["src", "src/icons", "styles"] {
        for entry in std::fs::read_dir(ui.join(folder)).into_iter().flatten().flatten() {
            newest = newest.max(entry.metadata().and_then(|it| it.modified()).ok());
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_script_is_noticed() {
        let ui = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(ui.path().join("src")).expect("a folder");
        let script = ui.path().join("src/app.ts");
        std::fs::write(&script, "1").expect("written");
        let before = newest_change(ui.path()).expect("a moment");
        let later = before + Duration::from_secs(5);
        std::fs::File::options()
            .append(true)
            .open(&script)
            .and_then(|file| file.set_modified(later))
            .expect("touched");
        assert_eq!(newest_change(ui.path()), Some(later));
    }
}
