//! What coaching has changed: one person's outcomes before and after, against matched work of those who were not coached.
//!
//! **Matched.** Each outcome is compared with the mean of other people's outcomes in work of the same kind (`strata`, the
//! finest kind in which others have enough); work that nobody else did is left out and counted.
//! **Chance.** Coaching is begun when things went badly, and bad luck passes by itself. So the time before is drawn to the
//! others' mean as far as chance explains it, b = τ²/(τ² + σ²/n) (James & Stein; empirical Bayes), and the time after is
//! compared with that.
//! **The others.** What changed for everybody (season, product, rules) is taken off: the mean of the others' changes. How
//! far they lie apart beyond chance (DerSimonian & Laird 1986) is how far people move by themselves, and is part of the
//! uncertainty, as in a prediction interval (Higgins, Thompson & Spiegelhalter 2009).
//!
//! The estimate is a difference in differences between persons; its interval is Student's with one degree of freedom less
//! than there are others. Values are on any scale (0 and 1 for solved for good, 1–5 for ratings).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// One outcome of one person's work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    pub person: i64,
    /// What kind of work it was, from the finest to the coarsest.
    pub strata: [u64; 2],
    /// After the coaching began.
    pub after: bool,
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The share of probability that the interval covers, 0–1.
    pub coverage: f64,
    /// The coached person's matched outcomes on either side.
    pub outcomes_min: usize,
    /// Another person's, to be counted among the others.
    pub others_outcomes_min: usize,
    pub others_min: usize,
    /// Others' outcomes in work of a kind, for it to be a measure.
    pub stratum_min: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { coverage: 0.8, outcomes_min: 8, others_outcomes_min: 5, others_min: 3, stratum_min: 5 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Of the coaching, in the unit of the values.
    pub estimate: f64,
    pub interval: (f64, f64),
    pub standard_error: f64,
    pub coverage: f64,
    /// The coached person's matched work before and after: what it came to, less what others came to in the same kinds of
    /// work, plus the mean of all.
    pub before: f64,
    pub after: f64,
    /// What the time after would have come to without coaching.
    pub expected: f64,
    pub outcomes_before: usize,
    pub outcomes_after: usize,
    /// Outcomes of theirs that nothing could be matched with.
    pub unmatched: usize,
    /// People it was compared with.
    pub others: usize,
}

/// Why nothing can be said yet; with what there is and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TooLittle {
    Before { have: usize, need: usize },
    After { have: usize, need: usize },
    Others { have: usize, need: usize },
}

/// The change in the coached person's outcomes that neither their work, nor chance, nor what changed for everybody
/// explains.
pub fn measure(all: &[Outcome], coached: i64, settings: &Settings) -> Result<Effect, TooLittle> {
    let all: Vec<Outcome> = all.iter().copied().filter(|it| it.value.is_finite()).collect();
    let kinds = Kinds::of(&all, coached);
    let mut people: HashMap<i64, [Side; 2]> = HashMap::new();
    let mut unmatched = 0;
    // How much more of a kind the coached person had after than before: only that carries the kind's own error.
    let mut drift_of_mix: HashMap<(usize, u64), [f64; 2]> = HashMap::new();
    for it in &all {
        match kinds.baseline(it, coached, settings.stratum_min) {
            Some((level, usual)) => {
                people.entry(it.person).or_default()[usize::from(it.after)].add(it.value - usual);
                if it.person == coached {
                    drift_of_mix.entry((level, it.strata[level])).or_default()[usize::from(it.after)] += 1.0;
                }
            }
            None => unmatched += usize::from(it.person == coached),
        }
    }
    let theirs = people.remove(&coached).unwrap_or_default();
    let [before, after] = theirs;
    let need = settings.outcomes_min.max(1);
    if before.count < need {
        return Err(TooLittle::Before { have: before.count, need });
    }
    if after.count < need {
        return Err(TooLittle::After { have: after.count, need });
    }
    let mut others: Vec<(i64, [Side; 2])> = people
        .into_iter()
        .filter(|(_, sides)| sides.iter().all(|it| it.count >= settings.others_outcomes_min.max(2)))
        .collect();
    others.sort_by_key(|(person, _)| *person);
    let others_need = settings.others_min.max(2);
    if others.len() < others_need {
        return Err(TooLittle::Others { have: others.len(), need: others_need });
    }
    let noise = noise_of(&others);
    let start = Start::of(&others, noise);
    let changes: Vec<(f64, f64)> = others
        .iter()
        .map(|(_, [before, after])| {
            let (drawn, left) = start.drawn(before, noise);
            (after.mean() - drawn, noise / after.count as f64 + left)
        })
        .collect();
    let (common, common_variance, spread) = pooled_changes(&changes);
    let (drawn, left) = start.drawn(&before, noise);
    let mix: f64 = drift_of_mix
        .iter()
        .map(|((level, stratum), [then, now])| {
            let moved = now / after.count as f64 - then / before.count as f64;
            moved * moved * noise / kinds.count(*level, *stratum).max(1) as f64
        })
        .sum();
    let variance = noise / after.count as f64 + left + spread + common_variance + mix;
    let estimate = after.mean() - drawn - common;
    let standard_error = variance.max(0.0).sqrt();
    let reach = standard_error * student(settings.coverage, others.len() - 1);
    Ok(Effect {
        estimate,
        interval: (estimate - reach, estimate + reach),
        standard_error,
        coverage: settings.coverage,
        before: kinds.mean + before.mean(),
        after: kinds.mean + after.mean(),
        expected: kinds.mean + drawn + common,
        outcomes_before: before.count,
        outcomes_after: after.count,
        unmatched,
        others: others.len(),
    })
}

