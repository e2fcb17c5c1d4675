//! A roster that covers what is needed, from the hours people usually work and some around them.

use super::cover::{able, need_of};
use super::need::{PERIOD_MINUTES, PERIODS_PER_WEEK};
use super::when::{DAY_MINUTES, Week, is_right, minute_of_week, stretch, zone};
use super::{Line, RosterError, edit, in_force, is_on_leave, leaves_of, only_leads, plannable, rules, store};
use crate::skills::planning::{Breaks, Shift};
use crate::{Tx, UserId, people, settings};
use ::floor::roster::{Asked, BREAKS_MAX, Choice, Need, Person};
use std::collections::BTreeMap;

/// Minutes by which a shift may begin earlier or later than usual.
const STARTS: [i64; 6] = [0, -60, 60, -120, 120, 240];
/// Somebody without usual shifts: from nine, eight hours, on working days.
const NEW_FROM_MINUTE: i64 = 9 * 60;
const NEW_MINUTES: i64 = 8 * 60;
const NEW_DAYS: usize = 5;
/// Another day than usual is as odd as so many hours.
const OTHER_DAY_HOURS: f64 = 4.0;
const SEED: u64 = 1;

/// Everything that a suggestion is made from; the thinking needs no database.
pub struct ToSuggest {
    week: Week,
    users: Vec<UserId>,
    /// By person, beside their choices.
    shifts: Vec<Vec<(Shift, Breaks)>>,
    asked: Asked,
}

/// Shifts, and person-hours that stay short.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub week: Week,
    pub lines: Vec<Line>,
    pub short_hours: f64,
}

pub fn suggest(tx: &mut Tx, week: Week) -> Result<ToSuggest, RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    let needed = need_of(tx, week)?.ok_or(RosterError::NeedIsUnknown)?;
    let rules = rules(tx)?;
    let desk_zone = zone(&settings::company(tx)?.time_zone);
    let agents = people::list_agents(tx)?;
    let mut usual: BTreeMap<UserId, Vec<(Shift, Breaks)>> = BTreeMap::new();
    let own = |it: &Line| (it.shift, it.breaks);
    store::list_usual(tx)?.iter().for_each(|it| usual.entry(it.user).or_default().push(own(it)));
    let leaves = leaves_of(tx, week)?;
    let mut beside: BTreeMap<UserId, Vec<(i64, i64)>> = BTreeMap::new();
    for other in [week.before(), week.after()] {
        for line in in_force(tx, other)? {
            let Some(agent) = agents.iter().find(|it| it.id == line.user) else { continue };
            beside.entry(line.user).or_default().push(stretch(other, &line.shift, &zone(&agent.time_zone)));
        }
    }
    let able = able(tx, &needed)?;
    let (mut users, mut shifts, mut people) = (Vec::new(), Vec::new(), Vec::new());
    for agent in agents.iter().filter(|it| usual.is_empty() || usual.contains_key(&it.id)) {
        let own = usual.get(&agent.id).map(Vec::as_slice).unwrap_or_default();
        let clock = zone(&agent.time_zone);
        let rest_ms = (3_600_000.0 * rules.rest_hours) as i64;
        let near = beside.get(&agent.id).map(Vec::as_slice).unwrap_or_default();
        let fits = |(from, to): (i64, i64)| {
            near.iter().all(|other| other.1 + rest_ms <= from || to + rest_ms <= other.0)
        };
        let (mut theirs, mut choices) = (Vec::new(), Vec::new());
        for (shift, breaks, unusual_hours) in possible(own) {
            let worked = stretch(week, &shift, &clock);
            let hours = (worked.1 - worked.0) as f64 / 3.6e6;
            if hours > rules.shift_hours.max(NEW_MINUTES as f64 / 60.0)
                || !fits(worked)
                || is_on_leave(&leaves, agent.id, worked)
            {
                continue;
            }
            let minute = |at: i64| minute_of_week(at, week, &desk_zone);
            choices.push(Choice {
                day: shift.weekday as usize,
                from: minute(worked.0),
                to: minute(worked.1),
                unusual_hours,
                breaks: told(&breaks),
            });
            theirs.push((shift, breaks));
        }
        let minutes: i64 = own.iter().map(|it| it.0.to_minute - it.0.from_minute).sum();
        let days = own.iter().map(|it| it.0.weekday).collect::<std::collections::BTreeSet<_>>().len();
        let most = (60.0 * rules.week_hours) as i64;
        users.push(agent.id);
        shifts.push(theirs);
        people.push(Person {
            choices,
            minutes_max: if own.is_empty() { most } else { minutes.min(most) },
            days_max: if own.is_empty() { NEW_DAYS } else { days },
            rest_minutes: (60.0 * rules.rest_hours) as i64,
            serves: std::iter::once(true).chain(able.iter().map(|it| it.contains(&agent.id))).collect(),
        });
    }
    if people.is_empty() {
        return Err(RosterError::NobodyToPlan);
    }
    let need = |people: &[u32]| Need { people: people.iter().map(|it| f64::from(*it)).collect() };
    let needs = std::iter::once(&needed.all).chain(&needed.skills).map(|it| need(&it.people)).collect();
    Ok(ToSuggest { week, users, shifts, asked: Asked { period_minutes: PERIOD_MINUTES, needs, people } })
}

