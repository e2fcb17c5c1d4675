//! When people were here: as stretches of time.

use super::DAY_MS;
use crate::UserId;
use crate::skills::planning::{Shift, week::Clock};

const MINUTE_MS: i64 = 60_000;
const MINUTES_PER_WEEK: i64 = 7 * 24 * 60;

/// Sorted stretches that do not overlap, in milliseconds.
pub(super) type Stretches = Vec<(i64, i64)>;

/// From changes of one person: moment, from, to; in order.
pub(super) fn from_presences(changes: &[(UserId, i64, String, String)], since: i64, until: i64) -> Stretches {
    const ONLINE: &str = "online";
    let mut stretches = Vec::new();
    let mut here_since = changes.first().filter(|it| it.2 == ONLINE).map(|_| since);
    for (_, at, _, to) in changes {
        match (here_since, to == ONLINE) {
            (None, true) => here_since = Some(*at),
            (Some(from), false) => {
                stretches.push((from, *at));
                here_since = None;
            }
            _ => {}
        }
    }
    stretches.extend(here_since.map(|from| (from, until)));
    stretches.retain(|(from, to)| to > from);
    stretches
}

/// From the shifts of a week, by the person's own clock.
pub(super) fn from_shifts(shifts: &[Shift], time_zone: &str, since: i64, until: i64) -> Stretches {
    const STEP_MS: i64 = 15 * MINUTE_MS;
    let mut clock = Clock::of(time_zone);
    let mut stretches: Stretches = Vec::new();
    let mut at = since - since.rem_euclid(STEP_MS);
    while at < until {
        // 1970 began on a Thursday.
        let local = at + clock.offset_ms(at) + 3 * DAY_MS;
        let minute = (local.div_euclid(MINUTE_MS)).rem_euclid(MINUTES_PER_WEEK);
        if shifts.iter().any(|it| is_on(it, minute)) {
            match stretches.last_mut() {
                Some(last) if last.1 == at => last.1 = at + STEP_MS,
                _ => stretches.push((at, at + STEP_MS)),
            }
        }
        at += STEP_MS;
    }
    stretches
}

/// At this minute of the week, also by a shift that began the day before.
fn is_on(shift: &Shift, minute: i64) -> bool {
    let from = shift.weekday * 24 * 60 + shift.from_minute;
    let length = shift.to_minute - shift.from_minute;
    (minute - from).rem_euclid(MINUTES_PER_WEEK) < length
}

/// Of whom nothing else is known: here from an answer to the next, unless more than this lay between.
pub(super) fn from_answers(moments: &[i64], away_ms: i64, before_ms: i64) -> Stretches {
    let mut stretches: Stretches = Vec::new();
    for at in moments {
        match stretches.last_mut() {
            Some(last) if at - last.1 <= away_ms => last.1 = (*at).max(last.1),
            _ => stretches.push((at - before_ms, *at)),
        }
    }
    stretches
}

/// Milliseconds of these stretches between two moments.
pub(super) fn overlap(stretches: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let first = stretches.partition_point(|it| it.1 <= from);
    let inside = stretches[first..].iter().take_while(|it| it.0 < to);
    inside.map(|(start, end)| (to.min(*end) - from.max(*start)).max(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * MINUTE_MS;
    /// Monday, 5 January 2026, 0 o'clock UTC.
    const MONDAY: i64 = 1_767_571_200_000;

    #[test]
    fn presences_become_stretches_and_away_is_not_here() {
        let change = |at: i64, from: &str, to: &str| (UserId(1), at, from.to_owned(), to.to_owned());
        let changes = [
            change(10, "online", "away"),
            change(20, "away", "online"),
            change(30, "online", "offline"),
            change(50, "offline", "online"),
        ];
        let found = from_presences(&changes, 0, 60);
        assert_eq!(found, [(0, 10), (20, 30), (50, 60)]);
        assert_eq!((overlap(&found, 5, 25), overlap(&found, 31, 49), overlap(&found, 0, 60)), (10, 0, 30));
    }

    #[test]
    fn shifts_follow_the_persons_own_clock_and_run_into_the_next_day() {
        let day = Shift { weekday: 0, from_minute: 9 * 60, to_minute: 17 * 60 };
        let found = from_shifts(&[day], "Europe/Madrid", MONDAY, MONDAY + 7 * DAY_MS);
        assert_eq!(found, [(MONDAY + 8 * HOUR, MONDAY + 16 * HOUR)], "one hour ahead of UTC in winter");
        let night = Shift { weekday: 6, from_minute: 22 * 60, to_minute: 30 * 60 };
        let found = from_shifts(&[night], "UTC", MONDAY, MONDAY + 7 * DAY_MS);
        assert_eq!(
            found,
            [(MONDAY, MONDAY + 6 * HOUR), (MONDAY + 6 * DAY_MS + 22 * HOUR, MONDAY + 7 * DAY_MS)]
        );
    }

    #[test]
    fn answers_close_to_each_other_are_one_stretch() {
        assert_eq!(from_answers(&[100, 150, 400], 60, 10), [(90, 150), (390, 400)]);
    }
}
