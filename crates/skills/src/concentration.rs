//! Concentration: how few people hold what is asked for.
//!
//! The Herfindahl–Hirschman index (Hirschman 1945, Herfindahl 1950) of shares that sum to 1 lies between 1/n (all alike)
//! and 1 (one person has it all); its inverse is the "effective number" of people (Hill 1973, order 2). The truck factor
//! is the least number of people whose absence leaves more than half of the demand to nobody (after Avelino et al. 2016).

/// Absences that the exact search looks at, before it answers with what the greedy one found.
const ABSENCES_MAX: u64 = 20_000;
/// Demand counts as left to nobody when more than this share of it is.
pub const UNCOVERED_SHARE: f64 = 0.5;
/// Nobody is taken for quite certain, so that logarithms stay finite.
const CERTAIN: f64 = 1.0 - 1e-12;

/// Σ share², with shares taken of the whole: 0 when there is nothing to share, else 1/n to 1.
pub fn hhi(amounts: &[f64]) -> f64 {
    let whole: f64 = amounts.iter().map(|it| it.max(0.0)).sum();
    if whole <= 0.0 {
        return 0.0;
    }
    amounts.iter().map(|it| (it.max(0.0) / whole).powi(2)).sum()
}

/// 1 / HHI: how many equally good people this amounts to; 0 when there are none.
pub fn effective_people(amounts: &[f64]) -> f64 {
    match hhi(amounts) {
        hhi if hhi > 0.0 => 1.0 / hhi,
        _ => 0.0,
    }
}

/// What each person carries of all demand, in tickets a week: a skill's demand is shared in the ratio in which people
/// are able and here. `able[skill][person]`, 0–1; `demand[skill]`, tickets a week. What nobody can do is nobody's.
pub fn carried(able: &[Vec<f64>], demand: &[f64]) -> Vec<f64> {
    let people = able.iter().map(Vec::len).max().unwrap_or(0);
    let mut carried = vec![0.0; people];
    for (of_skill, demand) in able.iter().zip(demand) {
        let whole: f64 = of_skill.iter().sum();
        if whole <= 0.0 {
            continue;
        }
        for (carried, able) in carried.iter_mut().zip(of_skill) {
            *carried += demand * able / whole;
        }
    }
    carried
}

/// The fewest people whose absence leaves most demand to nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct TruckFactor {
    /// Who they are, by their place in the input, in order; empty if most demand is left to nobody already.
    pub people: Vec<usize>,
    /// The share of demand that is left to nobody without them, 0–1.
    pub uncovered: f64,
    /// True: no smaller set does it. False: the greedy answer, at most a little too large.
    pub exact: bool,
}

/// Greedy first (whoever's absence hurts most, again and again), then every smaller set as far as a fixed number of
/// looks allows. `None` if even the absence of everybody leaves less than half (there is no demand).
pub fn truck_factor(able: &[Vec<f64>], demand: &[f64]) -> Option<TruckFactor> {
    let team = Team::of(able, demand);
    if team.whole <= 0.0 {
        return None;
    }
    let greedy = team.greedy()?;
    let mut looks = ABSENCES_MAX;
    for size in 0..greedy.people.len() {
        match team.search(size, &mut looks) {
            Search::Found(smaller) => return Some(smaller),
            Search::Nothing => {}
            Search::GaveUp => return Some(TruckFactor { exact: false, ..greedy }),
        }
    }
    Some(TruckFactor { exact: true, ..greedy })
}

enum Search {
    Found(TruckFactor),
    Nothing,
    GaveUp,
}

/// Logarithms of what is left to nobody, by skill.
struct Team {
    /// −ln(1 − able), by person and skill.
    weight: Vec<Vec<f64>>,
    /// Their sums over people, by skill.
    all: Vec<f64>,
    demand: Vec<f64>,
    whole: f64,
}

impl Team {
    fn of(able: &[Vec<f64>], demand: &[f64]) -> Team {
        let people = able.iter().map(Vec::len).max().unwrap_or(0);
        let weight = |person: usize| -> Vec<f64> {
            let of =
                |skill: &Vec<f64>| -(-skill.get(person).copied().unwrap_or(0.0).clamp(0.0, CERTAIN)).ln_1p();
            able.iter().map(of).collect()
        };
        let weight: Vec<Vec<f64>> = (0..people).map(weight).collect();
        let all = (0..able.len()).map(|skill| weight.iter().map(|it| it[skill]).sum()).collect();
        let demand: Vec<f64> = demand.iter().map(|it| it.max(0.0)).collect();
        Team { weight, all, whole: demand.iter().sum(), demand }
    }

    /// The share of demand for which nobody is left, 0–1.
    fn uncovered(&self, left: &[f64]) -> f64 {
        let of = |(left, demand): (&f64, &f64)| demand * (-left.max(0.0)).exp();
        left.iter().zip(&self.demand).map(of).sum::<f64>() / self.whole
    }

    fn without(&self, left: &[f64], person: usize) -> Vec<f64> {
        left.iter().zip(&self.weight[person]).map(|(left, weight)| left - weight).collect()
    }

