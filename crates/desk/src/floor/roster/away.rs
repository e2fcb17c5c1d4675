//! May somebody be away on some days? What the rosters of these days would miss without them.

use super::check::Worked;
use super::cover::{NeedOfWeek, able, away, last_need, on_clock, periods};
use super::need::NeedTold;
use super::views::worked;
use super::when::{Week, minute_of_week, zone};
use super::{RosterError, leaves_of, only_leads, shown};
use crate::floor::leave::{Leave, Stretch};
use crate::people::User;
use crate::{Tx, UserId, people, settings};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// What questions about absences are answered from: each week, everybody, and what is needed is read once.
pub(crate) struct Absences {
    clock: TimeZone,
    agents: Vec<User>,
    /// Of all its weeks.
    need: Option<NeedTold>,
    able: Vec<HashSet<UserId>>,
    weeks: HashMap<Week, WeekRead>,
}

struct WeekRead {
    worked: Vec<Worked>,
    leaves: Vec<Stretch>,
    need: Option<NeedTold>,
}

impl Absences {
    /// For leads.
    pub fn load(tx: &mut Tx) -> Result<Absences, RosterError> {
        only_leads(tx)?;
        let need = last_need(tx)?;
        let able = match &need {
            Some(need) => able(tx, need)?,
            None => Vec::new(),
        };
        let (clock, agents) = (zone(&settings::company(tx)?.time_zone), people::list_agents(tx)?);
        Ok(Absences { clock, agents, need, able, weeks: HashMap::new() })
    }

    fn read(&mut self, tx: &mut Tx, week: Week) -> Result<(), RosterError> {
        if !self.weeks.contains_key(&week) {
            let (lines, ..) = shown(tx, week)?;
            let worked = worked(tx, week, &lines, &self.agents)?;
            let need = self.need.as_ref().and_then(|it| it.of_week(week));
            self.weeks.insert(week, WeekRead { worked, leaves: leaves_of(tx, week)?, need });
        }
        Ok(())
    }

    /// On days, or in the hours of one day, by the person's own clock.
    pub fn away_on(&mut self, tx: &mut Tx, leave: &Leave) -> Result<AwayTold, RosterError> {
        let Leave { user, first_day: first, last_day: last, hours, .. } = *leave;
        let person = self.agents.iter().find(|it| it.id == user).ok_or(RosterError::NoSuchPerson)?;
        let (from, until) = leave.stretch(&zone(&person.time_zone));
        let mut told = AwayTold::default();
        let mut skills: BTreeMap<String, f64> = BTreeMap::new();
        let mut also: BTreeMap<UserId, String> = BTreeMap::new();
        let mut week = Week::of(first);
        for _ in 0..WEEKS_LOOKED_AT_MAX {
            if week > Week::of(last) {
                break;
            }
            self.read(tx, week)?;
            let Some(read) = self.weeks.get(&week) else { break };
            // What they asked for, or have already, does not count against itself.
            let leaves: Vec<Stretch> = read.leaves.iter().filter(|it| it.0 != user).copied().collect();
            for (other, stretch) in &leaves {
                let name = self.agents.iter().find(|it| it.id == *other).map(|it| it.name.clone());
                if stretch.0 < until && stretch.1 > from {
                    also.extend(name.map(|name| (*other, name)));
                }
            }
            let theirs = |it: &&Worked| {
                let begins = (from..until).contains(&it.stretch.0);
                it.line.user == user && it.is_of_week && (begins || hours.is_some())
            };
            // Of whole days, shifts that begin on them; of hours, what lies in them.
            let within = |(begins, ends): (i64, i64)| match hours {
                None => (begins, ends),
                Some(_) => (begins.max(from), ends.min(until)),
            };
            let parts = read.worked.iter().filter(theirs).flat_map(Worked::parts).map(within);
            let parts: Vec<(i64, i64)> = parts.filter(|it| it.1 > it.0).collect();
            told.shift_hours += parts.iter().map(|it| (it.1 - it.0) as f64 / 3.6e6).sum::<f64>();
            told.weeks_unknown += usize::from(read.need.is_none());
            if let Some(needed) = &read.need {
                let there = on_clock(&read.worked, &leaves, week, &self.clock);
                let need = NeedOfWeek::of(needed.clone(), &self.able, &there);
                let minute = |at: i64| minute_of_week(at, week, &self.clock);
                let at: HashSet<usize> =
                    parts.iter().flat_map(|it| periods((minute(it.0), minute(it.1)))).collect();
                let missed = away(&need, &self.able, user, &at);
                *told.short_hours.get_or_insert(0.0) += missed.short_hours;
                missed
                    .skills
                    .into_iter()
                    .for_each(|(skill, hours)| *skills.entry(skill).or_default() += hours);
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
}

impl AwayTold {
    /// Nobody would miss much, in any of its weeks.
    pub fn may(&self) -> bool {
        self.weeks_unknown == 0 && self.skills.is_empty() && self.short_hours.is_some_and(|hours| hours < 4.0)
    }
}
