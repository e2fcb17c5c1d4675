//! The people of the engine, as columns: who is here, who has room on which channel, what they surely know.

use skills::{Belief, SkillId};

use super::bits::Bits;
use super::predicates::{PoolNumbers, SkillNumbers};
use crate::person::{PersonId, UNKNOWN_SKILL_LEVEL, UNKNOWN_SKILL_SD_LEVELS};
use crate::requirements::PoolId;
use crate::work::Channel;

/// Rounding of sums of sizes shall not make somebody full.
const SIZE_TOLERANCE: f32 = 1e-4;
pub(super) const CHANNELS: usize = Channel::ALL.len();

/// A set of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Channels(u8);

impl Channels {
    pub const NONE: Channels = Channels(0);
    pub const ALL: Channels = Channels((1 << CHANNELS) - 1);

    pub fn of(channels: &[Channel]) -> Channels {
        channels.iter().fold(Channels::NONE, |set, channel| set.with(*channel))
    }

    pub fn with(self, channel: Channel) -> Channels {
        Channels(self.0 | 1 << channel as u8)
    }

    pub fn has(self, channel: Channel) -> bool {
        self.0 >> channel as u8 & 1 == 1
    }
}

/// How much somebody may hold on one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concurrency {
    /// In sizes of work.
    pub limit: f32,
    /// In pieces of work.
    pub count_max: u16,
    /// Whoever holds work of this channel gets nothing new on these.
    pub blocks: Channels,
}

impl Concurrency {
    pub const NONE: Concurrency = Concurrency { limit: 0.0, count_max: 0, blocks: Channels::NONE };

    /// So many pieces of the usual size.
    pub fn of(count: u16) -> Concurrency {
        Concurrency { limit: f32::from(count), count_max: u16::MAX, blocks: Channels::NONE }
    }

    /// One at a time, and nothing else beside it.
    pub fn alone() -> Concurrency {
        Concurrency { limit: 1.0, count_max: 1, blocks: Channels::ALL }
    }
}

/// What somebody knows of a skill, on the scale 0–5 and in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// What they surely have: requirements are met by this.
    pub sure: f32,
    /// The expected ability and its variance, in logits: outcomes are expected from these.
    pub mean: f32,
    pub variance: f32,
}

impl From<Belief> for Level {
    fn from(belief: Belief) -> Level {
        Level { sure: belief.sure_level() as f32, mean: belief.mean as f32, variance: belief.variance as f32 }
    }
}

impl Level {
    /// A level that is a fact, such as a tick in a list.
    pub fn exactly(level: f64) -> Level {
        Level { sure: level as f32, mean: skills::logits_of(level) as f32, variance: 0.0 }
    }

    fn unknown() -> Level {
        Level::from(Belief::at_level(UNKNOWN_SKILL_LEVEL, UNKNOWN_SKILL_SD_LEVELS))
    }
}

/// Somebody as they are told to the engine. They begin with empty hands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewPerson {
    pub id: PersonId,
    /// Here, whether or not they take anything now.
    pub present: bool,
    /// What their status lets them take. Counts only while they are present.
    pub takes: Channels,
    /// In the order of [`Channel::ALL`].
    pub capacity: [Concurrency; CHANNELS],
    /// Over all channels together, in sizes of work.
    pub total_limit: f32,
    /// Of each limit, what is kept free for work that asks for an expert.
    pub expert_reserve: f32,
    /// Their usual time for work, as a multiple of everybody's.
    pub pace: f32,
    pub idle_since_ms: i64,
}

impl NewPerson {
    /// Present, takes everything, one piece of work at a time in all.
    pub fn new(id: PersonId) -> NewPerson {
        NewPerson {
            id,
            present: true,
            takes: Channels::ALL,
            capacity: [Concurrency::of(1); CHANNELS],
            total_limit: 1.0,
            expert_reserve: 0.0,
            pace: 1.0,
            idle_since_ms: 0,
        }
    }

    /// No limit over all channels together, and nothing on any until it is given by [`NewPerson::holding`].
    pub fn by_channel(id: PersonId) -> NewPerson {
        NewPerson {
            capacity: [Concurrency::NONE; CHANNELS],
            total_limit: f32::INFINITY,
            ..NewPerson::new(id)
        }
    }

    pub fn holding(mut self, channel: Channel, capacity: Concurrency) -> NewPerson {
        self.capacity[channel as usize] = capacity;
        self
    }
}

