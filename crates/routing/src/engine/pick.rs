//! The two choices: a person for a piece of work, a piece of work for a person.

use skills::Belief;

use super::bits::ones;
use super::people::People;
use super::predicates::Predicates;
use super::queue::{Class, Item, Lane, NOBODY, Queue};
use super::settings::{QueueRule, Rule, Settings};
use super::{How, MS_PER_MOMENT};
use crate::chance;
use crate::work::Priority;

pub(super) struct Chosen {
    pub person: u32,
    pub how: How,
    pub able: u32,
    pub score: f32,
    pub runner_up: u32,
}

/// What somebody free takes.
#[derive(Clone, Copy)]
pub(super) struct NextUp {
    pub slot: u32,
    /// What waited longest of what they might have had of the same priority, or `NOBODY`.
    pub passed_over: u32,
}

/// Everything that choices read.
pub(super) struct View<'a> {
    pub settings: &'a Settings,
    pub people: &'a People,
    pub predicates: &'a Predicates,
    pub classes: &'a [Class],
    pub queue: &'a Queue,
    pub queues: &'a [QueueRule],
    pub shares: f32,
}

/// Candidates of one choice; kept between choices, so that none allocates.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    people: Vec<(u32, f32)>,
}

impl View<'_> {
    /// Everybody who may have it now, in the order of their numbers.
    fn each_eligible(&self, item: &Item, predicate: u32, routine: bool, mut found: impl FnMut(u32)) {
        let class = &self.classes[item.class as usize];
        let channel = class.channel as usize;
        let able = self.predicates.people_of(predicate).words();
        let open = self.people.open(channel, routine).words();
        let calm = self.people.calm().words();
        for (at, (able, open)) in able.iter().zip(open).enumerate() {
            let mut word = able & open;
            if class.hostile {
                word &= calm[at];
            }
            for person in ones(word, at) {
                if self.people.hands(person).has_room(channel, class.size, routine) && !item.avoids(person) {
                    found(person);
                }
            }
        }
    }

    pub fn may_have(&self, item: &Item, predicate: u32, routine: bool, person: u32) -> bool {
        let class = &self.classes[item.class as usize];
        let channel = class.channel as usize;
        self.predicates.meets(person, predicate)
            && self.people.open(channel, routine).has(person)
            && (!class.hostile || self.people.calm().has(person))
            && self.people.hands(person).has_room(channel, class.size, routine)
            && !item.avoids(person)
    }

    pub fn person_for(
        &self,
        slot: u32,
        predicate: u32,
        routine: bool,
        seed: u64,
        draw: u64,
        scratch: &mut Scratch,
    ) -> Option<Chosen> {
        let item = self.queue.item(slot);
        let class = &self.classes[item.class as usize];
        match self.settings.rule {
            Rule::LongestIdle | Rule::FixedQueueRatio => self.first_by(item, predicate, routine, |_| 0.0),
            Rule::MostCapacity => self.first_by(item, predicate, routine, |person| {
                -self.people.hands(person).spare(class.channel as usize, routine)
            }),
            Rule::GeneralisedCMu => {
                self.first_by(item, predicate, routine, |person| self.people.pace(person, class.queue))
            }
            Rule::ExpectedOutcome => {
                scratch.people.clear();
                self.each_eligible(item, predicate, routine, |person| {
                    scratch.people.push((person, self.score(item, class, person)));
                });
                // Whoever only helps out in this queue comes when none of its own people is free.
                if self.people.anybody_ranked(class.queue) {
                    let rank = |it: &(u32, f32)| self.people.rank(it.0, class.queue);
                    let first = scratch.people.iter().map(rank).min();
                    scratch.people.retain(|it| Some(rank(it)) == first);
                }
                self.best_outcome(item, class, seed, draw, &scratch.people)
            }
        }
    }

    /// The least by (rank, `cost`, idle since, number).
    fn first_by(
        &self,
        item: &Item,
        predicate: u32,
        routine: bool,
        cost: impl Fn(u32) -> f32,
    ) -> Option<Chosen> {
        let queue = self.classes[item.class as usize].queue;
        let (mut able, mut second) = (0, NOBODY);
        let mut best: Option<(u8, f32, i64, u32)> = None;
        self.each_eligible(item, predicate, routine, |person| {
            able += 1;
            let idle_since = self.people.hands(person).idle_since_ms;
            let key = (self.people.rank(person, queue), cost(person), idle_since, person);
            let better = best.is_none_or(|best| {
                key.0.cmp(&best.0).then(key.1.total_cmp(&best.1)).then(key.2.cmp(&best.2)).is_lt()
            });
            if better {
                second = best.map_or(NOBODY, |it| it.3);
                best = Some(key);
            } else if second == NOBODY {
                second = person;
            }
        });
        let (_, cost, _, person) = best?;
        Some(Chosen { person, how: How::Rule, able, score: -cost, runner_up: second })
    }

    fn best_outcome(
        &self,
        item: &Item,
        class: &Class,
        seed: u64,
        draw: u64,
        candidates: &[(u32, f32)],
    ) -> Option<Chosen> {
        let able = candidates.len() as u32;
        let best = candidates.iter().map(|it| it.1).max_by(f32::total_cmp)?;
        let chosen = |person, how, score| {
            let others = candidates.iter().filter(|it| it.0 != person);
            let runner_up = others.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(NOBODY, |it| it.0);
            Some(Chosen { person, how, able, score, runner_up })
        };
        if able > 1 && class.priority != Priority::Urgent {
            if f64::from(self.settings.explore_share) > chance::share(seed, draw) {
                let at = chance::mixed(!seed, draw) % u64::from(able);
                let (person, score) = candidates[at as usize];
                return chosen(person, How::ByLot, score);
            }
            if self.people.anybody_grows()
                && able > self.settings.growth_slack
                && f64::from(self.settings.growth_share) > chance::share(seed ^ GROWTH_SALT, draw)
                && let Some((person, score)) = self.growing(item, class, candidates)
            {
                return chosen(person, How::Growth, score);
            }
        }
        let tied = || candidates.iter().filter(|it| it.1 >= best - self.settings.tie_tolerance.max(0.0));
        let (person, score) = *tied().min_by_key(|it| (self.people.hands(it.0).idle_since_ms, it.0))?;
        let how = match tied().count() {
            1 => How::Best,
            tied => How::LongestIdle { tied: tied as u32 },
        };
        chosen(person, how, score)
    }

    fn growing(&self, item: &Item, class: &Class, candidates: &[(u32, f32)]) -> Option<(u32, f32)> {
        let may_grow = |person: u32| {
            class.profile.iter().any(|(skill, _)| self.people.grows_in(person, *skill))
                && self.p_success(item, class, person) >= self.settings.growth_p_min
        };
        candidates
            .iter()
            .filter(|it| may_grow(it.0))
            .min_by_key(|it| (self.people.hands(it.0).idle_since_ms, it.0))
            .copied()
    }

    /// Chance of solving it for good, with what knowing it is worth, less what load and time cost.
    pub fn score(&self, item: &Item, class: &Class, person: u32) -> f32 {
        let hands = self.people.hands(person);
        let channel = class.channel as usize;
        let fill = (hands.load[channel] + class.size) / hands.capacity[channel].limit;
        let fill = if fill.is_finite() { fill.clamp(0.0, 1.0) } else { 1.0 };
        let knows = if item.prefer == person { self.settings.prefer_person_bonus } else { 0.0 };
        let slower = self.people.pace(person, class.queue) - 1.0;
        self.p_success(item, class, person) + knows
            - self.settings.load_cost * fill
            - self.settings.time_cost * slower
    }

    pub fn p_success(&self, item: &Item, class: &Class, person: u32) -> f32 {
        let (mut mean, mut variance) = (0.0, 0.0);
        for (skill, share) in &class.profile {
            let level = self.people.level(person, *skill);
            mean += share * level.mean;
            variance += share * share * level.variance;
        }
        let belief = Belief { mean: f64::from(mean), variance: f64::from(variance) };
        let p = skills::p_solved([(1.0, belief)], f64::from(item.difficulty)) as f32;
        if p.is_nan() { 0.0 } else { p }
    }

    /// Of all that waits and that this person may have, what comes next.
    pub fn work_for(&self, person: u32, now_ms: i64, linked: &[u32]) -> Option<NextUp> {
        let open = |channel: usize, routine: bool| self.people.open(channel, routine).has(person);
        let mut best: Option<Turn> = None;
        let mut oldest: Option<Turn> = None;
        let mut consider = |slot: u32, turn: Turn| {
            if oldest.as_ref().is_none_or(|oldest| turn.came_before(oldest)) {
                oldest = Some(Turn { slot, ..turn });
            }
            if best.as_ref().is_none_or(|best| turn.before(best)) {
                best = Some(Turn { slot, ..turn });
            }
        };
        let hands = self.people.hands(person);
        let calm = self.people.calm().has(person);
        let met = self.predicates.met_by(person);
        for (at, (busy, met)) in self.queue.busy_predicates.words().iter().zip(met).enumerate() {
            for predicate in ones(busy & met, at) {
                for lane in self.queue.busy_lanes(predicate) {
                    let found = &self.queue.lanes[*lane as usize];
                    let class = &self.classes[found.class as usize];
                    let channel = class.channel as usize;
                    if !open(channel, found.routine)
                        || (class.hostile && !calm)
                        || !hands.has_room(channel, class.size, found.routine)
                    {
                        continue;
                    }
                    if let Some(slot) = self.queue.first_for(*lane, person) {
                        consider(slot, self.turn(slot, found, class, person, now_ms));
                    }
                }
            }
        }
        for slot in linked {
            let item = self.queue.item(*slot);
            let class = &self.classes[item.class as usize];
            let stage = &class.stages[item.stage as usize];
            if self.may_have(item, stage.predicate, false, person) {
                let lane = &self.queue.lanes[stage.lane as usize];
                let turn = self.turn(*slot, lane, class, person, now_ms);
                // Theirs already: of equals it goes first.
                consider(*slot, Turn { rank: 0, ..turn });
            }
        }
        let best = best?;
        let passed_over = oldest
            .filter(|it| it.slot != best.slot && it.since_ms < best.since_ms)
            .map_or(NOBODY, |it| it.slot);
        Some(NextUp { slot: best.slot, passed_over })
    }

    fn turn(&self, slot: u32, lane: &Lane, class: &Class, person: u32, now_ms: i64) -> Turn {
        let (mut value, mut live) = (0.0, false);
        let rule = self.settings.rule;
        let (since_ms, order) = if slot == lane.head {
            (lane.head_since_ms, lane.head_order)
        } else {
            let item = self.queue.item(slot);
            (item.since_ms, item.order)
        };
        match rule {
            Rule::LongestIdle | Rule::MostCapacity => {}
            Rule::FixedQueueRatio => {
                let share = self.rule_of(class.queue).share / self.shares.max(f32::MIN_POSITIVE);
                let here = self.queue.waiting.get(class.queue as usize).copied().unwrap_or(0);
                value = f64::from(here as f32 - share * self.queue.waiting_total as f32);
            }
            Rule::GeneralisedCMu => {
                value = self.waiting_cost(self.queue.item(slot), class, now_ms) / self.time(class, person);
            }
            Rule::ExpectedOutcome => {
                live = class.channel.is_live();
                let item = self.queue.item(slot);
                let knows = if item.prefer == person { self.settings.prefer_person_bonus } else { 0.0 };
                let p = self.p_success(item, class, person) + knows;
                value = self.waiting_cost(item, class, now_ms) * f64::from(p) / self.time(class, person);
            }
        }
        let rank = self.people.rank(person, class.queue);
        let queue = self.rule_of(class.queue).turn;
        Turn { slot, priority: class.priority, live, queue, rank, value, since_ms, order }
    }

    fn time(&self, class: &Class, person: u32) -> f64 {
        f64::from(class.expected_ms.max(1.0) * self.people.pace(person, class.queue).max(1e-3))
    }

    /// What one more moment of waiting costs: with a cost of ½(w/T)² for a wait of w against a promise of T, this is
    /// w/T². It grows steadily past the promise, so that nothing that is late already is given up.
    fn waiting_cost(&self, item: &Item, class: &Class, now_ms: i64) -> f64 {
        let promise_ms = match item.due_ms {
            i64::MAX => self.settings.usual_promise_ms[class.channel as usize],
            due_ms => due_ms.saturating_sub(item.since_ms),
        };
        let waited = now_ms.saturating_sub(item.since_ms).max(0) + MS_PER_MOMENT;
        let promise = promise_ms.max(MS_PER_MOMENT) as f64;
        f64::from(self.rule_of(class.queue).weight) * waited as f64 / (promise * promise)
    }

    fn rule_of(&self, queue: u16) -> QueueRule {
        self.queues.get(queue as usize).copied().unwrap_or_default()
    }
}

