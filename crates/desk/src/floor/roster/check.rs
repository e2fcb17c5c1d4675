//! What is wrong with a roster, and what somebody should have seen before it is published.

use super::when::{between_breaks, minutes_of};
use super::{Line, RosterRules, is_on_leave};
use crate::UserId;
use crate::floor::leave::Stretch;
use crate::skills::planning::weekday_name;
use serde::Serialize;
use std::collections::BTreeMap;

const MINUTES_PER_HOUR: f64 = 60.0;

/// A shift as it lies in time; of the week that is looked at, or beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worked {
    pub line: Line,
    /// Milliseconds.
    pub stretch: (i64, i64),
    pub is_of_week: bool,
}

impl Worked {
    /// Without its breaks, in milliseconds.
    pub fn parts(&self) -> Vec<(i64, i64)> {
        between_breaks(self.stretch, &self.line)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub user: UserId,
    /// 0 Monday to 6 Sunday, by the person's own clock; `None`: the whole week.
    pub weekday: Option<i64>,
    #[serde(flatten)]
    pub kind: FindingKind,
}

/// Hours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum FindingKind {
    Overlap,
    /// A shift begins on a day of granted leave.
    OnLeave,
    ShortRest {
        hours: f64,
    },
    LongShift {
        hours: f64,
    },
    LongWeek {
        hours: f64,
    },
    LongWithoutBreak {
        hours: f64,
    },
}

impl Finding {
    /// What is said after the person's name.
    pub fn words(&self) -> String {
        let day = self.weekday.map_or("", weekday_name);
        match self.kind {
            FindingKind::Overlap => format!("two shifts on {day} lie over each other"),
            FindingKind::ShortRest { hours } => {
                format!("only {hours:.1} h of rest before the shift on {day}")
            }
            FindingKind::LongShift { hours } => format!("{hours:.1} h at a stretch on {day}"),
            FindingKind::OnLeave => format!("has leave and a shift on {day}"),
            FindingKind::LongWithoutBreak { hours } => format!("{hours:.1} h without a break on {day}"),
            FindingKind::LongWeek { hours } => format!("{hours:.1} h in this week"),
        }
    }
}

