//! Coverage: how likely it is that enough able people are here.
//!
//! Each person is able and here with a probability of their own, independently of the others; the number of such people
//! is then Poisson-binomial, and its distribution follows exactly by dynamic programming (Wang 1993, "On the number of
//! successes in independent trials", Statistica Sinica 3). Probabilities are 0–1; demand is in tickets a week.

use crate::belief::Belief;

/// Hours of one week, the first being Monday from 0 to 1 o'clock.
pub const HOURS_PER_WEEK: usize = 168;
/// How many futures an interval is taken from.
pub const DRAWS: usize = 160;

/// P(exactly k of them), for k from 0 to their number. O(n²).
pub fn distribution(probabilities: &[f64]) -> Vec<f64> {
    let mut of_count = Vec::with_capacity(probabilities.len() + 1);
    of_count.push(1.0);
    for p in probabilities.iter().map(|p| p.clamp(0.0, 1.0)) {
        of_count.push(0.0);
        for k in (1..of_count.len()).rev() {
            of_count[k] = of_count[k] * (1.0 - p) + of_count[k - 1] * p;
        }
        of_count[0] *= 1.0 - p;
    }
    of_count
}

/// P(fewer than `count`). Keeps `count` numbers only: O(n·count).
pub fn p_fewer_than(count: usize, probabilities: impl IntoIterator<Item = f64>) -> f64 {
    if count == 0 {
        return 0.0;
    }
    let mut of_count = vec![0.0; count];
    of_count[0] = 1.0;
    for p in probabilities.into_iter().map(|p| p.clamp(0.0, 1.0)) {
        for k in (1..count).rev() {
            of_count[k] = of_count[k] * (1.0 - p) + of_count[k - 1] * p;
        }
        of_count[0] *= 1.0 - p;
    }
    of_count.iter().sum::<f64>().min(1.0)
}

/// P(at least `count` able people), 0–1: the coverage of a skill at one hour.
pub fn p_at_least(count: usize, probabilities: impl IntoIterator<Item = f64>) -> f64 {
    1.0 - p_fewer_than(count, probabilities)
}

/// P(at most one able person), 0–1: the skill is a single point of failure, or nobody's at all.
pub fn p_single_point_of_failure(probabilities: impl IntoIterator<Item = f64>) -> f64 {
    p_fewer_than(2, probabilities)
}

/// One person as far as one skill over the week is concerned.
#[derive(Debug, Clone)]
pub struct Hand<'a> {
    /// P(level ≥ what is asked), 0–1.
    pub able: f64,
    /// P(here) at each hour of the week, 0–1.
    pub here: &'a [f64; HOURS_PER_WEEK],
}

