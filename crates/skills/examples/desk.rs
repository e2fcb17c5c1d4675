//! `cargo run --release -p skills --example desk`: every method on the made-up desk, mean of six.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use skills::online::Hedge;
use skills::synthetic::{self, Estimate, Figures, Size, World, figures, mean_of};

type Method = (&'static str, Box<dyn Fn(&World) -> Estimate>);

fn main() {
    let hedge = |tempered: f64, least: f64| Hedge { tempered, difficulty_variance_min: least };
    let methods: Vec<Method> = vec![
        ("raw averages", Box::new(synthetic::raw_averages)),
        ("Elo", Box::new(synthetic::elo_ratings)),
        ("Glicko-2", Box::new(synthetic::glicko2_ratings)),
        ("TrueSkill", Box::new(synthetic::trueskill_ratings)),
        ("online, variances only", Box::new(synthetic::online_plain)),
        ("online, exact", Box::new(move |world| synthetic::online(world, hedge(1.0, 0.0)))),
        ("online .9 .004", Box::new(move |world| synthetic::online(world, hedge(0.9, 0.004)))),
        ("online 1 .01", Box::new(move |world| synthetic::online(world, hedge(1.0, 0.01)))),
        ("online .8 0", Box::new(move |world| synthetic::online(world, hedge(0.8, 0.0)))),
        ("refit", Box::new(|world| synthetic::refitted(world, 2))),
    ];
    let worlds: Vec<World> = (1..=6).map(|seed| World::live(Size::WHOLE, seed)).collect();
    for (name, method) in methods {
        let all: Vec<Figures> = worlds.iter().map(|world| figures(&method(world), &world.truth)).collect();
        let mean = mean_of(&all);
        println!("{name:<24} {:.3}  {:.3}  {:?}", mean.rmse, mean.spearman, mean.coverage);
    }
}
