//! The team as a whole: what is covered, how concentrated it is, what hangs on one person, where the gaps are.

use super::plan::{Plan, PlanPerson, PlanSkill};
use super::single::SINGLE_FROM;
use super::skill::TicketLine;
use super::week::{Block, Clock, Hours, worst_block};
use super::{HereSource, INTERVAL_SHARE, PlanError, PlanSettings, store};
use crate::skills::outcomes::{ImportedTicket, store as outcomes};
use crate::skills::roles::views::{RoleRow, role_rows};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{SkillId, Tx, UserId};
use ::skills::concentration::{carried, effective_people, hhi, truck_factor};
use ::skills::coverage::{
    HOURS_PER_WEEK, by_hour, covered, covered_draws, covered_interval, middle, only_theirs,
    p_single_point_of_failure,
};
use ::skills::gap::{Reach, gap_met};
use serde::Serialize;

/// Tickets behind one figure that a page lists.
const TICKETS_SHOWN_MAX: usize = 40;
/// … out of at most so many, when only those of one hour are wanted.
const TICKETS_LOOKED_AT_MAX: usize = 2_000;
/// People who could close a gap, in a line of text.
const CLOSEST_SHOWN: usize = 3;

/// One skill that tickets need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillRisk {
    pub skill: SkillSummary,
    /// Meets four of five of its tickets.
    pub level: f64,
    /// Tickets that were counted, and as many a week.
    pub counted: i64,
    pub weekly: f64,
    /// False: nobody was seen at it often enough, and the figures below say nothing.
    pub enough: bool,
    /// The expected number of able people, here or not.
    pub able_people: f64,
    /// Those who more likely than not are able.
    pub able_names: Vec<(UserId, String)>,
    /// People of whom something but not enough is known.
    pub unsure_people: usize,
    /// The share of its tickets that come while somebody able is here, and the interval of not knowing the people.
    pub covered: f64,
    pub covered_interval: (f64, f64),
    /// P(at most one able person), here or not.
    pub p_single: f64,
    /// The same for those who are here, over the hours at which its tickets come.
    pub p_single_here: f64,
    pub hhi: f64,
    pub effective_people: f64,
    /// Levels below what is asked that a ticket meets in the best of those who are here; 0 where it is open.
    pub gap: f64,
    /// Nobody who was seen at it was seen enough to say whether anything is missing.
    pub open: bool,
    /// The same times tickets a week and the skill's share in them: where demand meets the largest gap.
    pub gap_demand: f64,
    /// Who comes closest without reaching it, of those whose level the reader sees: the smallest gap first.
    pub closest: Vec<(UserId, String, f64)>,
    /// Where most of its tickets meet nobody.
    pub worst: Option<Block>,
}

