//! The filter on real people: right and wrong answers of students, each predicted before it is seen.
//!
//! The data is not part of the project; without it at `../shared/data/learning` this says so and passes. The sizes in
//! `evaluate::Tuning` were chosen on other cuts of these files (a fifth of the people by a hash, the last fifth of each person's answers).

use std::collections::HashMap;
use std::path::Path;

use skills::evaluate::{Answer, Learner, Scores, Tuning};

struct Row<'a> {
    person: &'a str,
    item: &'a str,
    skill: &'a str,
    correct: bool,
}

fn read(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| head.iter().position(|it| it.starts_with(name)).expect("a known column");
    let (user, item, correct, skill) = (column("user"), column("item"), column("correct"), column("skill"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            Row {
                person: cells[user],
                item: cells[item],
                skill: cells[skill],
                correct: cells[correct] == "1",
            }
        })
        .collect()
}

/// Rows that are not scored first, then those that are.
fn one_pass(rows: &[Row<'_>], scored: &[bool]) -> Scores {
    let mut learner = Learner::new(Tuning::default());
    for test in [false, true] {
        for (row, _) in rows.iter().zip(scored).filter(|(_, scored)| **scored == test) {
            let Row { person, item, skill, correct } = *row;
            learner.meet(&Answer { person, item, skills: skill, correct, time_s: 0.0 }, test);
        }
    }
    learner.scores()
}

#[test]
#[allow(clippy::print_stdout)]
fn one_pass_over_real_answers_predicts_at_least_as_well_as_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/learning");
    for (file, least) in [("assistments09_train.csv", 0.770), ("statics_train.csv", 0.825)] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
            println!("{file} is not at ../shared/data/learning: nothing to compare with");
            continue;
        };
        let rows = read(&text);
        let mut answers: HashMap<&str, usize> = HashMap::new();
        rows.iter().for_each(|row| *answers.entry(row.person).or_default() += 1);
        let mut met: HashMap<&str, usize> = HashMap::new();
        let last_fifth: Vec<bool> = rows
            .iter()
            .map(|row| {
                let at = met.entry(row.person).or_default();
                *at += 1;
                *at * 5 > answers[row.person] * 4
            })
            .collect();
        let strangers: Vec<bool> =
            rows.iter().map(|row| row.person.parse::<u32>().expect("a number") % 5 == 3).collect();
        for (cut, scored) in [("people never met", strangers), ("the last fifth of each person", last_fifth)]
        {
            let scores = one_pass(&rows, &scored);
            println!(
                "{file}, {cut}: AUC {:.4}, log loss {:.4}, ECE {:.4}, {} of {} scored",
                scores.auc, scores.log_loss, scores.ece, scores.scored, scores.rows
            );
            assert!(scores.auc >= least && scores.ece <= 0.015, "{file}, {cut}: {scores:?}");
        }
    }
}
