//! What a goal has changed: the person's outcomes in the skill before and since, against matched work of others.

use super::plans::to_see;
use super::{CoachingError, DAY_MS, Goal, Plan, WEEK_MS, store};
use crate::skills::{self, INTERVAL_COVERAGE};
use crate::{CoachingGoalId, SkillId, Tx, UserId};
use ::skills::effect::{Effect, Outcome, Settings, TooLittle, matched, measure};
use serde::Serialize;
use std::collections::HashMap;

/// So many days are looked at before the goal was set, and at most so many since.
pub const EFFECT_DAYS: i64 = 90;
/// Difficulties closer than this, in logits, are the same kind of work.
const DIFFICULTY_STEP: f64 = 0.2;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Share of solved tickets that stay solved, 0–1.
    SolvedForGood,
    /// Customers' ratings, 1–5.
    Rating,
}

impl Measure {
    pub const ALL: [Measure; 2] = [Measure::SolvedForGood, Measure::Rating];

    pub fn name(self) -> &'static str {
        match self {
            Measure::SolvedForGood => "solved_for_good",
            Measure::Rating => "rating",
        }
    }

    /// The kind of evidence that says it.
    fn kind(self) -> &'static str {
        match self {
            Measure::SolvedForGood => "outcome",
            Measure::Rating => "satisfaction",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalEffect {
    pub measure: Measure,
    /// `None`: too little to say; then `missing` says what it takes.
    pub effect: Option<Effect>,
    pub missing: Option<TooLittle>,
    /// The person's matched outcomes by week from the goal on: −1 is the week before.
    pub weeks: Vec<WeekPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WeekPoint {
    pub week: i64,
    /// What it came to, less what others came to in the same kinds of work, plus the mean of all.
    pub value: f64,
    pub count: usize,
}

/// One piece of work in the skill, by anybody.
#[derive(Clone, Debug)]
pub(super) struct WorkDone {
    pub user: UserId,
    pub at: i64,
    pub value: f64,
    pub difficulty: f64,
    pub priority: Option<i64>,
    pub channel: Option<String>,
    /// Of work that was done at another desk, and where topics are known.
    pub topic: Option<i64>,
    pub channel_key: Option<i64>,
    /// All that it needed, with weights.
    pub skills: Vec<(SkillId, f64)>,
}

/// The measured effect of working towards a goal, by each measure that counts on this desk.
pub fn effect_of(tx: &mut Tx, goal: CoachingGoalId) -> Result<Vec<GoalEffect>, CoachingError> {
    let goal = store::find_goal(tx, goal)?.ok_or(CoachingError::NoSuchGoal)?;
    let plan = to_see(tx, goal.plan)?;
    effects(tx, &plan, &goal)
}

pub(super) fn effects(tx: &mut Tx, plan: &Plan, goal: &Goal) -> Result<Vec<GoalEffect>, CoachingError> {
    let policy = skills::policy(tx)?;
    let mut found = Vec::new();
    for measure in Measure::ALL {
        if policy.counts(measure.kind()) {
            found.push(of_measure(tx, plan, goal, measure)?);
        }
    }
    Ok(found)
}

fn of_measure(tx: &mut Tx, plan: &Plan, goal: &Goal, what: Measure) -> Result<GoalEffect, CoachingError> {
    let (from, began) = (goal.created_at - EFFECT_DAYS * DAY_MS, goal.created_at);
    let to = tx.now().min(began + EFFECT_DAYS * DAY_MS) + 1;
    let mut work = store::list_work(tx, goal.skill, what.kind(), from, to)?;
    // Who was coached in the same skill meanwhile is no measure.
    let coached = store::list_coached(tx, goal.skill, from, to)?;
    work.retain(|it| it.user == plan.user || !coached.contains(&it.user));
    let outcomes = outcomes(&work, began);
    let settings = Settings { coverage: INTERVAL_COVERAGE, ..Settings::default() };
    let measured = measure(&outcomes, plan.user.0, &settings);
    let mut weeks: HashMap<i64, (f64, usize)> = HashMap::new();
    for (place, value) in matched(&outcomes, plan.user.0, &settings) {
        let week = (work[place].at - began).div_euclid(WEEK_MS);
        let sums = weeks.entry(week).or_default();
        *sums = (sums.0 + value, sums.1 + 1);
    }
    let mut weeks: Vec<WeekPoint> = weeks
        .into_iter()
        .map(|(week, (sum, count))| WeekPoint { week, value: sum / count as f64, count })
        .collect();
    weeks.sort_by_key(|it| it.week);
    Ok(GoalEffect { measure: what, effect: measured.ok(), missing: measured.err(), weeks })
}

/// What makes work the same.
#[derive(PartialEq, Eq, Hash)]
struct Kind<'a> {
    needs: Vec<SkillId>,
    topic: Option<i64>,
    priority: Option<i64>,
    channel: (Option<&'a str>, Option<i64>),
    step: i64,
}

/// The same kind of work: the same needs, priority, channel and about the same difficulty; coarser: the same first need.
fn outcomes(work: &[WorkDone], began: i64) -> Vec<Outcome> {
    let mut fine: HashMap<Kind<'_>, u64> = HashMap::new();
    let mut coarse: HashMap<Option<SkillId>, u64> = HashMap::new();
    work.iter()
        .map(|it| {
            let mut needs: Vec<SkillId> = it.skills.iter().map(|it| it.0).collect();
            needs.sort();
            let step = (it.difficulty / DIFFICULTY_STEP).round() as i64;
            let next = fine.len() as u64;
            let kind = Kind {
                needs,
                topic: it.topic,
                priority: it.priority,
                channel: (it.channel.as_deref(), it.channel_key),
                step,
            };
            let kind = *fine.entry(kind).or_insert(next);
            let first =
                it.skills.iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
            let next = coarse.len() as u64;
            let wide = *coarse.entry(first.map(|it| it.0)).or_insert(next);
            Outcome { person: it.user.0, strata: [kind, wide], after: it.at > began, value: it.value }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(at: i64, skills: &[(i64, f64)], priority: Option<i64>) -> WorkDone {
        WorkDone {
            user: UserId(1),
            at,
            value: 1.0,
            difficulty: 0.0,
            priority,
            channel: Some("email".into()),
            topic: None,
            channel_key: None,
            skills: skills.iter().map(|it| (SkillId(it.0), it.1)).collect(),
        }
    }

    #[test]
    fn work_is_of_a_kind_by_its_needs_and_priority_and_else_by_its_first_need() {
        let all = [
            done(1, &[(1, 1.0), (2, 0.5)], None),
            done(9, &[(2, 0.5), (1, 1.0)], None),
            done(9, &[(1, 1.0), (2, 0.5)], Some(4)),
            done(9, &[(2, 1.0)], None),
        ];
        let found = outcomes(&all, 5);
        assert_eq!(found[0].strata, found[1].strata);
        assert!(!found[0].after && found[1].after);
        assert!(found[2].strata[0] != found[0].strata[0] && found[2].strata[1] == found[0].strata[1]);
        assert!(found[3].strata[1] != found[0].strata[1]);
    }
}
