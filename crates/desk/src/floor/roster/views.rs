//! The planner's page: bars by person and day, what is needed beside what is there, what is wrong, who may be away.

use super::check::{self, Finding, Worked};
use super::cover::{Away, NeedOfWeek, able, aways, need_of, on_clock};
use super::when::{DAY_MINUTES, WEEK_MINUTES, Week, minute_of_week, minutes_of, stretch, zone};
use super::{
    Line, Roster, RosterError, RosterRules, Standing, in_force, is_on_leave, leaves_of, only_leads, rules,
    shown, store,
};
use crate::floor::leave::{self, Leave, LeaveState, Stretch};
use crate::floor::runs::{self, AbsenceTold, Answer, Run, RunKind};
use crate::people::User;
use crate::skills::planning::{Break, Breaks, Shift};
use crate::{Tx, UserId, people, settings};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RosterPage {
    pub week: Week,
    /// The week in which we are.
    pub this_week: Week,
    /// By which the page shows time.
    pub time_zone: String,
    pub standing: Standing,
    pub roster: Option<Roster>,
    /// What would be taken back.
    pub last_step: Option<String>,
    pub rows: Vec<Row>,
    pub rules: RosterRules,
    /// What is wrong, with the person's name.
    pub findings: Vec<(String, Finding)>,
    pub need: Option<NeedOfWeek>,
    /// How far the working out of the need is, or what came of it.
    pub run: Option<Run>,
    /// A usual week without somebody, simulated, the dearest first.
    pub absences: Vec<AbsenceTold>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub user: UserId,
    pub name: String,
    pub time_zone: String,
    /// Their clock shows another time than the desk's in this week.
    pub is_elsewhere: bool,
    pub bars: Vec<Bar>,
    /// Asked for and granted, by the desk's clock.
    pub leaves: Vec<LeaveBar>,
    /// Of their shifts, breaks included.
    pub minutes: i64,
    /// Shifts of the week by their clock that lie beside it by the desk's.
    pub beside: usize,
    /// What this week misses without them.
    pub away: Away,
}

/// A shift as the desk's clock shows it; minutes from Monday, 0 o'clock, perhaps before or beyond the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    pub shift: Shift,
    pub breaks: Breaks,
    pub from: i64,
    pub to: i64,
    /// It is not worked, for granted leave.
    pub on_leave: bool,
}

impl Bar {
    /// Its breaks: as they are kept, and from which to which minute of the week they lie.
    pub fn pauses(&self) -> Vec<(Break, i64, i64)> {
        let place = |it: Break| (it, self.from + it.after_minutes, self.from + it.end());
        self.breaks.iter().map(place).collect()
    }
}

/// Days on which somebody is away or would like to be; minutes as in [`Bar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LeaveBar {
    pub from: i64,
    pub to: i64,
    pub granted: bool,
}

pub fn roster_page(tx: &mut Tx, week: Week) -> Result<RosterPage, RosterError> {
    only_leads(tx)?;
    let company = settings::company(tx)?;
    let now = tx.now();
    let clock = zone(&company.time_zone);
    let agents = people::list_agents(tx)?;
    let (lines, standing, roster) = shown(tx, week)?;
    let last_step = match &roster {
        Some(it) => store::last_step(tx, it.id)?.map(|it| it.1),
        None => None,
    };
    let rules = rules(tx)?;
    let worked = worked(tx, week, &lines, &agents)?;
    let leaves = leaves_of(tx, week)?;
    let leave_days = leave::list_between(tx, week.before().monday(), week.after().day(6))?;
    let findings = named(check::findings(&worked, &leaves, &rules), &agents);
    let stretches = on_clock(&worked, &leaves, week, &clock);
    let told = need_of(tx, week)?;
    let (need, away) = match told {
        Some(told) => {
            let able = able(tx, &told)?;
            let need = NeedOfWeek::of(told, &able, &stretches);
            let away = aways(&need, &able, &stretches);
            (Some(need), away)
        }
        None => (None, HashMap::new()),
    };
    let row = |it: &User| {
        let (worked, leaves) = ((&worked[..], &leaves[..]), &leave_days[..]);
        row(it, week, worked, leaves, (&clock, &company.time_zone), &away)
    };
    let mut rows: Vec<Row> = agents.iter().map(row).collect();
    // Those who work in this week first; both by name.
    rows.sort_by_key(|it| it.bars.is_empty());
    let absences = match runs::last_done(tx, RunKind::Worth)?.and_then(|it| it.result) {
        Some(Answer::Worth(told)) => told.absences,
        _ => Vec::new(),
    };
    Ok(RosterPage {
        week,
        this_week: Week::containing(now, &company.time_zone),
        time_zone: company.time_zone,
        standing,
        roster,
        last_step,
        rows,
        rules,
        findings,
        need,
        run: runs::list(tx, RunKind::Roster, 1)?.pop(),
        absences,
    })
}

