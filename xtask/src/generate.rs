//! `cargo xtask generate`: what the program knows about itself, written where people look for it.

use crate::{Outcome, shell};
use std::path::{Path, PathBuf};
use std::process::Command;

struct Page {
    path: &'static str,
    /// What `aptdesk` is asked.
    question: &'static [&'static str],
}

const PAGES: &[Page] = &[
    Page { path: "docs/guide/src/settings.md", question: &["settings", "--markdown"] },
    Page { path: "docs/api/openapi.json", question: &["openapi"] },
];

/// With `--check`, nothing is written and a stale page is an error.
pub fn run(arguments: &[String]) -> Outcome {
    let only_check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err("it takes nothing, or --check".to_owned()),
    };
    let program = build()?;
    let mut stale = Vec::new();
    for page in PAGES {
        let text = shell::run_quietly(Command::new(&program).args(page.question))?;
        let path = shell::root().join(page.path);
        if !is_fresh(&path, &text) {
            stale.push(page.path);
            if !only_check {
                write(&path, &text)?;
                eprintln!("written: {}", page.path);
            }
        }
    }
    match only_check && !stale.is_empty() {
        true => Err(format!("stale: {}; run `cargo xtask generate`", stale.join(", "))),
        false => Ok(()),
    }
}

/// Built together with the whole workspace, as the tests are: alone, cargo would build much of it once more.
fn build() -> Result<PathBuf, String> {
    let mut command = shell::cargo();
    command.args(["build", "--quiet", "--workspace", "--bin", "aptdesk", "--message-format=json-render-diagnostics"]);
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
    let objects = messages.lines().rev().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    objects.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).next()
}

fn is_fresh(path: &Path, text: &str) -> bool {
    std::fs::read_to_string(path).is_ok_and(|written| written == text)
}

fn write(path: &Path, text: &str) -> Outcome {
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
