//! Every choice against a plain re-reading of the rules, over many small desks.

use proptest::prelude::*;
use routing::*;
use skills::{Belief, SkillBelief, SkillId, p_solved};

const SKILLS: i64 = 5;

prop_compose! {
    fn requirement()(skill in 0..SKILLS, quarters in 0..16_u8, weight in 0.05..1.0_f64, must in any::<bool>()) -> Requirement {
        let least_level = f64::from(quarters) / 4.0;
        let hardness = if must { Hardness::Must } else { Hardness::Prefer };
        Requirement { skill: SkillId(skill), least_level, weight, hardness }
    }
}

prop_compose! {
    fn work()(channel in 0..4_usize, priority in 0..4_usize, waiting_since_ms in 0..3_600_000_i64, difficulty in -2.0..2.0_f64,
              requirements in proptest::collection::vec(requirement(), 0..5), size in prop_oneof![Just(1.0), 0.1..3.0_f64],
              avoid in proptest::collection::vec((0..8_i64).prop_map(PersonId), 0..2),
              prefer_person in proptest::option::of((0..8_i64).prop_map(PersonId))) -> Work {
        Work { id: WorkId(1), channel: Channel::ALL[channel], priority: Priority::ALL[priority], waiting_since_ms,
               requirements, asked: None, difficulty, size, avoid, prefer_person }
    }
}

prop_compose! {
    fn person()(status in prop_oneof![4 => Just(Status::Online), 1 => Just(Status::Away), 1 => Just(Status::Offline)],
                held in proptest::collection::vec(proptest::option::weighted(0.8, (0..6_u8, 1..6_u8)), 4),
                known in proptest::collection::vec(proptest::option::weighted(0.8, (0.0..5.0_f64, 0.1..1.3_f64)), SKILLS as usize),
                idle_since_ms in 0..5_i64) -> Person {
        let mut person = Person::new(PersonId(0), status).idle_since(idle_since_ms);
        for (channel, held) in Channel::ALL.into_iter().zip(held) {
            if let Some((load, limit)) = held {
                person = person.holding(channel, f64::from(load), f64::from(limit));
            }
        }
        person.knowing(known.into_iter().enumerate().filter_map(|(skill, known)| {
            known.map(|(level, sd)| SkillBelief { skill: SkillId(skill as i64), belief: Belief::at_level(level, sd) })
        }))
    }
}

fn desk() -> impl Strategy<Value = Vec<Person>> {
    proptest::collection::vec(person(), 0..8).prop_map(|mut people| {
        for (id, person) in people.iter_mut().enumerate() {
            person.id = PersonId(id as i64);
        }
        people
    })
}

/// The rules once more, without the crate's own helpers.
fn may_have(work: &Work, person: &Person) -> bool {
    let room = person.capacity_on(work.channel).is_some_and(|it| it.limit - it.load >= work.size - 1e-9);
    let sure = work.requirements.iter().all(|it| {
        it.hardness == Hardness::Prefer || person.beliefs.of(it.skill).lower_quantile(0.20) >= it.least_level
    });
    person.status == Status::Online && room && sure && !work.avoid.contains(&person.id)
}

