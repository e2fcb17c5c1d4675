//! What a week needs beside who is there: by half hour and skill, what is short, and what one absence would cost.

use super::check::Worked;
use super::need::{NeedLine, NeedTold, PERIOD_MINUTES, PERIODS_PER_DAY, PERIODS_PER_WEEK};
use super::when::{WEEK_MINUTES, Week, beside_leave, minute_of_week};
use super::{RosterError, is_on_leave};
use crate::floor::leave::Stretch;
use crate::floor::runs::{self, Answer, RunKind};
use crate::skills::store as skills_store;
use crate::{SkillId, Tx, UserId};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Stretches without anybody able that are told of each skill.
pub const STRETCHES_SHOWN_MAX: usize = 4;
/// Who alone has a skill for so many hours of a week is missed.
const ALONE_HOURS_LEAST: f64 = 2.0;
const HOURS_PER_PERIOD: f64 = PERIOD_MINUTES as f64 / 60.0;

/// By person, minutes of the week on some clock.
pub(super) type Minutes = Vec<Stretch>;

/// What is lost without somebody in this week.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Away {
    /// Person-hours more that are short.
    pub short_hours: f64,
    /// Skills that only they have while they are needed, with for how many hours.
    pub skills: Vec<(String, f64)>,
}

/// People needed and there, by half hour of the week; the whole first, then skills.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeedOfWeek {
    pub told: NeedTold,
    pub lines: Vec<LineOfWeek>,
    /// Skills that nobody there has when they are needed; the longest missed first.
    pub gaps: Vec<Gap>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LineOfWeek {
    pub skill: Option<SkillId>,
    pub name: String,
    pub level: f64,
    pub needed: Vec<u32>,
    pub there: Vec<u32>,
}

impl LineOfWeek {
    /// Person-hours that are missing, and that are there without need while somebody is needed or not.
    pub fn short_and_over(&self) -> (f64, f64) {
        let sum = |of: fn(i64) -> i64| -> f64 {
            let pairs = self.needed.iter().zip(&self.there);
            pairs
                .map(|(needed, there)| of(i64::from(*needed) - i64::from(*there)) as f64 * HOURS_PER_PERIOD)
                .sum()
        };
        (sum(|it| it.max(0)), sum(|it| (-it).max(0)))
    }
}

/// When nobody there has a skill that is needed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    pub skill: String,
    pub hours: f64,
    /// Minutes of the week, the longest first.
    pub stretches: Vec<(i64, i64)>,
    /// Further stretches that are not told.
    pub more: usize,
}

/// By person, minutes of the week on the desk's clock.
/// Those who have leave then, and those on a break, are not there.
pub(super) fn on_clock(worked: &[Worked], leaves: &[Stretch], week: Week, clock: &TimeZone) -> Minutes {
    let minute = |at: i64| minute_of_week(at, week, clock);
    let works = |it: &&Worked| !is_on_leave(leaves, it.line.user, it.stretch);
    let parts = |it: &Worked| {
        let user = it.line.user;
        let theirs = leaves.iter().filter(|it| it.0 == user).map(|it| it.1);
        beside_leave(it.parts(), theirs)
            .into_iter()
            .map(move |part| (user, (minute(part.0), minute(part.1))))
            .collect::<Vec<_>>()
    };
    worked.iter().filter(works).flat_map(parts).collect()
}

/// Half hours of the week of which a stretch holds at least half.
pub(super) fn periods((from, to): (i64, i64)) -> impl Iterator<Item = usize> {
    let (from, to) = (from.clamp(0, WEEK_MINUTES), to.clamp(0, WEEK_MINUTES));
    (from / PERIOD_MINUTES..(to + PERIOD_MINUTES - 1) / PERIOD_MINUTES)
        .filter(move |at| {
            let start = at * PERIOD_MINUTES;
            2 * (to.min(start + PERIOD_MINUTES) - from.max(start)) >= PERIOD_MINUTES
        })
        .map(|at| at as usize)
}