/// The coached person's own outcomes that could be matched: the place in `all`, and what it came to, less what others came
/// to in the same kind of work, plus the mean of all. For drawing.
pub fn matched(all: &[Outcome], coached: i64, settings: &Settings) -> Vec<(usize, f64)> {
    let kinds = Kinds::of(all, coached);
    let own = all.iter().enumerate().filter(|(_, it)| it.person == coached && it.value.is_finite());
    own.filter_map(|(place, it)| {
        let (_, usual) = kinds.baseline(it, coached, settings.stratum_min)?;
        Some((place, kinds.mean + it.value - usual))
    })
    .collect()
}

/// What several coachings have brought on average, with an interval that allows them to differ. `None` of fewer than two.
pub fn average(effects: &[Effect], coverage: f64) -> Option<(f64, (f64, f64))> {
    let usable = |it: &&Effect| it.standard_error.is_finite() && it.standard_error > 0.0;
    let all: Vec<(f64, f64)> =
        effects.iter().filter(usable).map(|it| (it.estimate, it.standard_error.powi(2))).collect();
    if all.len() < 2 {
        return None;
    }
    let (mean, variance, _) = pooled_changes(&all);
    let reach = variance.sqrt() * student(coverage, all.len() - 1);
    Some((mean, (mean - reach, mean + reach)))
}

/// Sums of one side of one person's matched outcomes.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    count: usize,
    sum: f64,
    squares: f64,
}

impl Side {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// Sum of squares around its own mean.
    fn within(&self) -> f64 {
        (self.squares - self.sum * self.mean()).max(0.0)
    }
}

/// What others came to in each kind of work.
struct Kinds {
    /// By fineness and kind: count and sum over all who were not coached.
    all: HashMap<(usize, u64), (usize, f64)>,
    /// The same of each person alone.
    own: HashMap<(usize, u64, i64), (usize, f64)>,
    mean: f64,
}

impl Kinds {
    fn of(outcomes: &[Outcome], coached: i64) -> Kinds {
        let mut kinds = Kinds { all: HashMap::new(), own: HashMap::new(), mean: 0.0 };
        let (mut count, mut sum) = (0_usize, 0.0);
        for it in outcomes.iter().filter(|it| it.person != coached && it.value.is_finite()) {
            count += 1;
            sum += it.value;
            for (level, stratum) in it.strata.iter().enumerate() {
                let all = kinds.all.entry((level, *stratum)).or_default();
                *all = (all.0 + 1, all.1 + it.value);
                let own = kinds.own.entry((level, *stratum, it.person)).or_default();
                *own = (own.0 + 1, own.1 + it.value);
            }
        }
        kinds.mean = if count == 0 { 0.0 } else { sum / count as f64 };
        kinds
    }

