//! A usual week of the desk as a scenario: who comes, who answers, how long it takes, from its own history.

use super::here::Stretches;
use super::history::{Colleague, History};
use super::lanes::{InLanes, go_as_queues_say, keep_to_lanes, may_have};
use super::service::Service;
use super::turns::Turn;
use super::{DAY_MS, FloorError, FloorSettings, HOUR_MS, policy_named};
use crate::TicketId;
use crate::skills::planning::{HereSource, week::Clock};
use ::floor::{
    Arrivals, Clock as FloorClock, Closing, ContactType, Floor, Group, Pick, Scenario, Shape, Tier, Time,
    WritesAgain,
};
use ::routing::{Channel, Hardness, Priority, Requirement};
use ::skills::SkillBelief;
use ::skills::SkillId as Place;
use std::collections::{BTreeMap, HashMap};

pub(super) const HOURS_PER_WEEK: usize = 168;
/// After so long a must that only a rule on languages asked for gives way, as in live routing.
const GIVES_WAY_AFTER_S: f64 = (crate::routing::RULE_MUST_GIVES_WAY_AFTER_MS / 1_000) as f64;
/// Somebody who was here in at least this share of an hour, week by week, is there in a usual week.
pub(super) const HERE_SHARE: f64 = 0.5;
/// The hours of a kind lean on those of all work with the weight of so many turns.
const HOURS_LEAN: f64 = 40.0;
/// Weeks that a scenario asks to be lived.
const WEEKS_TO_LIVE: u64 = 60;
/// A week that varies by less than this around chance does not vary.
const BUSYNESS_SHAPE_MOST: f64 = 2_000.0;
/// Who has not written again by then hardly will.
const TIME_TO_WRITE_AGAIN_MS: i64 = 4 * DAY_MS;
/// Values by which the time until somebody writes again is told.
const DELAYS_TOLD: usize = 40;

/// Who is a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Everybody by themself.
    People,
    /// Those who may do the same work together.
    Teams,
}

/// What a scenario is made of beside the history.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub grouping: Grouping,
    pub settings: FloorSettings,
    /// A rule of [`super::POLICIES`].
    pub policy: String,
    /// 0 Monday to 6 Sunday: that day alone; `None`: the whole week.
    pub weekday: Option<usize>,
}

impl Wanted {
    pub fn usual(settings: FloorSettings) -> Wanted {
        Wanted { grouping: Grouping::People, settings, policy: "expected_outcome".into(), weekday: None }
    }
}

/// Those who work here now, on a usual week. Groups are the active colleagues, in their order, if people are groups.
pub fn scenario(plain: &History, wanted: &Wanted) -> Result<Scenario, FloorError> {
    let InLanes { history, base } = InLanes::of(plain);
    let (history, service) = (&history, service(plain)?.of_kinds(&base));
    let hours = match wanted.weekday {
        Some(day) => day * 24..day * 24 + 24,
        None => 0..HOURS_PER_WEEK,
    };
    // Of a whole week, answers to answers follow from answers; of one day alone, most of these lie before it.
    let follows = if wanted.weekday.is_none() { writes_again(history) } else { Vec::new() };
    let rates = hourly_rates(history, |it| it.is_first || follows.is_empty());
    let mut types = types(history, &service, &wanted.settings);
    for (kind, rates) in types.iter_mut().zip(rates) {
        let rates: Vec<f64> = rates[hours.clone()].iter().map(|it| it / 3_600.0).collect();
        let any = rates.iter().any(|it| *it > 0.0);
        kind.arrivals = if any { Arrivals::Poisson(rates) } else { Arrivals::Never };
    }
    for (kind, follows) in types.iter_mut().zip(follows) {
        kind.writes_again = follows;
    }
    let mut groups = Vec::new();
    let weeks = history.weeks().max(1.0);
    for (at, it) in history.colleagues.iter().enumerate().filter(|it| it.1.is_active) {
        let share = share_by_hour(history, it, weeks);
        let staff: Vec<u32> = share[hours.clone()].iter().map(|it| u32::from(*it >= HERE_SHARE)).collect();
        let person = group(history, &service, at, staff);
        let may = may_have(history, &types, &person, at);
        groups.push((person, may));
    }
    if wanted.grouping == Grouping::Teams {
        groups = teams(groups);
    }
    let (groups, may): (Vec<Group>, Vec<Vec<Option<f64>>>) = groups.into_iter().unzip();
    keep_to_lanes(history, &mut types, &may);
    let closing = if wanted.weekday.is_some() { Closing::Drain } else { Closing::Continue };
    let floor = Floor {
        name: match wanted.weekday {
            Some(day) => {
                format!("{}: a usual {}", history.company, crate::skills::planning::weekday_name(day as i64))
            }
            None => format!("{}: a usual week", history.company),
        },
        clock: clock(3_600.0, hours.len(), closing),
        types,
        groups,
        dialers: vec![],
        busyness: busyness(history, wanted.weekday.is_none()),
        lines: None,
        waiting_places: None,
        policy: policy_named(&wanted.policy, history.learning_share)
            .ok_or_else(|| FloorError::NoSuchPolicy(wanted.policy.clone()))?,
        learning: None,
    }
    .completed();
    let floor = unjudged_answers(history, open_to_all(floor));
    let promise = |kind: &super::WorkKind| Some(history.promise_of(kind, &wanted.settings));
    Ok(Scenario {
        promises: history.kinds.iter().map(promise).collect(),
        floor,
        days: WEEKS_TO_LIVE,
        seed: 1,
        skills: history.skills.iter().map(|it| it.name.clone()).collect(),
        shifts: vec![],
        calendar: None,
    })
}

