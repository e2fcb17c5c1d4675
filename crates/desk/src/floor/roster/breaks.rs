//! Breaks of a draft: one is put, moved or taken away; or every long shift gets one where it is missed least.

use super::cover::{NeedOfWeek, able, need_of, on_clock, periods};
use super::edit::{change, name};
use super::need::PERIODS_PER_WEEK;
use super::views::worked;
use super::when::{Week, minute_of_week, stretch, zone};
use super::{RosterError, leaves_of, only_leads, plannable, shown};
use crate::skills::planning::{BREAK_MINUTES_LEAST, Break, Breaks, Shift, clock_words, weekday_name};
use crate::{Tx, UserId, people, settings};
use std::collections::HashMap;

/// Places that are tried lie so far apart.
const STEP_MINUTES: i64 = 15;
/// A break that is placed by the desk lies in the middle third of its shift.
const PARTS: i64 = 3;

/// One break of one shift becomes another; from nothing it is new, to nothing it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakEdit {
    pub user: UserId,
    pub shift: Shift,
    pub was: Option<Break>,
    pub becomes: Option<Break>,
}

/// Begins a draft if there is none. Says what was done.
pub fn edit_break(tx: &mut Tx, week: Week, edit: &BreakEdit) -> Result<String, RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    let name = name(tx, edit.user)?;
    let (mut lines, ..) = shown(tx, week)?;
    let line = lines.iter_mut().find(|it| it.user == edit.user && it.shift == edit.shift);
    let line = line.ok_or(RosterError::ChangedMeanwhile)?;
    if edit.was.is_some_and(|was| !line.breaks.iter().any(|it| it == was)) {
        return Err(RosterError::ChangedMeanwhile);
    }
    line.breaks = line.breaks.with(edit.was, edit.becomes, &edit.shift).ok_or(RosterError::BreakIsWrong)?;
    let words = match (edit.was, edit.becomes) {
        (_, Some(it)) => format!("{name} has a break {}", words(&edit.shift, it)),
        (Some(it), None) => format!("{name} has no break {} any more", words(&edit.shift, it)),
        (None, None) => return Err(RosterError::BreakIsWrong),
    };
    change(tx, week, &lines, &words)?;
    Ok(words)
}

/// `Monday 12:30–13:00`
fn words(shift: &Shift, it: Break) -> String {
    let at = |minute: i64| clock_words(shift.from_minute + minute);
    format!("{} {}–{}", weekday_name(shift.weekday), at(it.after_minutes), at(it.end()))
}

/// A break for each shift of at least so many hours that has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaceBreaks {
    pub minutes: i64,
    pub shift_hours_least: f64,
}

/// Shift by shift, in the middle third, where most are there beside what is needed; so colleagues take turns. Says of how
/// many shifts.
pub fn place_breaks(tx: &mut Tx, week: Week, command: PlaceBreaks) -> Result<usize, RosterError> {
    only_leads(tx)?;
    plannable(tx, week)?;
    if !(BREAK_MINUTES_LEAST..=4 * 60).contains(&command.minutes)
        || !(1.0..=24.0).contains(&command.shift_hours_least)
    {
        return Err(RosterError::BreakIsWrong);
    }
    let clock = zone(&settings::company(tx)?.time_zone);
    let agents = people::list_agents(tx)?;
    let zones: HashMap<UserId, _> = agents.iter().map(|it| (it.id, zone(&it.time_zone))).collect();
    let (mut lines, ..) = shown(tx, week)?;
    let worked = worked(tx, week, &lines, &agents)?;
    let leaves = leaves_of(tx, week)?;
    let there = on_clock(&worked, &leaves, week, &clock);
    let mut spare = match need_of(tx, week)? {
        Some(told) => {
            let able = able(tx, &told)?;
            let line = &NeedOfWeek::of(told, &able, &there).lines[0];
            line.there
                .iter()
                .zip(&line.needed)
                .map(|(there, needed)| i64::from(*there) - i64::from(*needed))
                .collect()
        }
        // Nothing is known of what is needed: nobody's break falls on the break of many.
        None => {
            let mut count = vec![0_i64; PERIODS_PER_WEEK];
            there.iter().flat_map(|it| periods(it.1)).for_each(|at| count[at] += 1);
            count
        }
    };
    let mut placed = 0;
    for line in &mut lines {
        let minutes = line.shift.to_minute - line.shift.from_minute;
        let Some(own) = zones.get(&line.user) else { continue };
        if !line.breaks.is_empty() || (minutes as f64) < 60.0 * command.shift_hours_least {
            continue;
        }
        let begins = minute_of_week(stretch(week, &line.shift, own).0, week, &clock);
        if let Some(it) = place(&mut spare, (begins, minutes), command.minutes) {
            line.breaks = Breaks::of(vec![it], &line.shift).ok_or(RosterError::BreakIsWrong)?;
            placed += 1;
        }
    }
    if placed == 0 {
        return Err(RosterError::NoBreakIsMissing);
    }
    change(tx, week, &lines, "placed breaks")?;
    Ok(placed)
}

/// The place in the middle third of a shift that leaves most people; nearest to its middle, if several do. Takes one from
/// `spare` there.
fn place(spare: &mut [i64], (begins, length): (i64, i64), minutes: i64) -> Option<Break> {
    let middle = (length - minutes) / 2;
    let places = (1..).map(|at| at * STEP_MINUTES).take_while(|at| at + minutes < length);
    let inside = places.filter(|at| *at >= length / PARTS - minutes && *at <= length - length / PARTS);
    let touched = |after: i64| periods((begins + after, begins + after + minutes)).collect::<Vec<_>>();
    let least = |after: i64| touched(after).iter().map(|at| spare[*at]).min().unwrap_or(i64::MAX);
    let best = inside.max_by_key(|at| (least(*at), -(at - middle).abs()))?;
    touched(best).into_iter().for_each(|at| spare[at] -= 1);
    Some(Break { after_minutes: best, minutes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colleagues_take_their_breaks_in_turn_and_where_most_are_there() {
        // Two are needed at noon and three are there; one more from one o'clock on.
        let mut spare = vec![1_i64; PERIODS_PER_WEEK];
        spare[26..28].fill(2);
        let nine_to_five = (9 * 60, 8 * 60);
        let first = place(&mut spare, nine_to_five, 30).expect("a place");
        assert_eq!(first, Break { after_minutes: 4 * 60, minutes: 30 }, "at one");
        let second = place(&mut spare, nine_to_five, 30).expect("a place");
        assert_eq!(second.after_minutes, 4 * 60 + 30, "after the first");
        let third = place(&mut spare, nine_to_five, 30).expect("a place");
        assert!((2 * 60 + 10..=5 * 60 + 20).contains(&third.after_minutes), "{third:?}");
        assert_eq!(place(&mut spare, (0, 30), 30), None, "it is as long as the shift");
    }
}
