//! Investment: what it would be worth if one more person could do something.
//!
//! Until a floor is simulated, worth is the change of demand-weighted coverage: tickets a week that come at an hour at which
//! somebody able is here, after minus before. The figure is exact (see [`crate::coverage`]); its interval comes from
//! drawing who is able (the same in both worlds, which is what common random numbers are), and how much work there is.

use serde::Serialize;

use crate::belief::Belief;
use crate::coverage::{self, DRAWS, Dice, HOURS_PER_WEEK, Hand};

/// Somebody who was taught to a level is believed to be there, give or take this many levels.
pub const TAUGHT_SD_LEVELS: f64 = 0.5;

/// Tickets a week gained, with the middle interval of that share of the futures that were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Worth {
    /// Expected tickets a week, at least 0 when ability only grows.
    pub tickets: f64,
    pub low: f64,
    pub high: f64,
}

/// One skill, one learner: everybody's chance to be able and here, and the learner's chance afterwards.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Tickets a week at each hour of the week.
    pub demand: &'a [f64; HOURS_PER_WEEK],
    /// How many tickets the demand was counted from: fewer make it less sure.
    pub counted: f64,
    /// Everybody but the learner.
    pub others: &'a [Hand<'a>],
    pub here: &'a [f64; HOURS_PER_WEEK],
    /// P(the learner is able) today, 0–1.
    pub before: f64,
    /// P(the learner is able) after it, 0–1.
    pub after: f64,
}

/// P(able) of somebody who was taught to `target`, for work that asks `required`: at least what it was before.
pub fn p_able_when_taught(before: Option<Belief>, target: f64, required: f64) -> f64 {
    let taught = Belief::at_level(target, TAUGHT_SD_LEVELS).p_at_least(required);
    taught.max(coverage::p_able(before, required))
}

/// Expected tickets a week gained: (after − before) · Σ demand · P(learner here) · P(nobody else able and here).
pub fn tickets_gained(question: &Question<'_>) -> f64 {
    (question.after - question.before) * reach(question.demand, question.others, question.here)
}

/// The same with an interval that holds `share` (0–1) of the drawn futures.
pub fn worth(question: &Question<'_>, share: f64, seed: u64) -> Worth {
    told(tickets_gained(question), futures(question, seed), share)
}

/// One skill of somebody who would bring several.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    pub question: Question<'a>,
    /// The skill's share in a ticket that needs it, 0–1.
    pub share: f64,
    /// Of its futures: parts that are compared share it.
    pub seed: u64,
}

impl Part<'_> {
    /// Expected tickets a week gained.
    pub fn gained(&self) -> f64 {
        self.share * tickets_gained(&self.question)
    }
}

/// What all of them bring together, with an interval that holds `share` (0–1) of the drawn futures; skills are drawn
/// independently of each other.
pub fn worth_together(parts: &[Part<'_>], share: f64) -> Worth {
    let mut together = vec![0.0; DRAWS];
    for it in parts {
        for (sum, gained) in together.iter_mut().zip(futures(&it.question, it.seed)) {
            *sum += it.share * gained;
        }
    }
    told(parts.iter().map(Part::gained).sum(), together, share)
}

fn told(tickets: f64, mut futures: Vec<f64>, share: f64) -> Worth {
    let (low, high) = coverage::middle(&mut futures, share);
    Worth { tickets, low, high }
}

/// Tickets a week gained in each of the drawn futures.
fn futures(question: &Question<'_>, seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    let future = |_| {
        let able: Vec<Hand<'_>> = question
            .others
            .iter()
            .filter(|it| dice.unit() < it.able)
            .map(|it| Hand { able: 1.0, here: it.here })
            .collect();
        // One draw decides both worlds: whoever is able untaught is able taught.
        let fate = dice.unit();
        let gained = f64::from(u8::from(fate < question.after)) - f64::from(u8::from(fate < question.before));
        // Work counted from n tickets is known to about one part in √n.
        let work = (1.0 + dice.normal() / question.counted.max(1.0).sqrt()).max(0.0);
        if gained == 0.0 { 0.0 } else { gained * work * reach(question.demand, &able, question.here) }
    };
    (0..DRAWS).map(future).collect()
}

