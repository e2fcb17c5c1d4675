//! The time machine: the days that were, with other rules, people, hours or levels, beside what happened.
//!
//! The very moments at which work came are kept, and who was here. What is drawn anew is luck: how long a piece takes its
//! answerer. The rules of today, lived on the same days, say how well the model knows this desk.

use super::forecasts::Told;
use super::here::{Stretches, from_shifts};
use super::history::History;
use super::lanes::{InLanes, keep_to_lanes, may_have};
use super::scenario::{
    HALF_HOUR_MS, clock, group, here_by_period, open_to_all, service, types, unjudged_answers,
};
use super::service::Service;
use super::turns::Turn;
use super::{FloorError, FloorSettings, policy_named};
use crate::skills::planning::Shift;
use crate::{SkillId, TicketId, UserId};
use ::floor::{
    Arrivals, Batch, Change, Closing, Figure, Floor, Group, Report, Simulator, changed, difference,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Lives of the whole time; more make intervals narrower.
pub const LIVES_USUAL: u64 = 12;
const HALF_HOURS_PER_DAY: usize = 48;
const HOURS_PER_DAY: usize = 24;

/// What shall be different.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Other {
    /// A rule of [`super::POLICIES`]; empty: as now.
    pub policy: String,
    /// As if they had never been here.
    pub without: Vec<UserId>,
    /// These people by these weekly shifts instead of when they were here.
    pub shifts: Vec<(UserId, Vec<Shift>)>,
    /// These people at these levels.
    pub levels: Vec<(UserId, SkillId, f64)>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplayTold {
    pub from: i64,
    pub until: i64,
    pub turns: usize,
    /// Still waiting at the end, or answered by nobody: not replayed.
    pub left_out: usize,
    pub lives: u64,
    pub promise_minutes: f64,
    pub happened: Column,
    /// The rules of today on the same days.
    pub as_now: Column,
    pub other: Column,
    /// The other rules against those of today, on the same days with the same luck.
    pub difference: Differences,
    /// Mean minutes until somebody has it, by the hour of the day at which work comes: happened, as now, other.
    pub by_hour: Vec<[Option<f64>; 3]>,
    pub people: Vec<PersonTold>,
    /// What is different, in words.
    pub changes: Vec<String>,
}

/// Figures of one way the days went. What cannot be measured is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Seconds until whoever answered had it.
    pub wait_s: Option<Told>,
    /// Seconds until the answer.
    pub reply_s: Option<Told>,
    /// Shares, 0 to 1.
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
    /// Standard deviation ÷ mean of the answers of those who were here.
    pub spread: f64,
    pub answered: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    pub wait_s: Option<Told>,
    pub reply_s: Option<Told>,
    pub in_time: Option<Told>,
    pub for_good: Option<Told>,
}

/// Answers of one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonTold {
    pub user: Option<UserId>,
    pub name: String,
    pub hours_here: f64,
    pub happened: f64,
    pub as_now: f64,
    pub other: f64,
}

/// Lives the days of the history again. `progress` hears the share that is done, 0 to 1.
pub fn replay(
    history: &History,
    settings: &FloorSettings,
    other: &Other,
    lives: u64,
    progress: &mut dyn FnMut(f64),
) -> Result<ReplayTold, FloorError> {
    let service = service(history)?;
    let as_now = floor(history, &service, settings);
    let (different, changes) = with_changes(history, &as_now, other)?;
    let lives = lives.max(2);
    let mut done = 0;
    let mut live = |floor: &Floor| -> (Batch, Report) {
        let simulator = Simulator::new(floor);
        let mut step = |_| {
            done += 1;
            progress(done as f64 / (2 * lives) as f64);
        };
        let batch = simulator.gather([simulator.live(1, 0..lives, &mut step)]);
        let report = simulator.report(1, &batch);
        (batch, report)
    };
    let (now_batch, now_report) = live(&as_now);
    let (other_batch, other_report) = live(&different);
    let differ = |figure| difference(&now_batch, &other_batch, figure).map(Told::from);
    let replayed = history.turns.iter().filter(|it| it.answered_at.is_some()).count();
    let here: Vec<bool> = (0..history.colleagues.len()).map(|at| people_here(&as_now, at)).collect();
    let mut answers = vec![0.0; history.colleagues.len()];
    history
        .turns
        .iter()
        .filter_map(|it| it.by.filter(|_| it.answered_at.is_some()))
        .for_each(|by| answers[by] += 1.0);
    let served = |report: &Report, at: usize| report.groups[at].day.served.mean;
    let people = history.colleagues.iter().enumerate().map(|(at, it)| PersonTold {
        user: Some(it.user),
        name: it.name.clone(),
        hours_here: it.here_ms(history.since, history.until) as f64 / 3.6e6,
        happened: answers[at],
        as_now: served(&now_report, at),
        other: served(&other_report, at),
    });
    Ok(ReplayTold {
        from: history.since,
        until: history.until,
        turns: replayed,
        left_out: history.turns.len() - replayed,
        lives,
        promise_minutes: settings.promise_minutes,
        happened: happened(history, settings, &here, &answers),
        as_now: column(&now_report, &here),
        other: column(&other_report, &here),
        difference: Differences {
            wait_s: differ(Figure::WaitSeconds),
            reply_s: differ(Figure::ReplySeconds),
            in_time: differ(Figure::ServiceLevel),
            for_good: differ(Figure::Resolution),
        },
        by_hour: by_hour(history, &now_report, &other_report),
        people: people.collect(),
        changes,
    })
}

