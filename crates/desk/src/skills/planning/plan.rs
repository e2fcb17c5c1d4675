//! Everything that planning reads, once: people with their hours, skills with their demand, and who is able.

use super::week::{Clock, Hours, MINUTES_PER_WEEK, mark};
use super::{DEMAND_TICKETS_MAX, PlanError, PlanSettings, WEEK_MS, only_leads, plan_settings, store};
use crate::skills::outcomes::store as outcomes;
use crate::skills::{INDEPENDENT_LEVEL, Proficiency, Sight, SkillSummary, store as skills_store};
use crate::{SkillId, Tx, UserId, people, settings};
use ::skills::coverage::{HOURS_PER_WEEK, Hand};
use ::skills::gap::gap_of;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The level of a skill that planning asks for meets so large a share of the tickets that need it.
const LEVEL_SHARE: f64 = 0.8;
/// Chances below this are nobody's.
const ABLE_MIN: f64 = 0.02;
/// What is assumed of people of whom neither shifts nor presences are known.
const OFFICE_DAYS: i64 = 5;
const OFFICE_FROM_MINUTE: i64 = 9 * 60;
const OFFICE_TO_MINUTE: i64 = 17 * 60;

/// Why the desk thinks that somebody is here at some hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HereSource {
    /// Their shifts were entered.
    Shifts,
    /// They were here then in the past weeks.
    Presence,
    /// Nothing is known: office hours.
    Assumed,
}

pub(super) struct PlanPerson {
    pub user: UserId,
    pub name: String,
    /// P(here) by hour of the week.
    pub here: Hours,
    pub source: HereSource,
}

impl PlanPerson {
    pub fn hours_a_week(&self) -> f64 {
        self.here.iter().sum()
    }
}

pub(super) struct PlanSkill {
    pub skill: SkillSummary,
    /// Meets four of five tickets that need it.
    pub level: f64,
    /// Tickets that needed it in the weeks that were counted.
    pub counted: i64,
    /// Tickets a week that need it, by hour.
    pub demand: Hours,
    /// The skill's share in such a ticket, by weight, 0–1: shares of one ticket add up to one.
    pub share: f64,
    /// By person: P(level ≥ asked) of those seen at work often enough; 0 for others.
    pub able: Vec<f64>,
    /// By person: expected levels below what is asked; all of it where nothing was ever seen.
    pub gap: Vec<f64>,
    /// By person: something is known, and not enough to say it. That is no gap.
    pub unsure: Vec<bool>,
}

impl PlanSkill {
    pub fn weekly(&self) -> f64 {
        self.demand.iter().sum()
    }

    /// Somebody was seen at it often enough to say anything.
    pub fn is_enough(&self) -> bool {
        self.able.iter().any(|able| *able > 0.0)
    }

    /// Of those who were seen at it, nobody was seen enough: whether anything is missing cannot be said.
    pub fn is_open(&self) -> bool {
        !self.is_enough() && self.unsure.contains(&true)
    }

    /// Those who may be able, with their place among all people.
    pub fn hands<'a>(&self, people: &'a [PlanPerson]) -> (Vec<usize>, Vec<Hand<'a>>) {
        let able = self.able.iter().enumerate().filter(|(_, able)| **able >= ABLE_MIN);
        able.map(|(i, able)| (i, Hand { able: *able, here: &people[i].here })).unzip()
    }

    /// Always the same figures for the same skill.
    pub fn seed(&self) -> u64 {
        self.skill.id.0.unsigned_abs()
    }
}

pub(super) struct Plan {
    pub settings: PlanSettings,
    /// Weeks that were really counted.
    pub weeks: f64,
    pub tickets: usize,
    pub people: Vec<PlanPerson>,
    /// What tickets needed, the most wanted first.
    pub skills: Vec<PlanSkill>,
    pub beliefs: HashMap<(UserId, SkillId), Proficiency>,
    /// Chances and sums are for all leads; a single level only for who may see it.
    pub sight: Sight,
    pub time_zone: String,
    pub since: i64,
}

impl Plan {
    pub fn load(tx: &mut Tx) -> Result<Plan, PlanError> {
        only_leads(tx)?;
        let sight = super::sight(tx)?;
        let settings = plan_settings(tx)?;
        let time_zone = settings::company(tx)?.time_zone;
        let now = outcomes::demand_ends_at(tx, settings.weeks * WEEK_MS)?;
        let since = now - settings.weeks * WEEK_MS;
        let people = people_with_hours(tx, &settings, &time_zone, since)?;
        let held = skills_store::list_proficiencies(tx, None, None)?;
        let beliefs: HashMap<_, _> = held.into_iter().map(|it| ((it.user, it.skill), it)).collect();
        let known: HashMap<SkillId, SkillSummary> =
            skills_store::list_shown_skills(tx)?.iter().map(|it| (it.id, it.summary())).collect();
        let needs = store::list_needs(tx, since, DEMAND_TICKETS_MAX)?;
        let first = needs.iter().map(|it| it.at).min().unwrap_or(now);
        let weeks = ((now - first) as f64 / WEEK_MS as f64).clamp(1.0, settings.weeks as f64);
        let tickets = needs.iter().map(|it| it.ticket).collect::<HashSet<_>>().len();
        let mut plan =
            Plan { settings, weeks, tickets, people, skills: Vec::new(), beliefs, sight, time_zone, since };
        plan.skills = plan.demand(&needs, &known);
        Ok(plan)
    }

