//! The desk's routing in memory: people and waiting work, told by events; who gets what, out.
//!
//! Pure: the moment is an argument of every event, and all lots are drawn from the seed it is made with, so the same
//! events always give the same decisions. For each distinct requirement there is one set of the people who meet it, kept
//! up to date; like work waits in one lane. A decision reads a few words of such sets and the candidates it finds.
//!
//! ```
//! use routing::engine::*;
//! use routing::{Channel, PersonId, Priority, Requirements, WorkId};
//! let mut engine = Engine::new(Settings::plain(Rule::LongestIdle), 42);
//! let mut out = Vec::new();
//! let ana = engine.add_person(&NewPerson::new(PersonId(7)));
//! let calls = engine.class(&WorkClass::new(Channel::Voice, Requirements::none()));
//! let first = engine.arrive(&Arrival::new(WorkId(1), calls, 0), 0, &mut out);
//! let second = engine.arrive(&Arrival::new(WorkId(2), calls, 500), 500, &mut out);
//! engine.finish(first, 60_000, &mut out);
//! let given: Vec<(WorkId, i64)> = out.iter().filter_map(Out::assigned).map(|it| (it.id, it.waited_ms)).collect();
//! assert_eq!(given, [(WorkId(1), 0), (WorkId(2), 59_500)]);
//! # let _ = (ana, second, Priority::Normal);
//! ```

mod bits;
mod giving;
mod people;
mod pick;
mod predicates;
mod queue;
mod settings;
mod timers;
mod watch;
mod work;

use skills::SkillId;

use crate::person::PersonId;
use crate::requirements::{PoolId, Requirements};
use crate::work::{Channel, Priority, WorkId};
use people::People;
use pick::{Scratch, View};
use predicates::Predicates;
use queue::{Class, ClassStage, NOBODY, Queue, State};
use timers::{TimerOf, Timers};

pub use people::{Channels, Concurrency, Level, NewPerson};
pub use queue::AVOIDED_MAX;
pub use settings::{QueueRule, Rule, Settings};
pub use watch::Stuck;

/// A wait shorter than this counts as one moment.
const MS_PER_MOMENT: i64 = 1_000;

/// A person of this engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonAt(u32);

/// A piece of work that is with this engine; of no use any more once it is finished or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkAt {
    slot: u32,
    generation: u32,
}

/// A kind of like work, known to this engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassAt(u32);

/// The caller's number of a queue, from 0 on without gaps: what shares, weights, ranks and paces refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct QueueId(pub u16);

/// What like work has in common.
#[derive(Debug, Clone)]
pub struct WorkClass {
    pub channel: Channel,
    pub priority: Priority,
    pub requirements: Requirements,
    /// How much of a person's capacity it takes; 1 is usual.
    pub size: f32,
    pub queue: QueueId,
    /// It counts towards a person's hostile contacts in a row.
    pub hostile: bool,
    /// Of handling by somebody of the usual pace. Only its ratio to that of other work matters.
    pub expected_ms: f32,
}

/// A piece of work that comes in.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub id: WorkId,
    pub class: ClassAt,
    /// May lie in the past, for work that comes back.
    pub waiting_since_ms: i64,
    /// When it is promised to be taken.
    pub due_ms: Option<i64>,
    /// Logits; 0 is usual.
    pub difficulty: f32,
    /// Who knows it already.
    pub prefer: Option<PersonAt>,
    pub stay: Option<Stay>,
    /// Who shall not have it; at most [`AVOIDED_MAX`].
    pub avoid: &'a [PersonAt],
    /// Who let it pass, the last of them at `passed_at_ms`.
    pub passed: &'a [PersonAt],
    pub passed_at_ms: i64,
}

/// For this person alone while they are present, until a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    pub with: PersonAt,
    pub until_ms: i64,
}

/// What the engine has decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Out {
    /// They have it.
    Assigned(Assigned),
    /// They are asked, and have it on [`Engine::accept`].
    Offered { to: Assigned, until_ms: i64 },
    /// An offer was declined or has run out. Where the work goes next is told after this.
    Passed { work: WorkAt, id: WorkId, person: PersonAt },
    /// It asks less from now on: this is the number of its stage.
    Relaxed { work: WorkAt, id: WorkId, stage: u8 },
}