/// The need of one week, cut out of the last that was worked out.
pub(super) fn need_of(tx: &mut Tx, week: Week) -> Result<Option<NeedTold>, RosterError> {
    Ok(last_need(tx)?.and_then(|it| it.of_week(week)))
}

/// Of all weeks for which it was worked out last.
pub(super) fn last_need(tx: &mut Tx) -> Result<Option<NeedTold>, RosterError> {
    match runs::last_done(tx, RunKind::Roster)?.and_then(|it| it.result) {
        Some(Answer::Roster(told)) => Ok(Some(told)),
        _ => Ok(None),
    }
}

impl NeedTold {
    pub(super) fn of_week(&self, week: Week) -> Option<NeedTold> {
        let place = self.place_of(week)?;
        let mut told = self.clone();
        let cut = |it: &mut NeedLine| {
            for list in [&mut it.people, &mut it.came] {
                let until = (place + PERIODS_PER_WEEK).min(list.len());
                *list = list.get(place..until).map(<[u32]>::to_vec).unwrap_or_default();
                list.resize(PERIODS_PER_WEEK, 0);
            }
        };
        cut(&mut told.all);
        told.skills.iter_mut().for_each(cut);
        Some(told)
    }
}

/// By skill of the need: who surely has it at the level that is asked.
pub(super) fn able(tx: &mut Tx, told: &NeedTold) -> Result<Vec<HashSet<UserId>>, RosterError> {
    let mut able: Vec<HashSet<UserId>> = vec![HashSet::new(); told.skills.len()];
    for it in skills_store::list_proficiencies(tx, None, None)? {
        for (line, able) in told.skills.iter().zip(&mut able) {
            if line.skill == Some(it.skill) && it.belief.sure_level() >= line.level {
                able.insert(it.user);
            }
        }
    }
    Ok(able)
}

/// How many are there, of those who may.
fn there(stretches: &[Stretch], may: impl Fn(UserId) -> bool) -> Vec<u32> {
    // Two shifts of one person that touch one half hour are one person.
    let mut seen: BTreeMap<usize, HashSet<UserId>> = BTreeMap::new();
    for (user, stretch) in stretches.iter().filter(|it| may(it.0)) {
        periods(*stretch).for_each(|at| {
            seen.entry(at).or_default().insert(*user);
        });
    }
    (0..PERIODS_PER_WEEK).map(|at| seen.get(&at).map_or(0, |it| it.len() as u32)).collect()
}

impl NeedOfWeek {
    pub(super) fn of(told: NeedTold, able: &[HashSet<UserId>], stretches: &[Stretch]) -> NeedOfWeek {
        let line = |it: &NeedLine, there: Vec<u32>| LineOfWeek {
            skill: it.skill,
            name: it.name.clone(),
            level: it.level,
            needed: it.people.clone(),
            there,
        };
        let mut lines = vec![line(&told.all, there(stretches, |_| true))];
        for (it, able) in told.skills.iter().zip(able) {
            lines.push(line(it, there(stretches, |user| able.contains(&user))));
        }
        let mut gaps: Vec<Gap> = lines.iter().filter(|it| it.skill.is_some()).filter_map(gap).collect();
        gaps.sort_by(|a, b| b.hours.total_cmp(&a.hours));
        NeedOfWeek { told, lines, gaps }
    }
}

/// The stretches at which it is needed and nobody there has it.
fn gap(line: &LineOfWeek) -> Option<Gap> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for (at, (needed, there)) in line.needed.iter().zip(&line.there).enumerate() {
        let from = at as i64 * PERIOD_MINUTES;
        if *needed == 0 || *there > 0 {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.1 == from && at % PERIODS_PER_DAY > 0 => last.1 += PERIOD_MINUTES,
            _ => found.push((from, from + PERIOD_MINUTES)),
        }
    }
    let minutes: i64 = found.iter().map(|(from, to)| to - from).sum();
    let more = found.len().saturating_sub(STRETCHES_SHOWN_MAX);
    found.sort_by_key(|(from, to)| (from - to, *from));
    found.truncate(STRETCHES_SHOWN_MAX);
    let it = Gap { skill: line.name.clone(), hours: minutes as f64 / 60.0, stretches: found, more };
    (minutes > 0).then_some(it)
}