    fn demand(&self, needs: &[store::Need], known: &HashMap<SkillId, SkillSummary>) -> Vec<PlanSkill> {
        let mut clock = Clock::of(&self.time_zone);
        let mut gathered: BTreeMap<SkillId, Gathered> = BTreeMap::new();
        for of_ticket in needs.chunk_by(|one, other| one.ticket == other.ticket) {
            let weight: f64 = of_ticket.iter().map(|it| it.weight).sum();
            let hour = clock.hour_of_week(of_ticket[0].at);
            for it in of_ticket {
                let into = gathered.entry(it.skill).or_default();
                into.demand[hour] += 1.0 / self.weeks;
                into.share += if weight > 0.0 { it.weight / weight } else { 0.0 };
                into.levels.push(it.level);
            }
        }
        let skill = |(id, it): (SkillId, Gathered)| Some(self.skill(known.get(&id)?.clone(), it));
        let mut all: Vec<PlanSkill> = gathered.into_iter().filter_map(skill).collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.counted));
        all
    }

    /// A skill that may or may not be asked for.
    fn skill(&self, skill: SkillSummary, it: Gathered) -> PlanSkill {
        let level = level_for_most(it.levels.iter().map(|level| (*level, 1)).collect());
        let belief = |user: UserId| self.beliefs.get(&(user, skill.id));
        let of_people = || self.people.iter().map(|person| belief(person.user));
        let sure = |it: Option<&Proficiency>| it.filter(|it| it.is_sure()).map(|it| it.belief);
        PlanSkill {
            able: of_people().map(|it| sure(it).map_or(0.0, |it| it.p_at_least(level))).collect(),
            gap: of_people().map(|it| gap_of(sure(it), level)).collect(),
            unsure: of_people().map(|it| it.is_some_and(|it| !it.is_sure())).collect(),
            counted: it.levels.len() as i64,
            share: it.share / it.levels.len().max(1) as f64,
            demand: it.demand,
            level,
            skill,
        }
    }

    /// The skill as planning sees it, also one that no ticket has needed.
    pub fn find_skill(&self, skill: SkillSummary) -> PlanSkill {
        match self.skills.iter().position(|it| it.skill.id == skill.id) {
            Some(at) => {
                let it = &self.skills[at];
                let (able, gap, unsure) = (it.able.clone(), it.gap.clone(), it.unsure.clone());
                PlanSkill { skill, able, gap, unsure, ..*it }
            }
            None => self.skill(skill, Gathered::default()),
        }
    }

    /// Enough is known of their level, and the reader may see it.
    pub fn sees_level(&self, user: UserId, skill: SkillId) -> bool {
        self.beliefs.get(&(user, skill)).is_some_and(|it| it.is_sure() && self.sight.sees(it))
    }

    /// Tickets as hours of work.
    pub fn hours(&self, tickets: f64) -> f64 {
        tickets * self.settings.minutes_per_ticket / 60.0
    }
}

struct Gathered {
    demand: Hours,
    share: f64,
    levels: Vec<f64>,
}

impl Default for Gathered {
    fn default() -> Self {
        Gathered { demand: [0.0; HOURS_PER_WEEK], share: 0.0, levels: Vec::new() }
    }
}

/// The level at or below which four of five of them lie; that of somebody independent, if there are none. Each comes with
/// how often it was asked for.
pub(super) fn level_for_most(mut levels: Vec<(f64, i64)>) -> f64 {
    levels.sort_by(|one, other| one.0.total_cmp(&other.0));
    let count: i64 = levels.iter().map(|it| it.1).sum();
    let wanted = (count as f64 * LEVEL_SHARE).ceil() as i64;
    let mut so_far = 0;
    let found = levels.iter().find(|(_, count)| {
        so_far += count;
        so_far >= wanted
    });
    found.map_or(INDEPENDENT_LEVEL, |it| it.0)
}