    /// The finest kind in which enough others have outcomes, and their mean in it; nobody is measured by themself.
    fn baseline(&self, it: &Outcome, coached: i64, least: usize) -> Option<(usize, f64)> {
        it.strata.iter().enumerate().find_map(|(level, stratum)| {
            let (count, sum) = self.all.get(&(level, *stratum)).copied()?;
            let own = match it.person == coached {
                true => (0, 0.0),
                false => self.own.get(&(level, *stratum, it.person)).copied().unwrap_or_default(),
            };
            let others = count - own.0;
            (others >= least.max(1)).then(|| (level, (sum - own.1) / others as f64))
        })
    }

    fn count(&self, level: usize, stratum: u64) -> usize {
        self.all.get(&(level, stratum)).map_or(0, |it| it.0)
    }
}

/// The variance of one outcome around its person's mean on its side.
fn noise_of(others: &[(i64, [Side; 2])]) -> f64 {
    /// Outcomes that are all alike do not prove that the next one will be.
    const NOISE_MIN: f64 = 1e-4;
    let sides = || others.iter().flat_map(|(_, sides)| sides);
    let within: f64 = sides().map(Side::within).sum();
    let free: usize = sides().map(|it| it.count.saturating_sub(1)).sum();
    (within / free.max(1) as f64).max(NOISE_MIN)
}

/// Where people stood before, beyond chance.
struct Start {
    mean: f64,
    /// Between people.
    spread: f64,
}

impl Start {
    fn of(others: &[(i64, [Side; 2])], noise: f64) -> Start {
        let all: Vec<(f64, f64)> =
            others.iter().map(|(_, [before, _])| (before.mean(), noise / before.count as f64)).collect();
        let (mean, _, spread) = pooled_changes(&all);
        Start { mean, spread }
    }

    /// Where somebody really stood before, and how unsure that is.
    fn drawn(&self, before: &Side, noise: f64) -> (f64, f64) {
        let chance = noise / before.count.max(1) as f64;
        let kept = self.spread / (self.spread + chance);
        (self.mean + kept * (before.mean() - self.mean), self.spread * (1.0 - kept))
    }
}

/// The mean of figures with known variances that also differ among themselves, its variance, and how far they differ
/// (DerSimonian & Laird's moments).
fn pooled_changes(all: &[(f64, f64)]) -> (f64, f64, f64) {
    let weigh = |spread: f64| {
        let weight = |variance: f64| 1.0 / (variance + spread).max(f64::MIN_POSITIVE);
        let sum: f64 = all.iter().map(|it| weight(it.1)).sum();
        let mean = all.iter().map(|it| weight(it.1) * it.0).sum::<f64>() / sum;
        (mean, sum, all.iter().map(|it| weight(it.1).powi(2)).sum::<f64>())
    };
    let (mean, sum, squares) = weigh(0.0);
    let apart: f64 =
        all.iter().map(|(figure, variance)| (figure - mean).powi(2) / variance.max(f64::MIN_POSITIVE)).sum();
    let free = all.len().saturating_sub(1) as f64;
    let spread = ((apart - free) / (sum - squares / sum).max(f64::MIN_POSITIVE)).max(0.0);
    let (mean, sum, _) = weigh(spread);
    (mean, 1.0 / sum, spread)
}

