//! What people know, as it changes with what they do: practice raises it, time without use lets it fade.

use skills::{Belief, SkillId};

use crate::model::{Floor, Learning};

/// Known exactly, for the model of outcomes.
const KNOWN_SD_LEVELS: f64 = 0.01;

#[derive(Debug, Clone, Copy)]
struct Held {
    level: f64,
    /// Until when it has faded, in seconds.
    since: f64,
}

/// Levels by group, in the skills that any contact needs.
#[derive(Debug, Clone)]
pub(super) struct Learner {
    learning: Learning,
    /// By type: places of skills with their weight, and its difficulty.
    needs: Vec<(Vec<(usize, f64)>, f64)>,
    start: Vec<Vec<f64>>,
    /// By skill: what fades fades towards this.
    means: Vec<f64>,
    people: Vec<f64>,
    held: Vec<Vec<Held>>,
}

impl Learner {
    pub fn of(floor: &Floor, learning: Learning) -> Learner {
        let mut skills: Vec<SkillId> =
            floor.types.iter().flat_map(|it| &it.needs).map(|it| it.skill).collect();
        skills.sort_unstable();
        skills.dedup();
        let place = |skill: SkillId| skills.iter().position(|it| *it == skill).unwrap_or(0);
        let needs = |it: &crate::model::ContactType| {
            (it.needs.iter().map(|need| (place(need.skill), need.weight)).collect(), it.difficulty)
        };
        let level = |group: &crate::model::Group, skill: &SkillId| {
            let found = group.levels.iter().find(|it| it.0 == *skill).map(|it| it.1);
            found.unwrap_or(routing::UNKNOWN_SKILL_LEVEL)
        };
        let start: Vec<Vec<f64>> = floor
            .groups
            .iter()
            .map(|group| skills.iter().map(|skill| level(group, skill)).collect())
            .collect();
        let people: Vec<f64> = floor.groups.iter().map(|it| f64::from(it.people_max().max(1))).collect();
        let all: f64 = people.iter().sum::<f64>().max(1.0);
        let mean = |skill: usize| start.iter().zip(&people).map(|(it, n)| it[skill] * n).sum::<f64>() / all;
        let mut learner = Learner {
            learning,
            needs: floor.types.iter().map(needs).collect(),
            means: (0..skills.len()).map(mean).collect(),
            held: Vec::new(),
            start,
            people,
        };
        learner.begin();
        learner
    }

    /// What they knew before.
    pub fn begin(&mut self) {
        let held =
            |levels: &Vec<f64>| levels.iter().map(|level| Held { level: *level, since: 0.0 }).collect();
        self.held = self.start.iter().map(held).collect();
    }

    fn level(&self, group: usize, skill: usize, now: f64) -> f64 {
        let (it, mean) = (self.held[group][skill], self.means[skill]);
        match self.learning.forgetting_s {
            Some(tau) if it.level > mean => {
                mean + (it.level - mean) * (-(now - it.since).max(0.0) / tau).exp()
            }
            _ => it.level,
        }
    }

    /// P(solved for good), and the mean logits that please a customer.
    pub fn truth(&self, kind: usize, group: usize, now: f64) -> (f64, f64) {
        let (needs, difficulty) = &self.needs[kind];
        let level = |at: usize| self.level(group, at, now);
        let belief = |at: usize| Belief::at_level(level(at), KNOWN_SD_LEVELS);
        let solved = skills::p_solved(needs.iter().map(|(at, weight)| (*weight, belief(*at))), *difficulty);
        let weights: f64 = needs.iter().map(|it| it.1).sum();
        let sum: f64 = needs.iter().map(|(at, weight)| weight * skills::logits_of(level(*at))).sum();
        let mean = if weights > 0.0 { sum / weights } else { 0.0 };
        (solved, mean - difficulty)
    }

