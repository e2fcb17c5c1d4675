//! The planner's page: bars by person and day, what is needed beside what is there, what is wrong, who may be away.

use super::check::{self, Finding, Worked};
use super::need::{NeedLine, NeedTold, PERIOD_MINUTES, PERIODS_PER_DAY, PERIODS_PER_WEEK};
use super::when::{DAY_MINUTES, WEEK_MINUTES, Week, minute_of_week, minutes_of, stretch, zone};
use super::{Line, Roster, RosterError, RosterRules, Standing, in_force, only_leads, rules, shown, store};
use crate::floor::runs::{self, AbsenceTold, Answer, Run, RunKind};
use crate::people::User;
use crate::skills::planning::Shift;
use crate::skills::store as skills_store;
use crate::{SkillId, Tx, UserId, people, settings};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Stretches without anybody able that are told of each skill.
pub const STRETCHES_SHOWN_MAX: usize = 4;
/// Who alone has a skill for so many hours of a week is missed.
const ALONE_HOURS_LEAST: f64 = 2.0;
const HOURS_PER_PERIOD: f64 = PERIOD_MINUTES as f64 / 60.0;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RosterPage {
    pub week: Week,
    /// The week in which we are.
    pub this_week: Week,
    /// By which the page shows time.
    pub time_zone: String,
    pub standing: Standing,
    pub roster: Option<Roster>,
    /// What would be taken back.
    pub last_step: Option<String>,
    pub rows: Vec<Row>,
    pub rules: RosterRules,
    /// What is wrong, with the person's name.
    pub findings: Vec<(String, Finding)>,
    pub need: Option<NeedOfWeek>,
    /// How far the working out of the need is, or what came of it.
    pub run: Option<Run>,
    /// A usual week without somebody, simulated, the dearest first.
    pub absences: Vec<AbsenceTold>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub user: UserId,
    pub name: String,
    pub time_zone: String,
    /// Their clock shows another time than the desk's in this week.
    pub is_elsewhere: bool,
    pub bars: Vec<Bar>,
    pub minutes: i64,
    /// Shifts of the week by their clock that lie beside it by the desk's.
    pub beside: usize,
    /// What this week misses without them.
    pub away: Away,
}

/// A shift as the desk's clock shows it; minutes from Monday, 0 o'clock, perhaps before or beyond the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    pub shift: Shift,
    pub from: i64,
    pub to: i64,
}

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

pub fn roster_page(tx: &mut Tx, week: Week) -> Result<RosterPage, RosterError> {
    only_leads(tx)?;
    let company = settings::company(tx)?;
    let now = tx.now();
    let clock = zone(&company.time_zone);
    let agents = people::list_agents(tx)?;
    let (lines, standing, roster) = shown(tx, week)?;
    let last_step = match &roster {
        Some(it) => store::last_step(tx, it.id)?.map(|it| it.1),
        None => None,
    };
    let rules = rules(tx)?;
    let worked = worked(tx, week, &lines, &agents)?;
    let findings = named(check::findings(&worked, &rules), &agents);
    let stretches = on_clock(&worked, week, &clock);
    let told = need_of(tx, week)?;
    let (need, away) = match told {
        Some(told) => {
            let able = able(tx, &told)?;
            let need = NeedOfWeek::of(told, &able, &stretches);
            let away = aways(&need, &able, &stretches);
            (Some(need), away)
        }
        None => (None, HashMap::new()),
    };
    let mut rows: Vec<Row> =
        agents.iter().map(|it| row(it, week, &worked, &clock, &company.time_zone, &away)).collect();
    // Those who work in this week first; both by name.
    rows.sort_by_key(|it| it.bars.is_empty());
    let absences = match runs::last_done(tx, RunKind::Worth)?.and_then(|it| it.result) {
        Some(Answer::Worth(told)) => told.absences,
        _ => Vec::new(),
    };
    Ok(RosterPage {
        week,
        this_week: Week::containing(now, &company.time_zone),
        time_zone: company.time_zone,
        standing,
        roster,
        last_step,
        rows,
        rules,
        findings,
        need,
        run: runs::list(tx, RunKind::Roster, 1)?.pop(),
        absences,
    })
}

/// What is wrong with these shifts in this week, with names.
pub(super) fn findings(
    tx: &mut Tx,
    week: Week,
    lines: &[Line],
) -> Result<Vec<(String, Finding)>, RosterError> {
    let agents = people::list_agents(tx)?;
    let rules = rules(tx)?;
    let worked = worked(tx, week, lines, &agents)?;
    Ok(named(check::findings(&worked, &rules), &agents))
}

fn named(found: Vec<Finding>, agents: &[User]) -> Vec<(String, Finding)> {
    let name =
        |user: UserId| agents.iter().find(|it| it.id == user).map_or(String::new(), |it| it.name.clone());
    found.into_iter().map(|it| (name(it.user), it)).collect()
}