#[derive(Debug, Clone)]
pub(super) struct Hands {
    pub idle_since_ms: i64,
    pub load: [f32; CHANNELS],
    pub count: [u32; CHANNELS],
    pub capacity: [Concurrency; CHANNELS],
    pub total_limit: f32,
    pub reserve: f32,
    pub pace: f32,
    pub takes: Channels,
    pub present: bool,
    /// Hostile contacts since the last other one or the last rest.
    pub hostile_in_a_row: u8,
    pub rest_timer: u32,
}

impl Hands {
    pub fn total(&self) -> f32 {
        self.load.iter().sum()
    }

    pub fn empty(&self) -> bool {
        self.count == [0; CHANNELS]
    }

    /// Room on a channel, in sizes of work; of which expert work alone may use the reserve.
    pub fn spare(&self, channel: usize, routine: bool) -> f32 {
        let spare = (self.capacity[channel].limit - self.load[channel]).min(self.total_limit - self.total());
        if routine { spare - self.reserve } else { spare }
    }

    pub fn has_room(&self, channel: usize, size: f32, routine: bool) -> bool {
        self.spare(channel, routine) + SIZE_TOLERANCE >= size
    }

    fn open(&self, channel: usize) -> bool {
        let blocked = (0..CHANNELS)
            .any(|held| self.count[held] > 0 && self.capacity[held].blocks.has(Channel::ALL[channel]));
        self.present
            && self.takes.has(Channel::ALL[channel])
            && self.count[channel] < u32::from(self.capacity[channel].count_max)
            && self.spare(channel, false) > SIZE_TOLERANCE
            && !blocked
    }
}

/// Unknown levels are not stored one by one: a column starts when the first level in its skill is told.
#[derive(Debug, Default)]
pub(super) struct People {
    ids: Vec<PersonId>,
    hands: Vec<Hands>,
    present: Bits,
    /// By channel: who has any room there; and who has for work that asks for no expert.
    open: [Bits; CHANNELS],
    open_to_routine: [Bits; CHANNELS],
    /// Who may be given somebody hostile.
    calm: Bits,
    levels: Vec<Vec<Level>>,
    pools: Vec<Bits>,
    skill_numbers: SkillNumbers,
    pool_numbers: PoolNumbers,
    /// By queue and person; empty where nobody has been told.
    ranks: Vec<Vec<u8>>,
    paces: Vec<Vec<f32>>,
    growing: Vec<Bits>,
}

impl People {
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    pub fn id(&self, person: u32) -> PersonId {
        self.ids[person as usize]
    }

    pub fn hands(&self, person: u32) -> &Hands {
        &self.hands[person as usize]
    }

    pub fn hands_mut(&mut self, person: u32) -> &mut Hands {
        &mut self.hands[person as usize]
    }

    pub fn present(&self) -> &Bits {
        &self.present
    }

    pub fn open(&self, channel: usize, routine: bool) -> &Bits {
        if routine { &self.open_to_routine[channel] } else { &self.open[channel] }
    }

    pub fn calm(&self) -> &Bits {
        &self.calm
    }

    pub fn add(&mut self, new: &NewPerson) -> u32 {
        let person = self.ids.len() as u32;
        self.ids.push(new.id);
        self.hands.push(Hands {
            idle_since_ms: new.idle_since_ms,
            load: [0.0; CHANNELS],
            count: [0; CHANNELS],
            capacity: new.capacity,
            total_limit: new.total_limit,
            reserve: new.expert_reserve.max(0.0),
            pace: if new.pace > 0.0 { new.pace } else { 1.0 },
            takes: new.takes,
            present: new.present,
            hostile_in_a_row: 0,
            rest_timer: 0,
        });
        for set in self.open.iter_mut().chain(&mut self.open_to_routine) {
            set.grow(self.ids.len());
        }
        self.present.grow(self.ids.len());
        self.calm.set(person, true);
        for column in &mut self.levels {
            if !column.is_empty() {
                column.push(Level::unknown());
            }
        }
        for ranks in &mut self.ranks {
            if !ranks.is_empty() {
                ranks.push(0);
            }
        }
        for paces in &mut self.paces {
            if !paces.is_empty() {
                paces.push(self.hands[person as usize].pace);
            }
        }
        self.refresh(person);
        person
    }

    /// Brings the sets up to date with their hands.
    pub fn refresh(&mut self, person: u32) {
        let hands = &self.hands[person as usize];
        self.present.set(person, hands.present);
        for channel in 0..CHANNELS {
            let open = hands.open(channel);
            let routine = open && hands.spare(channel, true) > SIZE_TOLERANCE;
            self.open[channel].set(person, open);
            self.open_to_routine[channel].set(person, routine);
        }
    }

