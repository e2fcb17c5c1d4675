//! `cargo run --release -p skills --example tune -- FILE.csv…`: chooses the sizes of `evaluate::Tuning` on the rows marked `test` of
//! files in the format of `aptdesk skills evaluate`, one size after the other, by the mean log loss. Give it validation parts, never test data.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use skills::evaluate::{Answer, Learner, Scores, Tuning};

type Row = (String, String, String, bool, bool);

fn read(path: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(path).expect("a file that can be read");
    let cells = |line: &str| -> Row {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].into(), cells[1].into(), cells[2].into(), cells[3] == "1", cells[5].trim() == "test")
    };
    text.lines().skip(1).map(cells).collect()
}

fn score(rows: &[Row], tuning: &Tuning) -> Scores {
    let mut learner = Learner::new(tuning.clone());
    for (person, item, skills, correct, test) in rows {
        learner.meet(&Answer { person, item, skills, correct: *correct, time_s: 0.0 }, *test);
    }
    learner.scores()
}

type Knob = (&'static str, fn(&mut Tuning) -> &mut f64);
const KNOBS: [Knob; 16] = [
    ("person", |it| &mut it.person),
    ("person_skill", |it| &mut it.person_skill),
    ("skill", |it| &mut it.skill),
    ("item", |it| &mut it.item),
    ("sharpness", |it| &mut it.sharpness),
    ("form", |it| &mut it.form),
    ("form_kept", |it| &mut it.form_kept),
    ("streak", |it| &mut it.streak),
    ("streak_kept", |it| &mut it.streak_kept),
    ("skill_form", |it| &mut it.skill_form),
    ("skill_form_kept", |it| &mut it.skill_form_kept),
    ("practice", |it| &mut it.practice),
    ("wander", |it| &mut it.wander),
    ("learning", |it| &mut it.learning),
    ("learning_sd", |it| &mut it.learning_sd),
    ("calibration_kept", |it| &mut it.calibration_kept),
];

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let only_score = arguments.first().is_some_and(|it| it == "score");
    arguments.retain(|it| it != "score");
    let files: Vec<(String, Vec<Row>)> = arguments.iter().map(|path| (path.clone(), read(path))).collect();
    let mut tuning = Tuning::default();
    let report = |tuning: &Tuning| {
        for (path, rows) in &files {
            let it = score(rows, tuning);
            println!(
                "{path}: AUC {:.4}, log loss {:.4}, ECE {:.4} of {}",
                it.auc, it.log_loss, it.ece, it.scored
            );
        }
    };
    report(&tuning);
    if only_score {
        return;
    }
    let loss = |tuning: &Tuning| -> f64 {
        std::thread::scope(|scope| {
            let runs: Vec<_> =
                files.iter().map(|(_, rows)| scope.spawn(|| score(rows, tuning).log_loss)).collect();
            runs.into_iter().map(|run| run.join().expect("a run ends")).sum()
        })
    };
    let mut best = loss(&tuning);
    for factor in [1.5, 1.2] {
        for (name, knob) in KNOBS {
            for up in [true, false] {
                loop {
                    let mut tried = tuning.clone();
                    let value = knob(&mut tried);
                    let grown = if up { *value * factor } else { *value / factor };
                    // Shares are moved by their distance from 1.
                    *value =
                        if name.ends_with("kept") { 1.0 - (1.0 - *value) * (grown / *value) } else { grown };
                    let now = loss(&tried);
                    if now >= best - 1e-5 {
                        break;
                    }
                    (best, tuning) = (now, tried);
                }
            }
        }
        println!("{best:.5} {tuning:?}");
        report(&tuning);
    }
}
