//! `cargo xtask bench`: what can be measured, each measurement in a file of its own in `bench/`.
//!
//! It runs in a release build with the feature `bench`; see `measure` in `main.rs`.

mod db;
mod floor;
mod intake;
mod pages;
mod process;
mod report;
mod routing;
mod skills;
mod world;

use crate::Outcome;

struct Benchmark {
    name: &'static str,
    meaning: &'static str,
    run: fn(&[String]) -> Outcome,
}

/// One line per measurement.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "db",
        meaning: "the door to the database against the raw engine: [TICKETS]",
        run: db::run,
    },
    Benchmark {
        name: "floor",
        meaning: "the simulator: speed, published figures, policies, a real month: [speed published exact worth policies bank]",
        run: floor::run,
    },
    Benchmark {
        name: "intake",
        meaning: "mail by SMTP until it is a routed ticket: [ROUNDS]",
        run: intake::run,
    },
    Benchmark {
        name: "pages",
        meaning: "list, ticket and search over HTTP, start, memory: [TICKETS]",
        run: pages::run,
    },
    Benchmark {
        name: "routing",
        meaning: "decisions of the routing engine among 1,000 and 10,000 people",
        run: routing::run,
    },
    Benchmark {
        name: "skills",
        meaning: "true abilities recovered, coverage of intervals, speed of filter and refit",
        run: skills::run,
    },
];

/// A PostgreSQL that may be filled, if there is one.
#[allow(clippy::disallowed_methods, reason = "a tool of contributors reads its environment")]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_PG_URL").ok()
}

pub fn run(arguments: &[String]) -> Outcome {
    let Some(name) = arguments.first() else {
        println!("cargo xtask bench NAME\n");
        for benchmark in BENCHMARKS {
            println!("  {:<10} {}", benchmark.name, benchmark.meaning);
        }
        return Ok(());
    };
    match BENCHMARKS.iter().find(|benchmark| benchmark.name == name) {
        Some(benchmark) => (benchmark.run)(&arguments[1..]),
        None => Err(format!("there is no benchmark {name:?}; `cargo xtask bench` lists them")),
    }
}
