//! What a change is worth: training, hiring, an absence; on the same days with the same customers.

use serde::Serialize;
use skills::{Belief, SkillBelief, SkillId};

use crate::batch::{Batch, Estimate};
use crate::model::{Arrivals, ContactType, Floor, Group, Pick, Tier};
use crate::run::{Figure, Simulator, difference};
use crate::scenario::Scenario;

/// Days of the first look at each candidate; each further look doubles them.
const FIRST_LOOK_DAYS: u64 = 8;
/// How sure the desk is of a level right after training, in levels.
pub const TRAINED_SD_LEVELS: f64 = 0.4;

/// Something that could be done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// One person of a group learns a skill up to a level, and serves what they may then serve.
    Train { group: usize, skill: SkillId, level: f64 },
    /// One more person in a group whenever somebody of it is on duty.
    Hire { group: usize },
    /// Somebody new with hours, levels and a pace of their own, who may have what they surely meet.
    Join(Box<Group>),
    /// One person fewer in a group.
    Away { group: usize },
    /// Other hours: people on duty by period.
    Roster { group: usize, staff: Vec<u32> },
}

impl Change {
    pub fn skill(&self) -> Option<SkillId> {
        match self {
            Change::Train { skill, .. } => Some(*skill),
            Change::Hire { .. } | Change::Join(_) | Change::Away { .. } | Change::Roster { .. } => None,
        }
    }
}

/// Everybody who could be trained in a skill they do not have at `level`, hired, or away.
pub fn candidates(scenario: &Scenario, level: f64) -> Vec<Change> {
    let groups = || scenario.floor.groups.iter().enumerate();
    let mut found: Vec<Change> = Vec::new();
    for (group, it) in groups() {
        for skill in (0..scenario.skills.len()).map(|it| SkillId(it as i64)) {
            let has = it.levels.iter().find(|(had, _)| *had == skill).map_or(0.0, |it| it.1);
            if has < level {
                found.push(Change::Train { group, skill, level });
            }
        }
    }
    found.extend(groups().map(|(group, _)| Change::Hire { group }));
    found.extend(groups().map(|(group, _)| Change::Away { group }));
    found
}

/// What it brings.
#[derive(Debug, Clone, Serialize)]
pub struct Worth {
    /// Its place in the list of candidates.
    pub candidate: usize,
    pub days: u64,
    /// Change of the figure by which candidates were screened.
    pub effect: Estimate,
    pub service_level: Option<Estimate>,
    pub resolution: Option<Estimate>,
    pub satisfaction: Option<Estimate>,
    /// Looked at to the end; the others were left when they could no longer be the best.
    pub is_finalist: bool,
}

/// The floor with one change.
pub fn changed(floor: &Floor, change: &Change) -> Floor {
    let mut floor = floor.clone();
    match change {
        Change::Hire { group } => {
            floor.groups[*group].staff.iter_mut().filter(|it| **it > 0).for_each(|it| *it += 1);
        }
        Change::Join(person) => join(&mut floor, person),
        Change::Away { group } => {
            floor.groups[*group].staff.iter_mut().for_each(|it| *it = it.saturating_sub(1));
        }
        Change::Roster { group, staff } => {
            let it = &mut floor.groups[*group];
            let last = staff.last().copied().unwrap_or(0);
            it.staff = staff.clone();
            it.staff.resize(floor.clock.periods + 1, last);
        }
        Change::Train { group, skill, level } => {
            let at = alone(&mut floor, *group);
            let it = &mut floor.groups[at];
            let before = it.levels.iter().find(|(had, _)| had == skill).map_or(0.0, |it| it.1);
            let level = level.max(before);
            it.levels.retain(|(had, _)| had != skill);
            it.levels.push((*skill, level));
            it.beliefs.retain(|it| it.skill != *skill);
            it.beliefs
                .push(SkillBelief { skill: *skill, belief: Belief::at_level(level, TRAINED_SD_LEVELS) });
            let it = floor.groups[at].clone();
            for k in 0..floor.types.len() {
                let kind = &mut floor.types[k];
                // Who comes in only late, when it gives way, does not yet serve it.
                let serves = kind.tiers.iter().any(|tier| tier.groups.contains(&at) && !is_late(kind, tier));
                let asks = kind.needs.iter().any(|it| it.skill == *skill);
                if asks && !serves && it.surely_meets(kind) {
                    serve_too(&mut floor, at, k);
                }
            }
        }
    }
    floor
}

/// They have at once what they surely meet, beside those whose work it is, and the rest when it gives way.
fn join(floor: &mut Floor, person: &Group) {
    let at = floor.groups.len();
    let mut person = person.clone();
    person.time_factors.resize(floor.types.len(), 1.0);
    let last = person.staff.last().copied().unwrap_or(0);
    person.staff.resize(floor.clock.periods + 1, last);
    let meets: Vec<bool> = (0..floor.types.len()).map(|kind| may_have(floor, &person, kind)).collect();
    let mut served = Vec::new();
    for (at_kind, (it, meets)) in floor.types.iter_mut().zip(meets).enumerate() {
        let tier = |after_s| Tier { groups: vec![at], after_s, pick: Pick::LongestIdle };
        let place = it.tiers.iter().position(|tier| is_late(it, tier) != meets);
        match (place, meets, it.gives_way_s) {
            (Some(place), ..) => it.tiers[place].groups.push(at),
            (None, true, _) => it.tiers.insert(0, tier(0.0)),
            (None, false, Some(after_s)) => it.tiers.push(tier(after_s)),
            (None, false, None) => continue,
        }
        served.push(at_kind);
    }
    person.serves = vec![served];
    floor.groups.push(person);
}