/// Active agents by name, with the hours at which they are likely here.
fn people_with_hours(
    tx: &mut Tx,
    settings: &PlanSettings,
    time_zone: &str,
    since: i64,
) -> Result<Vec<PlanPerson>, PlanError> {
    let now = tx.now();
    let mut clock = Clock::of(time_zone);
    let mut by_shifts: HashMap<UserId, Vec<super::ShiftLine>> = HashMap::new();
    for line in store::list_shifts(tx)? {
        by_shifts.entry(line.user).or_default().push(line);
    }
    let changes = store::list_presence_changes(tx, since)?;
    let mut by_presence: HashMap<UserId, Hours> = HashMap::new();
    for of_person in changes.chunk_by(|one, other| one.0 == other.0) {
        by_presence.insert(of_person[0].0, past_hours(of_person, since, now, &mut clock));
    }
    let person = |user: people::User| {
        let mut here = [0.0; HOURS_PER_WEEK];
        let ahead = (clock.offset_ms(now) - Clock::of(&user.time_zone).offset_ms(now)) / 60_000;
        let mut work = |day: i64, from: i64, to: i64| {
            let midnight = (day * 24 * 60 + ahead).rem_euclid(MINUTES_PER_WEEK);
            mark(midnight + from, midnight + to, settings.attendance, &mut here);
        };
        let source = match (by_shifts.get(&user.id), by_presence.get(&user.id)) {
            (Some(shifts), _) => {
                shifts.iter().flat_map(|it| it.worked()).for_each(|(day, from, to)| work(day, from, to));
                HereSource::Shifts
            }
            (None, Some(past)) => {
                here = *past;
                HereSource::Presence
            }
            (None, None) => {
                (0..OFFICE_DAYS).for_each(|day| work(day, OFFICE_FROM_MINUTE, OFFICE_TO_MINUTE));
                HereSource::Assumed
            }
        };
        PlanPerson { user: user.id, name: user.name, here, source }
    };
    Ok(people::list_agents(tx)?.into_iter().map(person).collect())
}

/// The share of each hour of the week that somebody was here, since the first they were seen in that time.
fn past_hours(changes: &[(UserId, i64, String, String)], since: i64, now: i64, clock: &mut Clock) -> Hours {
    const ONLINE: &str = "online";
    let mut here = [0.0; HOURS_PER_WEEK];
    let mut online_since = changes.first().filter(|it| it.2 == ONLINE).map(|_| since);
    let first = online_since.unwrap_or(changes.first().map_or(now, |it| it.1));
    for (_, at, _, to) in changes {
        match (online_since, to == ONLINE) {
            (None, true) => online_since = Some(*at),
            (Some(from), false) => {
                clock.spread(from, *at, &mut here);
                online_since = None;
            }
            _ => {}
        }
    }
    if let Some(from) = online_since {
        clock.spread(from, now, &mut here);
    }
    let weeks = ((now - first) as f64 / WEEK_MS as f64).max(1.0);
    here.map(|hours| (hours / weeks).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// Monday, 5 January 2026, 0 o'clock UTC.
    const MONDAY: i64 = 1_767_571_200_000;

    fn change(at: i64, from: &str, to: &str) -> (UserId, i64, String, String) {
        (UserId(1), at, from.into(), to.into())
    }

    #[test]
    fn the_level_asked_meets_four_of_five_tickets() {
        let once = |levels: &[f64]| level_for_most(levels.iter().map(|it| (*it, 1)).collect());
        assert_eq!(once(&[2.0, 2.0, 3.0, 2.0, 4.0]), 3.0);
        assert_eq!(level_for_most(vec![(4.0, 1), (2.0, 3), (3.0, 1)]), 3.0);
        assert_eq!(once(&[4.0]), 4.0);
        assert_eq!(once(&[]), INDEPENDENT_LEVEL);
    }

    #[test]
    fn who_was_here_every_monday_is_expected_on_monday() {
        let week = WEEK_MS;
        let mut changes = Vec::new();
        for n in 0..4 {
            changes.push(change(MONDAY + n * week + 8 * HOUR, "offline", "online"));
            changes.push(change(MONDAY + n * week + 10 * HOUR, "online", "offline"));
        }
        let here = past_hours(&changes, MONDAY, MONDAY + 4 * week, &mut Clock::of("UTC"));
        assert!(here[8] > 0.95 && here[9] > 0.95 && here[10] == 0.0 && here[24 + 8] == 0.0);
    }

    #[test]
    fn away_is_not_here_and_whoever_was_online_before_counts_from_the_start() {
        let changes = [change(MONDAY + HOUR, "online", "away"), change(MONDAY + 2 * HOUR, "away", "online")];
        let here = past_hours(&changes, MONDAY, MONDAY + 3 * HOUR, &mut Clock::of("UTC"));
        assert_eq!((here[0], here[1], here[2]), (1.0, 0.0, 1.0));
    }
}
