//! Somebody's own week: their shifts with breaks and their leave, by their own clock; what is published, never a draft.

use super::when::{Week, beside_leave, is_away, parts, stretch, zone};
use super::{Line, RosterError, Standing, in_force, store};
use crate::floor::leave::{self, Leave, LeaveState};
use crate::skills::planning::Break;
use crate::{Tx, UserId, people};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MyWeek {
    pub user: UserId,
    pub week: Week,
    /// The week in which we are, by their clock.
    pub this_week: Week,
    pub time_zone: String,
    /// Published, or as usual.
    pub standing: Standing,
    pub published_at: Option<i64>,
    pub days: Vec<MyDay>,
    /// Milliseconds that are worked, without breaks and leave.
    pub worked_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MyDay {
    pub date: Date,
    pub is_today: bool,
    pub shifts: Vec<MyShift>,
    /// Asked for or granted on this day.
    pub leave: Option<Leave>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MyShift {
    pub line: Line,
    /// Milliseconds, without leave for a part of the day.
    pub from: i64,
    pub to: i64,
    /// Their breaks, in milliseconds.
    pub breaks: Vec<(i64, i64)>,
    /// It falls on granted leave and is not worked.
    pub on_leave: bool,
}

/// Of whoever asks.
pub fn my_week(tx: &mut Tx, week: Option<Week>) -> Result<MyWeek, RosterError> {
    let user = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(RosterError::NotStaff)?;
    let time_zone = people::find_user(tx, user)?.ok_or(RosterError::NoSuchPerson)?.time_zone;
    let now = tx.now();
    let this_week = Week::containing(now, &time_zone);
    let week = week.unwrap_or(this_week);
    week_of(tx, user, &time_zone, week, this_week)
}

/// Of somebody, whoever asks: the caller has looked at that.
pub(crate) fn week_of(
    tx: &mut Tx,
    user: UserId,
    time_zone: &str,
    week: Week,
    this_week: Week,
) -> Result<MyWeek, RosterError> {
    let published = store::find_roster(tx, week)?.and_then(|it| it.published_at);
    let lines: Vec<Line> = in_force(tx, week)?.into_iter().filter(|it| it.user == user).collect();
    let leaves = leave::list_of_between(tx, user, week.monday(), week.day(6))?;
    let now = tx.now();
    Ok(week_with(user, time_zone, (week, this_week, now), published, &lines, &leaves))
}

/// Of what was read: the shifts that hold, and leave that may touch the week.
fn week_with(
    user: UserId,
    time_zone: &str,
    (week, this_week, now): (Week, Week, i64),
    published: Option<i64>,
    lines: &[Line],
    leaves: &[Leave],
) -> MyWeek {
    let clock = zone(time_zone);
    let today = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(clock.clone()).date();
    let mut days = Vec::new();
    let mut worked_ms = 0;
    for weekday in 0..7 {
        let date = week.day(weekday);
        let on_this_day = || leaves.iter().filter(|it| it.covers(date));
        let granted = || on_this_day().filter(|it| it.state == LeaveState::Granted);
        let away: Vec<(i64, i64)> = granted().map(|it| it.stretch(&clock)).collect();
        let shift = |line: &Line| {
            let whole = stretch(week, &line.shift, &clock);
            let on_leave = away.iter().any(|it| is_away(whole, *it));
            let left = beside_leave(vec![whole], away.iter().copied());
            // What is left of it on a day of which a part is leave.
            let (from, to) = match (on_leave, left.first(), left.last()) {
                (false, Some(first), Some(last)) => (first.0, last.1),
                _ => whole,
            };
            let at = |it: Break| (whole.0 + it.after_minutes * 60_000, whole.0 + it.end() * 60_000);
            let breaks = line.breaks.iter().map(at).filter(|it| from <= it.0 && it.1 <= to).collect();
            MyShift { line: *line, from, to, breaks, on_leave }
        };
        let shifts: Vec<MyShift> = lines.iter().filter(|it| it.shift.weekday == weekday).map(shift).collect();
        let works = shifts.iter().filter(|it| !it.on_leave);
        let left = works.flat_map(|it| beside_leave(parts(week, &it.line, &clock), away.iter().copied()));
        worked_ms += left.map(|(from, to)| to - from).sum::<i64>();
        let leave = granted().next().or(on_this_day().next()).cloned();
        days.push(MyDay { date, is_today: date == today, shifts, leave });
    }
    MyWeek {
        user,
        week,
        this_week,
        time_zone: time_zone.to_owned(),
        standing: if published.is_some() { Standing::Published } else { Standing::Usual },
        published_at: published,
        days,
        worked_ms,
    }
}

/// Their shifts of several weeks that follow each other, with whether the week is published, and their leave; in few
/// statements, however many weeks they are.
pub(crate) fn weeks_from(
    tx: &mut Tx,
    user: UserId,
    time_zone: &str,
    first: Week,
    count: usize,
) -> Result<(Vec<MyWeek>, Vec<Leave>), RosterError> {
    let weeks: Vec<Week> = std::iter::successors(Some(first), |it| Some(it.after())).take(count).collect();
    let Some(last) = weeks.last().copied() else { return Ok((Vec::new(), Vec::new())) };
    let mut published: HashMap<Week, Vec<Line>> = HashMap::new();
    for (week, line) in store::list_published(tx, first, last)? {
        published.entry(week).or_default().extend(line.filter(|it| it.user == user));
    }
    let usual: Vec<Line> = store::list_usual(tx)?.into_iter().filter(|it| it.user == user).collect();
    let leaves = leave::list_of_between(tx, user, first.monday(), last.day(6))?;
    let now = tx.now();
    let this_week = Week::containing(now, time_zone);
    let one = |week: &Week| {
        let own = published.get(week);
        let at = own.map(|_| now);
        week_with(user, time_zone, (*week, this_week, now), at, own.unwrap_or(&usual), &leaves)
    };
    Ok((weeks.iter().map(one).collect(), leaves))
}
