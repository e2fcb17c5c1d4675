//! `cargo xtask test`: a machine that has what tests need, a PostgreSQL of their own, every test, and one last line.

use crate::tally::{self, Tally};
use crate::test_postgres::TestPostgres;
use crate::{Outcome, generate, machine, shell};
use std::process::Command;

const URL_VARIABLE: &str = "TEST_PG_URL";

pub fn run(arguments: &[String]) -> Outcome {
    let (selection, filters) = parts_of(arguments);
    machine::prepare();
    let postgres = database()?;
    let with_database = |mut command: Command| {
        if let Some(server) = &postgres {
            command.env(URL_VARIABLE, server.url());
        }
        command
    };
    let mut runs = vec![with_database(tests(selection, filters))];
    // A crate without a library has no doctests, and asking it for them is an error to cargo.
    if selection.is_empty() {
        runs.push(with_database(doctests(filters)));
    }
    let mut total = Tally::default();
    let mut problems = Vec::new();
    for mut run in runs {
        match tally::count(&mut run) {
            Ok(tally) => total = total.and(tally),
            Err(problem) => problems.push(problem),
        }
    }
    if selection.is_empty() && filters.is_empty() {
        problems.extend(generate::settings(true).err());
    }
    drop(postgres);
    if problems.is_empty() && total.passed + total.failed == 0 {
        problems.push("no test fits".to_owned());
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    match (problems.is_empty(), total.failed) {
        (true, 0) => Ok(()),
        (true, failed) => Err(format!("{failed} tests failed")),
        (false, _) => Err(problems.join("; ")),
    }
}

/// A server that was named is used as it is; else one is started. A build server may not go without.
fn database() -> Result<Option<TestPostgres>, String> {
    if shell::is_set(URL_VARIABLE) {
        return Ok(None);
    }
    let started = match machine::postgres_programs() {
        Some(programs) => TestPostgres::start(&programs),
        None => Err("PostgreSQL is not installed".to_owned()),
    };
    match started {
        Ok(server) => {
            eprintln!("PostgreSQL for this run: {}", server.url());
            Ok(Some(server))
        }
        Err(problem) if shell::is_set("CI") => Err(problem),
        Err(problem) => {
            eprintln!("{problem}\nGoing on with SQLite alone.");
            Ok(None)
        }
    }
}

/// `-p desk -- assign`: which crates, and which of their tests.
fn parts_of(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|word| word == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

fn tests(selection: &[String], filters: &[String]) -> Command {
    let mut command = shell::cargo();
    let nextest = shell::find_program(&["cargo-nextest"]).is_some();
    match nextest {
        true => command.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]),
        false => command.args(["test", "--lib", "--bins", "--tests", "--no-fail-fast"]),
    };
    match selection {
        [] => command.arg("--workspace"),
        some => command.args(some),
    };
    if !nextest {
        command.arg("--");
    }
    command.args(filters);
    command
}

fn doctests(filters: &[String]) -> Command {
    let mut command = shell::cargo();
    command.args(["test", "--doc", "--workspace", "--no-fail-fast", "--"]).args(filters);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn crates_stand_before_the_dashes_and_filters_behind() {
        let arguments = words("-p desk -- assign solve");
        assert_eq!(parts_of(&arguments), (&words("-p desk")[..], &words("assign solve")[..]));
        assert_eq!(parts_of(&words("-- assign")), (&[][..], &words("assign")[..]));
        assert_eq!(parts_of(&[]), (&[][..], &[][..]));
    }

    #[test]
    fn without_a_selection_the_whole_workspace_is_tested() {
        let has = |command: Command, word: &str| command.get_args().any(|argument| argument == word);
        assert!(has(tests(&[], &[]), "--workspace"));
        assert!(!has(tests(&words("-p desk"), &[]), "--workspace"));
        assert!(has(tests(&[], &words("assign")), "assign"));
    }
}