/// Tickets a week that come when the learner is here and nobody else able is.
fn reach(demand: &[f64; HOURS_PER_WEEK], others: &[Hand<'_>], here: &[f64; HOURS_PER_WEEK]) -> f64 {
    let at = |hour: usize| -> f64 {
        let only = demand[hour] * here[hour];
        if only <= 0.0 {
            return 0.0;
        }
        only * coverage::p_nobody(others, hour)
    };
    (0..HOURS_PER_WEEK).map(at).sum()
}

/// Hours of learning from one level to a higher one, by a price in hours for reaching each of the levels 1 to 5.
pub fn hours_to_learn(from: f64, to: f64, hours_per_level: &[f64; 5]) -> f64 {
    let part = |step: usize| -> f64 {
        let (low, high) = (step as f64, step as f64 + 1.0);
        (to.min(high) - from.max(low)).max(0.0)
    };
    hours_per_level.iter().enumerate().map(|(step, hours)| hours * part(step)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn teaching_where_somebody_able_always_sits_gains_nothing() {
        let (always, demand) = ([1.0; HOURS_PER_WEEK], [1.0; HOURS_PER_WEEK]);
        let others = [Hand { able: 1.0, here: &always }];
        let question = Question {
            demand: &demand,
            counted: 900.0,
            others: &others,
            here: &always,
            before: 0.1,
            after: 0.9,
        };
        assert_eq!(worth(&question, 0.8, 1), Worth { tickets: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn what_two_skills_bring_together_is_the_sum_and_surer_than_its_parts() {
        let (always, demand) = ([1.0; HOURS_PER_WEEK], [0.1; HOURS_PER_WEEK]);
        let part = |seed| Part {
            question: Question {
                demand: &demand,
                counted: 400.0,
                others: &[],
                here: &always,
                before: 0.0,
                after: 0.8,
            },
            share: 0.5,
            seed,
        };
        let (one, two) = (worth_together(&[part(1)], 0.8), worth_together(&[part(1), part(2)], 0.8));
        assert!((one.tickets - 0.5 * 0.8 * 16.8).abs() < 1e-9, "{one:?}");
        assert!((two.tickets - 2.0 * one.tickets).abs() < 1e-9, "{two:?}");
        assert!(one.low < 1e-9 && two.low > 0.0, "both fail seldom: {one:?} {two:?}");
        assert!(two.low <= two.tickets && two.tickets <= two.high);
        assert_eq!(worth_together(&[], 0.8), Worth { tickets: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn beside_a_large_team_one_more_counts_at_the_hours_at_which_nobody_else_is_here() {
        let (always, demand) = ([1.0; HOURS_PER_WEEK], [0.1; HOURS_PER_WEEK]);
        let by_day: [f64; HOURS_PER_WEEK] =
            std::array::from_fn(|hour| if hour % 24 < 12 { 0.9 } else { 0.0 });
        let others: Vec<Hand<'_>> = (0..500).map(|_| Hand { able: 0.7, here: &by_day }).collect();
        let question = Question {
            demand: &demand,
            counted: 400.0,
            others: &others,
            here: &always,
            before: 0.1,
            after: 0.9,
        };
        assert!((tickets_gained(&question) - 0.8 * 8.4).abs() < 1e-9);
    }

    #[test]
    fn hours_of_learning_add_up_over_the_levels() {
        let price = [6.0, 10.0, 16.0, 24.0, 40.0];
        assert_eq!(hours_to_learn(0.0, 3.0, &price), 32.0);
        assert_eq!(hours_to_learn(2.5, 3.0, &price), 8.0);
        assert_eq!(hours_to_learn(3.5, 3.0, &price), 0.0);
        assert_eq!(hours_to_learn(4.0, 5.0, &price), 40.0);
    }

    #[test]
    fn nobody_forgets_by_being_taught_less() {
        let expert = Belief::at_level(4.8, 0.2);
        assert!(p_able_when_taught(Some(expert), 3.0, 4.0) > 0.99);
        assert!(p_able_when_taught(None, 3.0, 3.0) - 0.5 < 1e-9);
    }

    proptest! {
        #[test]
        fn the_gain_is_the_difference_of_two_coverages(able in prop::collection::vec(0.0..=1.0_f64, 0..6), before in 0.0..=1.0_f64, more in 0.0..=1.0_f64, seed in any::<u64>()) {
            let after = before + (1.0 - before) * more;
            let here: [f64; HOURS_PER_WEEK] = std::array::from_fn(|hour| if hour % 24 < 12 { 0.9 } else { 0.1 });
            let demand: [f64; HOURS_PER_WEEK] = std::array::from_fn(|hour| (hour % 7) as f64 / 3.0);
            let others: Vec<Hand<'_>> = able.iter().map(|able| Hand { able: *able, here: &here }).collect();
            let with = |p: f64| {
                let mut all = others.clone();
                all.push(Hand { able: p, here: &here });
                coverage::covered(&demand, &all)
            };
            let question = Question { demand: &demand, counted: 400.0, others: &others, here: &here, before, after };
            let it = worth(&question, 0.8, seed);
            prop_assert!((it.tickets - (with(after) - with(before))).abs() < 1e-9);
            prop_assert!(it.tickets >= -1e-12 && it.low <= it.high && it.low >= 0.0);
        }
    }
}
