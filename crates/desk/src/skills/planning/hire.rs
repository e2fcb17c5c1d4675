//! Whom to hire: one more colleague with the profile of a role, or with that of the gap; in which week, what it costs, and
//! what it is worth by demand-weighted coverage.

use super::invest::{GAIN_MIN, TARGET_BEYOND, WEEKLY_MIN, target_of};
use super::plan::{Plan, PlanSkill};
use super::week::{Hours, mark};
use super::{INTERVAL_SHARE, PlanError, PlanSettings};
use crate::skills::{SkillSummary, roles};
use crate::{RoleId, Tx};
use ::skills::coverage::{HOURS_PER_WEEK, Hand};
use ::skills::invest::{Part, Question, TAUGHT_SD_LEVELS, Worth, worth_together};
use ::skills::{Belief, LEVEL_MAX};
use serde::Serialize;

/// Profiles that are looked at.
pub const HIRES_MAX: usize = 8;
/// Skills that somebody for the gap would bring.
const GAP_SKILLS_MAX: usize = 3;
/// Skills that are named as what a hire's worth comes from.
const THROUGH_SHOWN_MAX: usize = 3;
const GAP_NAME: &str = "What is missing most";

/// Weekly shifts that a new colleague might have, by the company's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewWeek {
    Weekdays,
    WeekdaysLate,
    WithWeekend,
}

impl NewWeek {
    pub const ALL: [NewWeek; 3] = [NewWeek::Weekdays, NewWeek::WeekdaysLate, NewWeek::WithWeekend];

    pub fn words(self) -> &'static str {
        match self {
            NewWeek::Weekdays => "Monday to Friday, 9–17",
            NewWeek::WeekdaysLate => "Monday to Friday, 13–21",
            NewWeek::WithWeekend => "Wednesday to Sunday, 9–17",
        }
    }

    /// P(here) by hour of the week, of somebody who is here for this share of their shifts.
    pub(crate) fn hours(self, attendance: f64) -> Hours {
        let (days, from, to) = match self {
            NewWeek::Weekdays => (0..5, 9 * 60, 17 * 60),
            NewWeek::WeekdaysLate => (0..5, 13 * 60, 21 * 60),
            NewWeek::WithWeekend => (2..7, 9 * 60, 17 * 60),
        };
        let mut here: Hours = [0.0; HOURS_PER_WEEK];
        for day in days {
            mark(day * 24 * 60 + from, day * 24 * 60 + to, attendance, &mut here);
        }
        here
    }
}

/// One more colleague.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hire {
    /// `None`: the profile of the gap.
    pub role: Option<RoleId>,
    pub name: String,
    /// What they would be able to do: half a level beyond what is asked, so as to be able with some certainty.
    pub levels: Vec<(SkillSummary, f64)>,
    /// The one that would bring most.
    pub week: NewWeek,
    /// Tickets a week gained, with an interval.
    pub worth: Worth,
    /// Skills that it comes from, the dearest first.
    pub through: Vec<(SkillSummary, f64)>,
    /// Hours that they are paid for in a year.
    pub hours_per_year: f64,
    /// Hours of others, once, to find them and to settle them in.
    pub hours_once: f64,
}

impl Hire {
    /// Hours in the first year.
    pub fn hours(&self) -> f64 {
        self.hours_per_year + self.hours_once
    }

    /// Tickets a week for each ten hours of the first year.
    pub fn per_ten_hours(&self) -> f64 {
        10.0 * self.worth.tickets / self.hours().max(0.1)
    }
}

/// Every profile that somebody might be hired with, the most tickets first; also those that coverage gains nothing by.
pub fn hires(tx: &mut Tx) -> Result<Vec<Hire>, PlanError> {
    let plan = Plan::load(tx)?;
    let roles = roles::list_roles(tx)?;
    Ok(hires_of(&plan, &roles))
}

pub(super) fn hires_of(plan: &Plan, roles: &[roles::RoleProfile]) -> Vec<Hire> {
    let beyond = |need: &roles::RoleNeed| (need.skill.clone(), (need.level + TARGET_BEYOND).min(LEVEL_MAX));
    let of_role = |role: &roles::RoleProfile| {
        profile(plan, Some(role.id), role.name.clone(), role.needs.iter().map(beyond).collect())
    };
    let mut all: Vec<Profile> = roles.iter().filter(|it| !it.needs.is_empty()).map(of_role).collect();
    let gap = gap_levels(plan);
    if !gap.is_empty() {
        all.push(profile(plan, None, GAP_NAME.to_owned(), gap));
    }
    all.sort_by(|one, other| other.tickets.total_cmp(&one.tickets));
    all.truncate(HIRES_MAX);
    // Intervals take long: only those that are told have one.
    all.into_iter().map(|it| hire(plan, it)).collect()
}

