//! `cargo xtask`: every verb that a contributor needs, and the checks that the compiler cannot make.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to the person at the terminal")]

mod arrows;
#[cfg(feature = "bench")]
mod bench;
mod check;
mod fuzz;
mod generate;
mod licences;
mod machine;
mod shell;
mod tally;
mod test;
mod test_postgres;
mod tidy;
mod ui;

use std::process::ExitCode;

/// What a verb answers; the error is a sentence for the terminal.
type Outcome = Result<(), String>;

struct Verb {
    name: &'static str,
    arguments: &'static str,
    meaning: &'static str,
    run: fn(&[String]) -> Outcome,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "check",
        arguments: "",
        meaning: "formatting, lints, tidy, and the types of the scripts",
        run: check::run,
    },
    Verb {
        name: "test",
        arguments: "[-p CRATE] [-- FILTER…]",
        meaning: "start what tests need (PostgreSQL, a browser, an IMAP server) and run them all",
        run: test::run,
    },
    Verb {
        name: "ui",
        arguments: "[--watch]",
        meaning: "bundle scripts and styles into ui/dist, once or at every change",
        run: ui::run,
    },
    Verb {
        name: "bench",
        arguments: "[NAME…]",
        meaning: "measure; alone it lists what can be measured",
        run: measure,
    },
    Verb {
        name: "tidy",
        arguments: "",
        meaning: "rules of this repository that no compiler knows",
        run: tidy::run,
    },
    Verb {
        name: "generate",
        arguments: "[--check]",
        meaning: "docs/api/openapi.json and the guide's settings page, from the program itself",
        run: generate::run,
    },
    Verb {
        name: "fuzz",
        arguments: "[TARGET|all] [SECONDS]",
        meaning: "throw bytes at a reader of foreign input; alone it lists the targets",
        run: fuzz::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(name) = arguments.first().filter(|name| !matches!(name.as_str(), "help" | "--help" | "-h"))
    else {
        print!("{}", list_of_verbs());
        return ExitCode::SUCCESS;
    };
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprintln!("xtask: there is no verb {name:?}\n\n{}", list_of_verbs());
        return ExitCode::FAILURE;
    };
    match (verb.run)(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask {name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn list_of_verbs() -> String {
    let mut text = String::from("cargo xtask VERB\n\n");
    for verb in VERBS {
        let call = format!("{} {}", verb.name, verb.arguments);
        text.push_str(&format!("  {call:<30} {}\n", verb.meaning));
    }
    text
}

#[cfg(feature = "bench")]
fn measure(arguments: &[String]) -> Outcome {
    bench::run(arguments)
}

/// Numbers of a debug build would say nothing, and the other verbs do not wait for what benchmarks need.
#[cfg(not(feature = "bench"))]
fn measure(arguments: &[String]) -> Outcome {
    let mut command = shell::cargo();
    command.args(["run", "--quiet", "--release", "--package", "xtask", "--features", "bench", "--", "bench"]);
    shell::run(command.args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alone_it_lists_every_verb() {
        let list = list_of_verbs();
        for name in ["check", "test", "ui", "bench", "tidy", "generate", "fuzz"] {
            assert!(list.contains(&format!("\n  {name} ")), "{name} is missing in\n{list}");
        }
    }
}
