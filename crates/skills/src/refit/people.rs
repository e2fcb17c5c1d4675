//! From rows to one small system per person: which abilities at which times, and what each row says of them.
//!
//! A skill over time is a chain of states. A state spans the rows between which it can hardly have moved, compared with how
//! exactly they tell it; from one state to the next the ability drifts as an Ornstein–Uhlenbeck process:
//! u₂ = R·u₁ + noise of variance V(1−R²), R = e^(−Δt/τ). The last state of a person is their general ability, in standard deviations.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::likelihood::{Noise, Seen};
use super::settings::{RefitSettings, Release};
use super::shards::SHARDS;
use super::skyline::Skyline;
use super::unknowns::Unknowns;
use super::{PersonId, Row};
use crate::belief::Belief;
use crate::evidence::SkillId;
use crate::filter::{MEAN_LOGITS_MAX, usable_share};
use crate::footing::{Footing, counts_as};
use crate::observation::Observation;
use crate::replay::Start;

const DAY_MS: f64 = 86_400_000.0;
/// A state ends when the drift since its beginning reaches this share of the uncertainty that its rows leave.
const DRIFT_SHARE: f64 = 0.15;
/// Neighbouring states of one skill are never tied more closely than this (share of the skill's own variance).
const DRIFT_VARIANCE_MIN: f64 = 1e-6;

pub(super) struct Model {
    pub shards: Vec<Vec<Person>>,
    pub unknowns: Unknowns,
    pub noise: Noise,
    pub rows: u64,
}

/// How a skill begins and fades.
#[derive(Debug, Clone)]
pub(super) struct Skill {
    pub start: Belief,
    /// What one standard deviation of general ability adds, in logits.
    pub load: f64,
    /// Variance of the skill's own part.
    pub own: f64,
    tau_days: f64,
    releases: Vec<(i64, f64)>,
}

pub(super) struct Person {
    pub id: PersonId,
    pub lines: Vec<Line>,
    /// (state, coefficient) and (unknown, coefficient) of all lines, one after the other.
    pub terms: Vec<(u32, f64)>,
    pub asks: Vec<(u32, f64)>,
    pub ties: Vec<Tie>,
    pub skills: Vec<LastState>,
    pub matrix: Skyline,
    /// Departure of each state from its prior mean.
    pub x: Vec<f64>,
    pub gradient: Vec<f64>,
    pub step: Vec<f64>,
}

/// (place, coefficient) each.
type Pairs = [(u32, f64)];

pub(super) struct Line {
    pub seen: Seen,
    /// Of the work, 0–1.
    pub share: f64,
    /// The predictor when all unknowns and states are 0.
    pub base: f64,
    pub terms_to: u32,
    pub asks_to: u32,
    /// At the present point.
    pub gradient: f64,
    pub information: f64,
}

/// The prior of one state: around `kept` times the state before it, or around 0.
pub(super) struct Tie {
    pub before: Option<u32>,
    pub state: u32,
    pub kept: f64,
    pub precision: f64,
}

/// Where a skill of a person ends up.
pub(super) struct LastState {
    pub skill: SkillId,
    pub start: Belief,
    pub load: f64,
    pub own: f64,
    pub state: u32,
    /// What is left of the last state at the moment of the refit.
    pub kept: f64,
    pub rows: u32,
    pub footing: Footing,
}

impl Person {
    pub fn general(&self) -> usize {
        self.x.len() - 1
    }

    /// The lines with their terms and their unknowns.
    pub fn each_line(&self) -> impl Iterator<Item = (&Line, &Pairs, &Pairs)> {
        let (mut terms, mut asks) = (0, 0);
        self.lines.iter().map(move |line| {
            let own = &self.terms[terms..line.terms_to as usize];
            let shared = &self.asks[asks..line.asks_to as usize];
            (terms, asks) = (line.terms_to as usize, line.asks_to as usize);
            (line, own, shared)
        })
    }
}

impl Skill {
    fn kept(&self, from_ms: f64, to_ms: f64) -> f64 {
        let days = (to_ms - from_ms).max(0.0) / DAY_MS;
        (-days / self.tau_days).exp() * self.released(from_ms, to_ms)
    }

    /// What releases alone have left of what was seen then.
    fn released(&self, from_ms: f64, to_ms: f64) -> f64 {
        let between = self.releases.iter().filter(|(at, _)| from_ms < *at as f64 && *at as f64 <= to_ms);
        between.map(|(_, kept)| kept).product()
    }
}

