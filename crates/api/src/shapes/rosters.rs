//! Rosters, one's own week, and leave in JSON.

use super::{BreakShape, ShiftBody};
use crate::time::{iso, iso_if};
use desk::floor::leave::Leave;
use desk::floor::roster::mine::{MyDay, MyWeek};
use desk::floor::roster::views::WholeWeek;
use desk::floor::roster::{AwayTold, Line, Roster, Standing};
use desk::skills::planning::{clock_words, weekday_name};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is kept of one week.
#[derive(Serialize, ToSchema)]
pub struct RosterShape {
    /// Its Monday.
    pub week: String,
    pub drafted_at: Option<String>,
    pub drafted_by: Option<String>,
    pub published_at: Option<String>,
    pub published_by: Option<String>,
}

impl RosterShape {
    pub fn of(it: &Roster) -> RosterShape {
        RosterShape {
            week: it.week.to_string(),
            drafted_at: iso_if(it.drafted_at),
            drafted_by: it.drafted_by.clone(),
            published_at: iso_if(it.published_at),
            published_by: it.published_by.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct WholeRosterShape {
    pub week: String,
    /// usual, published, draft: what the shifts are
    pub standing: &'static str,
    pub published_at: Option<String>,
    pub shifts: Vec<RosterShiftShape>,
    /// What is wrong or odd.
    pub findings: Vec<RosterFindingShape>,
}

impl WholeRosterShape {
    pub fn of(it: &WholeWeek) -> WholeRosterShape {
        let finding = |(name, it): &(String, desk::floor::roster::Finding)| RosterFindingShape {
            user_id: it.user.0,
            name: name.clone(),
            words: it.words(),
        };
        WholeRosterShape {
            week: it.week.to_string(),
            standing: standing(it.standing),
            published_at: iso_if(it.roster.as_ref().and_then(|it| it.published_at)),
            shifts: it.lines.iter().map(RosterShiftShape::of).collect(),
            findings: it.findings.iter().map(finding).collect(),
        }
    }
}

fn standing(it: Standing) -> &'static str {
    match it {
        Standing::Usual => "usual",
        Standing::Published => "published",
        Standing::Draft => "draft",
    }
}

/// By the person's own clock.
#[derive(Serialize, ToSchema)]
pub struct RosterShiftShape {
    pub user_id: i64,
    /// Monday to Sunday
    pub weekday: &'static str,
    pub from: String,
    /// Not after `from`: on the next day.
    pub to: String,
    pub breaks: Vec<BreakShape>,
}

impl RosterShiftShape {
    pub fn of(it: &Line) -> RosterShiftShape {
        RosterShiftShape {
            user_id: it.user.0,
            weekday: weekday_name(it.shift.weekday),
            from: clock_words(it.shift.from_minute),
            to: clock_words(it.shift.to_minute),
            breaks: BreakShape::of_all(&it.breaks),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RosterFindingShape {
    pub user_id: i64,
    pub name: String,
    pub words: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RosterBody {
    pub roster: RosterChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RosterChange {
    /// Any day of it; when it is made.
    pub week: Option<String>,
    /// When it is made: what stands in this week is taken over.
    pub copy_from: Option<String>,
    /// All shifts of the week, in place of what is there.
    pub shifts: Option<Vec<RosterShiftBody>>,
    /// False: the draft is given up. True: it is published.
    pub published: Option<bool>,
    /// The findings were seen.
    pub seen: Option<bool>,
    /// Published, it is the usual week from now on.
    pub as_usual: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RosterShiftBody {
    pub user_id: i64,
    #[serde(flatten)]
    pub shift: ShiftBody,
}

/// By one's own clock.
#[derive(Serialize, ToSchema)]
pub struct MyWeekShape {
    pub week: String,
    pub time_zone: String,
    /// usual or published
    pub standing: &'static str,
    /// Without breaks and leave.
    pub worked_hours: f64,
    pub days: Vec<MyDayShape>,
}

#[derive(Serialize, ToSchema)]
pub struct MyDayShape {
    pub date: String,
    pub shifts: Vec<MyShiftShape>,
    pub leave: Option<LeaveShape>,
}

#[derive(Serialize, ToSchema)]
pub struct MyShiftShape {
    pub from: String,
    pub to: String,
    pub breaks: Vec<MyBreakShape>,
    /// It falls on granted leave and is not worked.
    pub on_leave: bool,
}

#[derive(Serialize, ToSchema)]
pub struct MyBreakShape {
    pub from: String,
    pub to: String,
}

impl MyWeekShape {
    pub fn of(it: &MyWeek) -> MyWeekShape {
        let day = |it: &MyDay| MyDayShape {
            date: it.date.to_string(),
            shifts: it
                .shifts
                .iter()
                .map(|it| MyShiftShape {
                    from: iso(it.from),
                    to: iso(it.to),
                    breaks: it
                        .breaks
                        .iter()
                        .map(|(from, to)| MyBreakShape { from: iso(*from), to: iso(*to) })
                        .collect(),
                    on_leave: it.on_leave,
                })
                .collect(),
            leave: it.leave.as_ref().map(LeaveShape::of),
        };
        MyWeekShape {
            week: it.week.to_string(),
            time_zone: it.time_zone.clone(),
            standing: standing(it.standing),
            worked_hours: it.worked_ms as f64 / 3.6e6,
            days: it.days.iter().map(day).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct LeaveShape {
    pub id: i64,
    pub user_id: i64,
    /// holiday, illness, learning, other
    pub kind: &'static str,
    pub first_day: String,
    /// Included.
    pub last_day: String,
    /// Of one day, by the person's own clock; null: the whole of its days.
    pub from_minute: Option<i64>,
    pub to_minute: Option<i64>,
    pub note: String,
    /// asked, granted, refused, withdrawn
    pub state: &'static str,
    pub asked_at: String,
    pub decided_at: Option<String>,
    pub decided_by_id: Option<i64>,
    pub answer: String,
}

impl LeaveShape {
    pub fn of(it: &Leave) -> LeaveShape {
        LeaveShape {
            id: it.id.0,
            user_id: it.user.0,
            kind: it.kind.as_str(),
            first_day: it.first_day.to_string(),
            last_day: it.last_day.to_string(),
            from_minute: it.hours.map(|it| it.0),
            to_minute: it.hours.map(|it| it.1),
            note: it.note.clone(),
            state: it.state.as_str(),
            asked_at: iso(it.asked_at),
            decided_at: iso_if(it.decided_at),
            decided_by_id: it.decided_by.map(|it| it.0),
            answer: it.answer.clone(),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct LeaveBody {
    pub leave_request: LeaveChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct LeaveChange {
    /// When it is made; the caller without it.
    pub user_id: Option<i64>,
    /// holiday, illness, learning, other
    pub kind: Option<String>,
    /// 2026-12-24
    pub first_day: Option<String>,
    /// Included; one day without it.
    pub last_day: Option<String>,
    /// Of one day; the whole of it without them. Half a day: until 780, or from 780 on.
    pub from_minute: Option<i64>,
    pub to_minute: Option<i64>,
    pub note: Option<String>,
    /// granted, refused, withdrawn
    pub state: Option<String>,
    /// What is said to it.
    pub answer: Option<String>,
}

/// What an absence would cost.
#[derive(Serialize, ToSchema)]
pub struct LeaveCostShape {
    /// Hours of theirs that would not be worked.
    pub shift_hours: f64,
    /// Person-hours more that would be short; null: what is needed then is not known.
    pub short_hours: Option<f64>,
    /// Weeks of it whose need is not known.
    pub weeks_unknown: usize,
    /// Skills that only they have while they are needed.
    pub skills: Vec<AloneShape>,
    /// Who is away on one of these days already.
    pub also_away: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct AloneShape {
    pub skill: String,
    pub hours: f64,
}

impl LeaveCostShape {
    pub fn of(it: &AwayTold) -> LeaveCostShape {
        let alone = |(skill, hours): &(String, f64)| AloneShape { skill: skill.clone(), hours: *hours };
        LeaveCostShape {
            shift_hours: it.shift_hours,
            short_hours: it.short_hours,
            weeks_unknown: it.weeks_unknown,
            skills: it.skills.iter().map(alone).collect(),
            also_away: it.also_away.clone(),
        }
    }
}
