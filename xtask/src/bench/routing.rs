//! `bench routing`: the engine's decisions among many people and much waiting work, beside a plain scan of the same.
//!
//! The measurement is an example of the pure crate, so that it needs nothing of the desk to be built.

use super::report;
use crate::Outcome;
use std::process::Command;

pub fn run(_arguments: &[String]) -> Outcome {
    println!(
        "\n## routing\n\nSingle decisions, timed one by one; the peer is the same crate's plain scan over all people or all \
         work. {}\n\n| what | ours | raw or peer | ratio | bar |\n| --- | --- | --- | --- | --- |",
        report::machine()
    );
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "routing", "--example", "speed"])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err("the measurement has failed".to_owned()) }
}