    pub fn is_open(&self, person: u32) -> bool {
        self.open.iter().any(|set| set.has(person))
    }

    pub fn set_calm(&mut self, person: u32, calm: bool) {
        self.calm.set(person, calm);
    }

    pub fn level(&self, person: u32, skill: u32) -> Level {
        match self.levels.get(skill as usize).and_then(|column| column.get(person as usize)) {
            Some(level) => *level,
            None => Level::unknown(),
        }
    }

    pub fn set_level(&mut self, person: u32, skill: u32, level: Option<Level>) {
        if self.levels.len() <= skill as usize {
            self.levels.resize_with(skill as usize + 1, Vec::new);
        }
        let column = &mut self.levels[skill as usize];
        if column.is_empty() {
            column.resize(self.ids.len(), Level::unknown());
        }
        column[person as usize] = level.unwrap_or_else(Level::unknown);
    }

    pub fn skill_number(&mut self, skill: SkillId) -> u32 {
        self.skill_numbers.of(skill)
    }

    pub fn pool_number(&mut self, pool: PoolId) -> u32 {
        self.pool_numbers.of(pool)
    }

    pub fn in_pool(&self, person: u32, pool: u32) -> bool {
        self.pools.get(pool as usize).is_some_and(|set| set.has(person))
    }

    pub fn set_pool(&mut self, person: u32, pool: u32, member: bool) {
        if self.pools.len() <= pool as usize {
            self.pools.resize_with(pool as usize + 1, Bits::default);
        }
        self.pools[pool as usize].set(person, member);
    }

    pub fn rank(&self, person: u32, queue: u16) -> u8 {
        self.ranks.get(queue as usize).and_then(|it| it.get(person as usize)).copied().unwrap_or(0)
    }

    /// Whether any rank in this queue was ever told.
    pub fn anybody_ranked(&self, queue: u16) -> bool {
        self.ranks.get(queue as usize).is_some_and(|it| !it.is_empty())
    }

    pub fn set_rank(&mut self, person: u32, queue: u16, rank: u8) {
        if self.ranks.len() <= queue as usize {
            self.ranks.resize_with(queue as usize + 1, Vec::new);
        }
        let ranks = &mut self.ranks[queue as usize];
        if ranks.is_empty() {
            ranks.resize(self.ids.len(), 0);
        }
        ranks[person as usize] = rank;
    }

    /// Their time for work of this queue, as a multiple of the usual time.
    pub fn pace(&self, person: u32, queue: u16) -> f32 {
        match self.paces.get(queue as usize).and_then(|it| it.get(person as usize)) {
            Some(pace) => *pace,
            None => self.hands[person as usize].pace,
        }
    }

    pub fn set_pace(&mut self, person: u32, queue: u16, pace: f32) {
        if self.paces.len() <= queue as usize {
            self.paces.resize_with(queue as usize + 1, Vec::new);
        }
        let paces = &mut self.paces[queue as usize];
        if paces.is_empty() {
            paces.extend(self.hands.iter().map(|it| it.pace));
        }
        paces[person as usize] = pace;
    }

    pub fn grows_in(&self, person: u32, skill: u32) -> bool {
        self.growing.get(skill as usize).is_some_and(|set| set.has(person))
    }

    pub fn set_growing(&mut self, person: u32, skill: u32, growing: bool) {
        if self.growing.len() <= skill as usize {
            self.growing.resize_with(skill as usize + 1, Bits::default);
        }
        self.growing[skill as usize].set(person, growing);
    }

    pub fn anybody_grows(&self) -> bool {
        !self.growing.is_empty()
    }

    pub fn bytes(&self) -> usize {
        let sets = self.open.iter().chain(&self.open_to_routine).chain(&self.pools).chain(&self.growing);
        let sets: usize = sets.map(Bits::bytes).sum::<usize>() + self.present.bytes() + self.calm.bytes();
        let levels: usize = self.levels.iter().map(|it| it.capacity() * size_of::<Level>()).sum();
        let ranks: usize = self.ranks.iter().map(Vec::capacity).sum();
        let paces: usize = self.paces.iter().map(|it| it.capacity() * 4).sum();
        sets + levels
            + ranks
            + paces
            + self.hands.capacity() * size_of::<Hands>()
            + self.ids.capacity() * size_of::<PersonId>()
    }
}