/// Somebody who might be hired, before it is said how sure their worth is.
struct Profile {
    role: Option<RoleId>,
    name: String,
    levels: Vec<(SkillSummary, f64)>,
    week: NewWeek,
    /// Gained in that week.
    tickets: f64,
}

/// In the week that brings most by coverage; the first of those that bring as much.
fn profile(plan: &Plan, role: Option<RoleId>, name: String, levels: Vec<(SkillSummary, f64)>) -> Profile {
    let seats = seats(plan, &levels);
    let gained = |week: NewWeek| -> f64 {
        let here = week.hours(plan.settings.attendance);
        seats.iter().map(|it| it.part(&here).gained()).sum()
    };
    let weeks = NewWeek::ALL.into_iter().rev().map(|it| (gained(it), it));
    let best = weeks.max_by(|one, other| one.0.total_cmp(&other.0));
    let (tickets, week) = best.unwrap_or((0.0, NewWeek::Weekdays));
    Profile { role, name, levels, week, tickets }
}

fn hire(plan: &Plan, it: Profile) -> Hire {
    let Profile { role, name, levels, week, .. } = it;
    let PlanSettings { attendance, hire_hours_per_year, hire_hours_once, .. } = plan.settings;
    let seats = seats(plan, &levels);
    let here = week.hours(attendance);
    let parts: Vec<Part<'_>> = seats.iter().map(|it| it.part(&here)).collect();
    let found = worth_together(&parts, INTERVAL_SHARE);
    let mut through: Vec<(SkillSummary, f64)> =
        seats.iter().zip(&parts).map(|(seat, part)| (seat.it.skill.clone(), part.gained())).collect();
    through.retain(|it| it.1 >= GAIN_MIN);
    through.sort_by(|one, other| other.1.total_cmp(&one.1));
    through.truncate(THROUGH_SHOWN_MAX);
    Hire {
        role,
        name,
        week,
        worth: Worth {
            low: found.low.min(found.tickets),
            high: found.high.max(found.tickets),
            tickets: found.tickets,
        },
        through,
        hours_per_year: hire_hours_per_year,
        hours_once: hire_hours_once,
        levels,
    }
}

/// A skill that work needs and somebody new would have, with those who may be able today.
struct Seat<'a> {
    it: &'a PlanSkill,
    level: f64,
    others: Vec<Hand<'a>>,
}

impl Seat<'_> {
    fn part<'a>(&'a self, here: &'a Hours) -> Part<'a> {
        let question = Question {
            demand: &self.it.demand,
            counted: self.it.counted as f64,
            others: &self.others,
            here,
            before: 0.0,
            after: Belief::at_level(self.level, TAUGHT_SD_LEVELS).p_at_least(self.it.level),
        };
        Part { question, share: self.it.share, seed: self.it.seed() }
    }
}

fn seats<'a>(plan: &'a Plan, levels: &[(SkillSummary, f64)]) -> Vec<Seat<'a>> {
    let seat = |it: &'a PlanSkill| {
        let level = levels.iter().find(|(skill, _)| skill.id == it.skill.id)?.1;
        Some(seat_at(plan, it, level))
    };
    plan.skills.iter().filter_map(seat).collect()
}

fn seat_at<'a>(plan: &'a Plan, it: &'a PlanSkill, level: f64) -> Seat<'a> {
    Seat { it, level, others: it.hands(&plan.people).1 }
}

/// The few skills by which one more person would bring most, all in the same week.
fn gap_levels(plan: &Plan) -> Vec<(SkillSummary, f64)> {
    let of_week = |week: NewWeek| {
        let here = week.hours(plan.settings.attendance);
        let asked = plan.skills.iter().filter(|it| it.weekly() >= WEEKLY_MIN);
        let mut gained: Vec<(f64, &PlanSkill)> =
            asked.map(|it| (seat_at(plan, it, target_of(it)).part(&here).gained(), it)).collect();
        gained.retain(|it| it.0 >= GAIN_MIN);
        gained.sort_by(|one, other| other.0.total_cmp(&one.0));
        gained.truncate(GAP_SKILLS_MAX);
        let sum: f64 = gained.iter().map(|it| it.0).sum();
        (sum, gained)
    };
    let best = NewWeek::ALL.into_iter().rev().map(of_week).max_by(|one, other| one.0.total_cmp(&other.0));
    let (_, gained) = best.unwrap_or_default();
    gained.into_iter().map(|(_, it)| (it.skill.clone(), target_of(it))).collect()
}