pub(super) fn service(history: &History) -> Result<Service, FloorError> {
    Service::of(&history.turns, history.kinds.len(), &history.colleagues)
        .ok_or(FloorError::TooLittleHistory { found: 0, days: history.days() as i64 })
}

pub(super) fn clock(period_s: f64, periods: usize, closing: Closing) -> FloorClock {
    FloorClock {
        period_s,
        periods,
        opens_s: 0.0,
        warm_up_s: 0.0,
        closing,
        sends_away: false,
        hands_back: true,
        told: None,
    }
}

/// Kinds of work, without their arrivals.
pub(super) fn types(history: &History, service: &Service, settings: &FloorSettings) -> Vec<ContactType> {
    let kind = |(at, it): (usize, &super::WorkKind)| {
        let needs = it.needs.iter().map(|need| Requirement {
            skill: Place(need.skill as i64),
            least_level: need.level,
            weight: need.weight,
            hardness: if need.must { Hardness::Must } else { Hardness::Prefer },
        });
        ContactType {
            name: it.name.clone(),
            channel: Channel::Email,
            priority: Priority::Normal,
            arrivals: Arrivals::Never,
            service: service.time(at),
            patience: None,
            balk_share: 0.0,
            wrap_up: None,
            acceptable_s: history.promise_of(it, settings).within,
            retrial: None,
            transfers: vec![],
            unsolved: None,
            tiers: vec![],
            needs: needs.collect(),
            gives_way_s: it.gives_way.then_some(GIVES_WAY_AFTER_S),
            difficulty: it.difficulty,
            wait_cost: 1.0,
            queue_share: 1.0,
            turn: 0,
            known_by: vec![],
            writes_again: vec![],
        }
    };
    let mut types: Vec<ContactType> = history.kinds.iter().enumerate().map(kind).collect();
    go_as_queues_say(history, &mut types);
    types
}

/// One colleague. `staff` by period.
pub(super) fn group(history: &History, service: &Service, at: usize, staff: Vec<u32>) -> Group {
    let it = &history.colleagues[at];
    let place = |skill: usize| Place(skill as i64);
    Group {
        name: it.name.clone(),
        staff,
        serves: vec![],
        at_once: it.at_once.max(1),
        pace: service.pace(it.at_once),
        time_factors: vec![service.factors[at]; history.kinds.len()],
        levels: it.beliefs.iter().enumerate().map(|(skill, it)| (place(skill), it.level())).collect(),
        beliefs: it
            .beliefs
            .iter()
            .enumerate()
            .map(|(skill, it)| SkillBelief { skill: place(skill), belief: *it })
            .collect(),
        cost_per_hour: 1.0,
    }
}

/// Work whose musts nobody meets, and which do not give way, is for everybody: better late than never.
pub(super) fn open_to_all(mut floor: Floor) -> Floor {
    let nobody = |kind: &ContactType| kind.tiers.is_empty();
    if !floor.types.iter().any(nobody) {
        return floor;
    }
    let everybody: Vec<usize> = (0..floor.groups.len()).collect();
    for kind in floor.types.iter_mut().filter(|it| it.tiers.is_empty()) {
        kind.gives_way_s = Some(GIVES_WAY_AFTER_S);
        let groups = everybody.clone();
        kind.tiers = vec![Tier { groups, after_s: GIVES_WAY_AFTER_S, pick: Pick::LongestIdle }];
    }
    floor.groups.iter_mut().for_each(|it| it.serves.clear());
    floor.completed()
}

/// Who may take an answer to an answer is settled; whether the matter is solved was asked at the first.
pub(super) fn unjudged_answers(history: &History, mut floor: Floor) -> Floor {
    for (kind, it) in floor.types.iter_mut().zip(&history.kinds) {
        if it.is_again {
            kind.needs.clear();
        }
    }
    floor
}

