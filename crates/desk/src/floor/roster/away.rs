//! May somebody be away on some days? What the rosters of these days would miss without them.

use super::cover::{NeedOfWeek, able, away, need_of, on_clock, periods};
use super::views::worked;
use super::when::{DAY_MINUTES, Week, minute_of_week, moment, zone};
use super::{RosterError, leaves_of, only_leads, shown};
use crate::{Tx, UserId, people, settings};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// Weeks of one absence that are looked at, the first.
const WEEKS_LOOKED_AT_MAX: usize = 10;

/// What would be missed. Of weeks whose need is not worked out, only shifts and colleagues are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AwayTold {
    /// Hours of theirs that would not be worked, breaks not counted.
    pub shift_hours: f64,
    /// Person-hours more that would be short; `None`: the need of none of these weeks is known.
    pub short_hours: Option<f64>,
    /// Weeks of it whose need is not known, or that are too many to be looked at.
    pub weeks_unknown: usize,
    /// Skills that only they have while they are needed, with for how many hours.
    pub skills: Vec<(String, f64)>,
    /// Who has leave on one of these days already.
    pub also_away: Vec<String>,
}

/// From midnight before the first to midnight after the last day, by the person's own clock; for leads.
pub fn away_between(tx: &mut Tx, user: UserId, first: Date, last: Date) -> Result<AwayTold, RosterError> {
    only_leads(tx)?;
    let clock = zone(&settings::company(tx)?.time_zone);
    let agents = people::list_agents(tx)?;
    let person = agents.iter().find(|it| it.id == user).ok_or(RosterError::NoSuchPerson)?;
    let own = zone(&person.time_zone);
    let from = moment(Week::of(first), day_minute(first), &own);
    let until = moment(Week::of(last), day_minute(last) + DAY_MINUTES, &own);
    let mut told = AwayTold::default();
    let mut skills: BTreeMap<String, f64> = BTreeMap::new();
    let mut also: BTreeMap<UserId, String> = BTreeMap::new();
    let mut week = Week::of(first);
    for _ in 0..WEEKS_LOOKED_AT_MAX {
        if week > Week::of(last) {
            break;
        }
        let (lines, ..) = shown(tx, week)?;
        let worked = worked(tx, week, &lines, &agents)?;
        let mut leaves = leaves_of(tx, week)?;
        // What they asked for, or have already, does not count against itself.
        leaves.retain(|it| it.0 != user);
        for (other, stretch) in &leaves {
            let name = agents.iter().find(|it| it.id == *other).map(|it| it.name.clone());
            if stretch.0 < until && stretch.1 > from {
                also.extend(name.map(|name| (*other, name)));
            }
        }
        let theirs = |it: &&super::check::Worked| {
            it.line.user == user && it.is_of_week && (from..until).contains(&it.stretch.0)
        };
        let parts: Vec<(i64, i64)> = worked.iter().filter(theirs).flat_map(|it| it.parts()).collect();
        told.shift_hours += parts.iter().map(|it| (it.1 - it.0) as f64 / 3.6e6).sum::<f64>();
        let needed = need_of(tx, week)?;
        told.weeks_unknown += usize::from(needed.is_none());
        if let Some(needed) = needed {
            let able = able(tx, &needed)?;
            let need = NeedOfWeek::of(needed, &able, &on_clock(&worked, &leaves, week, &clock));
            let minute = |at: i64| minute_of_week(at, week, &clock);
            let at: HashSet<usize> =
                parts.iter().flat_map(|it| periods((minute(it.0), minute(it.1)))).collect();
            let missed = away(&need, &able, user, &at);
            *told.short_hours.get_or_insert(0.0) += missed.short_hours;
            missed.skills.into_iter().for_each(|(skill, hours)| *skills.entry(skill).or_default() += hours);
        }
        week = week.after();
    }
    while week <= Week::of(last) {
        told.weeks_unknown += 1;
        week = week.after();
    }
    told.skills = skills.into_iter().collect();
    told.skills.sort_by(|a, b| b.1.total_cmp(&a.1));
    told.also_away = also.into_values().collect();
    Ok(told)
}

fn day_minute(day: Date) -> i64 {
    i64::from(day.weekday().to_monday_zero_offset()) * DAY_MINUTES
}

impl AwayTold {
    /// Nobody would miss much, in any of its weeks.
    pub fn may(&self) -> bool {
        self.weeks_unknown == 0 && self.skills.is_empty() && self.short_hours.is_some_and(|hours| hours < 4.0)
    }
}
