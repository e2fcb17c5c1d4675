//! What must hold of a refit whatever the numbers are; how well it recovers a whole desk stands in `tests/synthetic_desk.rs`.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::decay::DecayClass;
use crate::replay::{Evidence, Start, replay};

const DAY: i64 = 86_400_000;
const NOW: i64 = 400 * DAY;

fn start(_: SkillId) -> Start {
    Start { prior: Belief { mean: 0.1, variance: 0.9 }, decay: DecayClass::Technical }
}

fn row(person: i64, at_ms: i64, skills: &[(i64, f64)], observation: Observation) -> Row {
    Row {
        person: PersonId(person),
        at_ms,
        skills: skills.iter().map(|(id, weight)| (SkillId(*id), *weight)).collect(),
        difficulty: 0.0,
        topic: None,
        priority: None,
        channel: None,
        customer: None,
        rater: None,
        observation,
        share: 1.0,
        struck_out: false,
    }
}

fn settings() -> RefitSettings {
    RefitSettings { learn_noise: false, ..RefitSettings::as_of(NOW) }
}

fn fit(rows: &[Row], settings: &RefitSettings) -> Refit {
    refit(rows, start, settings, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        4 => any::<bool>().prop_map(|for_good| Observation::Solved { for_good }),
        2 => (1..=5_u8).prop_map(|score| Observation::Satisfaction { score }),
        1 => (0.0..5.0_f64).prop_map(|level| Observation::SelfRating { level }),
        1 => (0.0..5.0_f64).prop_map(|level| Observation::LeadRating { level }),
        1 => (0.0..5.0_f64).prop_map(|level| Observation::Review { level, severity: 0.0 }),
        1 => (0.2..4.0_f64).prop_map(|ratio| Observation::HandleTime { ratio, for_good: true }),
        1 => any::<bool>().prop_map(|correct| Observation::Test { correct, discrimination: 1.2, difficulty: 0.3 }),
    ]
}