/// What the week would miss without each of them.
pub(super) fn aways(
    need: &NeedOfWeek,
    able: &[HashSet<UserId>],
    stretches: &[Stretch],
) -> HashMap<UserId, Away> {
    let mut of_person: HashMap<UserId, HashSet<usize>> = HashMap::new();
    for (user, stretch) in stretches {
        of_person.entry(*user).or_default().extend(periods(*stretch));
    }
    of_person.into_iter().map(|(user, at)| (user, away(need, able, user, &at))).collect()
}

/// What is missed if somebody is not there in these half hours, in which they would be.
pub(super) fn away(need: &NeedOfWeek, able: &[HashSet<UserId>], user: UserId, at: &HashSet<usize>) -> Away {
    let whole = &need.lines[0];
    let short =
        at.iter().filter(|at| whole.needed[**at] >= whole.there[**at] && whole.needed[**at] > 0).count();
    let alone = |(line, able): (&LineOfWeek, &HashSet<UserId>)| {
        let is_alone = |at: &&usize| line.needed[**at] > 0 && line.there[**at] == 1;
        let hours = at.iter().filter(is_alone).count() as f64 * HOURS_PER_PERIOD;
        (able.contains(&user) && hours >= ALONE_HOURS_LEAST).then(|| (line.name.clone(), hours))
    };
    let mut skills: Vec<(String, f64)> = need.lines[1..].iter().zip(able).filter_map(alone).collect();
    skills.sort_by(|a, b| b.1.total_cmp(&a.1));
    Away { short_hours: short as f64 * HOURS_PER_PERIOD, skills }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> NeedTold {
        let people = |from: usize, to: usize, count: u32| {
            (0..PERIODS_PER_WEEK)
                .map(|at| if (from..to).contains(&at) { count } else { 0 })
                .collect::<Vec<u32>>()
        };
        NeedTold {
            all: NeedLine { people: people(18, 34, 2), ..NeedLine::default() },
            skills: vec![NeedLine {
                skill: Some(SkillId(1)),
                name: "SAML".into(),
                level: 3.0,
                people: people(20, 30, 1),
                ..NeedLine::default()
            }],
            ..NeedTold::default()
        }
    }

    #[test]
    fn what_is_short_what_is_over_and_where_nobody_able_is_there() {
        let (ana, bo) = (UserId(1), UserId(2));
        // Ana from 9 to 13, Bo from 9 to 18; only Ana knows SAML.
        let stretches = [(ana, (540, 780)), (bo, (540, 1_080)), (bo, (600, 660))];
        let able = [HashSet::from([ana])];
        let need = NeedOfWeek::of(told(), &able, &stretches);
        assert_eq!((need.lines[0].there[18], need.lines[0].there[20], need.lines[0].there[26]), (2, 2, 1));
        assert_eq!(
            need.lines[0].short_and_over(),
            (4.0, 1.0),
            "one is missing from 13 to 17, one is over after"
        );
        let gap = Gap { skill: "SAML".into(), hours: 2.0, stretches: vec![(780, 900)], more: 0 };
        assert_eq!(need.gaps, [gap]);
        let away = aways(&need, &able, &stretches);
        assert_eq!(away[&ana], Away { short_hours: 4.0, skills: vec![("SAML".into(), 3.0)] });
        assert_eq!(away[&bo].short_hours, 8.0);
        assert!(away[&bo].skills.is_empty());
    }

    #[test]
    fn half_an_hour_counts_if_half_of_it_is_worked() {
        assert_eq!(periods((545, 610)).collect::<Vec<_>>(), [18, 19], "nine o'clock yes, ten past ten no");
        assert_eq!(periods((-600, 40)).collect::<Vec<_>>(), [0], "what lies before the week does not count");
        assert_eq!(periods((WEEK_MINUTES - 30, WEEK_MINUTES + 300)).count(), 1);
    }
}
