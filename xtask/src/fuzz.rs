//! `cargo xtask fuzz TARGET`: bytes that nobody sane would send, at the readers of foreign input.
//!
//! With cargo-fuzz and a nightly compiler libFuzzer looks for new paths; without them the same targets are tried with
//! seeded mutations by whatever compiler there is. What was found stays in `fuzz/artifacts`.

use crate::{Outcome, shell};
use std::path::Path;
use std::process::Command;

const SECONDS: &str = "60";
/// Memory after which libFuzzer calls an input a finding.
const MEMORY_MIB_MAX: u32 = 2_048;
/// Seconds for one input.
const INPUT_SECONDS_MAX: u32 = 10;
const ALL: &str = "all";

pub fn run(arguments: &[String]) -> Outcome {
    let known = targets(&shell::root().join("fuzz/fuzz_targets"));
    let Some(target) = arguments.first() else {
        println!("cargo xtask fuzz TARGET|all [SECONDS]\n");
        for target in known {
            println!("  {target}");
        }
        return Ok(());
    };
    if target != ALL && !known.contains(target) {
        return Err(format!("there is no target {target:?}; there are: {}", known.join(", ")));
    }
    let seconds = arguments.get(1).map_or(SECONDS, String::as_str);
    let way = Way::here();
    if way == Way::Mutation {
        println!(
            "cargo-fuzz or the nightly compiler is missing, so inputs are made without looking at the paths they take.\n\
             For more: rustup toolchain install nightly --profile minimal; cargo install cargo-fuzz --locked"
        );
    }
    for chosen in known.iter().filter(|known| target == ALL || *known == target) {
        shell::run(&mut way.command(chosen, seconds))?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    LibFuzzer,
    Mutation,
}

impl Way {
    fn here() -> Way {
        let has_nightly = nightly(&["--version"]).output().is_ok_and(|output| output.status.success());
        match shell::find_program(&["cargo-fuzz"]).is_some() && has_nightly {
            true => Way::LibFuzzer,
            false => Way::Mutation,
        }
    }

    fn command(self, target: &str, seconds: &str) -> Command {
        match self {
            Way::LibFuzzer => {
                let limits = [
                    format!("-max_total_time={seconds}"),
                    format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
                    format!("-timeout={INPUT_SECONDS_MAX}"),
                ];
                let mut command = nightly(&["fuzz", "run", target, "--", "-print_final_stats=1"]);
                command.args(limits);
                command.env("APTDESK_FUZZ_SEEDS", shell::root().join("fuzz/corpus").join(target));
                command
            }
            Way::Mutation => {
                let mut command = shell::cargo();
                command.args([
                    "run",
                    "--release",
                    "--manifest-path",
                    "fuzz/Cargo.toml",
                    "--no-default-features",
                ]);
                command.args(["--bin", "aptdesk-fuzz", "--", target, seconds]);
                command.arg(shell::root().join("fuzz/artifacts").join(target));
                command
            }
        }
    }
}

/// The outer cargo pins its own toolchain for its children; fuzzing needs nightly.
fn nightly(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(shell::root()).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command.arg("+nightly").args(arguments);
    command
}

fn targets(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut names: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_files_of_their_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["threading.rs", "parse.rs", "notes.txt"] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        assert_eq!(targets(folder.path()), ["parse", "threading"]);
        assert!(targets(&folder.path().join("nowhere")).is_empty());
    }

    #[test]
    fn an_unknown_target_is_refused_by_name() {
        let refused = run(&["no-such-target".to_owned()]).expect_err("refused");
        assert!(refused.contains("no-such-target"), "{refused}");
    }
}