pub(super) fn prepare(rows: &[Row], start: &impl Fn(SkillId) -> Start, settings: &RefitSettings) -> Model {
    let noise = Noise::at_start(settings.ticket_sd);
    let mut skills: HashMap<SkillId, Skill> = HashMap::new();
    let mut counted: Vec<Counted<'_>> = rows
        .iter()
        .filter(|row| !row.struck_out && row.at_ms <= settings.as_of_ms)
        .filter_map(|row| Counted::of(row, &noise))
        .collect();
    counted.sort_by(Counted::order);
    for row in &counted {
        for (skill, _) in &row.skills {
            skills.entry(*skill).or_insert_with(|| skill_of(*skill, start(*skill), settings));
        }
    }
    let unknowns = Unknowns::find(counted.iter().map(|it| it.row), settings);
    let people: Vec<Person> = counted
        .chunk_by(|a, b| a.row.person == b.row.person)
        .map(|rows| person(rows, &skills, &unknowns, &noise, settings))
        .collect();
    let per_shard = people.len().div_ceil(SHARDS).max(1);
    let mut shards: Vec<Vec<Person>> = Vec::new();
    for person in people {
        match shards.last_mut().filter(|shard| shard.len() < per_shard) {
            Some(shard) => shard.push(person),
            None => shards.push(vec![person]),
        }
    }
    Model { shards, unknowns, noise, rows: counted.len() as u64 }
}

fn skill_of(skill: SkillId, start: Start, settings: &RefitSettings) -> Skill {
    const VARIANCE_MIN: f64 = 1e-6;
    let usable = |x: f64, usual: f64| if x.is_finite() { x } else { usual };
    let variance = usable(start.prior.variance, 1.0).max(VARIANCE_MIN);
    let mut releases: Vec<(i64, f64)> = settings
        .releases
        .iter()
        .filter(|it: &&Release| it.skill == skill)
        .map(|it| (it.at_ms, it.kept))
        .collect();
    releases.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    Skill {
        start: Belief { mean: usable(start.prior.mean, 0.0), variance },
        load: (settings.general_share * variance).sqrt(),
        own: (1.0 - settings.general_share) * variance,
        tau_days: settings.taus.days(start.decay),
        releases,
    }
}

/// A row that counts, with its skills in order and their weights scaled.
struct Counted<'a> {
    row: &'a Row,
    seen: Seen,
    skills: Vec<(SkillId, f64)>,
    difficulty: f64,
}

impl<'a> Counted<'a> {
    fn of(row: &'a Row, noise: &Noise) -> Option<Counted<'a>> {
        let seen = Seen::of(&row.observation, noise)?;
        let usable = |weight: f64| if weight.is_finite() && weight > 0.0 { weight } else { 0.0 };
        let mut skills: Vec<(SkillId, f64)> = row.skills.iter().map(|(id, w)| (*id, usable(*w))).collect();
        if skills.iter().all(|(_, weight)| *weight == 0.0) {
            skills.iter_mut().for_each(|(_, weight)| *weight = 1.0);
        }
        skills.retain(|(_, weight)| *weight > 0.0);
        skills.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        skills.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 += if same { later.1 } else { 0.0 };
            same
        });
        let sum: f64 = skills.iter().map(|(_, weight)| weight).sum();
        skills.iter_mut().for_each(|(_, weight)| *weight /= sum);
        let counts = row.observation.depends_on_difficulty() && row.difficulty.is_finite();
        let difficulty = if counts { row.difficulty.clamp(-MEAN_LOGITS_MAX, MEAN_LOGITS_MAX) } else { 0.0 };
        (!skills.is_empty()).then_some(Counted { row, seen, skills, difficulty })
    }

    /// Any order would do; it only has to be one that the rows themselves decide.
    fn order(&self, other: &Counted<'_>) -> Ordering {
        let first = |it: &Counted<'_>| (it.row.person, it.row.at_ms, said(&it.row.observation));
        let then = |it: &Counted<'_>| {
            let row = it.row;
            let numbers = (it.difficulty.to_bits(), row.share.to_bits());
            (row.topic, row.priority, row.channel, row.customer, row.rater, numbers)
        };
        let bits = |(skill, weight): &(SkillId, f64)| (*skill, weight.to_bits());
        first(self)
            .cmp(&first(other))
            .then_with(|| then(self).cmp(&then(other)))
            .then_with(|| self.skills.iter().map(bits).cmp(other.skills.iter().map(bits)))
    }
}

fn said(observation: &Observation) -> (u8, u64, u64, u64) {
    match *observation {
        Observation::Solved { for_good } => (0, for_good.into(), 0, 0),
        Observation::Satisfaction { score } => (1, score.into(), 0, 0),
        Observation::SelfRating { level } => (2, level.to_bits(), 0, 0),
        Observation::LeadRating { level } => (3, level.to_bits(), 0, 0),
        Observation::PeerRating { level } => (4, level.to_bits(), 0, 0),
        Observation::Review { level, severity } => (5, level.to_bits(), severity.to_bits(), 0),
        Observation::Test { correct, discrimination, difficulty } => {
            (6, correct.into(), discrimination.to_bits(), difficulty.to_bits())
        }
        Observation::Release { keep } => (9, keep.to_bits(), 0, 0),
        Observation::Check { level, sd_levels } => (8, level.to_bits(), sd_levels.to_bits(), 0),
        Observation::HandleTime { ratio, for_good } => (7, ratio.to_bits(), for_good.into(), 0),
    }
}

/// A state while rows are still being given to it.
struct Open {
    skill: SkillId,
    first_at: i64,
    last_at: i64,
    rows: u32,
    information: f64,
    /// Σ information · (time − first).
    moment: f64,
}