/// Who writes again writes of the same matter: what follows only from work that they do not meet is not theirs either.
fn may_have(floor: &Floor, person: &Group, kind: usize) -> bool {
    let comes = |it: &&ContactType| !matches!(it.arrivals, Arrivals::Never);
    let leads_here = |it: &&ContactType| it.writes_again.iter().any(|next| next.to == kind);
    let mut before = floor.types.iter().filter(comes).filter(leads_here).peekable();
    let meets = person.surely_meets(&floor.types[kind]);
    meets && (before.peek().is_none() || before.any(|it| person.surely_meets(it)))
}

/// One person of a group as a group of their own; the group itself if it is one person.
fn alone(floor: &mut Floor, group: usize) -> usize {
    if floor.groups[group].people_max() <= 1 {
        return group;
    }
    let it = &floor.groups[group];
    let one = Group {
        name: format!("one of {}", it.name),
        staff: it.staff.iter().map(|it| (*it).min(1)).collect(),
        ..it.clone()
    };
    floor.groups[group].staff.iter_mut().for_each(|it| *it = it.saturating_sub(1));
    let at = floor.groups.len();
    floor.groups.push(one);
    for tier in floor.types.iter_mut().flat_map(|it| &mut it.tiers) {
        if tier.groups.contains(&group) {
            tier.groups.push(at);
        }
    }
    at
}

/// Asked only once the musts have given way.
fn is_late(kind: &ContactType, tier: &Tier) -> bool {
    kind.gives_way_s.is_some_and(|after_s| tier.after_s >= after_s)
}

fn serve_too(floor: &mut Floor, group: usize, kind: usize) {
    let it = &mut floor.types[kind];
    it.tiers.iter_mut().for_each(|tier| tier.groups.retain(|at| *at != group));
    it.tiers.retain(|tier| !tier.groups.is_empty());
    let in_time = it.tiers.iter().rposition(|tier| !is_late(it, tier));
    match in_time {
        Some(at) => it.tiers[at].groups.push(group),
        None => it.tiers.insert(0, Tier { groups: vec![group], after_s: 0.0, pick: Pick::LongestIdle }),
    }
    if floor.groups[group].serves.iter().flatten().any(|it| *it == kind) {
        return;
    }
    match floor.groups[group].serves.last_mut() {
        Some(tier) => tier.push(kind),
        None => floor.groups[group].serves.push(vec![kind]),
    }
}

/// What each change is worth by `figure`, the best first. Everybody gets a first look of a few days; who can no longer
/// be among the best `keep` is left, and the others are looked at twice as long, up to `days`. `progress` hears how many
/// simulated days are done.
pub fn worth(
    floor: &Floor,
    changes: &[Change],
    figure: Figure,
    days: u64,
    keep: usize,
    seed: u64,
    progress: &mut dyn FnMut(u64),
) -> Vec<Worth> {
    let mut done = 0;
    let mut live = |floor: &Floor, from: u64, to: u64| -> Batch {
        done += to - from;
        progress(done);
        let simulator = Simulator::new(floor);
        simulator.gather([simulator.live(seed, from..to, &mut |_| {})])
    };
    let mut seen = FIRST_LOOK_DAYS.min(days).max(1);
    let mut before = live(floor, 0, seen);
    let mut batches: Vec<Batch> = changes.iter().map(|it| live(&changed(floor, it), 0, seen)).collect();
    let mut open: Vec<usize> = (0..changes.len()).collect();
    loop {
        let effect = |at: usize| difference(&before, &batches[at], figure);
        let mut lows: Vec<f64> =
            open.iter().filter_map(|at| effect(*at)).filter_map(|it| toward(it, figure).0).collect();
        lows.sort_by(|a, b| b.total_cmp(a));
        let bar = lows.get(keep.saturating_sub(1)).copied().unwrap_or(f64::NEG_INFINITY);
        open.retain(|at| effect(*at).and_then(|it| toward(it, figure).1).is_none_or(|high| high >= bar));
        if seen >= days {
            break;
        }
        let next = (seen * 2).min(days);
        before.merge(live(floor, seen, next));
        for at in &open {
            let more = live(&changed(floor, &changes[*at]), seen, next);
            batches[*at].merge(more);
        }
        seen = next;
    }
    let mut told: Vec<Worth> = batches
        .iter()
        .enumerate()
        .filter_map(|(candidate, batch)| {
            let base = before.first_days(batch.days);
            let by = |figure| difference(&base, batch, figure);
            Some(Worth {
                candidate,
                days: batch.days,
                effect: by(figure)?,
                service_level: by(Figure::ServiceLevel),
                resolution: by(Figure::Resolution),
                satisfaction: by(Figure::Satisfaction),
                is_finalist: open.contains(&candidate),
            })
        })
        .collect();
    let rank = |it: &Worth| (it.is_finalist, sign(figure) * it.effect.mean);
    told.sort_by(|a, b| rank(b).0.cmp(&rank(a).0).then(rank(b).1.total_cmp(&rank(a).1)));
    told
}

/// Waiting and giving up are better when they are less.
fn sign(figure: Figure) -> f64 {
    match figure {
        Figure::WaitSeconds | Figure::ReplySeconds | Figure::Abandonment => -1.0,
        Figure::ServiceLevel | Figure::Resolution | Figure::Satisfaction => 1.0,
    }
}

/// Lower and upper bound of how much better it gets.
fn toward(it: Estimate, figure: Figure) -> (Option<f64>, Option<f64>) {
    let mean = sign(figure) * it.mean;
    (it.half().map(|half| mean - half), it.half().map(|half| mean + half))
}
