//! The made-up desk of `skills::synthetic`, whose true abilities are known: who recovers them best from the work alone?

use std::ops::ControlFlow;

use skills::online::TEMPERED;
use skills::refit::{RefitSettings, Unknown, refit};
use skills::synthetic::{self, Estimate, Figures, Size, World, figures, mean_of};

const SEEDS: u64 = 6;

/// A tenth of the whole desk.
const SMALL: Size = Size { agents: 20, skills: 6, topics: 24, raters: 6, days: 30, tickets_per_day: 200 };

#[test]
#[allow(clippy::print_stdout)]
fn the_refit_knows_people_best_and_is_as_sure_as_it_says() {
    let worlds: Vec<World> = (1..=SEEDS).map(|seed| World::live(Size::WHOLE, seed)).collect();
    let of = |name: &str, method: &dyn Fn(&World) -> Estimate| {
        let all: Vec<Figures> = worlds.iter().map(|world| figures(&method(world), &world.truth)).collect();
        let mean = mean_of(&all);
        println!("{name:<24} RMSE {:.3}  Spearman {:.3}  {:?}", mean.rmse, mean.spearman, mean.coverage);
        mean
    };
    let raw = of("raw averages", &synthetic::raw_averages);
    let elo = of("Elo", &synthetic::elo_ratings);
    let glicko = of("Glicko-2", &synthetic::glicko2_ratings);
    let trueskill = of("TrueSkill", &synthetic::trueskill_ratings);
    let plain = of("online, variances only", &synthetic::online_plain);
    let online = of("online", &|world| synthetic::online(world, TEMPERED));
    let refit = of("refit", &|world| synthetic::refitted(world, 2));

    assert!(refit.rmse <= 0.265 && refit.spearman >= 0.954, "{refit:?}");
    let covered = refit.coverage.unwrap();
    assert!((0.88..=0.92).contains(&covered), "{covered}");
    assert!(online.coverage.unwrap() >= 0.85, "{online:?}");
    assert!(online.coverage > plain.coverage && online.rmse < plain.rmse, "covariances and tempering help");
    assert!(refit.rmse < online.rmse && refit.spearman > online.spearman);
    for other in [raw, elo, glicko, trueskill] {
        assert!(online.rmse < 0.8 * other.rmse && online.spearman > other.spearman, "{other:?}");
    }
}

#[test]
fn the_difficulty_of_topics_comes_out_of_the_same_fit() {
    let world = World::live(SMALL, 3);
    let fitted = synthetic::fit(&synthetic::rows(&world), synthetic::start, &synthetic::settings(&world, 1));
    let found: Vec<f64> = (0..world.topics.len())
        .map(|topic| fitted.unknown(Unknown::Topic(topic as i64)).unwrap().belief.mean)
        .collect();
    let truth: Vec<f64> = world.topics.iter().map(|topic| topic.difficulty).collect();
    let figures = figures(&Estimate { mean: found, sd: None }, &truth);
    assert!(figures.rmse < 0.3 && figures.spearman > 0.9, "{figures:?}");
}

#[test]
fn evidence_that_is_struck_out_never_happened_to_the_last_bit() {
    let world = World::live(SMALL, 4);
    let settings = synthetic::settings(&world, 2);
    let mut rows = synthetic::rows(&world);
    rows.iter_mut().step_by(7).for_each(|row| row.struck_out = true);
    let with = synthetic::fit(&rows, synthetic::start, &settings);
    rows.retain(|row| !row.struck_out);
    rows.reverse();
    let without = synthetic::fit(&rows, synthetic::start, &synthetic::settings(&world, 1));
    assert_eq!(with, without);
}

#[test]
fn a_refit_as_of_an_earlier_day_knows_nothing_of_later_ones() {
    const DAY_MS: i64 = 86_400_000;
    let world = World::live(SMALL, 5);
    let rows = synthetic::rows(&world);
    let then = RefitSettings { as_of_ms: 20 * DAY_MS, ..synthetic::settings(&world, 1) };
    let early: Vec<_> = rows.iter().filter(|row| row.at_ms <= then.as_of_ms).cloned().collect();
    let fit = |rows: &[_]| refit(rows, synthetic::start, &then, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(fit(&rows), fit(&early));
}