/// The shifts of the week, and those that hold in the weeks beside it.
fn worked(tx: &mut Tx, week: Week, lines: &[Line], agents: &[User]) -> Result<Vec<Worked>, RosterError> {
    let mut all: Vec<(Week, Line)> = lines.iter().map(|it| (week, *it)).collect();
    for other in [week.before(), week.after()] {
        all.extend(in_force(tx, other)?.into_iter().map(|it| (other, it)));
    }
    let zones: HashMap<UserId, TimeZone> = agents.iter().map(|it| (it.id, zone(&it.time_zone))).collect();
    let one = |(of, line): &(Week, Line)| {
        let clock = zones.get(&line.user)?;
        let stretch = stretch(*of, &line.shift, clock);
        Some(Worked { user: line.user, shift: line.shift, stretch, is_of_week: *of == week })
    };
    Ok(all.iter().filter_map(one).collect())
}

/// By person, minutes of the week on the desk's clock.
fn on_clock(worked: &[Worked], week: Week, clock: &TimeZone) -> Vec<(UserId, (i64, i64))> {
    let minute = |at: i64| minute_of_week(at, week, clock);
    worked.iter().map(|it| (it.user, (minute(it.stretch.0), minute(it.stretch.1)))).collect()
}

/// Half hours of the week of which a stretch holds at least half.
fn periods((from, to): (i64, i64)) -> impl Iterator<Item = usize> {
    let (from, to) = (from.clamp(0, WEEK_MINUTES), to.clamp(0, WEEK_MINUTES));
    (from / PERIOD_MINUTES..(to + PERIOD_MINUTES - 1) / PERIOD_MINUTES)
        .filter(move |at| {
            let start = at * PERIOD_MINUTES;
            2 * (to.min(start + PERIOD_MINUTES) - from.max(start)) >= PERIOD_MINUTES
        })
        .map(|at| at as usize)
}

fn row(
    it: &User,
    week: Week,
    worked: &[Worked],
    clock: &TimeZone,
    desk_zone: &str,
    away: &HashMap<UserId, Away>,
) -> Row {
    let own = zone(&it.time_zone);
    let minute = |at: i64| minute_of_week(at, week, clock);
    let theirs = || worked.iter().filter(|worked| worked.user == it.id && worked.is_of_week);
    let all: Vec<Bar> = theirs()
        .map(|it| Bar { shift: it.shift, from: minute(it.stretch.0), to: minute(it.stretch.1) })
        .collect();
    let is_inside = |it: &Bar| it.to > 0 && it.from < WEEK_MINUTES;
    let noons = [0, 6].map(|day| super::when::moment(week, day * DAY_MINUTES + DAY_MINUTES / 2, clock));
    Row {
        user: it.id,
        name: it.name.clone(),
        time_zone: it.time_zone.clone(),
        is_elsewhere: it.time_zone != desk_zone
            && noons.iter().any(|at| minute(*at) != minute_of_week(*at, week, &own)),
        minutes: theirs().map(|it| minutes_of(it.stretch)).sum(),
        beside: all.iter().filter(|it| !is_inside(it)).count(),
        bars: all.into_iter().filter(is_inside).collect(),
        away: away.get(&it.id).cloned().unwrap_or_default(),
    }
}

/// The need of one week, cut out of the last that was worked out.
pub(super) fn need_of(tx: &mut Tx, week: Week) -> Result<Option<NeedTold>, RosterError> {
    let Some(Answer::Roster(mut told)) = runs::last_done(tx, RunKind::Roster)?.and_then(|it| it.result)
    else {
        return Ok(None);
    };
    let Some(place) = told.place_of(week) else { return Ok(None) };
    let cut = |it: &mut NeedLine| {
        for list in [&mut it.people, &mut it.came] {
            let until = (place + PERIODS_PER_WEEK).min(list.len());
            *list = list.get(place..until).map(<[u32]>::to_vec).unwrap_or_default();
            list.resize(PERIODS_PER_WEEK, 0);
        }
    };
    cut(&mut told.all);
    told.skills.iter_mut().for_each(cut);
    Ok(Some(told))
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
fn there(stretches: &[(UserId, (i64, i64))], may: impl Fn(UserId) -> bool) -> Vec<u32> {
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
    fn of(told: NeedTold, able: &[HashSet<UserId>], stretches: &[(UserId, (i64, i64))]) -> NeedOfWeek {
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

fn aways(
    need: &NeedOfWeek,
    able: &[HashSet<UserId>],
    stretches: &[(UserId, (i64, i64))],
) -> HashMap<UserId, Away> {
    let mut of_person: HashMap<UserId, HashSet<usize>> = HashMap::new();
    for (user, stretch) in stretches {
        of_person.entry(*user).or_default().extend(periods(*stretch));
    }
    let away = |(user, at): (UserId, HashSet<usize>)| {
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
        (user, Away { short_hours: short as f64 * HOURS_PER_PERIOD, skills })
    };
    of_person.into_iter().map(away).collect()
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
