//! From the tables of a file to a floor.

mod people;

use std::collections::BTreeMap;

use routing::{Channel, Hardness, Priority, Requirement};
use skills::{Belief, SkillBelief, SkillId};
use toml::Spanned;

use super::tables::{
    AgainTable, ClosingWord, DayTable, DialerTable, File, GroupTable, LearningTable, PolicyTable, PolicyWord,
    ShapeWord, ShiftTable, TimeTable, TurnWord, TypeTable,
};
use super::words::{PerPeriod, PickWord, TierEntry};
use super::{Calendar, Clocks, Scenario, Shift};
use crate::chance::Shape;
use crate::erlang::Promise;
use crate::model::{
    Again, Arrivals, Clock, Closing, ContactType, Dialer, Floor, Group, Learning, Pick, Tier, Time, Transfer,
    WritesAgain,
};
use crate::policy::{LiveRules, PolicyKind};

use people::{dialer, group, shift, tier};

const DAYS_USUAL: u64 = 100;
const ACCEPTABLE_USUAL_S: f64 = 20.0;
const PERIODS_MAX: u32 = 10_000;
const TYPES_MAX: usize = 1_000;
const GROUPS_MAX: usize = 10_000;
const STAFF_MAX: u32 = 100_000;
/// How unsure the desk is of a level unless the file says otherwise.
const BELIEVED_SD_USUAL_LEVELS: f64 = 0.4;

/// A problem, at a byte of the file.
pub(super) struct Wrong {
    pub at: usize,
    pub message: String,
}

type Built<T> = Result<T, Wrong>;

fn wrong<T>(at: usize, message: impl Into<String>) -> Built<T> {
    Err(Wrong { at, message: message.into() })
}

struct Names<'c> {
    types: Vec<String>,
    groups: Vec<String>,
    skills: Vec<String>,
    periods: usize,
    opens_s: f64,
    calendar: Option<Calendar>,
    clocks: &'c dyn Clocks,
}

impl Names<'_> {
    fn kind(&self, name: &str, at: usize) -> Built<usize> {
        let found = self.types.iter().position(|it| it == name);
        found.ok_or_else(|| Wrong { at, message: format!("there is no type {name:?}") })
    }

    fn group(&self, name: &str, at: usize) -> Built<usize> {
        let found = self.groups.iter().position(|it| it == name);
        found.ok_or_else(|| Wrong { at, message: format!("there is no group {name:?}") })
    }

    fn skill(&self, name: &str) -> SkillId {
        SkillId(self.skills.iter().position(|it| it == name).unwrap_or(self.skills.len()) as i64)
    }

    fn each<T: Clone>(&self, values: &PerPeriod<T>, at: usize) -> Built<Vec<T>> {
        match values {
            PerPeriod::One(value) => Ok(vec![value.clone()]),
            PerPeriod::Each(values) if values.len() == self.periods || values.len() == self.periods + 1 => {
                Ok(values.clone())
            }
            PerPeriod::Each(values) => {
                let (count, periods) = (values.len(), self.periods);
                wrong(at, format!("{count} values for {periods} periods; write one, or one for each"))
            }
        }
    }
}