prop_compose! {
    fn any_row()(person in 1..6_i64, at_ms in 0..NOW, first in 1..4_i64, second in 3..6_i64, weight in 0.1..1.0_f64,
                 topic in proptest::option::of(1..5_i64), channel in proptest::option::of(1..3_i64),
                 customer in proptest::option::of(1..3_i64), rater in proptest::option::of(1..4_i64),
                 observation in observation(), struck_out in proptest::bool::weighted(0.2)) -> Row {
        let base = row(person, at_ms, &[(first, weight), (second, 0.5)], observation);
        Row { topic, channel, customer, rater, struck_out, ..base }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn neither_order_nor_threads_nor_what_was_struck_out_change_a_bit(rows in proptest::collection::vec(any_row(), 0..60), seed in any::<u64>()) {
        let whole = fit(&rows, &RefitSettings::as_of(NOW));
        let mut kept: Vec<Row> = rows.iter().filter(|row| !row.struck_out).cloned().collect();
        kept.sort_by_key(|row| (row.at_ms as u64).wrapping_mul(seed | 1));
        kept.iter_mut().for_each(|row| row.skills.reverse());
        let other = fit(&kept, &RefitSettings { threads: 3, ..RefitSettings::as_of(NOW) });
        prop_assert_eq!(whole, other);
    }

    #[test]
    fn every_belief_is_a_number_and_narrower_than_the_start(rows in proptest::collection::vec(any_row(), 1..60)) {
        let fitted = fit(&rows, &RefitSettings::as_of(NOW));
        prop_assert!(fitted.settled);
        for it in &fitted.beliefs {
            prop_assert!(it.belief.mean.is_finite() && it.belief.mean.abs() < 8.0);
            prop_assert!(it.belief.variance > 0.0 && it.belief.variance < 0.9 + 1e-9, "{:?}", it);
            prop_assert!((0.0..=f64::from(it.rows)).contains(&it.footing.observations));
        }
    }

    /// How much was seen of somebody is one figure, whichever tier is asked.
    #[test]
    fn both_tiers_count_what_was_seen_alike(rows in proptest::collection::vec(any_row(), 0..40), kept in 0.0..1.0_f64) {
        let rows: Vec<Row> = rows.into_iter().map(|row| {
            let mut row = Row { person: PersonId(1), ..row };
            row.skills[0].0 = SkillId(row.skills[0].0.0.min(2));
            row
        }).collect();
        let released_at = NOW / 2;
        let release = Release { skill: SkillId(3), at_ms: released_at, kept };
        let fitted = fit(&rows, &RefitSettings { releases: vec![release], ..RefitSettings::as_of(NOW) });
        let line = |row: &Row| Evidence {
            at_ms: row.at_ms,
            skills: row.skills.clone(),
            difficulty: row.difficulty,
            observation: row.observation,
            share: row.share,
            struck_out: row.struck_out,
        };
        let mut lines: Vec<Evidence> = rows.iter().map(line).collect();
        let release = Observation::Release { keep: kept };
        lines.push(line(&row(1, released_at, &[(3, 1.0)], release)));
        // Work of the very moment of a release is of what was released.
        lines.sort_by_key(|it| (it.at_ms, !matches!(it.observation, Observation::Release { .. })));
        let online = replay(&lines, start);
        for it in &fitted.beliefs {
            let live = online.footing(it.skill);
            prop_assert!((live.observations - it.footing.observations).abs() < 1e-9, "{:?} and {:?}", live, it);
            prop_assert_eq!(live.last_at_ms, it.footing.last_at_ms);
        }
    }

    /// As of a moment, what came later has not happened.
    #[test]
    fn a_refit_as_of_then_is_the_one_that_would_have_run_then(rows in proptest::collection::vec(any_row(), 0..40), kept in 0.0..1.0_f64) {
        let then = NOW / 2;
        let released = |at_ms: i64| Release { skill: SkillId(3), at_ms, kept };
        let settings = |releases: Vec<Release>| RefitSettings { releases, ..RefitSettings::as_of(then) };
        let known: Vec<Row> = rows.iter().filter(|row| row.at_ms <= then).cloned().collect();
        let now = fit(&rows, &settings(vec![released(then - 90 * DAY), released(then + DAY)]));
        prop_assert_eq!(now, fit(&known, &settings(vec![released(then - 90 * DAY)])));
    }

    /// The mode is a maximum: whatever is found, no neighbour is higher. Checked through Gaussian evidence, where the mean
    /// of the posterior is known in closed form: one skill, one moment.
    #[test]
    fn gaussian_evidence_gives_the_conjugate_posterior(levels in proptest::collection::vec(0.0..5.0_f64, 1..20)) {
        let rows: Vec<Row> = levels.iter().map(|level| {
            row(1, NOW, &[(1, 1.0)], Observation::Review { level: *level, severity: 0.0 })
        }).collect();
        let belief = fit(&rows, &settings()).beliefs[0].belief;
        let noise = (0.7_f64 / 1.25).powi(2);
        let precision = 1.0 / 0.9 + levels.len() as f64 / noise;
        let mean = (0.1 / 0.9 + levels.iter().map(|it| crate::logits_of(*it)).sum::<f64>() / noise) / precision;
        prop_assert!((belief.variance - 1.0 / precision).abs() < 1e-9, "{} {}", belief.variance, 1.0 / precision);
        prop_assert!((belief.mean - mean).abs() < 1e-9);
    }
}

#[test]
fn no_evidence_is_no_belief() {
    let empty = fit(&[], &settings());
    assert!(empty.beliefs.is_empty() && empty.unknowns.is_empty() && empty.settled);
    assert_eq!(empty.unseen(PersonId(1), start(SkillId(1)).prior), start(SkillId(1)).prior);
}

#[test]
fn a_hard_topic_excuses_who_fails_at_it() {
    let solved = |person: i64, topic: i64, good: i64| {
        (0..20).map(move |i| Row {
            topic: Some(topic),
            ..row(person, NOW - i * DAY, &[(1, 1.0)], Observation::Solved { for_good: i < good })
        })
    };
    // Everybody fails at topic 2; person 1 gets nothing else, person 2 half of each, person 3 the easy one.
    let rows: Vec<Row> = solved(1, 2, 8)
        .chain(solved(2, 2, 8))
        .chain(solved(2, 1, 18))
        .chain(solved(3, 1, 18))
        .chain(solved(4, 1, 18))
        .chain(solved(4, 2, 8))
        .collect();
    let fitted = fit(&rows, &settings());
    let level = |person: i64| fitted.belief(PersonId(person), SkillId(1)).unwrap().belief.mean;
    let topic = |topic: i64| fitted.unknown(Unknown::Topic(topic)).unwrap().belief.mean;
    assert!(topic(2) > topic(1) + 0.8);
    // Person 1 has 40 % and person 3 has 90 %, but they were asked different things.
    assert!(level(3) - level(1) < 1.0, "{} {}", level(3), level(1));
}

#[test]
fn a_severe_rater_is_seen_through() {
    // Both raters judge persons 1 to 6; the second gives a level less. Person 7 is only seen by the second.
    let review = |person: i64, rater: i64, level: f64| Row {
        rater: Some(rater),
        ..row(person, NOW - DAY, &[(1, 1.0)], Observation::Review { level, severity: 0.0 })
    };
    let mut rows: Vec<Row> =
        (1..=6).flat_map(|person| [review(person, 1, 3.5), review(person, 2, 2.5)]).collect();
    rows.extend([review(7, 2, 2.5), review(8, 1, 2.5)]);
    let fitted = fit(&rows, &settings());
    let severity = |rater: i64| fitted.unknown(Unknown::Rater(rater)).unwrap().belief.mean;
    let mean = |person: i64| fitted.belief(PersonId(person), SkillId(1)).unwrap().belief.mean;
    assert!(severity(2) - severity(1) > 0.4);
    assert!(mean(7) > mean(8) + 0.2, "the same level means more from a severe rater");
}

#[test]
fn old_evidence_fades_to_the_persons_own_mean() {
    let praise = |at_ms: i64| {
        vec![
            row(
                1,
                at_ms,
                &[(1, 1.0)],
                Observation::Test { correct: true, discrimination: 2.0, difficulty: 1.0 }
            );
            8
        ]
    };
    let (fresh, stale) = (fit(&praise(NOW), &settings()), fit(&praise(NOW - 360 * DAY), &settings()));
    let (fresh, stale) = (&fresh.beliefs[0], &stale.beliefs[0]);
    assert!(fresh.belief.mean > stale.belief.mean + 0.3 && stale.belief.mean > 0.1);
    assert!(stale.belief.variance > fresh.belief.variance);
    assert_eq!(stale.footing.observations, fresh.footing.observations, "what was seen stays seen");
    assert_eq!(stale.footing.effective(NOW - 360 * DAY, 120.0), 8.0);
    assert_eq!(fresh.footing.effective(NOW + 361 * DAY, 120.0), 0.0, "and is too long ago one day");
}

#[test]
fn a_release_pulls_what_was_known_before() {
    let rows: Vec<Row> = (0..10)
        .map(|i| row(1, NOW - (60 - i) * DAY, &[(1, 1.0)], Observation::LeadRating { level: 5.0 }))
        .collect();
    let release = Release { skill: SkillId(1), at_ms: NOW - 20 * DAY, kept: 0.3 };
    let calm = fit(&rows, &settings()).beliefs[0].belief;
    let pulled = fit(&rows, &RefitSettings { releases: vec![release], ..settings() }).beliefs[0].belief;
    assert!(pulled.mean < calm.mean - 0.3 && pulled.variance > calm.variance);
}

#[test]
fn later_rows_are_left_out() {
    let rows = [
        row(1, 10 * DAY, &[(1, 1.0)], Observation::LeadRating { level: 4.0 }),
        row(1, 30 * DAY, &[(1, 1.0)], Observation::LeadRating { level: 0.0 }),
    ];
    let then = RefitSettings { as_of_ms: 20 * DAY, ..settings() };
    assert_eq!(fit(&rows, &then), fit(&rows[..1], &then));
}

#[test]
fn noisy_sources_are_found_out() {
    // Reviews agree with each other, peers say anything.
    let mut rows = Vec::new();
    for person in 0..40 {
        let level = 1.0 + 3.0 * f64::from(person as i32 % 7) / 6.0;
        for i in 0..4 {
            let wild = f64::from((person as i32 * 7 + i * 3) % 6);
            rows.push(row(person, NOW, &[(1, 1.0)], Observation::Review { level, severity: 0.0 }));
            rows.push(row(person, NOW, &[(1, 1.0)], Observation::PeerRating { level: wild }));
        }
    }
    let fitted = fit(&rows, &RefitSettings { learn_noise: true, ..settings() });
    assert!(fitted.noise_sd_levels[&Source::Review] < 0.5, "{:?}", fitted.noise_sd_levels);
    assert!(fitted.noise_sd_levels[&Source::Peer] > 1.2, "{:?}", fitted.noise_sd_levels);
}

#[test]
fn what_somebody_shows_in_one_skill_speaks_for_the_others() {
    let rows = vec![row(1, NOW, &[(1, 1.0)], Observation::LeadRating { level: 5.0 }); 5];
    let fitted = fit(&rows, &settings());
    let usual = start(SkillId(2)).prior;
    let unseen = fitted.unseen(PersonId(1), usual);
    assert!(unseen.mean > usual.mean && unseen.variance < usual.variance);
    assert!(
        unseen.mean < fitted.beliefs[0].belief.mean && unseen.variance > fitted.beliefs[0].belief.variance
    );
}

#[test]
fn one_without_a_general_part_has_only_their_own_skills() {
    let alone = RefitSettings { general_share: 0.0, ..settings() };
    let rows = vec![row(1, NOW, &[(1, 1.0)], Observation::LeadRating { level: 5.0 }); 5];
    let usual = start(SkillId(2)).prior;
    assert_eq!(fit(&rows, &alone).unseen(PersonId(1), usual), usual);
}

#[test]
fn it_can_be_called_off_and_says_how_far_it_is() {
    let rows: Vec<Row> = (0..50)
        .map(|i| row(i % 5, i * DAY, &[(1, 1.0)], Observation::Solved { for_good: i % 3 > 0 }))
        .collect();
    let mut shares = Vec::new();
    refit(&rows, start, &settings(), &mut |progress| {
        shares.push(progress.share);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(shares.is_sorted() && shares.len() > 3 && shares.last() == Some(&1.0));
    let called_off = refit(&rows, start, &settings(), &mut |_| ControlFlow::Break(()));
    assert_eq!(called_off, Err(RefitError::CalledOff));
}

#[test]
fn wild_numbers_do_not_get_in() {
    let wild = [f64::NAN, f64::INFINITY, -1.0, 1e300];
    let mut rows = Vec::new();
    for (i, number) in wild.into_iter().enumerate() {
        let base = row(1, i as i64, &[(1, number), (2, 0.5)], Observation::Solved { for_good: true });
        rows.push(Row { difficulty: number, ..base.clone() });
        rows.push(Row { observation: Observation::LeadRating { level: number }, ..base });
    }
    let strange = RefitSettings { topic_sd: f64::NAN, general_share: 7.0, threads: 0, ..settings() };
    for it in fit(&rows, &strange).beliefs {
        assert!(it.belief.mean.is_finite() && it.belief.variance.is_finite());
    }
}

#[test]
fn half_the_work_twice_says_as_much_as_the_whole_once() {
    let solved =
        |share: f64| Row { share, ..row(1, NOW, &[(1, 1.0)], Observation::Solved { for_good: true }) };
    let once = fit(&[solved(1.0)], &settings());
    let halves = fit(&[solved(0.5), solved(0.5)], &settings());
    let (once, halves) = (once.beliefs[0].belief, halves.beliefs[0].belief);
    assert!((once.mean - halves.mean).abs() < 1e-6 && (once.variance - halves.variance).abs() < 1e-6);
}