/// As the pure crate takes them.
fn told(breaks: &Breaks) -> [(i64, i64); BREAKS_MAX] {
    let mut all = [(0, 0); BREAKS_MAX];
    all.iter_mut().zip(breaks.iter()).for_each(|(place, it)| *place = (it.after_minutes, it.minutes));
    all
}

/// A person's shifts as they usually are, and some around them, with the breaks that they take along, and how odd each is
/// in hours.
fn possible(own: &[(Shift, Breaks)]) -> Vec<(Shift, Breaks, f64)> {
    let usual = |day: i64| own.iter().find(|it| it.0.weekday == day);
    let middle = own.get(own.len() / 2);
    let mut found = Vec::new();
    for weekday in 0..7 {
        let odd = match (own.is_empty(), usual(weekday)) {
            (true, _) => {
                if weekday < 5 {
                    0.0
                } else {
                    OTHER_DAY_HOURS
                }
            }
            (false, Some(_)) => 0.0,
            (false, None) => OTHER_DAY_HOURS,
        };
        let like = usual(weekday).or(middle);
        let (from, length) = like.map_or((NEW_FROM_MINUTE, NEW_MINUTES), |(it, _)| {
            (it.from_minute, it.to_minute - it.from_minute)
        });
        let breaks = like.map(|it| it.1).unwrap_or_default();
        for by in STARTS {
            let from_minute = from + by;
            let shift = Shift { weekday, from_minute, to_minute: from_minute + length };
            if (0..DAY_MINUTES).contains(&from_minute) && is_right(&shift) {
                found.push((shift, breaks, odd + by.abs() as f64 / 60.0));
            }
        }
    }
    found
}

impl ToSuggest {
    /// Some tenths of a second of work.
    pub fn find(&self) -> Suggestion {
        let found = ::floor::roster::suggest(&self.asked, SEED);
        let mut lines = Vec::new();
        for (person, chosen) in found.chosen.iter().enumerate() {
            lines.extend(chosen.iter().map(|at| {
                let (shift, breaks) = self.shifts[person][*at];
                Line { user: self.users[person], shift, breaks }
            }));
        }
        lines.sort_unstable();
        let short_hours = found.short.first().copied().unwrap_or(0.0) * PERIOD_MINUTES as f64 / 60.0;
        Suggestion { week: self.week, lines, short_hours }
    }
}

/// The suggestion becomes the draft.
pub fn take(tx: &mut Tx, suggestion: &Suggestion) -> Result<(), RosterError> {
    only_leads(tx)?;
    plannable(tx, suggestion.week)?;
    edit::change(tx, suggestion.week, &suggestion.lines, "took over a suggestion")
}

const _: () = assert!(PERIODS_PER_WEEK as i64 * PERIOD_MINUTES == 7 * DAY_MINUTES);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skills::planning::Break;

    #[test]
    fn usual_shifts_come_first_and_another_day_is_odd() {
        let shift = |weekday| Shift { weekday, from_minute: 60, to_minute: 480 };
        let noon = vec![Break { after_minutes: 180, minutes: 30 }];
        let noon = Breaks::of(noon, &shift(0)).expect("a break");
        let own = [0, 1, 2].map(|weekday| (shift(weekday), noon));
        let found = possible(&own);
        assert_eq!(found[0], (shift(0), noon, 0.0), "with its break");
        assert!(found.iter().all(|it| it.0.from_minute >= 0 && it.0.to_minute - it.0.from_minute == 420));
        let friday = found.iter().find(|it| it.0.weekday == 4).expect("another day may be tried");
        assert_eq!(friday.2, OTHER_DAY_HOURS);
        assert_eq!(
            found.iter().filter(|it| it.0.weekday == 0).count(),
            5,
            "two hours earlier lies on Sunday"
        );
        assert!(possible(&[]).contains(&(
            Shift { weekday: 4, from_minute: 540, to_minute: 1_020 },
            Breaks::default(),
            0.0
        )));
    }
}