pub(super) fn scenario(file: File, clocks: &dyn Clocks) -> Built<Scenario> {
    let day_at = file.day.span().start;
    let day = file.day.get_ref();
    if !(1..=PERIODS_MAX).contains(&day.periods) {
        return wrong(day_at, format!("a day needs between 1 and {PERIODS_MAX} periods"));
    }
    if day.period.0 <= 0.0 {
        return wrong(day_at, "a period has to last a while");
    }
    if day.busyness.is_some_and(|it| !(it.is_finite() && it > 0.0)) {
        return wrong(day_at, "busyness is the shape of a Gamma factor and above 0");
    }
    if file.types.is_empty() || file.types.len() > TYPES_MAX {
        return wrong(0, format!("a floor needs between 1 and {TYPES_MAX} [[type]]s"));
    }
    if file.groups.is_empty() || file.groups.len() > GROUPS_MAX {
        return wrong(0, format!("a floor needs between 1 and {GROUPS_MAX} [[group]]s"));
    }
    let clock = Clock {
        period_s: day.period.0,
        periods: day.periods as usize,
        opens_s: day.opens.map_or(0.0, |it| it.0),
        warm_up_s: day.warm_up.map_or(0.0, |it| it.0),
        closing: match day.closing {
            Some(ClosingWord::Cut) => Closing::Cut,
            Some(ClosingWord::Continue) => Closing::Continue,
            Some(ClosingWord::Drain) | None => Closing::Drain,
        },
        sends_away: day.sends_away,
        hands_back: day.hands_back,
        told: None,
    };
    let names = names(&file, &clock, clocks)?;
    let types = file.types.iter().map(|it| contact_type(it, &names)).collect::<Built<Vec<_>>>()?;
    let groups = file.groups.iter().map(|it| group(it, &names)).collect::<Built<Vec<_>>>()?;
    let dialers = file.dialers.iter().map(|it| dialer(it, &names)).collect::<Built<Vec<_>>>()?;
    let promises = file.types.iter().map(promise).collect::<Built<Vec<_>>>()?;
    let mut shifts = Vec::new();
    for it in &file.shifts {
        shifts.extend(shift(it, &names)?);
    }
    let floor = Floor {
        name: file.name,
        clock,
        types,
        groups,
        dialers,
        busyness: day.busyness,
        lines: day.lines,
        waiting_places: day.waiting_places,
        policy: file.policy.as_ref().map_or(PolicyKind::Lists, policy),
        learning: file.learning.as_ref().map(learning).transpose()?,
    }
    .completed();
    for (kind, table) in floor.types.iter().zip(&file.types) {
        if kind.tiers.is_empty() {
            return wrong(table.span().start, format!("nobody serves the type {:?}", kind.name));
        }
    }
    Ok(Scenario {
        floor,
        days: file.days.unwrap_or(DAYS_USUAL).max(1),
        seed: file.seed.unwrap_or(1),
        skills: names.skills,
        promises,
        shifts,
        calendar: names.calendar,
    })
}

fn names<'c>(file: &File, clock: &Clock, clocks: &'c dyn Clocks) -> Built<Names<'c>> {
    let mut skills: Vec<String> = Vec::new();
    let needed = file.types.iter().flat_map(|it| it.get_ref().needs.iter().map(|it| &it.skill));
    let held =
        file.groups.iter().flat_map(|it| it.get_ref().skills.keys().chain(it.get_ref().believed.keys()));
    for skill in needed.chain(held) {
        if !skills.contains(skill) {
            skills.push(skill.clone());
        }
    }
    let names = Names {
        types: file.types.iter().map(|it| it.get_ref().name.clone()).collect(),
        groups: file.groups.iter().map(|it| it.get_ref().name.clone()).collect(),
        skills,
        periods: clock.periods,
        opens_s: clock.opens_s,
        calendar: calendar(file.day.get_ref(), clocks)?,
        clocks,
    };
    for (at, table) in file.types.iter().enumerate() {
        if names.types[..at].contains(&names.types[at]) {
            return wrong(table.span().start, format!("there are two types {:?}", names.types[at]));
        }
    }
    for (at, table) in file.groups.iter().enumerate() {
        if names.groups[..at].contains(&names.groups[at]) {
            return wrong(table.span().start, format!("there are two groups {:?}", names.groups[at]));
        }
    }
    Ok(names)
}

/// A day and a clock, or neither.
fn calendar(day: &DayTable, clocks: &dyn Clocks) -> Built<Option<Calendar>> {
    let Some(date) = &day.date else {
        return match &day.time_zone {
            Some(zone) => wrong(zone.span().start, "a time zone needs a date: clocks differ by the season"),
            None => Ok(None),
        };
    };
    let on = date.get_ref();
    if !clocks.is_day(on) {
        return wrong(date.span().start, format!("{on:?} is no date; write it like \"2026-03-23\""));
    }
    let (at, name) = day.time_zone.as_ref().map_or((0, "UTC"), |it| (it.span().start, it.get_ref().as_str()));
    match clocks.moment_s(on, 0.0, name) {
        Some(_) => Ok(Some(Calendar { date: on.clone(), time_zone: name.to_owned() })),
        None => wrong(at, format!("there is no time zone {name:?}; names are like \"Europe/Madrid\"")),
    }
}

fn share(value: f64, what: &str, at: usize) -> Built<f64> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        wrong(at, format!("{what}: {value} is no share between 0 and 1"))
    }
}