/// The whole time as one long day of half hours, of which figures are told by the time of day.
fn floor(plain: &History, service: &Service, settings: &FloorSettings) -> Floor {
    let InLanes { history, base } = InLanes::of(plain);
    let (history, service) = (&history, &service.of_kinds(&base));
    let periods = ((history.until - history.since) / HALF_HOUR_MS).max(1) as usize;
    let mut types = types(history, service, settings);
    let mut moments: Vec<Vec<f64>> = vec![Vec::new(); types.len()];
    let mut known_by: Vec<Vec<Option<usize>>> = vec![Vec::new(); types.len()];
    // What a customer answers goes to whoever wrote last, while they are here.
    let mut wrote_last: HashMap<TicketId, usize> = HashMap::new();
    for it in &history.turns {
        if it.answered_at.is_some() {
            moments[it.kind].push((it.came_at - history.since) as f64 / 1_000.0);
            known_by[it.kind].push(wrote_last.get(&it.ticket).copied());
        }
        if let Some(by) = it.by {
            wrote_last.insert(it.ticket, by);
        }
    }
    for ((kind, moments), known_by) in types.iter_mut().zip(moments).zip(known_by) {
        kind.arrivals = Arrivals::Moments(vec![moments]);
        kind.known_by = vec![known_by];
    }
    let groups = history.colleagues.iter().enumerate().map(|(at, it)| {
        let mut staff = here_by_period(&it.here, history.since, HALF_HOUR_MS, periods);
        // What still waits at the end is finished by those who were here at any time.
        staff.push(u32::from(staff.contains(&1)));
        group(history, service, at, staff)
    });
    let groups: Vec<Group> = groups.collect();
    let may: Vec<_> = groups.iter().enumerate().map(|(at, it)| may_have(history, &types, it, at)).collect();
    keep_to_lanes(history, &mut types, &may);
    let mut clock = clock(1_800.0, periods, Closing::Drain);
    clock.told = Some(HALF_HOURS_PER_DAY);
    let floor = Floor {
        name: history.company.clone(),
        clock,
        types,
        groups,
        dialers: vec![],
        busyness: None,
        lines: None,
        waiting_places: None,
        policy: policy_named("expected_outcome", history.learning_share)
            .unwrap_or(::floor::PolicyKind::Lists),
        learning: None,
    };
    unjudged_answers(history, open_to_all(floor.completed()))
}

fn people_here(floor: &Floor, at: usize) -> bool {
    floor.groups[at].people_max() > 0
}

fn with_changes(
    history: &History,
    as_now: &Floor,
    other: &Other,
) -> Result<(Floor, Vec<String>), FloorError> {
    let place = |user: &UserId| history.place_of(*user).ok_or(FloorError::NotAmongThem);
    let periods = as_now.clock.periods;
    let mut words = Vec::new();
    let mut floor = as_now.clone();
    for (user, skill, level) in &other.levels {
        if !(0.0..=5.0).contains(level) {
            return Err(FloorError::LevelIsWrong);
        }
        let at = history.skill_at(*skill).ok_or(FloorError::SkillIsNotNeeded)?;
        let group = place(user)?;
        floor = changed(&floor, &Change::Train { group, skill: ::skills::SkillId(at as i64), level: *level });
        words.push(format!(
            "{} at level {level} in {}",
            history.colleagues[group].name, history.skills[at].name
        ));
    }
    for (user, shifts) in &other.shifts {
        let group = place(user)?;
        let it = &history.colleagues[group];
        let here: Stretches = from_shifts(shifts, &it.time_zone, history.since, history.until);
        let mut staff = here_by_period(&here, history.since, HALF_HOUR_MS, periods);
        staff.push(u32::from(staff.contains(&1)));
        floor = changed(&floor, &Change::Roster { group, staff });
        words.push(format!("{} by other shifts", it.name));
    }
    for user in &other.without {
        let group = place(user)?;
        floor = changed(&floor, &Change::Roster { group, staff: vec![0; periods + 1] });
        words.push(format!("without {}", history.colleagues[group].name));
    }
    if !other.policy.is_empty() {
        floor.policy = policy_named(&other.policy, history.learning_share)
            .ok_or_else(|| FloorError::NoSuchPolicy(other.policy.clone()))?;
        words.push(format!("by {}", super::policy_words(&other.policy)));
    }
    if words.is_empty() { Err(FloorError::NothingChanges) } else { Ok((floor, words)) }
}