impl Open {
    fn centre_ms(&self) -> f64 {
        let after = if self.information > 0.0 { self.moment / self.information } else { 0.0 };
        self.first_at as f64 + after
    }
}

fn person(
    rows: &[Counted<'_>],
    skills: &HashMap<SkillId, Skill>,
    unknowns: &Unknowns,
    noise: &Noise,
    settings: &RefitSettings,
) -> Person {
    let mut open: Vec<Open> = Vec::new();
    let mut chains: BTreeMap<SkillId, Vec<usize>> = BTreeMap::new();
    let mut footings: BTreeMap<SkillId, Footing> = BTreeMap::new();
    let mut given: Vec<usize> = Vec::new();
    for row in rows {
        let usual = usable_share(row.row.share) * row.seen.usual_information(noise);
        for &(id, weight) in &row.skills {
            let at = row.row.at_ms;
            let counts = counts_as(&row.row.observation, weight, row.row.share);
            let footing = footings.entry(id).or_default();
            footing.observations += counts * skills[&id].released(at as f64, settings.as_of_ms as f64);
            if counts > 0.0 {
                // Rows come in the order of their moments.
                footing.last_at_ms = Some(at);
            }
            let chain = chains.entry(id).or_default();
            let fits = |state: &Open| {
                let kept = skills[&id].kept(state.first_at as f64, at as f64);
                skills[&id].own * (1.0 - kept * kept) * state.information <= DRIFT_SHARE
            };
            let state = match chain.last() {
                Some(last) if fits(&open[*last]) => *last,
                _ => {
                    let skill = id;
                    open.push(Open {
                        skill,
                        first_at: at,
                        last_at: at,
                        rows: 0,
                        information: 0.0,
                        moment: 0.0,
                    });
                    chain.push(open.len() - 1);
                    open.len() - 1
                }
            };
            let it = &mut open[state];
            let information = weight * weight * usual;
            it.rows += 1;
            it.last_at = at;
            it.information += information;
            it.moment += information * (at - it.first_at) as f64;
            given.push(state);
        }
    }
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by_key(|at| (open[*at].last_at, open[*at].skill));
    let mut place = vec![0_u32; open.len()];
    for (to, from) in order.iter().enumerate() {
        place[*from] = to as u32;
    }
    let general = open.len() as u32;
    let mut first: Vec<u32> = (0..=general).collect();
    first[general as usize] = 0;

    let (mut lines, mut terms, mut asks) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    let mut given = given.into_iter();
    for row in rows {
        let from = terms.len();
        let (mut base, mut load) = (-row.difficulty, 0.0);
        for (id, weight) in &row.skills {
            let skill = &skills[id];
            base += weight * skill.start.mean;
            load += weight * skill.load;
            terms.extend(given.next().map(|state| (place[state], *weight)));
        }
        let least = terms[from..].iter().map(|(state, _)| *state).min().unwrap_or(general);
        for (state, _) in &terms[from..] {
            first[*state as usize] = first[*state as usize].min(least);
        }
        terms.push((general, load));
        asks.extend(unknowns.of(row.row));
        let (terms_to, asks_to) = (terms.len() as u32, asks.len() as u32);
        let share = usable_share(row.row.share);
        lines.push(Line { seen: row.seen, share, base, terms_to, asks_to, gradient: 0.0, information: 0.0 });
    }

    let mut ties = Vec::with_capacity(open.len() + 1);
    let mut ends = Vec::with_capacity(chains.len());
    for (id, chain) in &chains {
        let skill = &skills[id];
        let mut before: Option<usize> = None;
        let mut left = 1.0;
        for &state in chain {
            let now = open[state].centre_ms();
            let kept = before.map_or(0.0, |before| skill.kept(open[before].centre_ms(), now));
            let variance = skill.own * (1.0 - kept * kept).max(DRIFT_VARIANCE_MIN);
            let tie = Tie {
                before: before.map(|it| place[it]),
                state: place[state],
                kept,
                precision: 1.0 / variance,
            };
            if let Some(before) = tie.before {
                first[tie.state as usize] = first[tie.state as usize].min(before);
            }
            left = skill.kept(now, settings.as_of_ms as f64);
            ties.push(tie);
            before = Some(state);
        }
        let Some(last) = before else { continue };
        ends.push(LastState {
            skill: *id,
            start: skill.start,
            load: skill.load,
            own: skill.own,
            state: place[last],
            kept: left,
            rows: chain.iter().map(|it| open[*it].rows).sum(),
            footing: footings.get(id).copied().unwrap_or_default(),
        });
    }
    ties.push(Tie { before: None, state: general, kept: 0.0, precision: 1.0 });
    let size = open.len() + 1;
    Person {
        id: rows[0].row.person,
        lines,
        terms,
        asks,
        ties,
        skills: ends,
        matrix: Skyline::new(first),
        x: vec![0.0; size],
        gradient: vec![0.0; size],
        step: vec![0.0; size],
    }
}
