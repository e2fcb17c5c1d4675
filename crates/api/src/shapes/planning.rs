//! Coverage, absences, gaps and shifts in JSON.

use super::SkillNameShape;
use desk::UserId;
use desk::skills::planning::{
    AbsencePage, AbsentSkill, Block, Break, Breaks, HereSource, PersonLoad, Shift, ShiftLine, SkillRisk,
    SkillWeek, TeamPage, block_words, clock_words, weekday_name,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct PersonNameShape {
    pub user_id: i64,
    pub name: String,
}

fn named(it: &(UserId, String)) -> PersonNameShape {
    PersonNameShape { user_id: it.0.0, name: it.1.clone() }
}

fn source(it: HereSource) -> &'static str {
    match it {
        HereSource::Shifts => "shifts",
        HereSource::Presence => "presence",
        HereSource::Assumed => "assumed",
    }
}

/// The team as a whole.
#[derive(Serialize, ToSchema)]
pub struct TeamShape {
    pub time_zone: String,
    /// Weeks, and tickets, that were counted.
    pub weeks: f64,
    pub ticket_count: usize,
    /// The share of demand that comes while somebody able is here, 0 to 1, and its 80 % interval; of skills of which it
    /// can be said. Null: of none.
    pub covered: Option<f64>,
    pub covered_interval: Option<[f64; 2]>,
    /// Herfindahl–Hirschman index of what each carries, and its inverse.
    pub hhi: f64,
    pub effective_people: f64,
    /// The fewest people without whom most of demand finds nobody able.
    pub truck_factor: Option<usize>,
    pub truck_factor_people: Vec<PersonNameShape>,
    /// False: there may be a smaller set.
    pub truck_factor_exact: bool,
    pub single_points_of_failure: Vec<SkillNameShape>,
    /// The most wanted first.
    pub skills: Vec<SkillRiskShape>,
    /// Whose absence costs most first.
    pub people: Vec<PersonLoadShape>,
}

impl TeamShape {
    pub fn of(page: &TeamPage) -> TeamShape {
        let known = !page.is_open();
        TeamShape {
            time_zone: page.time_zone.clone(),
            weeks: page.weeks,
            ticket_count: page.tickets,
            covered: known.then_some(page.covered),
            covered_interval: known.then_some([page.covered_interval.0, page.covered_interval.1]),
            hhi: page.hhi,
            effective_people: page.effective_people,
            truck_factor: page.truck.as_ref().map(|it| it.0.len()),
            truck_factor_people: page.truck.iter().flat_map(|it| &it.0).map(named).collect(),
            truck_factor_exact: page.truck.as_ref().is_none_or(|it| it.1),
            single_points_of_failure: page.singles().map(|it| SkillNameShape::of(&it.skill)).collect(),
            skills: page.skills.iter().map(SkillRiskShape::of).collect(),
            people: page.people.iter().map(PersonLoadShape::of).collect(),
        }
    }
}

/// One skill that tickets need. Figures are null where too little was seen at work.
#[derive(Serialize, ToSchema)]
pub struct SkillRiskShape {
    pub skill: SkillNameShape,
    /// Meets four of five of its tickets.
    pub level: f64,
    pub ticket_count: i64,
    pub tickets_per_week: f64,
    /// The expected number of able people.
    pub able_people: Option<f64>,
    pub able: Vec<PersonNameShape>,
    /// People of whom something but not enough is known.
    pub unsure_people: usize,
    /// The share of its tickets that comes while somebody able is here.
    pub covered: Option<f64>,
    pub covered_interval: Option<[f64; 2]>,
    /// Probability of at most one able person: in the team, and here when its tickets come.
    pub p_single: Option<f64>,
    pub p_single_here: Option<f64>,
    pub single_point_of_failure: bool,
    pub hhi: Option<f64>,
    pub effective_people: Option<f64>,
    /// Expected levels below what is asked, in the best of those who are here. Null: of those who were seen at it, nobody was
    /// seen enough to say.
    pub gap: Option<f64>,
    /// Levels times tickets a week, by the skill's share in them.
    pub gap_demand: Option<f64>,
    pub closest: Vec<PersonNameShape>,
    pub most_missed: Option<BlockShape>,
}

