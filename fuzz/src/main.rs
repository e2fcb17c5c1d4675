//! `aptdesk-fuzz TARGET SECONDS FOLDER` tries mutations of a target's seeds, with any compiler, and keeps the input that
//! breaks something in FOLDER.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aptdesk_fuzz::{TARGETS, Target, mutate};

/// An input that takes longer has found something, too.
const INPUT_SECONDS_MAX: u64 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        [name, seconds, folder] => find(name).and_then(|target| {
            let seconds = seconds.parse().map_err(|_| format!("{seconds:?} is no number of seconds"))?;
            run(target, Duration::from_secs(seconds), Path::new(folder))
        }),
        _ => Err("aptdesk-fuzz TARGET SECONDS FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn find(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| format!("there is no target {name:?}"))
}

fn run(target: &Target, time: Duration, folder: &Path) -> Result<(), String> {
    let seeds = (target.seeds)();
    let start = Instant::now();
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = since_1970.as_secs();
    let mut chance = mutate::Chance::new(seed);
    let mut tried: u64 = 0;
    while start.elapsed() < time {
        let input = mutate::input(&seeds, &mut chance);
        let began = Instant::now();
        let broke = std::panic::catch_unwind(|| (target.run)(&input)).is_err();
        let slow = began.elapsed().as_secs() >= INPUT_SECONDS_MAX;
        if broke || slow {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
            let path = folder.join(format!("{}-{seed}-{tried}", if broke { "crash" } else { "slow" }));
            std::fs::write(&path, &input).map_err(|error| error.to_string())?;
            return Err(format!("{} after {tried} inputs: {}", target.name, path.display()));
        }
        tried += 1;
    }
    println!("{}: {tried} inputs in {} s, seed {seed}", target.name, start.elapsed().as_secs());
    Ok(())
}
