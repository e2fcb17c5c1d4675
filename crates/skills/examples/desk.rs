//! `cargo run --release -p skills --example desk`: every method on six made-up desks, and how fast the filter and the refit are.
//! With `large`: only the refit of a thousand people, a hundred skills and a million observations, on two threads.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use skills::online::TEMPERED;
use skills::synthetic::{self, Estimate, Figures, Size, World, figures, mean_of};
use std::time::Instant;

type Method = (&'static str, fn(&World) -> Estimate);

const METHODS: [Method; 7] = [
    ("raw averages", synthetic::raw_averages),
    ("Elo", synthetic::elo_ratings),
    ("Glicko-2", synthetic::glicko2_ratings),
    ("TrueSkill", synthetic::trueskill_ratings),
    ("online, variances only", synthetic::online_plain),
    ("online", |world| synthetic::online(world, TEMPERED)),
    ("refit", |world| synthetic::refitted(world, 1)),
];

fn main() {
    if std::env::args().any(|it| it == "large") {
        return large();
    }
    let worlds: Vec<World> = (1..=6).map(|seed| World::live(Size::WHOLE, seed)).collect();
    for (name, method) in METHODS {
        let all: Vec<Figures> = worlds.iter().map(|world| figures(&method(world), &world.truth)).collect();
        let mean = mean_of(&all);
        let coverage = mean.coverage.map_or("–".to_owned(), |it| format!("{:.1} %", 100.0 * it));
        println!("{name:<24} {:.3}  {:.3}  {coverage}", mean.rmse, mean.spearman);
    }
    for skills in [12, 100] {
        let world = World::live(Size { skills, ..Size::WHOLE }, 1);
        let start = Instant::now();
        let estimate = synthetic::online(&world, TEMPERED);
        let per_second = world.events() as f64 / start.elapsed().as_secs_f64();
        println!("online, {skills} skills: {per_second:.0} events/s ({} abilities)", estimate.mean.len());
    }
}

fn large() {
    let world = World::live(Size::LARGE, 1);
    let rows = synthetic::rows(&world);
    let start = Instant::now();
    let mut stage = None;
    let fitted = skills::refit::refit(&rows, synthetic::start, &synthetic::settings(&world, 2), &mut |now| {
        if stage != Some(now.stage) {
            println!("{:?} from {:.1} s on", now.stage, start.elapsed().as_secs_f64());
            stage = Some(now.stage);
        }
        std::ops::ControlFlow::Continue(())
    })
    .expect("nobody calls it off");
    println!(
        "{} rows, {} beliefs in {:.1} s, {} Newton steps, settled: {}",
        rows.len(),
        fitted.beliefs.len(),
        start.elapsed().as_secs_f64(),
        fitted.newton_steps,
        fitted.settled
    );
}