/// A decision, with little enough to be made a million times a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assigned {
    pub work: WorkAt,
    pub id: WorkId,
    pub person: PersonAt,
    pub person_id: PersonId,
    pub waited_ms: i64,
    pub how: How,
    /// The stage of its requirements at which it was given.
    pub stage: u8,
    /// Of people, for work that sought somebody; 1 for work that somebody free took.
    pub able: u32,
    /// By the engine's rule; comparable within one decision only.
    pub score: f32,
    pub runner_up: Option<PersonAt>,
    /// For work that somebody free took: what had waited longer, as pressing, and might have been theirs as well.
    pub passed_over: Option<WorkId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// First by the engine's rule.
    Rule,
    /// The best expected outcome.
    Best,
    /// Of `tied` people with as good an outcome, the one who was idle longest.
    LongestIdle {
        tied: u32,
    },
    ByLot,
    /// To let somebody grow.
    Growth,
    /// It stays with whom it came from.
    Stayed,
    /// They were free and it was next.
    Next,
    /// They asked for the next.
    Pulled,
    ByHand,
}

#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    seed: u64,
    draws: u64,
    people: People,
    predicates: Predicates,
    classes: Vec<Class>,
    class_of: std::collections::HashMap<String, u32>,
    queue: Queue,
    queues: Vec<QueueRule>,
    shares: f32,
    timers: Timers,
    /// By person: waiting work that is theirs or that they know.
    linked: Vec<Vec<u32>>,
    scratch: Scratch,
    emptied: Vec<u32>,
    moving: Vec<u32>,
}

impl WorkClass {
    /// Of normal priority, usual size and time, in queue 0.
    pub fn new(channel: Channel, requirements: Requirements) -> WorkClass {
        WorkClass {
            channel,
            priority: Priority::Normal,
            requirements,
            size: 1.0,
            queue: QueueId(0),
            hostile: false,
            expected_ms: 300_000.0,
        }
    }
}

impl Arrival<'_> {
    pub fn new(id: WorkId, class: ClassAt, waiting_since_ms: i64) -> Arrival<'static> {
        Arrival {
            id,
            class,
            waiting_since_ms,
            due_ms: None,
            difficulty: 0.0,
            prefer: None,
            stay: None,
            avoid: &[],
            passed: &[],
            passed_at_ms: i64::MIN,
        }
    }
}

impl Out {
    /// Whoever has it or is asked.
    pub fn assigned(&self) -> Option<&Assigned> {
        match self {
            Out::Assigned(it) | Out::Offered { to: it, .. } => Some(it),
            Out::Passed { .. } | Out::Relaxed { .. } => None,
        }
    }
}

impl PersonAt {
    /// From 0 on in the order in which people were added.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ClassAt {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl WorkAt {
    /// Small, and used again for other work once this is gone: for tables beside the engine.
    pub fn index(self) -> usize {
        self.slot as usize
    }
}