fn column(report: &Report, here: &[bool]) -> Column {
    let it = &report.whole;
    let served: Vec<f64> =
        report.groups.iter().zip(here).filter(|it| *it.1).map(|it| it.0.day.served.mean).collect();
    Column {
        wait_s: it.wait_s.map(Told::from),
        reply_s: it.reply_s.map(Told::from),
        in_time: it.service_level.map(Told::from),
        for_good: it.resolution.map(Told::from),
        spread: spread(&served),
        answered: it.served.mean,
    }
}

/// What happened has no interval: it happened once.
fn happened(history: &History, settings: &FloorSettings, here: &[bool], answers: &[f64]) -> Column {
    let answered = || history.turns.iter().filter(|it| it.answered_at.is_some());
    let mean = |of: Vec<f64>| {
        let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
        (!of.is_empty()).then_some(Told { mean, low: mean, high: mean })
    };
    let seconds = |from: i64, to: i64| (to - from) as f64 / 1_000.0;
    let waits: Vec<f64> = answered().filter_map(|it| Some(seconds(it.came_at, it.taken_at?))).collect();
    // By the promises under which the days are lived again.
    let lived = InLanes::of(history).history;
    let within = |it: &Turn| lived.promise_of(&lived.kinds[it.kind], settings).within;
    let taken = |it: &&Turn| it.answered_at.is_some() && it.taken_at.is_some();
    let in_time = |it: &Turn| Some(seconds(it.came_at, it.taken_at?) <= within(it));
    let in_time = lived.turns.iter().filter(taken).filter_map(in_time);
    let in_time = in_time.map(|it| f64::from(u8::from(it))).collect();
    let replies = answered().filter_map(|it| Some(seconds(it.came_at, it.answered_at?))).collect();
    let judged = answered().filter(|it| it.is_first).filter_map(|it| it.for_good);
    let theirs: Vec<f64> = answers.iter().zip(here).filter(|it| *it.1).map(|it| *it.0).collect();
    Column {
        wait_s: mean(waits),
        reply_s: mean(replies),
        in_time: mean(in_time),
        for_good: mean(judged.map(|it| f64::from(u8::from(it))).collect()),
        spread: spread(&theirs),
        answered: answered().count() as f64,
    }
}

fn spread(of: &[f64]) -> f64 {
    let n = of.len().max(1) as f64;
    let mean = of.iter().sum::<f64>() / n;
    let variance = of.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n;
    if mean > 0.0 { variance.sqrt() / mean } else { 0.0 }
}

fn by_hour(history: &History, as_now: &Report, other: &Report) -> Vec<[Option<f64>; 3]> {
    const HOUR_MS: i64 = 3_600_000;
    let mut seen = [(0.0, 0.0); HOURS_PER_DAY];
    for it in history.turns.iter().filter(|it| it.answered_at.is_some()) {
        if let Some(taken) = it.taken_at {
            let hour = (it.came_at - history.since) / HOUR_MS % HOURS_PER_DAY as i64;
            seen[hour as usize].0 += (taken - it.came_at) as f64 / 60_000.0;
            seen[hour as usize].1 += 1.0;
        }
    }
    let of_report = |report: &Report, hour: usize| {
        let halves = [&report.whole_periods[2 * hour], &report.whole_periods[2 * hour + 1]];
        let served: f64 = halves.iter().map(|it| it.served.mean).sum();
        let waited: f64 = halves.iter().map(|it| it.served.mean * it.wait_s.map_or(0.0, |it| it.mean)).sum();
        (served > 0.0).then(|| waited / served / 60.0)
    };
    (0..HOURS_PER_DAY)
        .map(|hour| {
            let happened = (seen[hour].1 > 0.0).then(|| seen[hour].0 / seen[hour].1);
            [happened, of_report(as_now, hour), of_report(other, hour)]
        })
        .collect()
}

/// What is held fixed, and what the table cannot say.
pub const HELD_FIXED: &str = "Held fixed: the very moments at which customers wrote (also their answers to answers, although a better \
first answer would have spared some), who was here (to the half hour) unless that is what is different, what each kind of work needs, and \
levels as they are believed today. Drawn anew: how long each piece is in hand, and whether it is solved. An answer to an answer goes to whoever wrote \
last while they are here, work falls into the queues of today and is for those whose work it is there and those who help out (as queues and groups are today), and who goes home hands back what they hold. Not in the model: work taken and handed on by hand. Compare the two simulated columns with \
each other; how far “as now” lies from “happened” says how well the model knows this desk.";