impl SkillRisk {
    /// One absence, and more likely than not nobody able is left: see [`super::single`].
    pub fn is_single(&self) -> bool {
        self.counted > 0 && self.enough && self.p_single > SINGLE_FROM
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonLoad {
    pub user: UserId,
    pub name: String,
    pub source: HereSource,
    pub hours_here: f64,
    /// Tickets a week that fall to them when work goes to whoever is able and here.
    pub carried: f64,
    /// Tickets a week, and hours of work, that meet nobody able when they are away.
    pub lost: f64,
    pub lost_hours: f64,
    /// Skills of which they are more likely than not the only one.
    pub alone_in: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TeamPage {
    pub settings: PlanSettings,
    pub time_zone: String,
    pub weeks: f64,
    pub tickets: usize,
    /// The share of demand that comes while somebody able is here, of skills of which it can be said.
    pub covered: f64,
    pub covered_interval: (f64, f64),
    /// The most wanted first.
    pub skills: Vec<SkillRisk>,
    /// Whose absence costs most first.
    pub people: Vec<PersonLoad>,
    /// Concentration of what each carries.
    pub hhi: f64,
    pub effective_people: f64,
    /// The fewest people without whom more than half of demand finds nobody, and whether that was searched out fully.
    pub truck: Option<(Vec<(UserId, String)>, bool)>,
    pub roles: Vec<RoleRow>,
}

impl TeamPage {
    pub fn singles(&self) -> impl Iterator<Item = &SkillRisk> {
        self.skills.iter().filter(|it| it.is_single())
    }

    /// Of no skill that tickets need it can be said who is able.
    pub fn is_open(&self) -> bool {
        self.skills.iter().all(|it| it.open)
    }

    /// Where demand meets the largest gap, the largest first.
    pub fn gaps(&self) -> Vec<&SkillRisk> {
        let mut all: Vec<&SkillRisk> = self.skills.iter().filter(|it| it.gap_demand > 0.0).collect();
        all.sort_by(|one, other| other.gap_demand.total_cmp(&one.gap_demand));
        all
    }
}

pub fn team(tx: &mut Tx) -> Result<TeamPage, PlanError> {
    let plan = Plan::load(tx)?;
    let skills: Vec<SkillRisk> = plan.skills.iter().map(|it| risk(&plan, it)).collect();
    let known: Vec<&PlanSkill> = plan.skills.iter().filter(|it| it.is_enough()).collect();
    let mut lost = vec![0.0; plan.people.len()];
    let mut alone_in = vec![0; plan.people.len()];
    let mut futures = vec![0.0; ::skills::coverage::DRAWS];
    let (mut met, mut whole) = (0.0, 0.0);
    for it in plan.skills.iter().filter(|it| !it.is_open()) {
        let (places, hands) = it.hands(&plan.people);
        for (place, tickets) in places.iter().zip(only_theirs(&it.demand, &hands)) {
            lost[*place] += tickets * it.share;
        }
        let able: Vec<usize> = (0..it.able.len()).filter(|i| it.able[*i] > 0.5).collect();
        if let [only] = able.as_slice() {
            alone_in[*only] += 1;
        }
        met += covered(&it.demand, &hands) * it.share;
        whole += it.weekly() * it.share;
        for (future, draw) in futures.iter_mut().zip(covered_draws(&it.demand, &hands, it.seed())) {
            *future += draw * it.share;
        }
    }
    let whole = if whole > 0.0 { whole } else { 1.0 };
    let interval = middle(&mut futures, INTERVAL_SHARE);
    let able: Vec<Vec<f64>> = known.iter().map(|it| it.able.clone()).collect();
    let demand: Vec<f64> = known.iter().map(|it| it.weekly() * it.share).collect();
    let here: Vec<Vec<f64>> = known.iter().map(|it| able_and_here(&plan.people, it)).collect();
    let carried = carried(&here, &demand);
    let mut people: Vec<PersonLoad> = plan
        .people
        .iter()
        .enumerate()
        .map(|(i, it)| PersonLoad {
            user: it.user,
            name: it.name.clone(),
            source: it.source,
            hours_here: it.hours_a_week(),
            carried: carried.get(i).copied().unwrap_or(0.0),
            lost: lost[i],
            lost_hours: plan.hours(lost[i]),
            alone_in: alone_in[i],
        })
        .collect();
    people.sort_by(|one, other| {
        other
            .lost
            .total_cmp(&one.lost)
            .then(other.carried.total_cmp(&one.carried))
            .then_with(|| one.name.cmp(&other.name))
    });
    let who = |place: &usize| (plan.people[*place].user, plan.people[*place].name.clone());
    let truck = truck_factor(&able, &demand).map(|it| (it.people.iter().map(who).collect(), it.exact));
    let roles = role_rows(tx).map_err(|error| match error {
        crate::skills::roles::RoleError::Db(error) => PlanError::Db(error),
        _ => PlanError::NotALead,
    })?;
    Ok(TeamPage {
        settings: plan.settings,
        weeks: plan.weeks,
        tickets: plan.tickets,
        covered: met / whole,
        covered_interval: (interval.0 / whole, interval.1 / whole),
        hhi: hhi(&carried),
        effective_people: effective_people(&carried),
        time_zone: plan.time_zone,
        skills,
        people,
        truck,
        roles: roles.into_iter().filter(|it| it.holders > 0).collect(),
    })
}

/// By person: P(able and here) over the hours at which the skill's tickets come.
fn able_and_here(people: &[PlanPerson], it: &PlanSkill) -> Vec<f64> {
    let weekly = it.weekly().max(f64::MIN_POSITIVE);
    let here = |person: &PlanPerson| -> f64 {
        (0..HOURS_PER_WEEK).map(|hour| it.demand[hour] * person.here[hour]).sum::<f64>() / weekly
    };
    people.iter().zip(&it.able).map(|(person, able)| able * here(person)).collect()
}

pub(super) fn risk(plan: &Plan, it: &PlanSkill) -> SkillRisk {
    let (_, hands) = it.hands(&plan.people);
    let weekly = it.weekly();
    let per_ticket = |amount: f64| if weekly > 0.0 { (amount / weekly).clamp(0.0, 1.0) } else { 0.0 };
    let at_least_one = by_hour(1, &hands);
    let at_least_two = by_hour(2, &hands);
    let uncovered: Hours = std::array::from_fn(|hour| it.demand[hour] * (1.0 - at_least_one[hour]));
    let single: f64 = (0..HOURS_PER_WEEK).map(|hour| it.demand[hour] * (1.0 - at_least_two[hour])).sum();
    let interval = covered_interval(&it.demand, &hands, INTERVAL_SHARE, it.seed());
    let met = per_ticket(covered(&it.demand, &hands));
    let gap = if weekly > 0.0 { gap_of_demand(plan, it) / weekly } else { 0.0 };
    let here = able_and_here(&plan.people, it);
    let mut order: Vec<usize> = (0..plan.people.len()).collect();
    order.sort_by(|one, other| it.gap[*one].total_cmp(&it.gap[*other]));
    let known = |i: &usize| plan.sees_level(plan.people[*i].user, it.skill.id);
    let closest = order.iter().filter(|i| it.able[**i] <= 0.5 && known(i)).take(CLOSEST_SHOWN);
    let person = |i: usize| (plan.people[i].user, plan.people[i].name.clone());
    SkillRisk {
        level: it.level,
        counted: it.counted,
        weekly,
        enough: it.is_enough(),
        able_people: it.able.iter().sum(),
        able_names: order.iter().filter(|i| it.able[**i] > 0.5).map(|i| person(*i)).collect(),
        unsure_people: it.unsure.iter().filter(|it| **it).count(),
        open: it.is_open(),
        covered: met,
        // The expected figure lies between a middle that is nearly all the mass and its rare exception.
        covered_interval: (per_ticket(interval.0).min(met), per_ticket(interval.1).max(met)),
        p_single: p_single_point_of_failure(it.able.iter().copied()),
        p_single_here: per_ticket(single),
        hhi: hhi(&here),
        effective_people: effective_people(&here),
        gap,
        gap_demand: gap * weekly * it.share,
        closest: closest.map(|i| (person(*i).0, person(*i).1, it.gap[*i])).collect(),
        worst: worst_block(&uncovered),
        skill: it.skill.clone(),
    }
}

/// Levels missing, ticket by ticket, in the best of those who are here when it comes; a week's worth. Hours at which
/// nobody at all is here are left out: a gap of presence is not one of skill. So are people whose level is hidden and the
/// hours at which there are only such: what is not known is no gap.
fn gap_of_demand(plan: &Plan, it: &PlanSkill) -> f64 {
    if it.is_open() {
        return 0.0;
    }
    let mut order: Vec<usize> = (0..plan.people.len()).filter(|i| !it.unsure[*i]).collect();
    order.sort_by(|one, other| it.gap[*one].total_cmp(&it.gap[*other]));
    let at = |hour: usize| -> f64 {
        let somebody = 1.0 - order.iter().map(|i| 1.0 - plan.people[*i].here[hour]).product::<f64>();
        if it.demand[hour] <= 0.0 || somebody < 0.5 {
            return 0.0;
        }
        let reach: Vec<Reach> =
            order.iter().map(|i| Reach { gap: it.gap[*i], here: plan.people[*i].here[hour] }).collect();
        it.demand[hour] * gap_met(&reach, it.level)
    };
    (0..HOURS_PER_WEEK).map(at).sum()
}

/// One skill over the hours of the week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillWeek {
    pub risk: SkillRisk,
    pub time_zone: String,
    pub weeks: f64,
    pub since: i64,
    /// P(at least one able person here), by hour from Monday 0 o'clock.
    pub covered: Vec<f64>,
    /// Tickets a week, by hour.
    pub demand: Vec<f64>,
    /// The hour that is looked at, if one is.
    pub hour: Option<usize>,
    /// The likeliest first; with the hour's chances if one is looked at.
    pub people: Vec<WeekPerson>,
    /// The newest that needed it, at that hour if one is looked at.
    pub tickets: Vec<TicketLine>,
    /// The same of other desks.
    pub imported: Vec<ImportedTicket>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeekPerson {
    pub user: UserId,
    pub name: String,
    pub able: f64,
    /// Levels below what is asked.
    pub gap: f64,
    pub seen: bool,
    /// P(here) at the hour, or hours a week.
    pub here: f64,
    pub source: HereSource,
    /// Tickets a week that only they can take.
    pub only_theirs: f64,
}

pub fn skill_week(tx: &mut Tx, skill: SkillId, hour: Option<usize>) -> Result<SkillWeek, PlanError> {
    let plan = Plan::load(tx)?;
    let skill = skills_store::find_shown_skill(tx, skill)?.ok_or(PlanError::NoSuchSkill)?.summary();
    let it = plan.find_skill(skill);
    let hour = hour.filter(|hour| *hour < HOURS_PER_WEEK);
    let (places, hands) = it.hands(&plan.people);
    let mut only = vec![0.0; plan.people.len()];
    for (place, tickets) in places.iter().zip(only_theirs(&it.demand, &hands)) {
        only[*place] = tickets;
    }
    let mut people: Vec<WeekPerson> = plan
        .people
        .iter()
        .enumerate()
        .filter_map(|(i, person)| {
            plan.beliefs.get(&(person.user, it.skill.id))?;
            Some(WeekPerson {
                user: person.user,
                name: person.name.clone(),
                able: it.able[i],
                gap: it.gap[i],
                seen: plan.sees_level(person.user, it.skill.id),
                here: hour.map_or_else(|| person.hours_a_week(), |hour| person.here[hour]),
                source: person.source,
                only_theirs: only[i],
            })
        })
        .collect();
    people.sort_by(|one, other| {
        let able = |it: &WeekPerson| if it.seen { it.able } else { 0.0 };
        let p = |it: &WeekPerson| if hour.is_some() { able(it) * it.here } else { able(it) };
        p(other).total_cmp(&p(one)).then_with(|| one.name.cmp(&other.name))
    });
    let looked_at = if hour.is_some() { TICKETS_LOOKED_AT_MAX } else { TICKETS_SHOWN_MAX };
    let mut tickets = store::list_tickets_needing(tx, it.skill.id, plan.since, looked_at)?;
    let mut imported = outcomes::list_tickets_of_need(tx, it.skill.id, plan.since, looked_at)?;
    if let Some(hour) = hour {
        let mut clock = Clock::of(&plan.time_zone);
        tickets.retain(|ticket| clock.hour_of_week(ticket.created_at) == hour);
        tickets.truncate(TICKETS_SHOWN_MAX);
        imported.retain(|ticket| clock.hour_of_week(ticket.opened_at) == hour);
        imported.truncate(TICKETS_SHOWN_MAX);
    }
    Ok(SkillWeek {
        covered: by_hour(1, &hands).to_vec(),
        demand: it.demand.to_vec(),
        risk: risk(&plan, &it),
        time_zone: plan.time_zone,
        weeks: plan.weeks,
        since: plan.since,
        hour,
        people,
        tickets,
        imported,
    })
}