fn value(work: &Work, person: &Person, policy: &Policy) -> f64 {
    let capacity = person.capacity_on(work.channel).unwrap();
    let p = p_solved(
        work.requirements.iter().map(|it| (it.weight, person.beliefs.of(it.skill))),
        work.difficulty,
    );
    let knows = if work.prefer_person == Some(person.id) { policy.prefer_person_bonus } else { 0.0 };
    p + knows - policy.load_cost * (capacity.load + work.size) / capacity.limit
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_choice_is_what_trying_everybody_would_give(work in work(), people in desk(), seed in any::<u64>()) {
        let policy = Policy { explore_share: 0.0, ..Policy::default() };
        let decision = choose(&work, &people, &policy, 3_600_000, seed);
        let able: Vec<&Person> = people.iter().filter(|it| may_have(&work, it)).collect();
        let best = able.iter().map(|it| value(&work, it, &policy)).fold(f64::NEG_INFINITY, f64::max);
        match decision.chosen {
            None => {
                prop_assert!(able.is_empty());
                prop_assert!(matches!(decision.how, How::Queued { .. }), "{:?}", decision.how);
            }
            Some(chosen) => {
                let chosen = able.iter().find(|it| it.id == chosen);
                prop_assert!(chosen.is_some(), "somebody who may not have it was chosen");
                let chosen = chosen.unwrap();
                let worth = value(&work, chosen, &policy);
                prop_assert!(worth >= best - policy.tie_tolerance - 1e-9);
                for other in &able {
                    if value(&work, other, &policy) > best - policy.tie_tolerance + 1e-9 {
                        let (mine, theirs) = (chosen.idle_since_ms, other.idle_since_ms);
                        prop_assert!((mine, chosen.id) <= (theirs, other.id), "a tie went to the less idle");
                    }
                }
                let capacity = chosen.capacity_on(work.channel).unwrap();
                prop_assert!(capacity.load + work.size <= capacity.limit + 1e-6, "nobody is filled beyond their limit");
            }
        }
    }

    #[test]
    fn everybody_is_listed_once_with_the_reasons_that_hold(work in work(), people in desk(), seed in any::<u64>()) {
        let decision = choose(&work, &people, &Policy::default(), 3_600_000, seed);
        prop_assert_eq!(decision.candidates.len(), people.len());
        for candidate in &decision.candidates {
            let person = &people[candidate.person.0 as usize];
            prop_assert_eq!(candidate.eligible.is_ok(), may_have(&work, person));
            prop_assert_eq!(candidate.eligible.is_ok(), !candidate.reasons.is_empty());
            prop_assert!((0.0..=1.0).contains(&candidate.p_success) && candidate.score.is_finite());
        }
        let firsts = decision.candidates.iter().take_while(|it| it.eligible.is_ok()).count();
        prop_assert!(decision.candidates[firsts..].iter().all(|it| it.eligible.is_err()), "the eligible come first");
    }

    #[test]
    fn the_same_question_has_the_same_answer_in_any_order(work in work(), people in desk(), seed in any::<u64>()) {
        let policy = Policy { explore_share: 0.0, ..Policy::default() };
        let first = choose(&work, &people, &policy, 3_600_000, seed);
        prop_assert_eq!(&first, &choose(&work, &people, &policy, 3_600_000, seed));
        let reversed: Vec<Person> = people.iter().rev().cloned().collect();
        prop_assert_eq!(&first, &choose(&work, &reversed, &policy, 3_600_000, seed));
    }

    #[test]
    fn a_lot_falls_only_on_the_able_and_never_on_urgent_work(work in work(), people in desk(), seed in any::<u64>()) {
        let policy = Policy { explore_share: 1.0, ..Policy::default() };
        let decision = choose(&work, &people, &policy, 3_600_000, seed);
        let able = people.iter().filter(|it| may_have(&work, it)).count();
        prop_assert_eq!(decision.by_lot(), able > 1 && work.priority != Priority::Urgent);
        if let Some(chosen) = decision.chosen {
            prop_assert!(may_have(&work, &people[chosen.0 as usize]));
        }
    }

    #[test]
    fn what_queued_work_waits_for_is_true(work in work(), people in desk()) {
        let decision = choose(&work, &people, &Policy::default(), 0, 0);
        let How::Queued { until } = decision.how else { return Ok(()) };
        let present: Vec<&Person> =
            people.iter().filter(|it| it.status != Status::Offline && it.capacity_on(work.channel).is_some()).collect();
        // The same people with all the time in the world.
        let free = |person: &Person| {
            let mut person = person.clone().holding(work.channel, 0.0, 100.0);
            person.status = Status::Online;
            person
        };
        let could: Vec<&&Person> = present.iter().filter(|it| may_have(&work, &free(it))).collect();
        match until {
            Expectation::Presence { .. } => prop_assert!(present.is_empty()),
            Expectation::Skill { nobody_meets } => {
                prop_assert!(!nobody_meets.is_empty());
                for need in nobody_meets {
                    prop_assert!(present.iter().all(|it| it.beliefs.of(need.skill).lower_quantile(0.20) < need.least_level));
                }
            }
            Expectation::SkillsTogether { .. } | Expectation::Release => prop_assert!(could.is_empty()),
            Expectation::Asked => prop_assert!(false, "nothing is asked here"),
            Expectation::Capacity { able } => {
                prop_assert_eq!(able, could.iter().filter(|it| it.status == Status::Online).count());
                prop_assert!(able > 0);
            }
            Expectation::Return { able } => {
                prop_assert_eq!(able, could.len());
                prop_assert!(could.iter().all(|it| it.status == Status::Away));
            }
        }
    }

    #[test]
    fn a_free_person_takes_nothing_that_is_overtaken_unfairly(person in person(), queue in proptest::collection::vec(work(), 0..10)) {
        let queue: Vec<Work> =
            queue.into_iter().enumerate().map(|(id, it)| Work { id: WorkId(id as i64), ..it }).collect();
        let mine: Vec<&Work> = queue.iter().filter(|it| may_have(it, &person)).collect();
        match next_for(&person, &queue, &Policy::default(), 3_600_000) {
            None => prop_assert!(mine.is_empty()),
            Some(pull) => {
                let taken = mine.iter().find(|it| it.id == pull.work);
                prop_assert!(taken.is_some(), "it was not theirs to take");
                let taken = taken.unwrap();
                for other in &mine {
                    prop_assert!(other.priority <= taken.priority);
                    if other.priority == taken.priority && other.channel == taken.channel {
                        prop_assert!(taken.waiting_since_ms - other.waiting_since_ms <= 15 * 60_000);
                    }
                }
            }
        }
    }

    #[test]
    fn a_decision_survives_being_stored(work in work(), people in desk(), seed in any::<u64>()) {
        let decision = choose(&work, &people, &Policy::default(), 5, seed);
        let text = serde_json::to_string(&decision).unwrap();
        let read: Decision = serde_json::from_str(&text).unwrap();
        prop_assert_eq!((read.chosen, read.candidates.len()), (decision.chosen, people.len()));
        prop_assert_eq!(std::mem::discriminant(&read.how), std::mem::discriminant(&decision.how));
        for (read, told) in read.candidates.iter().zip(&decision.candidates) {
            prop_assert!((read.score - told.score).abs() < 1e-12 && read.person == told.person);
            prop_assert_eq!(&read.reasons, &told.reasons);
        }
        let short = read.shortened(2);
        prop_assert!(short.candidates.len() <= 3);
        prop_assert_eq!(short.chosen_candidate().map(|it| it.person), decision.chosen);
    }
}

#[test]
fn about_one_choice_in_twenty_is_made_by_lot() {
    let people: Vec<Person> = (0..4)
        .map(|id| Person::new(PersonId(id), Status::Online).holding(Channel::Email, 0.0, 5.0))
        .collect();
    let work = Work::new(WorkId(1), Channel::Email);
    let mut taken = [0; 4];
    for seed in 0..10_000 {
        let decision = choose(&work, &people, &Policy::default(), 0, seed);
        if decision.by_lot() {
            taken[decision.chosen.unwrap().0 as usize] += 1;
        }
    }
    let lots: i32 = taken.iter().sum();
    assert!((400..600).contains(&lots), "{lots}");
    assert!(taken.iter().all(|it| *it > lots / 8), "the lot falls on all alike: {taken:?}");
}
