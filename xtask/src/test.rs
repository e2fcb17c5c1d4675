//! `cargo xtask test`: a machine that has what tests need, a PostgreSQL of their own, every test, and one last line.

use crate::tally::{self, Tally};
use crate::test_postgres::TestPostgres;
use crate::{Outcome, machine, shell};
use std::process::Command;

const URL_VARIABLE: &str = "TEST_PG_URL";

pub fn run(arguments: &[String]) -> Outcome {
    let filters: Vec<&String> = arguments.iter().filter(|word| *word != "--").collect();
    machine::prepare();
    let postgres = database()?;
    let with_database = |mut command: Command| {
        if let Some(server) = &postgres {
            command.env(URL_VARIABLE, server.url());
        }
        command
    };
    let runs = [with_database(tests(&filters)), with_database(doctests(&filters))];
    let mut total = Tally::default();
    let mut problems = Vec::new();
    for mut run in runs {
        match tally::count(&mut run) {
            Ok(tally) => total = total.and(tally),
            Err(problem) => problems.push(problem),
        }
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

fn tests(filters: &[&String]) -> Command {
    let mut command = shell::cargo();
    if shell::find_program(&["cargo-nextest"]).is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
    } else {
        command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast", "--"]);
    }
    command.args(filters);
    command
}

fn doctests(filters: &[&String]) -> Command {
    let mut command = shell::cargo();
    command.args(["test", "--doc", "--workspace", "--no-fail-fast", "--"]).args(filters);
    command
}