fn contact_type(table: &Spanned<TypeTable>, names: &Names<'_>) -> Built<ContactType> {
    let at = table.span().start;
    let it = table.get_ref();
    let channel = match &it.channel {
        None => Channel::Voice,
        Some(word) => word.get_ref().parse().map_err(|error: routing::UnknownWord| Wrong {
            at: word.span().start,
            message: error.to_string(),
        })?,
    };
    let priority = match &it.priority {
        None => Priority::Normal,
        Some(word) => word.get_ref().parse().map_err(|error: routing::UnknownWord| Wrong {
            at: word.span().start,
            message: error.to_string(),
        })?,
    };
    let time = |table: &Spanned<TimeTable>| time(table.get_ref(), table.span().start, names);
    let again = |table: &Spanned<AgainTable>| {
        let at = table.span().start;
        Ok(Again {
            share: share(table.get_ref().share, "share", at)?,
            after: self::time(&table.get_ref().after, at, names)?,
        })
    };
    let mut transfers = Vec::new();
    for table in &it.transfers {
        let (at, it) = (table.span().start, table.get_ref());
        transfers.push(Transfer { to: names.kind(&it.to, at)?, share: share(it.share, "share", at)? });
    }
    if transfers.iter().map(|it| it.share).sum::<f64>() > 1.0 + 1e-9 {
        return wrong(at, "the shares of the transfers are more than 1");
    }
    let mut writes_again = Vec::new();
    for table in &it.writes_again {
        let (at, it) = (table.span().start, table.get_ref());
        let after = self::time(&it.after, at, names)?;
        writes_again.push(WritesAgain {
            to: names.kind(&it.to, at)?,
            share: share(it.share, "share", at)?,
            after,
        });
    }
    if writes_again.iter().map(|it| it.share).sum::<f64>() > 1.0 + 1e-9 {
        return wrong(at, "the shares of those who write again are more than 1");
    }
    let mut needs = Vec::new();
    for need in &it.needs {
        let weight = need.weight.unwrap_or(1.0);
        let is_sound = (0.0..=5.0).contains(&need.level) && weight.is_finite() && weight > 0.0;
        if !is_sound {
            return wrong(at, "a need has a level from 0 to 5 and a weight above 0");
        }
        let hardness = if need.must { Hardness::Must } else { Hardness::Prefer };
        needs.push(Requirement {
            skill: names.skill(&need.skill),
            least_level: need.level,
            weight,
            hardness,
        });
    }
    Ok(ContactType {
        name: it.name.clone(),
        channel,
        priority,
        arrivals: arrivals(it, names, at)?,
        service: time(&it.service)?,
        patience: it.patience.as_ref().map(time).transpose()?,
        balk_share: share(it.balk, "balk", at)?,
        wrap_up: it.wrap_up.as_ref().map(time).transpose()?,
        acceptable_s: it.acceptable_wait.map_or(ACCEPTABLE_USUAL_S, |it| it.0),
        retrial: it.retrial.as_ref().map(again).transpose()?,
        transfers,
        unsolved: it.unsolved.as_ref().map(again).transpose()?,
        tiers: it.groups.iter().map(|it| tier(it, names)).collect::<Built<Vec<_>>>()?,
        needs,
        gives_way_s: it.gives_way_after.map(|it| it.0),
        difficulty: it.difficulty,
        wait_cost: it.wait_cost.unwrap_or(1.0),
        queue_share: it.queue_share.unwrap_or(1.0),
        turn: match it.turn {
            Some(TurnWord::First) => 1,
            Some(TurnWord::Usual) | None => 0,
            Some(TurnWord::Last) => -1,
        },
        known_by: vec![],
        writes_again,
    })
}

fn arrivals(it: &TypeTable, names: &Names<'_>, at: usize) -> Built<Arrivals> {
    const SECONDS_PER_MINUTE: f64 = 60.0;
    const SECONDS_PER_HOUR: f64 = 3_600.0;
    let rates = |values: &Spanned<PerPeriod<f64>>, per_s: f64| {
        let at = values.span().start;
        let mut rates = names.each(values.get_ref(), at)?;
        if rates.iter().any(|it| !(it.is_finite() && *it >= 0.0)) {
            return wrong(at, "a rate is a number from 0 on");
        }
        rates.truncate(names.periods);
        Ok(Arrivals::Poisson(rates.into_iter().map(|it| it / per_s).collect()))
    };
    match (&it.per_hour, &it.per_minute, &it.counts) {
        (Some(values), None, None) => rates(values, SECONDS_PER_HOUR),
        (None, Some(values), None) => rates(values, SECONDS_PER_MINUTE),
        (None, None, Some(days)) => {
            if days.get_ref().is_empty() || days.get_ref().iter().any(|it| it.len() != names.periods) {
                let periods = names.periods;
                return wrong(
                    days.span().start,
                    format!("counts are days of {periods} numbers, one a period"),
                );
            }
            Ok(Arrivals::Counts(days.get_ref().clone()))
        }
        (None, None, None) => Ok(Arrivals::Never),
        _ => wrong(at, "arrivals are said once: per_hour, per_minute or counts"),
    }
}

