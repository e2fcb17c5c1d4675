//! Who recovers true abilities best from work alone, how sure each is, how fast; and how well answers of real people are predicted.

use super::report::Report;
use crate::Outcome;
use skills::evaluate::{Answer, Learner, Scores, Tuning};
use skills::online::TEMPERED;
use skills::synthetic::{self, Estimate, Figures, Size, World, figures, mean_of};
use skills::{Evidence, Observation, Portfolio, SkillId};
use std::path::Path;
use std::time::Instant;

const SEEDS: u64 = 6;
const THREADS: usize = 2;

/// Name, bar, method.
type Method = (&'static str, &'static str, fn(&World) -> Estimate);

const METHODS: [Method; 7] = [
    ("raw averages", "", synthetic::raw_averages),
    ("Elo", "", synthetic::elo_ratings),
    ("Glicko-2", "", synthetic::glicko2_ratings),
    ("TrueSkill", "", synthetic::trueskill_ratings),
    ("online, variances only", "", synthetic::online_plain),
    ("online", "≥ 85 % covered", |world| synthetic::online(world, TEMPERED)),
    ("refit", "RMSE ≤ .265, Spearman ≥ .954, 88–92 % covered", |world| {
        synthetic::refitted(world, THREADS)
    }),
];

pub fn run(_: &[String]) -> Outcome {
    let mut report = Report::new(
        "skills",
        "A made-up desk of 40 agents, 12 skills, 60 topics and 57,600 tickets, mean of 6",
    );
    let worlds: Vec<World> = (1..=SEEDS).map(|seed| World::live(Size::WHOLE, seed)).collect();
    for (name, bar, method) in METHODS {
        let all: Vec<Figures> = worlds.iter().map(|world| figures(&method(world), &world.truth)).collect();
        let mean = mean_of(&all);
        let coverage = mean.coverage.map_or("–".to_owned(), |it| format!("{:.1} %", 100.0 * it));
        let value = format!("RMSE {:.3}, Spearman {:.3}, coverage {coverage}", mean.rmse, mean.spearman);
        report.figure(name, &value, bar);
    }
    live_filter(&mut report, &worlds[0]);
    for skills in [12, 100] {
        let world = World::live(Size { skills, ..Size::WHOLE }, 1);
        let start = Instant::now();
        std::hint::black_box(synthetic::online(&world, TEMPERED));
        let rate = per_second(world.events(), start);
        report.figure(&format!("online, {skills} skills with covariances, one core"), &rate, "≥ 100,000/s");
    }
    large_refit(&mut report);
    for (file, bar) in [
        ("assistments09_train.csv", "AUC ≥ .770, ECE ≤ .015"),
        ("statics_train.csv", "AUC ≥ .825, ECE ≤ .015"),
    ] {
        match answers_of_strangers(file) {
            Some(it) => {
                let value = format!("AUC {:.4}, log loss {:.4}, ECE {:.4}", it.auc, it.log_loss, it.ece);
                report.figure(&format!("{file}, people never met"), &value, bar);
            }
            None => {
                report.note(&format!("{file} is not at ../shared/data/learning, so nothing was predicted."))
            }
        }
    }
    report.print();
    Ok(())
}

/// What the desk itself runs for each event: decay, then `observe`, two skills at a time.
fn live_filter(report: &mut Report, world: &World) {
    let lines: Vec<(usize, Evidence)> = world
        .tickets
        .iter()
        .map(|ticket| {
            let skills = world.skills_of(ticket.topic).map(|(skill, weight)| (SkillId(skill as i64), weight));
            let observation = Observation::Solved { for_good: ticket.for_good };
            let at_ms = ticket.day as i64 * 86_400_000;
            let line = Evidence {
                at_ms,
                skills: skills.to_vec(),
                difficulty: 0.0,
                observation,
                share: 1.0,
                struck_out: false,
            };
            (ticket.agent, line)
        })
        .collect();
    let mut people = vec![Portfolio::default(); world.size.agents];
    let start = Instant::now();
    for (agent, line) in &lines {
        std::hint::black_box(people[*agent].apply(line, synthetic::start));
    }
    report.figure("one person's filter, one core", &per_second(lines.len(), start), "≥ 100,000/s");
}

fn large_refit(report: &mut Report) {
    let world = World::live(Size::LARGE, 1);
    let rows = synthetic::rows(&world);
    let start = Instant::now();
    let fitted = synthetic::fit(&rows, synthetic::start, &synthetic::settings(&world, THREADS));
    let seconds = start.elapsed().as_secs_f64();
    let value = format!(
        "{seconds:.1} s for {} rows, {} beliefs, {} Newton steps",
        rows.len(),
        fitted.beliefs.len(),
        fitted.newton_steps
    );
    report.figure("refit of 1,000 people, 100 skills, 500 topics, 2 threads", &value, "< 60 s");
}

fn per_second(events: usize, start: Instant) -> String {
    format!("{:.0} events/s", events as f64 / start.elapsed().as_secs_f64())
}

/// A fifth of the people come last and are scored, each answer before it is seen. Columns: user, item, time, correct, skill.
fn answers_of_strangers(file: &str) -> Option<Scores> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/learning");
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let mut learner = Learner::new(Tuning::default());
    for scored in [false, true] {
        for cells in &rows {
            let [person, item, _, correct, skills] = cells[..] else { continue };
            if (person.parse::<u32>().ok()? % 5 == 3) == scored {
                let answer = Answer { person, item, skills, correct: correct == "1", time_s: 0.0 };
                learner.meet(&answer, scored);
            }
        }
    }
    Some(learner.scores())
}