const GROWTH_SALT: u64 = 0x5DEE_CE66_D1CE_4E5B;

/// Where a piece of waiting work stands for one person.
#[derive(Clone, Copy)]
struct Turn {
    slot: u32,
    priority: Priority,
    live: bool,
    /// The turn of its queue.
    queue: i8,
    rank: u8,
    value: f64,
    since_ms: i64,
    order: u64,
}

impl Turn {
    /// As pressing, and longer here.
    fn came_before(&self, other: &Turn) -> bool {
        other
            .priority
            .cmp(&self.priority)
            .then(other.live.cmp(&self.live))
            .then(self.since_ms.cmp(&other.since_ms))
            .then(self.order.cmp(&other.order))
            .is_lt()
    }

    /// Priority; somebody on the line; the queue's turn; their own queue; by the rule's value; the longest waiting; the
    /// first to come.
    fn before(&self, other: &Turn) -> bool {
        other
            .priority
            .cmp(&self.priority)
            .then(other.live.cmp(&self.live))
            .then(other.queue.cmp(&self.queue))
            .then(self.rank.cmp(&other.rank))
            .then(other.value.total_cmp(&self.value))
            .then(self.since_ms.cmp(&other.since_ms))
            .then(self.order.cmp(&other.order))
            .is_lt()
    }
}
