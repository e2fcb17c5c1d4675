//! `aptdesk floor …`: a floor from a scenario file, lived and staffed; and what a desk's own history says: forecasts,
//! scenarios, and the past with other rules.

mod arrivals;
mod clocks;
mod invest;
mod past;
mod tables;

use crate::{Outcome, say};
use ::floor::{Batch, Change, Closing, Figure, Plan, Scenario, Simulator};
use clap::Subcommand;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Subcommand)]
pub enum FloorVerb {
    /// Live the days of a scenario: arrivals, waits, service level, occupancy, each with its 95 % interval.
    Simulate(Flags),
    /// The least staff that keeps the promises of a scenario, period by period, and the shifts that cover it.
    Staff(Flags),
    /// What each training, each hire and each absence would change, on the same days with the same customers.
    Worth {
        #[command(flatten)]
        flags: Flags,
        /// Level up to which somebody is trained.
        #[arg(long, default_value_t = 4.0)]
        level: f64,
        /// How many of the best are looked at to the end.
        #[arg(long, default_value_t = 20)]
        keep: usize,
    },
    /// What each training and each hire would change for a desk, from its own history, and for how many hours.
    Invest(invest::InvestFlags),
    /// How much work will come, by day and hour, with intervals, and how good the same would have been before.
    Forecast(past::ForecastFlags),
    /// A usual week of a desk, from its own history, as a scenario that `simulate`, `staff` and `worth` read.
    Scenario(past::ScenarioFlags),
    /// The last days of a desk once more, with other rules, people or hours, beside what happened.
    Replay(past::ReplayFlags),
}

#[derive(clap::Args)]
pub struct Flags {
    /// The scenario, in TOML. The guide explains every key.
    file: PathBuf,
    /// Days to live; otherwise as many as the file says.
    #[arg(long)]
    days: Option<u64>,
    /// Where chance begins; the same seed gives the same customers.
    #[arg(long)]
    seed: Option<u64>,
    /// As JSON instead of tables.
    #[arg(long)]
    json: bool,
}

pub fn run(verb: &FloorVerb) -> Outcome {
    match verb {
        FloorVerb::Simulate(flags) => simulate(flags),
        FloorVerb::Staff(flags) => staff(flags),
        FloorVerb::Worth { flags, level, keep } => worth(flags, *level, *keep),
        FloorVerb::Invest(flags) => invest::invest(flags),
        FloorVerb::Forecast(flags) => past::forecast(flags),
        FloorVerb::Scenario(flags) => past::scenario(flags),
        FloorVerb::Replay(flags) => past::replay(flags),
    }
}

fn read(flags: &Flags) -> Result<Scenario, Box<dyn std::error::Error + Send + Sync>> {
    let file = flags.file.display();
    let text = std::fs::read_to_string(&flags.file).map_err(|error| format!("{file}: {error}"))?;
    let mut scenario =
        Scenario::read_by(&text, &clocks::Rules).map_err(|error| format!("{file}: {error}"))?;
    scenario.days = flags.days.unwrap_or(scenario.days).max(1);
    scenario.seed = flags.seed.unwrap_or(scenario.seed);
    Ok(scenario)
}

fn simulate(flags: &Flags) -> Outcome {
    let scenario = read(flags)?;
    let simulator = Simulator::new(&scenario.floor);
    let progress = Progress::new(&flags.file, scenario.days);
    let batch = live(&simulator, &scenario, &progress);
    progress.end();
    let report = simulator.report(scenario.seed, &batch);
    if flags.json {
        say(&serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    tables::report(&scenario.floor, &report).iter().for_each(|line| say(line));
    if scenario.floor.clock.closing == Closing::Continue {
        say("One long run; the intervals come from its days, taken as batches.");
    }
    Ok(())
}

fn staff(flags: &Flags) -> Outcome {
    let scenario = read(flags)?;
    let progress = Progress::new(&flags.file, u64::MAX);
    let plan = Plan::of(&scenario, &mut |step| progress.word(step))?;
    progress.end();
    if flags.json {
        say(&serde_json::to_string_pretty(&plan)?);
    } else {
        tables::plan(&scenario.floor, &plan).iter().for_each(|line| say(line));
    }
    Ok(())
}

/// Whether a change is of one kind.
type IsOne = fn(&Change) -> bool;

/// Trainings compete with trainings; hires and absences are all told.
fn worth(flags: &Flags, level: f64, keep: usize) -> Outcome {
    let scenario = read(flags)?;
    let progress = Progress::new(&flags.file, u64::MAX);
    let all = ::floor::candidates(&scenario, level);
    let is_one: [(&str, IsOne); 3] = [
        ("training", |it| matches!(it, Change::Train { .. })),
        ("hire", |it| matches!(it, Change::Hire { .. })),
        ("absence", |it| matches!(it, Change::Away { .. })),
    ];
    let mut lists = serde_json::Map::new();
    for (name, is_one) in is_one {
        let changes: Vec<Change> = all.iter().filter(|it| is_one(it)).cloned().collect();
        let keep = if name == "training" { keep.min(changes.len()) } else { changes.len() };
        let (days, seed, figure) = (scenario.days, scenario.seed, Figure::ServiceLevel);
        let mut told = |days| progress.word(&format!("{name}, {days} days"));
        let best = ::floor::worth(&scenario.floor, &changes, figure, days, keep, seed, &mut told);
        if flags.json {
            lists.insert(name.to_owned(), tables::worth_json(&scenario, &changes, &best));
        } else if !changes.is_empty() {
            progress.end();
            tables::worth(&scenario, &changes, &best[..keep], name).iter().for_each(|line| say(line));
            say("");
        }
    }
    progress.end();
    if flags.json {
        say(&serde_json::to_string_pretty(&lists)?);
    }
    Ok(())
}

/// Lives the parts of a run on all processors and lays them together in their order.
fn live(simulator: &Simulator<'_>, scenario: &Scenario, progress: &Progress) -> Batch {
    let parts = simulator.parts(scenario.days);
    let processors = std::thread::available_parallelism().map_or(1, usize::from).min(parts.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Batch>>> = Mutex::new(parts.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                while let Some((at, part)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|at| Some((at, parts.get(at)?.clone())))
                {
                    let batch = simulator.live(scenario.seed, part, &mut |_| progress.day());
                    if let Ok(mut done) = done.lock() {
                        done[at] = Some(batch);
                    }
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    simulator.gather(done.into_iter().flatten())
}

/// How far it is, on one line of a terminal; nothing where nobody looks.
struct Progress {
    name: String,
    days: u64,
    done: AtomicU64,
    is_seen: bool,
}

impl Progress {
    fn new(file: &Path, days: u64) -> Progress {
        let name = file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        Progress { name, days, done: AtomicU64::new(0), is_seen: std::io::stderr().is_terminal() }
    }

    fn day(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let step = (self.days / 100).max(1);
        if done.is_multiple_of(step) {
            self.word(&format!("{done} of {} days", self.days));
        }
    }

    #[allow(clippy::print_stderr)]
    fn word(&self, word: &str) {
        if self.is_seen {
            eprint!("\r\x1b[K{}: {word}", self.name);
            let _ = std::io::stderr().flush();
        }
    }

    #[allow(clippy::print_stderr)]
    fn end(&self) {
        if self.is_seen {
            eprint!("\r\x1b[K");
        }
    }
}
