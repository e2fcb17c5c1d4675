//! Moments, tasks and effects in words.

use crate::say::{Int, Real};
use crate::when::{self, there};
use desk::coaching::views::MomentRow;
use desk::coaching::{Effect, GoalEffect, Measure, Session, TaskKind, TooLittle};
use desk::skills::Observed;
use std::borrow::Borrow;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// What happened, beside the ticket's subject.
pub fn happened(row: &MomentRow) -> String {
    match row.observed {
        Observed::Outcome { for_good: true } => "Solved for good".to_owned(),
        Observed::Outcome { for_good: false } => "Came back after it was solved".to_owned(),
        Observed::Satisfaction { score } => format!("Rated {score} of 5 by the customer"),
        Observed::Review { level, .. } => {
            format!("Reviewed as level {}", crate::words::short_level(level))
        }
        _ => "Seen".to_owned(),
    }
}

/// Why it is worth a talk: the surprise, the way to go, the demand.
pub fn because(row: &MomentRow) -> String {
    let it = &row.kept.moment;
    let how = if it.better { "so good" } else { "so bad" };
    let surprise = format!("By what was known before, something {how} happens {}", one_in(it.chance));
    let way = match it.gap_levels {
        gap if gap >= 0.15 => format!("; the work asked for about {gap:.1} levels more than is known"),
        _ => String::new(),
    };
    let demand = match it.demand * 100.0 {
        share if share >= 1.0 => format!("; {share:.0} % of all tickets need it"),
        _ => String::new(),
    };
    format!("{surprise}{way}{demand}.")
}

/// `0.21` as `about 1 time in 5`.
pub fn one_in(chance: impl Real) -> String {
    match chance.real() {
        p if p >= 0.55 => format!("{:.0} times in 10", (p * 10.0).min(10.0)),
        p if p >= 0.45 => "every other time".to_owned(),
        p if p >= 0.29 => "about 1 time in 3".to_owned(),
        p => format!("about 1 time in {:.0}", (1.0 / p.max(0.01)).min(100.0)),
    }
}

/// `10 Mar 2026, 14:30–15:00`, by the clock of that zone.
pub fn talk(it: &Session, zone: &str) -> String {
    let until = there(it.ends_at(), zone).rem_euclid(DAY_MS) / MINUTE_MS;
    format!("{}–{:02}:{:02}", when::moment(there(it.at, zone)), until / 60, until % 60)
}

/// `10 Mar 2026`, by the clock of that zone.
pub fn day_there(at_ms: impl Int, zone: &str) -> String {
    when::day(there(at_ms.int(), zone))
}

/// Whoever is expected elsewhere at the time of a talk.
pub fn clash<'a>(names: impl AsRef<[&'a str]>) -> String {
    match names.as_ref() {
        [one] => format!("{one} has another talk at this time."),
        _ => "Both have other talks at this time.".to_owned(),
    }
}

pub fn task(kind: &TaskKind) -> &'static str {
    match kind {
        TaskKind::Practice => "Practise",
        TaskKind::Shadow => "Sit beside",
        TaskKind::Buddy => "Work together",
        TaskKind::Read => "Read",
        TaskKind::Check => "Check",
    }
}

/// What is counted, as a heading.
pub fn measure(it: &GoalEffect) -> &'static str {
    match it.measure {
        Measure::SolvedForGood => "Tickets that stay solved",
        Measure::Rating => "Customers' ratings",
    }
}

/// An effect in the unit of its measure: `+12 points`, `−0.3`.
pub fn change(measure: impl Borrow<Measure>, by: impl Real) -> String {
    let by = by.real();
    let (figure, unit) = match measure.borrow() {
        Measure::SolvedForGood => (format!("{:.0}", (by * 100.0).abs()), " points"),
        Measure::Rating => (format!("{:.1}", by.abs()), ""),
    };
    let is_zero = figure.chars().all(|letter| matches!(letter, '0' | '.'));
    let sign = if is_zero {
        "±"
    } else if by < 0.0 {
        "−"
    } else {
        "+"
    };
    format!("{sign}{figure}{unit}")
}

/// A value in the unit of its measure: `74 %`, `4.2`.
pub fn value(measure: impl Borrow<Measure>, at: impl Real) -> String {
    let at = at.real();
    match measure.borrow() {
        Measure::SolvedForGood => format!("{:.0} %", at.clamp(0.0, 1.0) * 100.0),
        Measure::Rating => format!("{at:.1}"),
    }
}

/// What the interval allows to say.
pub fn verdict(effect: &Effect) -> &'static str {
    match effect.interval {
        (low, _) if low > 0.0 => "It has helped.",
        (_, high) if high < 0.0 => "It has become worse.",
        _ => "It cannot be told from no effect yet.",
    }
}

/// What an effect takes that is not there yet.
pub fn missing(it: &TooLittle) -> String {
    match *it {
        TooLittle::Before { have, need } => {
            format!(
                "Too little was seen before the goal was set: {have} of at least {need} outcomes that others' work can be matched with."
            )
        }
        TooLittle::After { have, need } => {
            format!(
                "Too little has been seen since: {have} of at least {need} outcomes. A solved ticket counts once it has stayed solved for its days of grace."
            )
        }
        TooLittle::Others { have, need } => {
            format!("Too few others do the same work to compare with: {have} of at least {need}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_said_as_people_say_them() {
        assert_eq!(one_in(0.2), "about 1 time in 5");
        assert_eq!(one_in(0.33), "about 1 time in 3");
        assert_eq!(one_in(0.5), "every other time");
        assert_eq!(one_in(0.62), "6 times in 10");
    }

    #[test]
    fn a_talk_stands_by_the_readers_clock() {
        let it = Session {
            id: desk::CoachingSessionId(1),
            plan: desk::CoachingPlanId(1),
            at: 1_774_791_000_000, // 2026-03-29 13:30 UTC, the day on which Berlin's clocks change
            minutes: 45,
            created_by: None,
            created_at: 0,
            held_at: None,
            told_at: None,
        };
        assert_eq!(talk(&it, "Europe/Berlin"), "29 Mar 2026, 15:30–16:15");
        assert_eq!(talk(&it, "Pacific/Kiritimati"), "30 Mar 2026, 03:30–04:15");
        assert_eq!(talk(&it, "Mars/North"), "29 Mar 2026, 13:30–14:15");
        assert_eq!(day_there(it.at, "Pacific/Kiritimati"), "30 Mar 2026");
        assert_eq!(clash(["Lea"]), "Lea has another talk at this time.");
        assert!(clash(["Lea", "Ana"]).starts_with("Both"));
    }

    #[test]
    fn effects_are_told_in_their_own_unit() {
        assert_eq!(change(Measure::SolvedForGood, 0.123), "+12 points");
        assert_eq!(change(Measure::SolvedForGood, -0.001), "±0 points");
        assert_eq!(change(Measure::Rating, -0.31), "−0.3");
        assert_eq!(value(Measure::SolvedForGood, 0.736), "74 %");
    }
}