    fn greedy(&self) -> Option<TruckFactor> {
        let (mut left, mut people) = (self.all.clone(), Vec::new());
        loop {
            let uncovered = self.uncovered(&left);
            if uncovered > UNCOVERED_SHARE {
                people.sort_unstable();
                return Some(TruckFactor { people, uncovered, exact: false });
            }
            let next = (0..self.weight.len())
                .filter(|person| !people.contains(person))
                .map(|person| (person, self.uncovered(&self.without(&left, person))))
                .max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))?;
            people.push(next.0);
            left = self.without(&left, next.0);
        }
    }

    fn search(&self, size: usize, looks: &mut u64) -> Search {
        let mut chosen = Vec::with_capacity(size);
        self.search_from(0, size, &self.all, &mut chosen, looks)
    }

    fn search_from(
        &self,
        from: usize,
        more: usize,
        left: &[f64],
        chosen: &mut Vec<usize>,
        looks: &mut u64,
    ) -> Search {
        if *looks == 0 {
            return Search::GaveUp;
        }
        *looks -= 1;
        if more == 0 {
            let uncovered = self.uncovered(left);
            return match uncovered > UNCOVERED_SHARE {
                true => Search::Found(TruckFactor { people: chosen.clone(), uncovered, exact: true }),
                false => Search::Nothing,
            };
        }
        for person in from..self.weight.len() {
            chosen.push(person);
            let found = self.search_from(person + 1, more - 1, &self.without(left, person), chosen, looks);
            if !matches!(found, Search::Nothing) {
                return found;
            }
            chosen.pop();
        }
        Search::Nothing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn four_alike_are_four_and_one_alone_is_one() {
        assert_eq!((hhi(&[2.0; 4]), effective_people(&[2.0; 4])), (0.25, 4.0));
        assert_eq!((hhi(&[0.0, 9.0]), effective_people(&[0.0, 9.0])), (1.0, 1.0));
        assert_eq!((hhi(&[]), effective_people(&[0.0])), (0.0, 0.0));
    }

    #[test]
    fn demand_falls_to_whoever_can() {
        let able = [vec![0.9, 0.3], vec![0.0, 0.0], vec![0.0, 1.0]];
        let carried = carried(&able, &[12.0, 100.0, 5.0]);
        assert!((carried[0] - 9.0).abs() < 1e-12 && (carried[1] - 8.0).abs() < 1e-12);
    }

    #[test]
    fn two_halves_of_a_team_have_a_truck_factor_of_one_beyond_half() {
        // Ana alone holds 60 % of demand; Kofi and Mei share the rest.
        let able = [vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 1.0]];
        let found = truck_factor(&able, &[60.0, 40.0]).unwrap();
        assert_eq!((found.people, found.exact), (vec![0], true));
        assert!((found.uncovered - 0.6).abs() < 1e-6);
    }

    #[test]
    fn what_nobody_can_do_already_needs_no_absence() {
        assert_eq!(truck_factor(&[vec![0.1, 0.1]], &[5.0]).unwrap().people, Vec::<usize>::new());
        assert_eq!(truck_factor(&[vec![1.0]], &[0.0]), None, "nothing is asked for");
    }

    #[test]
    fn a_large_team_gets_an_answer_that_says_it_is_not_exact() {
        let able: Vec<Vec<f64>> = (0..30)
            .map(|skill| (0..60).map(|person| 0.2 + ((person * 7 + skill) % 5) as f64 * 0.15).collect())
            .collect();
        let found = truck_factor(&able, &[1.0; 30]).unwrap();
        assert!(!found.exact && found.uncovered > UNCOVERED_SHARE && found.people.len() <= 60);
    }

    /// Every set of absent people, the smallest that does it.
    fn by_brute_force(able: &[Vec<f64>], demand: &[f64], people: usize) -> Option<usize> {
        let whole: f64 = demand.iter().sum();
        (0_u32..1 << people)
            .filter(|absent| {
                let left_to_nobody = |skill: &Vec<f64>| -> f64 {
                    skill
                        .iter()
                        .enumerate()
                        .filter(|(i, _)| absent >> i & 1 == 0)
                        .map(|(_, p)| 1.0 - p.min(CERTAIN))
                        .product()
                };
                let uncovered: f64 =
                    able.iter().zip(demand).map(|(skill, demand)| demand * left_to_nobody(skill)).sum();
                uncovered / whole > UNCOVERED_SHARE + 1e-9
            })
            .map(|absent| absent.count_ones() as usize)
            .min()
    }

    proptest! {
        #[test]
        fn hhi_lies_between_equal_shares_and_one_owner(amounts in prop::collection::vec(0.0..100.0_f64, 1..20)) {
            prop_assume!(amounts.iter().sum::<f64>() > 1e-6);
            let hhi = hhi(&amounts);
            prop_assert!(hhi >= 1.0 / amounts.len() as f64 - 1e-12 && hhi <= 1.0 + 1e-12);
        }

        #[test]
        fn the_truck_factor_is_the_smallest_of_all_absences(
            able in prop::collection::vec(prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), 0.0..1.0_f64], 7), 1..6),
            demand in prop::collection::vec(0.1..9.0_f64, 6),
        ) {
            let demand = &demand[..able.len()];
            let found = truck_factor(&able, demand).expect("there is demand");
            prop_assert!(found.exact && found.uncovered > UNCOVERED_SHARE);
            if let Some(least) = by_brute_force(&able, demand, 7) {
                prop_assert!(found.people.len() <= least);
                prop_assert!(found.people.len() + 1 >= least, "a tie at exactly one half is all that may differ");
            }
        }
    }
}