/// How often, when and as what customers write again after an answer, by kind of what was answered. Only answers after
/// which there was time enough to write again are asked.
fn writes_again(history: &History) -> Vec<Vec<WritesAgain>> {
    let kinds = history.kinds.len();
    let until = history.until - TIME_TO_WRITE_AGAIN_MS;
    let mut next: HashMap<TicketId, &Turn> = HashMap::new();
    let mut answered = vec![0.0; kinds];
    let mut follows: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); kinds];
    let mut delays: Vec<f64> = Vec::new();
    for it in history.turns.iter().rev() {
        let later = next.insert(it.ticket, it);
        let Some(at) = it.answered_at.filter(|at| *at < until) else { continue };
        answered[it.kind] += 1.0;
        if let Some(later) = later {
            *follows[it.kind].entry(later.kind).or_default() += 1.0;
            delays.push(((later.came_at - at).max(0)) as f64 / 1_000.0);
        }
    }
    if delays.is_empty() {
        return Vec::new();
    }
    delays.sort_by(f64::total_cmp);
    let step = delays.len().div_ceil(DELAYS_TOLD);
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let after =
        Time::constant(mean(&delays).max(1.0), Shape::Empirical(delays.chunks(step).map(mean).collect()));
    let of_kind = |(follows, answered): (BTreeMap<usize, f64>, f64)| {
        let one =
            |(to, count): (usize, f64)| WritesAgain { to, share: count / answered, after: after.clone() };
        follows.into_iter().map(one).collect()
    };
    follows.into_iter().zip(answered).map(of_kind).collect()
}

/// Turns an hour, by kind and hour of the week; of those that are asked for.
fn hourly_rates(history: &History, counts_it: impl Fn(&Turn) -> bool) -> Vec<Vec<f64>> {
    let mut clock = Clock::of(&history.time_zone);
    let mut counts = vec![vec![0.0; HOURS_PER_WEEK]; history.kinds.len()];
    let mut all = vec![0.0; HOURS_PER_WEEK];
    for it in history.turns.iter().filter(|it| counts_it(it)) {
        let hour = clock.hour_of_week(it.came_at);
        counts[it.kind][hour] += 1.0;
        all[hour] += 1.0;
    }
    let total: f64 = all.iter().sum::<f64>().max(1.0);
    let weeks = history.weeks().max(1.0 / 7.0);
    let rate = |of: Vec<f64>| {
        let sum: f64 = of.iter().sum();
        let lean =
            |(own, all): (&f64, &f64)| sum / weeks * (own + HOURS_LEAN * all / total) / (sum + HOURS_LEAN);
        of.iter().zip(&all).map(lean).collect()
    };
    counts.into_iter().map(rate).collect()
}

/// Shape of the Gamma factor by which weeks differ beyond chance.
fn busyness(history: &History, first_alone: bool) -> Option<f64> {
    let weeks = history.weeks() as usize;
    let mut counts = vec![0.0; weeks];
    for it in history.turns.iter().filter(|it| it.is_first || !first_alone) {
        let week = (it.came_at - history.since) / (7 * DAY_MS);
        if let Some(count) = counts.get_mut(week as usize) {
            *count += 1.0;
        }
    }
    if weeks < 4 {
        return None;
    }
    let mean = counts.iter().sum::<f64>() / weeks as f64;
    let variance = counts.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (weeks - 1) as f64;
    let shape = mean * mean / (variance - mean).max(f64::MIN_POSITIVE);
    (shape < BUSYNESS_SHAPE_MOST).then(|| (10.0 * shape).round() / 10.0)
}

/// The share of each hour of the week that somebody was here, since they were first seen; by their shifts, if nothing
/// was seen of them.
pub(super) fn share_by_hour(history: &History, it: &Colleague, weeks: f64) -> [f64; HOURS_PER_WEEK] {
    let mut clock = Clock::of(&history.time_zone);
    let mut hours = [0.0; HOURS_PER_WEEK];
    for (from, to) in &it.here {
        clock.spread(*from, *to, &mut hours);
    }
    let first = it.here.first().map_or(history.since, |it| it.0);
    let weeks = match it.source {
        HereSource::Presence => ((history.until - first) as f64 / (7 * DAY_MS) as f64).clamp(1.0, weeks),
        HereSource::Shifts | HereSource::Assumed => weeks,
    };
    hours.map(|it| (it / weeks).min(1.0))
}

