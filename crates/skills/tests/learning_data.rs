//! The filter on real people: right and wrong answers of students, each predicted before it is seen.
//!
//! The data is not part of the project; without it at `../shared/data/learning` this says so and passes.

use std::collections::HashMap;
use std::path::Path;

use skills::{Component, Observation, update};

const GENERAL_SD: f64 = 0.8;
const SPECIFIC_SD: f64 = 0.8;
const SKILL_SD: f64 = 1.0;
const ITEM_SD: f64 = 0.8;
/// What a person learns by doing: their ability in a skill may have changed by this since they last practised it.
const PRACTICE_VARIANCE: f64 = 0.02;

/// Area under the curve: the chance that a right answer was thought more likely than a wrong one.
fn auc(mut seen: Vec<(f64, bool)>) -> f64 {
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut right) = (0.0, 0.0);
    for (rank, (_, correct)) in seen.iter().enumerate() {
        if *correct {
            rank_sum += rank as f64 + 1.0;
            right += 1.0;
        }
    }
    let wrong = seen.len() as f64 - right;
    (rank_sum - right * (right + 1.0) / 2.0) / (right * wrong)
}

/// The area for the last fifth of the answers (by time, then as the file has them), of the filter and of each item's running share of right answers.
fn one_pass(text: &str) -> (f64, f64) {
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| head.iter().position(|it| it.starts_with(name)).expect("a known column");
    let (user, item, time, correct, skill) =
        (column("user"), column("item"), column("timestamp"), column("correct"), column("skill"));
    let mut rows: Vec<(f64, usize, [i64; 3], bool)> = lines
        .enumerate()
        .map(|(at, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            let number = |column: usize| cells[column].parse::<f64>().expect("a number");
            let ids = [number(user) as i64, number(item) as i64, number(skill) as i64];
            (number(time), at, ids, number(correct) > 0.5)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let start = |sd: f64, weight: f64| Component { mean: 0.0, variance: sd * sd, weight };
    let mut general: HashMap<i64, Component> = HashMap::new();
    let mut specific: HashMap<(i64, i64), Component> = HashMap::new();
    let mut skills: HashMap<i64, Component> = HashMap::new();
    let mut items: HashMap<i64, Component> = HashMap::new();
    let mut shares: HashMap<i64, (f64, f64)> = HashMap::new();
    let (mut by_filter, mut by_share) = (Vec::new(), Vec::new());
    let last_fifth = rows.len() * 4 / 5;
    for (at, (_, _, [user, item, skill], correct)) in rows.into_iter().enumerate() {
        let g = general.entry(user).or_insert_with(|| start(GENERAL_SD, 1.0));
        let u = specific.entry((user, skill)).or_insert_with(|| start(SPECIFIC_SD, 1.0));
        let s = skills.entry(skill).or_insert_with(|| start(SKILL_SD, -1.0));
        let i = items.entry(item).or_insert_with(|| start(ITEM_SD, -1.0));
        u.variance += PRACTICE_VARIANCE;
        let mut parts = [*g, *u, *s, *i];
        let moved = update(&mut parts, &Observation::Test { correct, discrimination: 1.0, difficulty: 0.0 });
        [*g, *u, *s, *i] = parts;
        let (right, all) = shares.entry(item).or_insert((0.7, 1.0));
        if at >= last_fifth {
            by_filter.push((moved.expected, correct));
            by_share.push((*right / *all, correct));
        }
        *right += if correct { 1.0 } else { 0.0 };
        *all += 1.0;
    }
    (auc(by_filter), auc(by_share))
}

#[test]
#[allow(clippy::print_stdout)]
fn one_pass_over_real_answers_predicts_about_as_well_as_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/learning");
    for (file, least) in [("assistments09_train.csv", 0.77), ("statics_train.csv", 0.82)] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
            println!("{file} is not at ../shared/data/learning: nothing to compare with");
            continue;
        };
        let (filter, share) = one_pass(&text);
        println!("{file}: AUC {filter:.4}, by the item's share of right answers {share:.4}");
        assert!(filter > least && filter > share + 0.02, "{file}: {filter:.4} against {share:.4}");
    }
}