/// How many standard errors the middle interval reaches to either side.
fn student(coverage: f64, free: usize) -> f64 {
    let upper = 0.5 + coverage.clamp(0.0, 0.999) / 2.0;
    StudentsT::new(0.0, 1.0, free.max(1) as f64).map_or(f64::INFINITY, |it| it.inverse_cdf(upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::synthetic::Dice;

    fn outcome(person: i64, stratum: u64, after: bool, value: f64) -> Outcome {
        Outcome { person, strata: [stratum, 0], after, value }
    }

    /// `others` people without any change; the coached (0) changes by `by`, and everybody by `all_by`.
    fn desk(others: i64, by: f64, all_by: f64, harder_after: bool) -> Vec<Outcome> {
        let mut dice = Dice::new(3);
        let mut all = Vec::new();
        for person in 0..=others {
            for n in 0..200 {
                let after = n >= 100;
                let hard = if person == 0 && harder_after { after } else { n % 2 == 0 };
                let mut p = if hard { 0.5 } else { 0.8 };
                p += if after { all_by + if person == 0 { by } else { 0.0 } } else { 0.0 };
                all.push(outcome(person, u64::from(hard), after, f64::from(u8::from(dice.share() < p))));
            }
        }
        all
    }

    #[test]
    fn what_changed_for_everybody_is_no_effect() {
        let it = measure(&desk(20, 0.0, -0.15, false), 0, &Settings::default()).unwrap();
        assert!(it.interval.0 <= 0.0 && 0.0 <= it.interval.1, "{it:?}");
        let it = measure(&desk(20, 0.2, -0.15, false), 0, &Settings::default()).unwrap();
        assert!(it.interval.0 > 0.05 && it.interval.0 <= 0.2 && 0.2 <= it.interval.1, "{it:?}");
    }

    #[test]
    fn harder_work_afterwards_is_matched_with_harder_work() {
        // All of the learner's work is of the hard kind afterwards: a plain average would see a fall.
        let it = measure(&desk(20, 0.1, 0.0, true), 0, &Settings::default()).unwrap();
        assert!(it.interval.0 <= 0.1 && 0.1 <= it.interval.1 && it.estimate > 0.0, "{it:?}");
    }

    #[test]
    fn too_little_says_what_it_takes() {
        let all = desk(20, 0.0, 0.0, false);
        let only = |keep: &dyn Fn(&Outcome) -> bool| {
            measure(&all.iter().copied().filter(|it| keep(it)).collect::<Vec<_>>(), 0, &Settings::default())
        };
        assert_eq!(only(&|it| it.person != 0), Err(TooLittle::Before { have: 0, need: 8 }));
        assert_eq!(only(&|it| it.person != 0 || !it.after), Err(TooLittle::After { have: 0, need: 8 }));
        assert_eq!(only(&|it| it.person < 3), Err(TooLittle::Others { have: 2, need: 3 }));
        assert!(
            matches!(only(&|it| it.person == 0), Err(TooLittle::Before { have: 0, .. })),
            "nothing to match"
        );
        assert!(matches!(measure(&[], 0, &Settings::default()), Err(TooLittle::Before { .. })));
    }

    #[test]
    fn several_effects_come_to_one() {
        let all = desk(20, 0.2, 0.0, false);
        let it = measure(&all, 0, &Settings::default()).unwrap();
        assert_eq!(average(&[it], 0.8), None);
        let (mean, (low, high)) = average(&[it, it, it], 0.8).unwrap();
        assert!((mean - it.estimate).abs() < 1e-9 && low < mean && mean < high);
        assert!(high - low < it.interval.1 - it.interval.0);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_estimate_and_moves_with_the_scale(seed in 0..200_u64, by in -50.0..50.0_f64) {
            let mut dice = Dice::new(seed);
            let all: Vec<Outcome> = (0..600)
                .map(|n| outcome(n % 8, dice.below(3) as u64, dice.share() < 0.5, dice.normal()))
                .collect();
            let it = measure(&all, 0, &Settings::default()).unwrap();
            prop_assert!(it.interval.0 < it.estimate && it.estimate < it.interval.1);
            prop_assert!((it.after - it.expected - it.estimate).abs() < 1e-9);
            let moved: Vec<Outcome> = all.iter().map(|it| Outcome { value: it.value + by, ..*it }).collect();
            let there = measure(&moved, 0, &Settings::default()).unwrap();
            prop_assert!((there.estimate - it.estimate).abs() < 1e-6, "{} {}", there.estimate, it.estimate);
            let wider = measure(&all, 0, &Settings { coverage: 0.95, ..Settings::default() }).unwrap();
            prop_assert!(wider.interval.0 < it.interval.0 && wider.interval.1 > it.interval.1);
        }

        #[test]
        fn the_order_of_outcomes_changes_nothing(seed in 0..50_u64) {
            let mut dice = Dice::new(seed);
            let mut all: Vec<Outcome> =
                (0..300).map(|n| outcome(n % 7, dice.below(2) as u64, n % 2 == 0, dice.share().round())).collect();
            let one = measure(&all, 0, &Settings::default()).unwrap();
            all.reverse();
            let other = measure(&all, 0, &Settings::default()).unwrap();
            prop_assert!((one.estimate - other.estimate).abs() < 1e-9);
        }
    }
}
