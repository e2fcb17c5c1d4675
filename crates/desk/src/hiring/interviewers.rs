//! Who interviews: leads, and whom a lead names for an opening. They score candidates alone and see nothing else of them.
//! What they get wrong is learnt from those who were hired.

use super::error::only_leads;
use super::fit::Errors;
use super::{DAY_MS, HIRE_LEVEL_DAYS, HiringError, INTERVIEW_PAIRS_MAX, INTERVIEWERS_MAX, store};
use crate::events::{self, Event};
use crate::skills::{self, Belief, WeeklyLevel};
use crate::{CandidateId, OpeningId, SkillId, Tx, UserId, people};
use ::skills::interview::{Pair, learn_errors};
use ::skills::{Fade, moved_variance};
use std::collections::{BTreeSet, HashSet};

#[derive(Clone, Debug)]
pub struct SetInterviewers {
    pub opening: OpeningId,
    /// All of them; whoever is not named scores no more. What they scored stays.
    pub users: Vec<UserId>,
}

pub fn set_interviewers(tx: &mut Tx, command: &SetInterviewers) -> Result<(), HiringError> {
    only_leads(tx)?;
    let opening = store::find_opening(tx, command.opening)?.ok_or(HiringError::NoSuchOpening)?;
    let agents: BTreeSet<UserId> = people::list_agent_names(tx)?.into_iter().map(|it| it.id).collect();
    let wanted: BTreeSet<UserId> = command.users.iter().copied().collect();
    if wanted.len() > INTERVIEWERS_MAX || !wanted.is_subset(&agents) {
        return Err(HiringError::InterviewersAreWrong);
    }
    store::save_interviewers(tx, opening.id, &wanted)?;
    Ok(events::record(tx, &Event::OpeningChanged { opening: opening.id })?)
}

/// Leads, and whoever is named for the opening and still works here.
pub(super) fn may_interview(tx: &mut Tx, opening: OpeningId) -> Result<bool, db::Error> {
    let actor = *tx.actor();
    if actor.is_lead() {
        return Ok(true);
    }
    let Some(me) = actor.user().filter(|_| actor.is_agent()) else { return Ok(false) };
    Ok(store::list_interviewers(tx, opening)?.iter().any(|it| it.0 == me))
}

/// A score of somebody who was hired, beside what the last refit believes of them.
pub(super) struct Compared {
    pub interviewer: UserId,
    pub of: UserId,
    pub skill: SkillId,
    /// Level, 0 to 5.
    pub score: f64,
    pub hired_at: i64,
    pub last: Belief,
    pub last_at: i64,
}

/// What interviewers get wrong, as far as work has shown it: of those who were hired, in skills of which enough is known.
pub(super) fn errors(tx: &mut Tx) -> Result<Errors, HiringError> {
    let mut pairs = store::list_lessons(tx, INTERVIEW_PAIRS_MAX)?;
    pairs.extend(shown(tx, None)?);
    let errors = learn_errors(pairs.into_iter().map(|(interviewer, pair)| (interviewer.0, pair)));
    Ok(errors.into_iter().map(|(interviewer, error)| (UserId(interviewer), error)).collect())
}

/// Before a candidate is forgotten: what their scores taught, without a word about whom.
pub(super) fn keep_lessons(tx: &mut Tx, candidate: CandidateId) -> Result<(), HiringError> {
    for (interviewer, pair) in shown(tx, Some(candidate))? {
        store::insert_lesson(tx, interviewer, &pair)?;
    }
    Ok(())
}

fn shown(tx: &mut Tx, candidate: Option<CandidateId>) -> Result<Vec<(UserId, Pair)>, HiringError> {
    let mut all = store::list_compared(tx, candidate, INTERVIEW_PAIRS_MAX)?;
    let Some(since) = all.iter().map(|it| it.hired_at).min() else { return Ok(Vec::new()) };
    let users: BTreeSet<UserId> = all.iter().map(|it| it.of).collect();
    let asked: BTreeSet<SkillId> = all.iter().map(|it| it.skill).collect();
    let (users, asked): (Vec<_>, Vec<_>) = (users.into_iter().collect(), asked.into_iter().collect());
    let known = skills::beliefs_of(tx, &users, &asked)?;
    let sure: HashSet<(UserId, SkillId)> =
        known.iter().filter(|it| it.is_sure()).map(|it| (it.user, it.skill)).collect();
    all.retain(|it| sure.contains(&(it.of, it.skill)));
    let starts = skills::fades_of_skills(tx)?;
    let weeks = skills::weekly_levels(tx, &users, &asked, since)?;
    let pair = |it: &Compared| {
        let weeks = weeks.get(&(it.of, it.skill)).map_or(&[][..], Vec::as_slice);
        Some((it.interviewer, pair_of(it, starts.get(&it.skill)?, weeks)))
    };
    Ok(all.iter().filter_map(pair).collect())
}

/// The score beside the first level after the hire that was surely known; where none is kept from the first
/// [`HIRE_LEVEL_DAYS`] days, beside the last. How far they may have come until then is taken as not known.
fn pair_of(it: &Compared, start: &Fade, weeks: &[WeeklyLevel]) -> Pair {
    let near = it.hired_at..it.hired_at + HIRE_LEVEL_DAYS * DAY_MS;
    let is_sure =
        |belief: &Belief| belief.worth_outcomes(start.prior) >= skills::EFFECTIVE_OBSERVATIONS_TO_SHOW;
    let first = weeks.iter().find(|week| near.contains(&week.at) && is_sure(&week.belief));
    let (belief, at) = first.map_or((it.last, it.last_at), |week| (week.belief, week.at.min(it.last_at)));
    let moved = moved_variance(start.prior, at - it.hired_at, start.tau_days);
    Pair { score: it.score, shown: belief }.with_growth(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::skills::{SkillKind, prior};

    const HIRED: i64 = 1_767_571_200_000;

    fn compared(last_days: i64) -> Compared {
        Compared {
            interviewer: UserId(1),
            of: UserId(2),
            skill: SkillId(3),
            score: 3.0,
            hired_at: HIRED,
            last: Belief::at_level(4.5, 0.3),
            last_at: HIRED + last_days * DAY_MS,
        }
    }

    #[test]
    fn a_score_is_compared_with_the_first_sure_level_after_the_hire_and_not_with_a_later_one() {
        let start = Fade { prior: prior(SkillKind::Human), tau_days: 180.0 };
        let week = |n: i64, level: f64, sd: f64| WeeklyLevel {
            at: HIRED + n * 7 * DAY_MS,
            belief: Belief::at_level(level, sd),
        };
        let weeks = [week(-1, 1.0, 0.2), week(1, 2.0, 1.05), week(3, 3.1, 0.4), week(9, 4.0, 0.3)];
        let near = pair_of(&compared(365), &start, &weeks);
        assert!((near.shown.level() - 3.1).abs() < 1e-9, "{near:?}");
        let late = [week(40, 4.2, 0.3)];
        let far = pair_of(&compared(365), &start, &late);
        assert!((far.shown.level() - 4.5).abs() < 1e-9, "none is kept from near the hire");
        assert!(far.shown.level_sd() > 2.0 * near.shown.level_sd(), "a year of growth is not known");
        let fresh = pair_of(&compared(0), &start, &[]);
        assert!((fresh.shown.level_sd() - 0.3).abs() < 1e-9);
    }
}