    /// One of the group has served such a contact.
    pub fn practise(&mut self, kind: usize, group: usize, now: f64) {
        let weights: f64 = self.needs[kind].0.iter().map(|it| it.1).sum();
        for at in 0..self.needs[kind].0.len() {
            let (skill, weight) = self.needs[kind].0[at];
            let level = self.level(group, skill, now);
            let share =
                self.learning.per_contact * weight / weights.max(f64::MIN_POSITIVE) / self.people[group];
            let level = level + share.min(1.0) * (self.learning.ceiling - level).max(0.0);
            self.held[group][skill] = Held { level, since: now };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    const DAY_S: f64 = 86_400.0;

    fn floor(learning: &str) -> Floor {
        let text = format!(
            r#"
name = "learning"
[day]
period = "1 d"
periods = 1
closing = "continue"
{learning}
[[type]]
name = "refunds"
per_hour = 6
service = {{ mean = "5 min" }}
needs = [{{ skill = "refunds", level = 1 }}]
[[group]]
name = "new"
skills = {{ refunds = 1.0 }}
[[group]]
name = "old"
skills = {{ refunds = 4.0 }}
"#
        );
        Scenario::read(&text).unwrap().floor
    }

    #[test]
    fn practice_brings_a_level_to_the_ceiling_and_never_beyond() {
        let floor = floor("[learning]\nper_contact = 0.01\nceiling = 4.5");
        let mut learner = Learner::of(&floor, floor.learning.unwrap());
        let before = learner.truth(0, 0, 0.0).0;
        (0..70).for_each(|at| learner.practise(0, 0, f64::from(at)));
        // 0.99^70 is a half: half of the way from 1 to 4.5.
        assert!((learner.level(0, 0, 70.0) - 2.75).abs() < 0.05, "{}", learner.level(0, 0, 70.0));
        assert!(learner.truth(0, 0, 70.0).0 > before);
        (0..9_000).for_each(|_| learner.practise(0, 0, 70.0));
        assert!((learner.level(0, 0, 70.0) - 4.5).abs() < 1e-6);
        learner.begin();
        assert_eq!(learner.level(0, 0, 0.0), 1.0);
    }

    #[test]
    fn what_is_not_used_fades_to_the_mean_and_what_lies_below_stays() {
        let floor = floor("[learning]\nper_contact = 0.01\nforgetting = \"30 d\"");
        let learner = Learner::of(&floor, floor.learning.unwrap());
        let after = 30.0 * DAY_S;
        // The mean of both is 2.5; e⁻¹ of what lay above is left.
        assert!((learner.level(1, 0, after) - (2.5 + 1.5 * (-1.0_f64).exp())).abs() < 1e-9);
        assert_eq!(learner.level(0, 0, after), 1.0);
    }

    #[test]
    fn a_floor_that_learns_solves_more_from_week_to_week_and_without_it_all_is_as_before() {
        use crate::run::{Figure, Simulator, difference};
        let plain = floor("");
        let idle = Floor {
            learning: Some(Learning { per_contact: 0.0, ceiling: 5.0, forgetting_s: None }),
            ..plain.clone()
        };
        let learns = floor("[learning]\nper_contact = 0.002");
        let lived = |floor: &Floor| Simulator::new(floor).batch(60, 1);
        let (plain, idle, learns) = (lived(&plain), lived(&idle), lived(&learns));
        assert_eq!(plain.daily, idle.daily, "learning nothing is not learning");
        let effect = difference(&plain, &learns, Figure::Resolution).unwrap();
        assert!(effect.low.unwrap() > 0.05, "{effect:?}");
        let solved = |days: std::ops::Range<usize>| {
            let sum = |what: usize| learns.daily[days.clone()].iter().map(|it| it[what]).sum::<f64>();
            sum(super::super::count::SOLVED) / sum(super::super::count::JUDGED)
        };
        assert!(solved(50..60) > solved(0..10) + 0.05, "{} then {}", solved(0..10), solved(50..60));
    }
}
