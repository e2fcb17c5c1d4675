//! Other programs: where they are, and running them so that the person sees what is run.

use crate::Outcome;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the workspace. Cargo names this crate's folder to whatever it runs.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    here.parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The cargo that runs us, at the root of the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // What cargo told this process about the crate xtask would mislead the next one.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs with our own output; an unhappy end is an error.
pub fn run(command: &mut Command) -> Outcome {
    say(command);
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{}` failed ({status})", line_of(command))),
    }
}

/// Runs without a word; its words are in the error.
pub fn run_quietly(command: &mut Command) -> Result<String, String> {
    let done = command.stdin(Stdio::null()).output().map_err(|error| could_not_start(command, &error))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    match done.status.success() {
        true => Ok(said),
        false => {
            let complaint = String::from_utf8_lossy(&done.stderr);
            Err(format!("`{}` failed ({}):\n{}", line_of(command), done.status, complaint.trim()))
        }
    }
}

pub fn say(command: &Command) {
    eprintln!("$ {}", line_of(command));
}

pub fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", command.get_program().to_string_lossy())
}

/// The command as a person would type it; full paths of programs are shortened to their names.
fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_else(|| command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// The first of these programs that is installed, looking in PATH and where Debian keeps servers.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

pub fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error_with_its_own_words() {
        let told = run_quietly(Command::new("sh").args(["-c", "echo no such luck >&2; exit 3"]))
            .expect_err("it failed");
        assert!(told.contains("no such luck") && told.contains("exit status: 3"), "{told}");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
        assert!(manifest.starts_with("[workspace]"));
    }

    #[test]
    fn a_program_is_found_by_any_of_its_names() {
        assert!(find_program(&["surely-not-installed-anywhere", "sh"]).is_some());
        assert!(find_program(&["surely-not-installed-anywhere"]).is_none());
    }
}
