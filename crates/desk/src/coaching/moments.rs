//! What of a week is worth a talk: chosen from what became known in it, by surprise, room to grow and demand.

use super::plans::may_coach;
use super::{CoachingError, DAY_MS, MOMENTS_PER_WEEK, Moment, PieceOfWork, WEEK_MS, store};
use crate::events::{self, Event};
use crate::skills::{self, INDEPENDENT_LEVEL, Observed, outcomes};
use crate::{CoachingMomentId, EvidenceId, SkillId, Tx, UserId};
use ::skills::Belief;
use ::skills::moments::{SkillAtWork, moment, most_teachable};
use std::collections::{BTreeMap, HashMap};

/// Demand is what the tickets of so many days needed.
const DEMAND_DAYS: i64 = 56;
/// An import brings years of work in one week: worth a talk is what was done so long before its newest, or before the week.
const IMPORTED_FRESH_DAYS: i64 = 28;
/// A week's choice is made anew for so long after its end: what is known by then is all that will be.
const GRACE_MS: i64 = DAY_MS;

/// What became known of one piece of somebody's work.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub evidence: EvidenceId,
    pub user: UserId,
    pub work: PieceOfWork,
    pub observed: Observed,
    pub difficulty: f64,
    pub skills: Vec<KnownSkill>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct KnownSkill {
    pub skill: SkillId,
    pub weight: f64,
    pub before: Belief,
    /// The level that the work asked for, if it still needs the skill.
    pub asked: Option<f64>,
}

/// One chosen moment, not yet kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    pub evidence: EvidenceId,
    pub work: PieceOfWork,
    pub moment: Moment,
}

/// Recurring: the moments of this week so far, and of the last while its days of grace run. What has been talked about
/// stays. Says how many are new.
pub fn find_moments(tx: &mut Tx) -> Result<usize, CoachingError> {
    if !tx.actor().is_lead() {
        return Err(CoachingError::NotTheCoach);
    }
    tx.lock("coaching:moments")?;
    let now = tx.now();
    let (this, last) = (monday_of(now), monday_of(now - GRACE_MS));
    let mut weeks = vec![this];
    if last != this {
        weeks.push(last);
    }
    let demand = demand(tx)?;
    let mut added = 0;
    for week in weeks {
        added += find_in(tx, week, &demand)?;
    }
    Ok(added)
}

fn find_in(tx: &mut Tx, week: i64, demand: &HashMap<SkillId, f64>) -> Result<usize, CoachingError> {
    let policy = skills::policy(tx)?;
    let mut by_person: BTreeMap<UserId, Vec<Chosen>> = BTreeMap::new();
    let newest = outcomes::newest_opening(tx)?.map_or(week, |at| at.min(week));
    let imported_since = newest - IMPORTED_FRESH_DAYS * DAY_MS;
    for it in store::list_known(tx, week, week + WEEK_MS, imported_since)? {
        if !policy.counts(it.observed.stored().0) {
            continue;
        }
        if let Some(moment) = moment_of(&it, demand) {
            let chosen = Chosen { evidence: it.evidence, work: it.work, moment };
            by_person.entry(it.user).or_default().push(chosen);
        }
    }
    let kept = store::list_moments_of_week(tx, week)?;
    let mut people: Vec<UserId> = by_person.keys().copied().chain(kept.iter().map(|it| it.user)).collect();
    people.sort();
    people.dedup();
    let mut added = 0;
    for user in people {
        let (talked, open): (Vec<_>, Vec<_>) =
            kept.iter().filter(|it| it.user == user).partition(|it| it.talked_at.is_some());
        let mut all = by_person.remove(&user).unwrap_or_default();
        all.retain(|it| talked.iter().all(|other| other.work != it.work));
        let moments: Vec<(PieceOfWork, Moment)> = all.iter().map(|it| (it.work, it.moment)).collect();
        let wanted: Vec<Chosen> = most_teachable(&moments, MOMENTS_PER_WEEK.saturating_sub(talked.len()))
            .into_iter()
            .map(|place| all[place].clone())
            .collect();
        let is_kept = |it: &Chosen| open.iter().any(|old| old.work == it.work && old.evidence == it.evidence);
        if wanted.len() == open.len() && wanted.iter().all(is_kept) {
            continue;
        }
        store::delete_open_moments(tx, week, user)?;
        for it in &wanted {
            added += usize::from(!is_kept(it));
            store::insert_moment(tx, week, user, it)?;
        }
    }
    if added > 0 {
        events::record(tx, &Event::MomentsChosen { week, count: added as i64 })?;
    }
    Ok(added)
}

fn moment_of(it: &Known, demand: &HashMap<SkillId, f64>) -> Option<Moment> {
    let at_work: Vec<SkillAtWork> = it
        .skills
        .iter()
        .map(|known| SkillAtWork {
            skill: ::skills::SkillId(known.skill.0),
            weight: known.weight,
            before: known.before,
            asked: known.asked.unwrap_or(INDEPENDENT_LEVEL),
            demand: demand.get(&known.skill).copied().unwrap_or(0.0),
        })
        .collect();
    moment(&at_work, it.difficulty, &it.observed.observation())
}

/// The share of tickets, of this desk and of others, that need each skill.
fn demand(tx: &mut Tx) -> Result<HashMap<SkillId, f64>, db::Error> {
    let now = tx.now();
    // What was imported may have ended long ago: its own last weeks are what that desk was asked.
    let newest = outcomes::newest_opening(tx)?.map_or(now, |at| at.min(now));
    let since = DEMAND_DAYS * DAY_MS;
    let (tickets, needs) = store::count_demand(tx, now - since, newest - since)?;
    Ok(needs.into_iter().map(|(skill, count)| (skill, count as f64 / tickets.max(1) as f64)).collect())
}

/// It has been talked about, or not after all: by the person themself, or by who may coach them.
pub fn talk(tx: &mut Tx, id: CoachingMomentId, talked: bool) -> Result<UserId, CoachingError> {
    let it = store::find_moment(tx, id)?.ok_or(CoachingError::NoSuchMoment)?;
    if !tx.actor().is(it.user) && !may_coach(tx, it.user)? {
        return Err(CoachingError::NoSuchMoment);
    }
    if it.talked_at.is_some() != talked {
        store::save_talked(tx, id, talked)?;
        tx.announce(&format!("user:{}", it.user));
    }
    Ok(it.user)
}

/// The Monday, 00:00 UTC, of the week that the moment lies in.
pub fn monday_of(at: i64) -> i64 {
    // The first of January 1970 was a Thursday.
    const THURSDAY: i64 = 3;
    let day = at.div_euclid(DAY_MS);
    (day - (day + THURSDAY).rem_euclid(7)) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        // Monday the 5th of January 2026.
        const MONDAY: i64 = 1_767_571_200_000;
        assert_eq!(monday_of(MONDAY + 3 * DAY_MS), MONDAY);
        assert_eq!(monday_of(MONDAY - 1), MONDAY - WEEK_MS);
    }
}