/// `worked` and `leaves` in any order; what touches no shift of the week is not told.
pub fn findings(worked: &[Worked], leaves: &[Stretch], rules: &RosterRules) -> Vec<Finding> {
    let mut of_person: BTreeMap<UserId, Vec<Worked>> = BTreeMap::new();
    worked.iter().for_each(|it| of_person.entry(it.line.user).or_default().push(*it));
    let mut found = Vec::new();
    for (user, mut theirs) in of_person {
        theirs.sort_by_key(|it| it.stretch);
        let hours = |stretch: (i64, i64)| minutes_of(stretch) as f64 / MINUTES_PER_HOUR;
        let mut tell = |weekday: Option<i64>, kind: FindingKind| found.push(Finding { user, weekday, kind });
        for it in theirs.iter().filter(|it| it.is_of_week && hours(it.stretch) > rules.shift_hours) {
            tell(Some(it.line.shift.weekday), FindingKind::LongShift { hours: hours(it.stretch) });
        }
        for it in theirs.iter().filter(|it| it.is_of_week) {
            let unbroken = it.line.breaks.longest_between(&it.line.shift) as f64 / MINUTES_PER_HOUR;
            if rules.unbroken_hours.is_some_and(|most| unbroken > most) {
                tell(Some(it.line.shift.weekday), FindingKind::LongWithoutBreak { hours: unbroken });
            }
            if is_on_leave(leaves, user, it.stretch) {
                tell(Some(it.line.shift.weekday), FindingKind::OnLeave);
            }
        }
        for pair in theirs.windows(2).filter(|it| it[0].is_of_week || it[1].is_of_week) {
            let rest = (pair[0].stretch.1, pair[1].stretch.0);
            // A break within a day is no night's rest.
            let same_day = pair[0].is_of_week
                && pair[1].is_of_week
                && pair[0].line.shift.weekday == pair[1].line.shift.weekday;
            let weekday = Some(pair[1].line.shift.weekday);
            if rest.1 < rest.0 {
                tell(weekday, FindingKind::Overlap);
            } else if hours(rest) < rules.rest_hours && !same_day {
                tell(weekday, FindingKind::ShortRest { hours: hours(rest) });
            }
        }
        let all: f64 = theirs.iter().filter(|it| it.is_of_week).map(|it| hours(it.stretch)).sum();
        if all > rules.week_hours {
            tell(None, FindingKind::LongWeek { hours: all });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::when::{Week, stretch, zone};
    use super::*;
    use crate::skills::planning::{Break, Breaks, Shift};

    fn worked(weekday: i64, from: i64, to: i64, is_of_week: bool) -> Worked {
        let shift = Shift { weekday, from_minute: 60 * from, to_minute: 60 * to };
        let week = Week::parse("2026-03-23").expect("a week");
        let line = Line { user: UserId(1), shift, breaks: Breaks::default() };
        Worked { line, stretch: stretch(week, &shift, &zone("Europe/Madrid")), is_of_week }
    }

    fn kinds(worked: &[Worked]) -> Vec<FindingKind> {
        findings(worked, &[], &RosterRules::default()).into_iter().map(|it| it.kind).collect()
    }

    #[test]
    fn an_ordinary_week_raises_nothing_and_a_split_day_is_no_short_rest() {
        let week: Vec<Worked> = (0..5).map(|day| worked(day, 9, 17, true)).collect();
        assert_eq!(kinds(&week), []);
        assert_eq!(kinds(&[worked(0, 8, 12, true), worked(0, 15, 19, true)]), []);
    }

    #[test]
    fn overlaps_short_rest_and_long_hours_are_told() {
        assert_eq!(kinds(&[worked(0, 9, 17, true), worked(0, 16, 20, true)]), [FindingKind::Overlap]);
        assert_eq!(
            kinds(&[worked(0, 15, 23, true), worked(1, 7, 15, true)]),
            [FindingKind::ShortRest { hours: 8.0 }]
        );
        assert_eq!(kinds(&[worked(0, 8, 19, true)]), [FindingKind::LongShift { hours: 11.0 }]);
        let long: Vec<Worked> = (0..5).map(|day| worked(day, 8, 18, true)).collect();
        assert_eq!(kinds(&long), [FindingKind::LongWeek { hours: 50.0 }]);
    }

    #[test]
    fn a_shift_on_leave_and_hours_without_a_break_are_told() {
        let monday = worked(0, 9, 17, true);
        let away = [(UserId(1), (monday.stretch.0 - 9 * 3_600_000, monday.stretch.0 + 15 * 3_600_000))];
        let rules = RosterRules { unbroken_hours: Some(6.0), ..RosterRules::default() };
        let kinds = |worked: &[Worked]| -> Vec<FindingKind> {
            findings(worked, &away, &rules).into_iter().map(|it| it.kind).collect()
        };
        assert_eq!(kinds(&[monday]), [FindingKind::LongWithoutBreak { hours: 8.0 }, FindingKind::OnLeave]);
        let mut tuesday = worked(1, 9, 17, true);
        let noon = vec![Break { after_minutes: 180, minutes: 30 }];
        tuesday.line.breaks = Breaks::of(noon, &tuesday.line.shift).expect("a break");
        assert_eq!(kinds(&[tuesday]), []);
        assert_eq!(tuesday.parts().len(), 2);
    }

    #[test]
    fn rest_is_counted_in_real_hours_also_when_the_clock_is_set() {
        // Saturday until 23 o'clock, Sunday from 10: eleven hours on the clock, ten in this night.
        let found = kinds(&[worked(5, 15, 23, true), worked(6, 10, 18, true)]);
        assert_eq!(found, [FindingKind::ShortRest { hours: 10.0 }]);
    }

    #[test]
    fn the_weeks_beside_count_for_rest_and_not_for_hours() {
        let sunday = Worked { is_of_week: false, ..worked(6, 15, 23, true) };
        let mut before = sunday;
        before.stretch = (sunday.stretch.0 - 7 * 86_400_000, sunday.stretch.1 - 7 * 86_400_000);
        let found = findings(&[before, worked(0, 6, 14, true)], &[], &RosterRules::default());
        assert_eq!(found.len(), 1);
        assert!(found[0].words().ends_with("before the shift on Monday"), "{}", found[0].words());
        assert_eq!(kinds(&[before, sunday]), [], "no shift of this week");
    }
}
