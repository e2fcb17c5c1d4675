//! `cargo xtask check`: what can be said about the code without running it.

use crate::{Outcome, shell, tidy, ui};

struct Part {
    name: &'static str,
    check: fn() -> Outcome,
}

/// Every part is tried, so that one run tells everything.
pub fn run(_arguments: &[String]) -> Outcome {
    let parts = [
        Part { name: "tidy", check: || tidy::run(&[]) },
        Part { name: "formatting", check: formatting },
        Part { name: "lints", check: lints },
        Part { name: "types of the scripts", check: ui::check_types },
    ];
    let mut problems = Vec::new();
    for Part { name, check } in parts {
        eprintln!("── {name}");
        if let Err(problem) = check() {
            eprintln!("{problem}");
            problems.push(name);
        }
    }
    match problems.is_empty() {
        true => {
            eprintln!("check: all is well");
            Ok(())
        }
        false => Err(format!("not in order: {}", problems.join(", "))),
    }
}

fn formatting() -> Outcome {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Outcome {
    let mut command = shell::cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "xtask/bench",
        "--",
        "-D",
        "warnings",
    ]);
    shell::run(&mut command)
}