/// P(at least `count` of them able and here) at each hour of the week.
pub fn by_hour(count: usize, hands: &[Hand<'_>]) -> [f64; HOURS_PER_WEEK] {
    std::array::from_fn(|hour| p_at_least(count, hands.iter().map(|it| it.able * it.here[hour])))
}

/// P(none of them able and here) at an hour. In a large team the first few dozen settle it.
pub(crate) fn p_nobody(hands: &[Hand<'_>], hour: usize) -> f64 {
    /// A smaller chance is none.
    const NOBODY_MIN: f64 = 1e-15;
    let mut nobody = 1.0;
    for it in hands {
        nobody *= 1.0 - it.able * it.here[hour];
        if nobody < NOBODY_MIN {
            return 0.0;
        }
    }
    nobody
}

/// Tickets a week that come at an hour at which somebody able is here: Σ demand · P(at least one).
pub fn covered(demand: &[f64; HOURS_PER_WEEK], hands: &[Hand<'_>]) -> f64 {
    let at = |hour: usize| -> f64 {
        if demand[hour] <= 0.0 {
            return 0.0;
        }
        demand[hour] * (1.0 - p_nobody(hands, hour))
    };
    (0..HOURS_PER_WEEK).map(at).sum()
}

/// Tickets a week that come when this person is able and here and nobody else is, for each of them: what is lost, by
/// leaving them out, of [`covered`]. O(people) for each hour, by products from both ends.
pub fn only_theirs(demand: &[f64; HOURS_PER_WEEK], hands: &[Hand<'_>]) -> Vec<f64> {
    let mut lost = vec![0.0; hands.len()];
    let mut nobody_after = vec![1.0; hands.len() + 1];
    for hour in (0..HOURS_PER_WEEK).filter(|hour| demand[*hour] > 0.0) {
        let p = |it: &Hand<'_>| it.able * it.here[hour];
        for i in (0..hands.len()).rev() {
            nobody_after[i] = nobody_after[i + 1] * (1.0 - p(&hands[i]));
        }
        let mut nobody_before = 1.0;
        for (i, it) in hands.iter().enumerate() {
            lost[i] += demand[hour] * p(it) * nobody_before * nobody_after[i + 1];
            nobody_before *= 1.0 - p(it);
        }
    }
    lost
}

/// [`covered`] in so many futures: each decides for every person whether they are able, the same for all hours.
pub fn covered_draws(demand: &[f64; HOURS_PER_WEEK], hands: &[Hand<'_>], seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    (0..DRAWS)
        .map(|_| {
            let able: Vec<Hand<'_>> = hands
                .iter()
                .filter(|it| dice.unit() < it.able)
                .map(|it| Hand { able: 1.0, here: it.here })
                .collect();
            covered(demand, &able)
        })
        .collect()
}

/// The middle interval (`share` of probability, 0–1) of [`covered`]: how much of the figure is only not knowing the people.
pub fn covered_interval(
    demand: &[f64; HOURS_PER_WEEK],
    hands: &[Hand<'_>],
    share: f64,
    seed: u64,
) -> (f64, f64) {
    middle(&mut covered_draws(demand, hands, seed), share)
}

/// The middle of a sample that holds this share of it.
pub fn middle(sample: &mut [f64], share: f64) -> (f64, f64) {
    sample.sort_by(f64::total_cmp);
    let tail = (1.0 - share.clamp(0.0, 1.0)) / 2.0;
    let last = sample.len().saturating_sub(1) as f64;
    let at = |p: f64| sample.get((p * last).round() as usize).copied().unwrap_or(0.0);
    (at(tail), at(1.0 - tail))
}

/// P(level ≥ `level`) of one belief, and nothing for somebody of whom nothing is known.
pub fn p_able(belief: Option<Belief>, level: f64) -> f64 {
    belief.map_or(0.0, |it| it.p_at_least(level))
}

/// Chance for intervals: SplitMix64 (Steele, Lea, Flood 2014). The same seed gives the same figures on every machine.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Uniform on 0–1.
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every way in which they can be able or not, added up: 2ⁿ cases.
    fn by_brute_force(probabilities: &[f64]) -> Vec<f64> {
        let mut of_count = vec![0.0; probabilities.len() + 1];
        for case in 0_u32..1 << probabilities.len() {
            let p: f64 = probabilities
                .iter()
                .enumerate()
                .map(|(i, p)| if case >> i & 1 == 1 { *p } else { 1.0 - p })
                .product();
            of_count[case.count_ones() as usize] += p;
        }
        of_count
    }

    fn some() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64], 0..10)
    }

    #[test]
    fn a_coin_thrown_thrice() {
        assert_eq!(distribution(&[0.5; 3]), [0.125, 0.375, 0.375, 0.125]);
        assert_eq!(p_at_least(2, [0.5; 3]), 0.5);
        assert_eq!(p_single_point_of_failure([0.5; 3]), 0.5);
    }

    #[test]
    fn nobody_covers_nothing_and_nothing_needs_nobody() {
        assert_eq!((p_at_least(1, []), p_at_least(0, []), p_single_point_of_failure([])), (0.0, 1.0, 1.0));
    }

    #[test]
    fn night_hours_without_anybody_are_uncovered() {
        let mut here = [0.0; HOURS_PER_WEEK];
        here[9..17].fill(1.0);
        let demand = [1.0; HOURS_PER_WEEK];
        let hands = [Hand { able: 0.5, here: &here }];
        assert!((covered(&demand, &hands) - 4.0).abs() < 1e-12);
        assert_eq!(covered_interval(&demand, &hands, 0.8, 1), (0.0, 8.0), "either they can or they cannot");
    }

    proptest! {
        #[test]
        fn the_distribution_is_that_of_every_case_added_up(all in some()) {
            let (dynamic, brute) = (distribution(&all), by_brute_force(&all));
            for (one, other) in dynamic.iter().zip(&brute) {
                prop_assert!((one - other).abs() < 1e-12);
            }
            for k in 0..=all.len() + 1 {
                let tail: f64 = brute.iter().skip(k).sum();
                prop_assert!((p_at_least(k, all.iter().copied()) - tail).abs() < 1e-12, "at least {k}");
            }
            prop_assert!((p_single_point_of_failure(all.iter().copied()) - brute.iter().take(2).sum::<f64>()).abs() < 1e-12);
        }

        #[test]
        fn the_mean_number_is_the_sum_of_the_chances(all in some()) {
            let mean: f64 = distribution(&all).iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            prop_assert!((mean - all.iter().sum::<f64>()).abs() < 1e-9);
        }

        #[test]
        fn one_more_person_never_lowers_coverage(all in some(), one in 0.0..=1.0_f64, k in 0_usize..5) {
            let more = all.iter().copied().chain([one]);
            prop_assert!(p_at_least(k, more) >= p_at_least(k, all.iter().copied()) - 1e-12);
        }

        #[test]
        fn what_only_one_can_take_is_what_leaving_them_out_loses(able in prop::collection::vec(prop_oneof![Just(1.0), 0.0..=1.0_f64], 0..6)) {
            let here: [f64; HOURS_PER_WEEK] = std::array::from_fn(|hour| if hour % 3 == 0 { 1.0 } else { 0.4 });
            let demand: [f64; HOURS_PER_WEEK] = std::array::from_fn(|hour| (hour % 4) as f64);
            let hands: Vec<Hand<'_>> = able.iter().map(|able| Hand { able: *able, here: &here }).collect();
            let whole = covered(&demand, &hands);
            for (i, lost) in only_theirs(&demand, &hands).into_iter().enumerate() {
                let mut others = hands.clone();
                others.remove(i);
                prop_assert!((whole - covered(&demand, &others) - lost).abs() < 1e-9);
            }
        }

        #[test]
        fn the_interval_holds_the_middle_and_nothing_impossible(able in prop::collection::vec(0.0..=1.0_f64, 0..6), seed in any::<u64>()) {
            let here = [0.7; HOURS_PER_WEEK];
            let demand: [f64; HOURS_PER_WEEK] = std::array::from_fn(|hour| (hour % 5) as f64);
            let hands: Vec<Hand<'_>> = able.iter().map(|able| Hand { able: *able, here: &here }).collect();
            let (low, high) = covered_interval(&demand, &hands, 0.8, seed);
            prop_assert!(0.0 <= low && low <= high && high <= demand.iter().sum::<f64>() + 1e-9);
            let again = covered_interval(&demand, &hands, 0.8, seed);
            prop_assert_eq!((low, high), again, "the same seed, the same figures");
        }
    }
}