/// Four hours of a day.
#[derive(Serialize, ToSchema)]
pub struct BlockShape {
    /// `Tue 14–18`
    pub words: String,
    pub from_hour: usize,
    pub hours: usize,
    pub tickets_per_week: f64,
}

impl BlockShape {
    fn of(it: &Block) -> BlockShape {
        BlockShape {
            words: block_words(it),
            from_hour: it.from_hour,
            hours: it.hours,
            tickets_per_week: it.tickets,
        }
    }
}

impl SkillRiskShape {
    pub fn of(it: &SkillRisk) -> SkillRiskShape {
        let known = |figure: f64| it.enough.then_some(figure);
        SkillRiskShape {
            skill: SkillNameShape::of(&it.skill),
            level: it.level,
            ticket_count: it.counted,
            tickets_per_week: it.weekly,
            able_people: known(it.able_people),
            able: it.able_names.iter().map(named).collect(),
            unsure_people: it.unsure_people,
            covered: known(it.covered),
            covered_interval: it.enough.then_some([it.covered_interval.0, it.covered_interval.1]),
            p_single: known(it.p_single),
            p_single_here: known(it.p_single_here),
            single_point_of_failure: it.is_single(),
            hhi: known(it.hhi),
            effective_people: known(it.effective_people),
            gap: (!it.open).then_some(it.gap),
            gap_demand: (!it.open).then_some(it.gap_demand),
            closest: it
                .closest
                .iter()
                .map(|it| PersonNameShape { user_id: it.0.0, name: it.1.clone() })
                .collect(),
            most_missed: it.worst.as_ref().map(BlockShape::of),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PersonLoadShape {
    pub user_id: i64,
    pub name: String,
    pub hours_here: f64,
    /// shifts, presence or assumed
    pub hours_source: &'static str,
    /// Tickets a week that fall to them.
    pub carries: f64,
    /// Tickets, and hours of work, a week that meet nobody able without them.
    pub missed_tickets: f64,
    pub missed_hours: f64,
    pub alone_in: usize,
}

impl PersonLoadShape {
    fn of(it: &PersonLoad) -> PersonLoadShape {
        PersonLoadShape {
            user_id: it.user.0,
            name: it.name.clone(),
            hours_here: it.hours_here,
            hours_source: source(it.source),
            carries: it.carried,
            missed_tickets: it.lost,
            missed_hours: it.lost_hours,
            alone_in: it.alone_in,
        }
    }
}

/// One skill over the 168 hours of the week, from Monday 0 o'clock.
#[derive(Serialize, ToSchema)]
pub struct SkillWeekShape {
    pub risk: SkillRiskShape,
    pub time_zone: String,
    pub weeks: f64,
    /// Probability that somebody able is here.
    pub covered: Vec<f64>,
    /// Tickets a week.
    pub demand: Vec<f64>,
    pub people: Vec<WeekPersonShape>,
    pub ticket_ids: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct WeekPersonShape {
    pub user_id: i64,
    pub name: String,
    /// Null: little seen, or not for the caller; and so the gap.
    pub p_able: Option<f64>,
    pub gap: Option<f64>,
    /// Probability of being here at the hour, or hours a week without one.
    pub here: f64,
    pub hours_source: &'static str,
    /// Tickets a week that only they can take.
    pub only_theirs: f64,
}

impl SkillWeekShape {
    pub fn of(page: &SkillWeek) -> SkillWeekShape {
        let person = |it: &desk::skills::planning::WeekPerson| WeekPersonShape {
            user_id: it.user.0,
            name: it.name.clone(),
            p_able: it.seen.then_some(it.able),
            gap: it.seen.then_some(it.gap),
            here: it.here,
            hours_source: source(it.source),
            only_theirs: it.only_theirs,
        };
        SkillWeekShape {
            risk: SkillRiskShape::of(&page.risk),
            time_zone: page.time_zone.clone(),
            weeks: page.weeks,
            covered: page.covered.clone(),
            demand: page.demand.clone(),
            people: page.people.iter().map(person).collect(),
            ticket_ids: page.tickets.iter().map(|it| it.id.0).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct AbsenceShape {
    pub user_id: i64,
    pub name: String,
    pub missed_tickets: f64,
    pub missed_hours: f64,
    /// Tickets from Monday to Sunday.
    pub missed_by_day: [f64; 7],
    pub most_missed: Option<BlockShape>,
    pub skills: Vec<AbsentSkillShape>,
}

#[derive(Serialize, ToSchema)]
pub struct AbsentSkillShape {
    pub skill: SkillNameShape,
    pub level: f64,
    pub tickets_per_week: f64,
    /// The share that comes while somebody able is here, with and without the person.
    pub covered: f64,
    pub covered_without: f64,
    pub missed_tickets: f64,
    /// It was covered for four of five tickets and is no more.
    pub falls: bool,
    pub hours_lost: usize,
    pub others: Vec<PersonNameShape>,
}

impl AbsenceShape {
    pub fn of(page: &AbsencePage) -> AbsenceShape {
        let skill = |it: &AbsentSkill| AbsentSkillShape {
            skill: SkillNameShape::of(&it.skill),
            level: it.level,
            tickets_per_week: it.weekly,
            covered: it.before,
            covered_without: it.after,
            missed_tickets: it.lost,
            falls: it.falls,
            hours_lost: it.hours_lost,
            others: it
                .others
                .iter()
                .map(|it| PersonNameShape { user_id: it.0.0, name: it.1.clone() })
                .collect(),
        };
        AbsenceShape {
            user_id: page.user.0,
            name: page.name.clone(),
            missed_tickets: page.lost,
            missed_hours: page.lost_hours,
            missed_by_day: page.lost_by_day,
            most_missed: page.worst.as_ref().map(BlockShape::of),
            skills: page.skills.iter().map(skill).collect(),
        }
    }
}

/// By the person's own clock.
#[derive(Serialize, ToSchema)]
pub struct ShiftShape {
    pub id: i64,
    pub user_id: i64,
    /// Monday to Sunday
    pub weekday: &'static str,
    pub from: String,
    /// Not after `from`: on the next day.
    pub to: String,
    pub breaks: Vec<BreakShape>,
}

impl ShiftShape {
    pub fn of(it: &ShiftLine) -> ShiftShape {
        ShiftShape {
            id: it.id.0,
            user_id: it.user.0,
            weekday: weekday_name(it.shift.weekday),
            from: clock_words(it.shift.from_minute),
            to: clock_words(it.shift.to_minute),
            breaks: BreakShape::of_all(&it.breaks),
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub struct ShiftsBody {
    pub shifts: Vec<ShiftBody>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ShiftBody {
    /// monday, or mon
    pub weekday: String,
    /// 08:30
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub breaks: Vec<BreakShape>,
}

impl ShiftBody {
    /// With its breaks; `None` if the times cannot be read or a break cannot be.
    pub fn read(&self) -> Option<(Shift, Breaks)> {
        let shift = Shift::parse(&self.weekday, &self.from, &self.to)?;
        let breaks =
            self.breaks.iter().map(|it| Break { after_minutes: it.after_minutes, minutes: it.minutes });
        Some((shift, Breaks::of(breaks.collect(), &shift)?))
    }
}

/// A break of a shift: so many minutes after its beginning, so long.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct BreakShape {
    pub after_minutes: i64,
    pub minutes: i64,
}

impl BreakShape {
    pub fn of_all(all: &Breaks) -> Vec<BreakShape> {
        all.iter().map(|it| BreakShape { after_minutes: it.after_minutes, minutes: it.minutes }).collect()
    }
}
