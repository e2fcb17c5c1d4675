//! `cargo xtask tidy`: rules of this repository that no compiler knows. Each says what is wrong in which file.

mod manifest;
mod source;
mod statements;
mod templates;

use crate::{Outcome, arrows, shell};
use std::path::Path;

/// A file of the repository, by its path from the root with `/`.
struct File {
    path: String,
    text: String,
}

/// What is ours to keep tidy.
const FOLDERS: &[&str] = &["crates", "ui", "xtask", "migrations", "docs", "fuzz", ".ci", ".cargo", ".config"];
/// What tools put there.
const NOT_OURS: &[&str] = &["node_modules", "target", "dist", "package-lock.json", "corpus", "artifacts"];
const KINDS: &[&str] = &["rs", "toml", "md", "html", "css", "ts", "mjs", "json", "sql", "yml", "run"];

pub fn run(_arguments: &[String]) -> Outcome {
    let found = look()?;
    for warning in &found.warnings {
        eprintln!("note: {warning}");
    }
    for problem in &found.problems {
        eprintln!("{problem}");
    }
    match found.problems.len() {
        0 => Ok(()),
        count => Err(format!("{count} things are not tidy")),
    }
}

#[derive(Default)]
struct Found {
    problems: Vec<String>,
    /// Worth a thought, and no more.
    warnings: Vec<String>,
}

fn look() -> Result<Found, String> {
    let files = read_all(&shell::root())?;
    let mut found = Found::default();
    for file in &files {
        source::look(file, &mut found);
        statements::look(file, &mut found);
        templates::look(file, &mut found);
    }
    manifest::look(&files, &mut found);
    found.problems.extend(arrows::wrong_arrows()?);
    Ok(found)
}

fn read_all(root: &Path) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        gather(root, &root.join(folder), &mut files)?;
    }
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        if entry.path().is_file() {
            keep(root, &entry.path(), &mut files)?;
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<File>) -> Outcome {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        match path.is_dir() {
            true => gather(root, &path, files)?,
            false => keep(root, &path, files)?,
        }
    }
    Ok(())
}

fn keep(root: &Path, path: &Path, files: &mut Vec<File>) -> Outcome {
    let kind = path.extension().or(path.file_name()).and_then(|kind| kind.to_str()).unwrap_or_default();
    if !KINDS.contains(&kind) {
        return Ok(());
    }
    // Another program may remove a file while we look.
    let Ok(bytes) = std::fs::read(path) else { return Ok(()) };
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
    files.push(File { path: name, text });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let found = look().expect("it can be looked at");
        assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
    }

    #[test]
    fn what_tools_put_there_is_not_looked_at() {
        let root = tempfile::tempdir().expect("a folder");
        for path in ["crates/a/src/lib.rs", "ui/node_modules/b/index.ts", "crates/a/logo.png"] {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, "").expect("written");
        }
        let files = read_all(root.path()).expect("read");
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["crates/a/src/lib.rs"]);
    }
}