/// What is wrong with these shifts in this week, with names.
pub(super) fn findings(
    tx: &mut Tx,
    week: Week,
    lines: &[Line],
) -> Result<Vec<(String, Finding)>, RosterError> {
    let agents = people::list_agents(tx)?;
    let rules = rules(tx)?;
    let worked = worked(tx, week, lines, &agents)?;
    let leaves = leaves_of(tx, week)?;
    Ok(named(check::findings(&worked, &leaves, &rules), &agents))
}

fn named(found: Vec<Finding>, agents: &[User]) -> Vec<(String, Finding)> {
    let name =
        |user: UserId| agents.iter().find(|it| it.id == user).map_or(String::new(), |it| it.name.clone());
    found.into_iter().map(|it| (name(it.user), it)).collect()
}

/// The shifts of the week, and those that hold in the weeks beside it.
pub(super) fn worked(
    tx: &mut Tx,
    week: Week,
    lines: &[Line],
    agents: &[User],
) -> Result<Vec<Worked>, RosterError> {
    let mut all: Vec<(Week, Line)> = lines.iter().map(|it| (week, *it)).collect();
    for other in [week.before(), week.after()] {
        all.extend(in_force(tx, other)?.into_iter().map(|it| (other, it)));
    }
    let zones: HashMap<UserId, TimeZone> = agents.iter().map(|it| (it.id, zone(&it.time_zone))).collect();
    let one = |(of, line): &(Week, Line)| {
        let clock = zones.get(&line.user)?;
        let stretch = stretch(*of, &line.shift, clock);
        Some(Worked { line: *line, stretch, is_of_week: *of == week })
    };
    Ok(all.iter().filter_map(one).collect())
}

fn row(
    it: &User,
    week: Week,
    (worked, away_then): (&[Worked], &[Stretch]),
    leaves: &[Leave],
    (clock, desk_zone): (&TimeZone, &str),
    away: &HashMap<UserId, Away>,
) -> Row {
    let own = zone(&it.time_zone);
    let minute = |at: i64| minute_of_week(at, week, clock);
    let theirs = || worked.iter().filter(|worked| worked.line.user == it.id && worked.is_of_week);
    let all: Vec<Bar> = theirs()
        .map(|it| Bar {
            shift: it.line.shift,
            breaks: it.line.breaks,
            from: minute(it.stretch.0),
            to: minute(it.stretch.1),
            on_leave: is_on_leave(away_then, it.line.user, it.stretch),
        })
        .collect();
    let leave_bar = |leave: &Leave| {
        let (from, to) = leave.stretch(&own);
        LeaveBar { from: minute(from), to: minute(to), granted: leave.state == LeaveState::Granted }
    };
    let theirs_then = leaves.iter().filter(|leave| leave.user == it.id).map(leave_bar);
    let is_inside = |it: &Bar| it.to > 0 && it.from < WEEK_MINUTES;
    let noons = [0, 6].map(|day| super::when::moment(week, day * DAY_MINUTES + DAY_MINUTES / 2, clock));
    Row {
        user: it.id,
        name: it.name.clone(),
        time_zone: it.time_zone.clone(),
        is_elsewhere: it.time_zone != desk_zone
            && noons.iter().any(|at| minute(*at) != minute_of_week(*at, week, &own)),
        minutes: theirs().map(|it| minutes_of(it.stretch)).sum(),
        beside: all.iter().filter(|it| !is_inside(it)).count(),
        leaves: theirs_then.filter(|it| it.to > 0 && it.from < WEEK_MINUTES).collect(),
        bars: all.into_iter().filter(is_inside).collect(),
        away: away.get(&it.id).cloned().unwrap_or_default(),
    }
}

/// A week by itself, for whoever reads it from outside: what stands there, what it is, and what is wrong with it.
pub struct WholeWeek {
    pub week: Week,
    pub standing: Standing,
    pub roster: Option<Roster>,
    pub lines: Vec<Line>,
    pub findings: Vec<(String, Finding)>,
}

pub fn whole_week(tx: &mut Tx, week: Week) -> Result<WholeWeek, RosterError> {
    only_leads(tx)?;
    let (lines, standing, roster) = shown(tx, week)?;
    let findings = findings(tx, week, &lines)?;
    Ok(WholeWeek { week, standing, roster, lines, findings })
}

/// Weeks of which a draft or a publication is kept, the latest first; for leads.
pub fn rosters(tx: &mut Tx, count_max: usize) -> Result<Vec<Roster>, RosterError> {
    only_leads(tx)?;
    Ok(store::list_rosters(tx, count_max)?)
}
