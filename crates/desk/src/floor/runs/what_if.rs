//! A usual week with and without differences, on the same customers.

use super::{
    Difference, FloorError, FloorSettings, History, HourTold, WhatIfTold, differences, figures, usual_week,
};
use crate::UserId;
use crate::floor::forecasts::Told;
use crate::floor::scenario::here_by_period;
use crate::floor::{DAY_MS, HOUR_MS, here, history, policy_named, policy_words};
use crate::skills::planning;
use ::floor::{Batch, Change, Floor, Report, Simulator, changed};

/// A usual week with differences beside the usual one. Intervals hold 95 %.
pub fn what_if(
    history: &History,
    settings: &FloorSettings,
    changes: &[Difference],
    policy: &str,
    weeks: u64,
    progress: &mut dyn FnMut(f64),
) -> Result<WhatIfTold, FloorError> {
    let (scenario, active) = usual_week(history, settings)?;
    let base = &scenario.floor;
    let (mut other, mut words) = (base.clone(), Vec::new());
    for it in changes {
        let (change, said) = change(history, &active, base, it)?;
        other = changed(&other, &change);
        words.push(said);
    }
    if let Some(policy_kind) = policy_named(policy, history.learning_share) {
        if policy != "expected_outcome" {
            words.push(format!("by {}", policy_words(policy)));
        }
        other.policy = policy_kind;
    }
    let mut done = 0;
    let mut live = |floor: &Floor| -> (Batch, Report) {
        let simulator = Simulator::new(floor);
        let mut step = |_| {
            done += 1;
            progress(done as f64 / (2 * weeks) as f64);
        };
        let batch = simulator.gather([simulator.live(1, 0..weeks, &mut step)]);
        let report = simulator.report(1, &batch);
        (batch, report)
    };
    let ((base_batch, base_report), (other_batch, other_report)) = (live(base), live(&other));
    let people = (0..base.groups.len().max(other.groups.len())).map(|at| {
        let name = other_report
            .groups
            .get(at)
            .or(base_report.groups.get(at))
            .map_or(String::new(), |it| it.name.clone());
        let served = |report: &Report| report.groups.get(at).map_or(0.0, |it| it.day.served.mean);
        (name, served(&base_report), served(&other_report))
    });
    let hour = |at: usize| HourTold {
        came: base_report.whole_periods[at].arrivals.mean / 7.0,
        base: minutes(base_report.whole_periods[at].wait_s),
        other: minutes(other_report.whole_periods[at].wait_s),
    };
    Ok(WhatIfTold {
        changes: words,
        history_days: history.days(),
        weeks,
        promise_minutes: settings.promise_minutes,
        base: figures(&base_report),
        other: figures(&other_report),
        difference: differences(&base_batch, &other_batch),
        hours: (0..24).map(hour).collect(),
        people: people.collect(),
    })
}

fn minutes(it: Option<::floor::Estimate>) -> Option<Told> {
    it.map(Told::from).map(|it| Told {
        mean: it.mean / 60.0,
        low: it.low.max(0.0) / 60.0,
        high: it.high / 60.0,
    })
}

fn change(
    history: &History,
    active: &[usize],
    base: &Floor,
    it: &Difference,
) -> Result<(Change, String), FloorError> {
    let name = |group: usize| history.colleagues[active[group]].name.clone();
    Ok(match it {
        Difference::Away { user } => {
            let group = group_of(history, active, *user)?;
            (
                Change::Roster { group, staff: vec![0; base.clock.periods + 1] },
                format!("without {}", name(group)),
            )
        }
        Difference::OneMoreLike { user } => {
            let group = group_of(history, active, *user)?;
            (Change::Hire { group }, format!("one more like {}", name(group)))
        }
        Difference::Learns { user, skill, level } => {
            let group = group_of(history, active, *user)?;
            let at = history.skill_at(*skill).ok_or(FloorError::SkillIsNotNeeded)?;
            let said = format!("{} learns {} up to {level}", name(group), history.skills[at].name);
            (Change::Train { group, skill: ::skills::SkillId(at as i64), level: *level }, said)
        }
        Difference::Shifts { user, shifts } => {
            let group = group_of(history, active, *user)?;
            let colleague = &history.colleagues[active[group]];
            // The last whole week of the history: by the clock of the company, beginning on a Monday.
            let monday = monday_before(history);
            let here = here::from_shifts(shifts, &colleague.time_zone, monday, monday + 7 * DAY_MS);
            let staff = here_by_period(&here, monday, HOUR_MS, base.clock.periods);
            (Change::Roster { group, staff }, format!("{} by other shifts", name(group)))
        }
    })
}

fn monday_before(history: &History) -> i64 {
    let mut clock = planning::week::Clock::of(&history.time_zone);
    let midnight = history::midnight(history.until, &history.time_zone);
    let days = clock.hour_of_week(midnight) as i64 / 24;
    history::midnight(midnight - days * DAY_MS + HOUR_MS * 12, &history.time_zone)
}

fn group_of(history: &History, active: &[usize], user: UserId) -> Result<usize, FloorError> {
    let colleague = history.place_of(user).ok_or(FloorError::NotAmongThem)?;
    active.iter().position(|at| *at == colleague).ok_or(FloorError::NotAmongThem)
}
