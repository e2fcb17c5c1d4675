//! `cargo xtask generate`: what the program knows about itself, written where people look for it.

use crate::{Outcome, licences, shell};
use std::path::{Path, PathBuf};
use std::process::Command;

const SETTINGS: &str = "docs/guide/src/settings.md";

/// With `--check`, nothing is written and what is stale is an error.
pub fn run(arguments: &[String]) -> Outcome {
    let only_check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err("it takes nothing, or --check".to_owned()),
    };
    licences::list(only_check)?;
    settings(only_check)?;
    match only_check {
        true => open_api("the_committed_document_is_current"),
        false => open_api("write_the_document"),
    }
}

/// The guide's page of settings, from the table that the program itself reads them by.
pub fn settings(only_check: bool) -> Outcome {
    let text = shell::run_quietly(Command::new(build()?).args(["settings", "--markdown"]))?;
    let path = shell::root().join(SETTINGS);
    if is_fresh(&path, &text) {
        return Ok(());
    }
    if only_check {
        return Err(format!("{SETTINGS} is stale; run `cargo xtask generate`"));
    }
    write(&path, &text)?;
    eprintln!("written: {SETTINGS}");
    Ok(())
}

/// The routes are known inside the crate `api` only, so its own tests write and compare `docs/api/openapi.json`.
fn open_api(test: &str) -> Outcome {
    let mut command = shell::cargo();
    command.args([
        "test",
        "--quiet",
        "--package",
        "api",
        "--test",
        "wire",
        "--",
        "--include-ignored",
        "--exact",
        test,
    ]);
    shell::run(&mut command)
}

/// Built together with the whole workspace, as the tests are: alone, cargo would build much of it once more.
fn build() -> Result<PathBuf, String> {
    let mut command = shell::cargo();
    command.args([
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "aptdesk",
        "--message-format=json-render-diagnostics",
    ]);
    shell::say(&command);
    let done = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| shell::could_not_start(&command, &error))?;
    if !done.status.success() {
        return Err("aptdesk does not build; see above".to_owned());
    }
    executable_in(&String::from_utf8_lossy(&done.stdout)).ok_or_else(|| "cargo built no aptdesk".to_owned())
}

/// The last program that cargo says it made.
fn executable_in(messages: &str) -> Option<PathBuf> {
    let objects =
        messages.lines().rev().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    objects.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).next()
}

pub fn is_fresh(path: &Path, text: &str) -> bool {
    std::fs::read_to_string(path).is_ok_and(|written| written == text)
}

pub fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_in_what_cargo_says() {
        let said = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n{\"reason\":\"compiler-artifact\",\"executable\":\"out/aptdesk\"}\n{\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executable_in(said), Some(PathBuf::from("out/aptdesk")));
        assert_eq!(executable_in("nonsense\n"), None);
    }

    #[test]
    fn a_page_that_says_something_else_is_stale() {
        let folder = tempfile::tempdir().expect("a folder");
        let page = folder.path().join("deeper/settings.md");
        assert!(!is_fresh(&page, "new"));
        write(&page, "new").expect("written");
        assert!(is_fresh(&page, "new") && !is_fresh(&page, "newer"));
    }
}
