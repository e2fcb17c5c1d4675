//! What a week's reviews are best spent on: people of whom least is known, and why they were chosen.

use super::begin::only_reviewers;
use super::scorecards::only_leads;
use super::{ReviewError, store};
use crate::events::{self, Event};
use crate::{ReviewAssignmentId, ReviewId, SkillId, TicketId, Tx, UserId, skills};
use ::skills::sampling::{Candidate, most_uncertain};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

const SETTING: &str = "reviews";
const DAY_MS: i64 = 24 * 3_600_000;
/// Conversations solved longer ago are not chosen any more.
const SOLVED_WITHIN_MS: i64 = 30 * DAY_MS;
pub const BUDGET_PER_REVIEWER_MAX: i64 = 50;
/// People who are looked at for one week's choice.
const PEOPLE_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Reviews that each reviewer is asked for in a week.
    pub reviews_per_week: i64,
    /// Agents who review beside the leads.
    pub reviewers: Vec<UserId>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { reviews_per_week: 3, reviewers: Vec::new() }
    }
}

#[derive(Clone, Debug)]
pub struct SaveReviewSettings {
    pub reviews_per_week: i64,
    pub reviewers: Vec<UserId>,
}

/// One conversation that somebody is asked to review, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assignment {
    pub id: ReviewAssignmentId,
    /// Its Monday, 00:00 UTC.
    pub week: i64,
    pub reviewer: UserId,
    pub user: UserId,
    pub ticket: TicketId,
    /// Of which least was known,
    pub skill: SkillId,
    /// namely so little: the standard deviation in levels.
    pub sd_levels: f64,
    pub review: Option<ReviewId>,
}

/// A conversation that could be reviewed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reviewable {
    pub ticket: TicketId,
    pub user: UserId,
    pub solved_at: i64,
    pub answers: i64,
}

pub fn settings(tx: &mut Tx) -> Result<Settings, db::Error> {
    Ok(crate::settings::find(tx, SETTING)?.unwrap_or_default())
}

pub fn save_settings(tx: &mut Tx, command: &SaveReviewSettings) -> Result<(), ReviewError> {
    only_leads(tx)?;
    if !(0..=BUDGET_PER_REVIEWER_MAX).contains(&command.reviews_per_week) {
        return Err(ReviewError::BudgetIsWrong);
    }
    let agents: Vec<UserId> = store::list_people(tx)?.into_iter().map(|it| it.0).collect();
    let reviewers = command.reviewers.iter().copied().filter(|it| agents.contains(it)).collect();
    let wanted = Settings { reviews_per_week: command.reviews_per_week, reviewers };
    if settings(tx)? == wanted {
        return Ok(());
    }
    crate::settings::save(tx, SETTING, &wanted)?;
    Ok(events::record(tx, &Event::SettingsChanged { by: tx.actor().user() })?)
}

/// Fills up this week's assignments of every reviewer to the budget; says how many it added. Each goes where it takes
/// away the most doubt, counting what the others will have told.
pub fn plan_week(tx: &mut Tx) -> Result<usize, ReviewError> {
    only_leads(tx)?;
    tx.lock("reviews:plan")?;
    let settings = settings(tx)?;
    let week = monday_of(tx.now());
    let reviewers = store::list_reviewers(tx, &settings.reviewers)?;
    let taken = store::count_assignments(tx, week)?;
    let mut open: Vec<(UserId, i64)> = reviewers
        .into_iter()
        .map(|it| (it, settings.reviews_per_week - taken.get(&it).copied().unwrap_or(0)))
        .filter(|(_, open)| *open > 0)
        .collect();
    let budget: i64 = open.iter().map(|it| it.1).sum();
    if budget == 0 {
        return Ok(0);
    }
    let Some(scorecard) = store::list_scorecards(tx)?.into_iter().next() else { return Ok(0) };
    let wanted: Vec<SkillId> = scorecard
        .categories
        .iter()
        .flat_map(|it| it.skills.iter().map(|(skill, _)| *skill))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let people = people_to_review(tx, &wanted)?;
    let candidates: Vec<Candidate> = people.iter().map(|it| it.candidate.clone()).collect();
    let mut waiting: Vec<Vec<Reviewable>> = people.iter().map(|it| it.work.clone()).collect();
    let mut added = 0;
    // Somebody's own work may fall to them; then the next in doubt is taken instead.
    for choice in most_uncertain(&candidates, 2 * usize::try_from(budget).unwrap_or_default()) {
        let person = &people[choice.candidate];
        open.retain(|(_, left)| *left > 0);
        // Whoever has the most left to do.
        let Some(reviewer) =
            open.iter_mut().filter(|(it, _)| *it != person.user).max_by_key(|(_, left)| *left)
        else {
            if open.is_empty() { break } else { continue }
        };
        let skill = wanted[choice.skill];
        let work = take_best(tx, &mut waiting[choice.candidate], skill)?;
        let Some(work) = work else { continue };
        if store::insert_assignment(tx, week, reviewer.0, work, skill, choice.sd_levels)? {
            reviewer.1 -= 1;
            added += 1;
        }
    }
    if added > 0 {
        events::record(tx, &Event::ReviewsAssigned { week, count: added as i64 })?;
    }
    Ok(added)
}

