//! Files of code: they say what they are for, stay small, hold no promise instead of code, and know no machine.

use super::{File, Found};

/// From here on a file deserves a second thought.
const LINES_TO_THINK_AGAIN: usize = 500;
/// From here on it has to be cut.
const LINES_MAX: usize = 800;

/// Words that stand for code which is not there.
const PROMISES: &[&str] = &[concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];

/// Folders of one machine.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Pure crates, and what would make them wait, read, write or look at a clock.
const THINKERS: &[&str] =
    &["crates/skills/src/", "crates/routing/src/", "crates/floor/src/", "crates/text/src/"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant::now",
    "async fn",
    "thread_rng",
    "println!",
];
/// Scoped threads that end before the call does; a test proves that the answer is the same with one.
const THREADS_ALLOWED: &str = "crates/skills/src/refit/shards.rs";

pub(super) fn look(file: &File, found: &mut Found) {
    let path = &file.path;
    for (number, line) in file.text.lines().enumerate() {
        let place = || format!("{path}:{}", number + 1);
        for folder in MACHINE_PATHS.iter().filter(|folder| names_folder(line, folder)) {
            found.problems.push(format!("{}: {folder} is a folder of somebody's machine", place()));
        }
        if !path.ends_with(".rs") {
            continue;
        }
        for promise in PROMISES.iter().filter(|promise| line.contains(**promise)) {
            found.problems.push(format!("{}: {promise} promises code that is not there", place()));
        }
        if THINKERS.iter().any(|folder| path.starts_with(folder)) && !line.trim_start().starts_with("//") {
            let allowed = |word: &str| word == "std::thread" && path == THREADS_ALLOWED;
            for word in IMPURE.iter().filter(|word| line.contains(**word) && !allowed(word)) {
                found.problems.push(format!("{}: {word} has no place in pure thought", place()));
            }
        }
    }
    if !path.ends_with(".rs") {
        return;
    }
    if !file.text.starts_with("//! ") {
        found.problems.push(format!("{path}: the first line must say what the file is for (//! …)"));
    }
    match file.text.lines().count() {
        lines if lines > LINES_MAX => {
            found.problems.push(format!("{path}: {lines} lines; cut it, the limit is {LINES_MAX}"));
        }
        lines if lines > LINES_TO_THINK_AGAIN => {
            found.warnings.push(format!("{path}: {lines} lines; think again at {LINES_TO_THINK_AGAIN}"));
        }
        _ => {}
    }
}

/// Whether the line names this folder from the root on; `example.org/home/` does not.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|letter| matches!(letter, ' ' | '"' | '\'' | '`' | '(' | '=' | ':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(path: &str, text: &str) -> Vec<String> {
        let mut found = Found::default();
        look(&File { path: path.to_owned(), text: text.to_owned() }, &mut found);
        found.problems
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert!(problems_of("crates/a/src/b.rs", "//! Assigning tickets.\n").is_empty());
        assert_eq!(problems_of("crates/a/src/b.rs", "use std::fmt;\n").len(), 1);
    }

    #[test]
    fn a_promise_is_no_code() {
        let text = format!("//! It.\nfn it() {{ {}) }}\n", PROMISES[0]);
        assert!(problems_of("crates/a/src/b.rs", &text)[0].starts_with("crates/a/src/b.rs:2:"));
    }

    #[test]
    fn folders_of_a_machine_are_found_and_parts_of_addresses_are_not() {
        let folder = MACHINE_PATHS[2];
        assert_eq!(problems_of("docs/a.md", &format!("Look at `{folder}ana`.")).len(), 1);
        assert!(problems_of("docs/a.md", &format!("https://example.org{folder}ana")).is_empty());
    }

    #[test]
    fn thinkers_neither_read_nor_wait() {
        let text = "//! It.\nlet file = std::fs::read(path);\n// std::fs would be wrong here\n";
        assert_eq!(problems_of("crates/skills/src/a.rs", text).len(), 1);
        assert!(problems_of("crates/desk/src/a.rs", text).is_empty());
    }

    #[test]
    fn a_long_file_gets_a_note_and_a_very_long_one_is_refused() {
        let long = |lines: usize| format!("//! It.\n{}", "\n".repeat(lines));
        let mut found = Found::default();
        look(&File { path: "crates/a/src/b.rs".into(), text: long(600) }, &mut found);
        assert_eq!((found.warnings.len(), found.problems.len()), (1, 0));
        assert_eq!(problems_of("crates/a/src/b.rs", &long(900)).len(), 1);
    }
}