// --- set-up and people
impl Engine {
    pub fn new(settings: Settings, seed: u64) -> Engine {
        Engine {
            settings,
            seed,
            draws: 0,
            people: People::default(),
            predicates: Predicates::default(),
            classes: Vec::new(),
            class_of: Default::default(),
            queue: Queue::default(),
            queues: Vec::new(),
            shares: 0.0,
            timers: Timers::default(),
            linked: Vec::new(),
            scratch: Scratch::default(),
            emptied: Vec::new(),
            moving: Vec::new(),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn set_queue(&mut self, queue: QueueId, rule: QueueRule) {
        if self.queues.len() <= queue.0 as usize {
            self.queues.resize(queue.0 as usize + 1, QueueRule::default());
        }
        self.queues[queue.0 as usize] = rule;
        self.shares = self.queues.iter().map(|it| it.share).sum();
    }

    /// They get nothing yet: tell what they know, then [`Engine::look`].
    pub fn add_person(&mut self, new: &NewPerson) -> PersonAt {
        let person = self.people.add(new);
        self.predicates.add_person(person, &self.people);
        self.linked.push(Vec::new());
        PersonAt(person)
    }

    /// `None`: nothing is known.
    pub fn set_level(
        &mut self,
        person: PersonAt,
        skill: SkillId,
        level: Option<Level>,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) {
        let skill = self.people.skill_number(skill);
        self.people.set_level(person.0, skill, level);
        let emptied = &mut self.emptied;
        let gained = self.predicates.level_changed(person.0, skill, &self.people, &mut |it| emptied.push(it));
        self.after_change(person, gained, now_ms, out);
    }

    pub fn set_pool(
        &mut self,
        person: PersonAt,
        pool: PoolId,
        member: bool,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) {
        let pool = self.people.pool_number(pool);
        self.people.set_pool(person.0, pool, member);
        let emptied = &mut self.emptied;
        let gained = self.predicates.pool_changed(person.0, pool, &self.people, &mut |it| emptied.push(it));
        self.after_change(person, gained, now_ms, out);
    }

    /// Their first queues (0) go before their second (1), for them and for the work; everybody begins with 0 in all.
    pub fn set_rank(&mut self, person: PersonAt, queue: QueueId, rank: u8) {
        self.people.set_rank(person.0, queue.0, rank);
    }

    /// Their time for work of this queue, as a multiple of the usual.
    pub fn set_pace(&mut self, person: PersonAt, queue: QueueId, pace: f32) {
        self.people.set_pace(person.0, queue.0, pace);
    }

    /// They are learning this skill and shall have a share of such work.
    pub fn set_growing(&mut self, person: PersonAt, skill: SkillId, growing: bool) {
        let skill = self.people.skill_number(skill);
        self.people.set_growing(person.0, skill, growing);
    }

    /// What they hold stays with them; give it back with [`Engine::give_back`] if it shall not.
    pub fn set_status(
        &mut self,
        person: PersonAt,
        present: bool,
        takes: Channels,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) {
        let hands = self.people.hands_mut(person.0);
        let was_present = hands.present;
        let could_take = if was_present { hands.takes } else { Channels::NONE };
        hands.present = present;
        hands.takes = takes;
        if present && could_take == Channels::NONE && takes != Channels::NONE {
            hands.idle_since_ms = now_ms;
        }
        self.people.refresh(person.0);
        if was_present != present {
            let emptied = &mut self.emptied;
            self.predicates.presence_changed(person.0, present, &mut |it| emptied.push(it));
        }
        if !present {
            self.release_staying(person, now_ms, out);
        }
        self.after_change(person, true, now_ms, out);
    }

    /// Whether they may be given somebody hostile, as the caller counts; beside the engine's own limit.
    pub fn set_calm(&mut self, person: PersonAt, calm: bool, now_ms: i64, out: &mut Vec<Out>) {
        self.people.set_calm(person.0, calm);
        if calm {
            self.look(person, now_ms, out);
        }
    }

    pub fn set_capacity(
        &mut self,
        person: PersonAt,
        channel: Channel,
        capacity: Concurrency,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) {
        self.people.hands_mut(person.0).capacity[channel as usize] = capacity;
        self.look(person, now_ms, out);
    }

    pub fn set_total_limit(&mut self, person: PersonAt, limit: f32, now_ms: i64, out: &mut Vec<Out>) {
        self.people.hands_mut(person.0).total_limit = limit;
        self.look(person, now_ms, out);
    }

    pub fn person_id(&self, person: PersonAt) -> PersonId {
        self.people.id(person.0)
    }

    pub fn people(&self) -> usize {
        self.people.count()
    }

    /// Kinds of work that were ever asked for: they are never forgotten.
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    /// How many pieces they hold on a channel, those that they are offered included.
    pub fn holds(&self, person: PersonAt, channel: Channel) -> u16 {
        self.people.hands(person.0).count[channel as usize].min(u32::from(u16::MAX)) as u16
    }

    /// Brings them what they may have, until nothing is left or their hands are full.
    pub fn look(&mut self, person: PersonAt, now_ms: i64, out: &mut Vec<Out>) {
        self.people.refresh(person.0);
        while self.people.is_open(person.0) {
            let Some(next) = self.view().work_for(person.0, now_ms, &self.linked[person.0 as usize]) else {
                return;
            };
            self.take(next, person.0, How::Next, now_ms, out);
        }
    }

    /// Somebody who takes nothing by themselves asks for the next piece of work on these channels.
    pub fn pull(
        &mut self,
        person: PersonAt,
        channels: Channels,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) -> Option<WorkAt> {
        let before = self.people.hands(person.0).takes;
        self.people.hands_mut(person.0).takes = channels;
        self.people.refresh(person.0);
        let found = self.view().work_for(person.0, now_ms, &self.linked[person.0 as usize]);
        let work = found.map(|next| {
            self.take(next, person.0, How::Pulled, now_ms, out);
            self.work_at(next.slot)
        });
        self.people.hands_mut(person.0).takes = before;
        self.people.refresh(person.0);
        work
    }

    /// Who can do something they could not; or what nobody can do any more.
    fn after_change(&mut self, person: PersonAt, gained: bool, now_ms: i64, out: &mut Vec<Out>) {
        if !self.emptied.is_empty() {
            self.relax_emptied(now_ms, out);
        }
        if gained {
            self.look(person, now_ms, out);
        }
    }

    fn view(&self) -> View<'_> {
        View {
            settings: &self.settings,
            people: &self.people,
            predicates: &self.predicates,
            classes: &self.classes,
            queue: &self.queue,
            queues: &self.queues,
            shares: self.shares,
        }
    }

    fn work_at(&self, slot: u32) -> WorkAt {
        WorkAt { slot, generation: self.queue.item(slot).generation }
    }
}