/// "Not this one": it is not offered again, and the next planning fills the place.
pub fn skip(tx: &mut Tx, id: ReviewAssignmentId) -> Result<(), ReviewError> {
    only_reviewers(tx)?;
    let it = store::find_assignment(tx, id)?.ok_or(ReviewError::NoSuchAssignment)?;
    if !tx.actor().is(it.reviewer) && !tx.actor().is_lead() {
        return Err(ReviewError::NotYours);
    }
    Ok(store::save_skipped(tx, id)?)
}

struct Person {
    user: UserId,
    candidate: Candidate,
    work: Vec<Reviewable>,
}

fn people_to_review(tx: &mut Tx, wanted: &[SkillId]) -> Result<Vec<Person>, db::Error> {
    let since = tx.now() - SOLVED_WITHIN_MS;
    let mut work: HashMap<UserId, Vec<Reviewable>> = HashMap::new();
    for it in store::list_reviewable(tx, since)? {
        work.entry(it.user).or_default().push(it);
    }
    let mut users: Vec<UserId> = work.keys().copied().collect();
    users.sort();
    users.truncate(PEOPLE_MAX);
    let known = skills::variances_of(tx, &users, wanted)?;
    let person = |user: UserId| {
        let work = work.remove(&user).unwrap_or_default();
        let variances = wanted.iter().map(|skill| known.of(user, *skill)).collect();
        Person { user, candidate: Candidate { variances, conversations: work.len() }, work }
    };
    Ok(users.into_iter().map(person).collect())
}

/// A conversation that needed the skill, or else the one with the most answers; of equals the latest.
fn take_best(
    tx: &mut Tx,
    work: &mut Vec<Reviewable>,
    skill: SkillId,
) -> Result<Option<Reviewable>, db::Error> {
    let tickets: Vec<TicketId> = work.iter().map(|it| it.ticket).collect();
    let needing = store::list_needing(tx, &tickets, skill)?;
    let best = (0..work.len()).max_by_key(|place| {
        let it = &work[*place];
        (needing.contains(&it.ticket), it.answers.min(3), it.solved_at, it.ticket)
    });
    Ok(best.map(|place| work.remove(place)))
}

/// The Monday, 00:00 UTC, of the week that the moment lies in.
pub(super) fn monday_of(at: i64) -> i64 {
    // The first of January 1970 was a Thursday.
    const THURSDAY: i64 = 3;
    let day = at.div_euclid(DAY_MS);
    (day - (day + THURSDAY).rem_euclid(7)) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK_MS: i64 = 7 * DAY_MS;

    #[test]
    fn a_week_begins_on_monday() {
        // Monday the 5th of January 2026.
        const MONDAY: i64 = 1_767_571_200_000;
        for at in [MONDAY, MONDAY + 1, MONDAY + WEEK_MS - 1] {
            assert_eq!(monday_of(at), MONDAY);
        }
        assert_eq!(monday_of(MONDAY - 1), MONDAY - WEEK_MS);
        assert_eq!(monday_of(0), -3 * DAY_MS);
    }
}