fn time(it: &TimeTable, at: usize, names: &Names<'_>) -> Built<Time> {
    let word = it.shape.unwrap_or(match (&it.values, &it.from, it.cv) {
        (Some(_), _, _) => ShapeWord::Empirical,
        (_, Some(_), _) => ShapeWord::Uniform,
        (_, _, Some(_)) => ShapeWord::Lognormal,
        _ => ShapeWord::Exponential,
    });
    let cv = || match it.cv {
        Some(cv) if cv.is_finite() && cv > 0.0 => Ok(cv),
        _ => wrong(at, "this shape needs cv (standard deviation ÷ mean), above 0"),
    };
    let mean = || match &it.mean {
        Some(mean) => Ok(names.each(mean, at)?.into_iter().map(|it| it.0).collect::<Vec<f64>>()),
        None => wrong(at, "this time needs a mean"),
    };
    let (shape, mean_s) = match word {
        ShapeWord::Exponential => (Shape::Exponential, mean()?),
        ShapeWord::Constant => (Shape::Constant, mean()?),
        ShapeWord::Lognormal => (Shape::Lognormal { cv: cv()? }, mean()?),
        ShapeWord::Gamma => (Shape::Gamma { cv: cv()? }, mean()?),
        ShapeWord::Uniform => match (it.from, it.to) {
            (Some(from), Some(to)) if to.0 > from.0 => {
                let middle = 0.5 * (from.0 + to.0);
                (Shape::Uniform { spread: (to.0 - middle) / middle }, vec![middle])
            }
            _ => return wrong(at, "a uniform time needs from, and to above it"),
        },
        ShapeWord::Empirical => {
            let values: Vec<f64> = it.values.iter().flatten().map(|it| it.0).collect();
            let sum: f64 = values.iter().sum();
            if sum <= 0.0 {
                return wrong(at, "an empirical time needs values, not all of them 0");
            }
            let own = sum / values.len() as f64;
            (Shape::Empirical(values), if it.mean.is_some() { mean()? } else { vec![own] })
        }
    };
    Ok(Time { shape, mean_s })
}

fn policy(it: &PolicyTable) -> PolicyKind {
    match it.kind {
        PolicyWord::Lists => PolicyKind::Lists,
        PolicyWord::LongestIdle => PolicyKind::LongestIdle,
        PolicyWord::MostCapacity => PolicyKind::MostCapacity,
        PolicyWord::QueueRatio => PolicyKind::QueueRatio,
        PolicyWord::CostOfWaiting => PolicyKind::CostOfWaiting { overloaded: it.overloaded },
        PolicyWord::Live => {
            let mut rules = it.rule.map_or_else(LiveRules::default, LiveRules::by);
            if let Some(share) = it.learning_share {
                rules.settings.explore_share = share.clamp(0.0, 1.0) as f32;
            }
            PolicyKind::Live(rules)
        }
    }
}

fn learning(table: &Spanned<LearningTable>) -> Built<Learning> {
    const LEVEL_MAX: f64 = 5.0;
    let (at, it) = (table.span().start, table.get_ref());
    let ceiling = it.ceiling.unwrap_or(LEVEL_MAX);
    if !(0.0..=LEVEL_MAX).contains(&ceiling) {
        return wrong(at, format!("ceiling: {ceiling} is no level; levels go from 0 to {LEVEL_MAX}"));
    }
    if it.forgetting.is_some_and(|it| it.0 <= 0.0) {
        return wrong(at, "forgetting: a time constant is longer than nothing");
    }
    Ok(Learning {
        per_contact: share(it.per_contact, "per_contact", at)?,
        ceiling,
        forgetting_s: it.forgetting.map(|it| it.0),
    })
}

fn promise(table: &Spanned<TypeTable>) -> Built<Option<Promise>> {
    let Some(promise) = &table.get_ref().promise else { return Ok(None) };
    let (at, it) = (promise.span().start, promise.get_ref());
    Ok(Some(Promise {
        answered_least: share(it.answered, "answered", at)?,
        within: it.within.0,
        abandoned_most: share(it.abandoned.unwrap_or(1.0), "abandoned", at)?,
    }))
}