/// Whether somebody is here in each period from a moment on.
pub(super) fn here_by_period(here: &Stretches, from: i64, period_ms: i64, periods: usize) -> Vec<u32> {
    let is_here = |at: usize| {
        let start = from + at as i64 * period_ms;
        2 * super::here::overlap(here, start, start + period_ms) >= period_ms
    };
    (0..periods).map(|at| u32::from(is_here(at))).collect()
}

/// People who may do the same work, as one group: their hours added up, their levels and paces averaged.
fn teams(people: Vec<(Group, Vec<Option<f64>>)>) -> Vec<(Group, Vec<Option<f64>>)> {
    let mut teams: Vec<(Vec<Option<f64>>, Vec<Group>)> = Vec::new();
    for (person, may) in people {
        match teams.iter_mut().find(|it| it.0 == may) {
            Some(team) => team.1.push(person),
            None => teams.push((may, vec![person])),
        }
    }
    teams.into_iter().map(|(may, members)| (team(&members), may)).collect()
}

fn team(members: &[Group]) -> Group {
    let first = &members[0];
    let n = members.len() as f64;
    let name = match members {
        [one] => one.name.clone(),
        [one, other] => format!("{} and {}", one.name, other.name),
        _ => format!("{} and {} others", first.name, members.len() - 1),
    };
    let mean = |of: &dyn Fn(&Group) -> f64| members.iter().map(of).sum::<f64>() / n;
    Group {
        name,
        staff: (0..first.staff.len()).map(|at| members.iter().map(|it| it.staff[at]).sum()).collect(),
        at_once: mean(&|it| f64::from(it.at_once)).round().max(1.0) as u32,
        time_factors: (0..first.time_factors.len()).map(|at| mean(&|it| it.time_factors[at])).collect(),
        levels: (0..first.levels.len()).map(|at| (first.levels[at].0, mean(&|it| it.levels[at].1))).collect(),
        beliefs: (0..first.beliefs.len())
            .map(|at| SkillBelief {
                skill: first.beliefs[at].skill,
                belief: ::skills::Belief {
                    mean: mean(&|it| it.beliefs[at].belief.mean),
                    variance: mean(&|it| it.beliefs[at].belief.variance),
                },
            })
            .collect(),
        ..first.clone()
    }
}

/// What stands above a scenario that is printed: where it comes from, and what it leaves out.
pub fn comments(history: &History) -> Vec<String> {
    let hours = |source: HereSource| {
        history.colleagues.iter().filter(|it| it.is_active && it.source == source).count()
    };
    let answered = history.turns.iter().filter(|it| it.answered_at.is_some()).count();
    let mut lines = vec![
        format!(
            "Taken from {:.0} days: {} turns ({answered} answered), {} kinds of work, {} people.",
            history.days(),
            history.turns.len(),
            history.kinds.len(),
            history.colleagues.iter().filter(|it| it.is_active).count()
        ),
        format!(
            "Hours: {} people as they were seen here, {} by their shifts, {} from when they answered.",
            hours(HereSource::Presence),
            hours(HereSource::Shifts),
            hours(HereSource::Assumed)
        ),
        "Service is the time from being given a turn to the answer, while its answerer was here. Levels are what the desk believes, taken for true.".to_owned(),
        format!("Musts that only a rule on languages asks for give way after {} h, as in live routing.", GIVES_WAY_AFTER_S / 3_600.0),
        "Who goes home hands back what they hold. Work falls into the queues of today: for those whose work it is there and those who help out, by their turn, cost, share and promise; answers to answers go back to whoever wrote before while they are there (not in a scenario of one day). Left out: work taken and handed on by hand, and people who give up.".to_owned(),
    ];
    if history.for_good.is_none() {
        lines.push(
            "No outcome is known yet: that work is solved for good rests on the levels alone.".to_owned(),
        );
    }
    lines
}

/// Shape of time in hand, for pages: quantiles of an hour's work, in minutes.
pub fn time_in_hand(history: &History) -> Result<(f64, f64), FloorError> {
    let service = service(history)?;
    let Time { shape, .. } = service.time(0);
    let weight = |kind: usize| history.turns.iter().filter(|it| it.kind == kind).count() as f64;
    let (sum, count) = (0..history.kinds.len())
        .fold((0.0, 0.0), |sum, kind| (sum.0 + weight(kind) * service.mean_s[kind], sum.1 + weight(kind)));
    let mean = sum / count.max(1.0) / 60.0;
    let median = match shape {
        Shape::Empirical(mut values) if !values.is_empty() => {
            values.sort_by(f64::total_cmp);
            let all = values.iter().sum::<f64>() / values.len() as f64;
            mean * values[values.len() / 2] / all
        }
        _ => mean * std::f64::consts::LN_2,
    };
    Ok((mean, median))
}

/// Half an hour.
pub(super) const HALF_HOUR_MS: i64 = HOUR_MS / 2;
