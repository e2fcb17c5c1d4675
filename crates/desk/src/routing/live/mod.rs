//! The desk in the owner's memory: the engine, and beside it what is needed to tell what the engine decided.
//!
//! `people.rs` keeps who is here and what they can, `work.rs` what waits and who has it, `told.rs` turns what the engine
//! says into proposals for the database.

mod people;
mod told;
mod work;

use super::commit::Proposal;
use super::hands::CHANNEL;
use super::policy::Knobs;
use super::rebuild::{People, Start};
use super::sought::Sought;
use crate::{GroupId, TicketId, UserId};
use ::routing::engine::{Channels, ClassAt, Engine, Out, WorkAt, WorkClass};
use ::routing::{How, Policy, Requirements};
use ::skills::SkillBelief;
use people::Colleague;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) use work::Place;

/// For whom an engine is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole desk: whoever is online gets work.
    Desk,
    /// Nobody gets work, except this person, who asks for it, whatever they hold.
    OneWhoTakes(UserId),
}

pub(super) struct Live {
    engine: Engine,
    knobs: Knobs,
    policy: Policy,
    scope: Scope,
    people: HashMap<UserId, Colleague>,
    /// By the engine's numbers.
    by_number: Vec<UserId>,
    members: HashMap<GroupId, BTreeSet<UserId>>,
    /// Groups whose own pool the engine knows.
    own_pools: HashSet<GroupId>,
    queues: HashMap<GroupId, u16>,
    /// Where each skill starts.
    starts: Vec<SkillBelief>,
    tickets: BTreeMap<TicketId, Known>,
    /// What somebody has already is all alike.
    in_hands: ClassAt,
    out: Vec<Out>,
    proposals: Vec<Proposal>,
    /// What came to wait, or came to ask less, since proposals were last taken.
    placed: BTreeSet<TicketId>,
    /// Who gets nobody hostile for now.
    resting: HashSet<UserId>,
    /// Tickets that are left alone, until when.
    aside: HashMap<TicketId, i64>,
}

/// A ticket that the engine knows.
struct Known {
    at: WorkAt,
    version: i64,
    routing_version: i64,
    /// Who has it according to the database.
    holder: Option<UserId>,
    /// Who has it according to the engine: somebody else than the holder while that is not committed.
    with: Option<UserId>,
    /// While it waits.
    sought: Option<Box<Sought>>,
    told: Told,
}

/// What was last told of why a ticket waits or went where it went.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    /// Nobody has looked yet.
    Unknown,
    Nothing,
    How(How),
}

impl Live {
    pub fn new(start: Start, people: People, members: Vec<(GroupId, UserId)>, scope: Scope) -> Live {
        let mut engine = Engine::new(start.knobs.settings(), start.seed);
        let in_hands = engine.class(&WorkClass::new(CHANNEL, Requirements::none()));
        let mut live = Live {
            engine,
            policy: start.knobs.telling(),
            knobs: start.knobs,
            scope,
            people: HashMap::new(),
            by_number: Vec::new(),
            members: HashMap::new(),
            own_pools: HashSet::new(),
            queues: HashMap::new(),
            starts: start
                .kinds
                .into_iter()
                .map(|(skill, kind)| SkillBelief {
                    skill: super::hands::pure(skill),
                    belief: ::skills::prior(kind),
                })
                .collect(),
            tickets: BTreeMap::new(),
            in_hands,
            out: Vec::new(),
            proposals: Vec::new(),
            placed: BTreeSet::new(),
            resting: HashSet::new(),
            aside: HashMap::new(),
        };
        for (group, user) in members {
            live.members.entry(group).or_default().insert(user);
        }
        live.meet(people, start.now);
        live
    }

    pub fn knobs(&self) -> Knobs {
        self.knobs
    }

    pub fn classes(&self) -> usize {
        self.engine.classes()
    }

    pub fn waiting(&self) -> usize {
        self.engine.waiting()
    }

    pub fn idle_beside_work(&self, now: i64) -> usize {
        self.engine.idle_beside_work(now)
    }

    pub fn next_timer(&mut self) -> Option<i64> {
        self.engine.next_timer()
    }

    /// What waited long enough asks less from now on.
    pub fn tick(&mut self, now: i64) {
        self.engine.tick(now, &mut self.out);
        self.settle(now);
    }

    /// What one person who asks for the next gets of this.
    pub fn pull(
        &mut self,
        waiting: Vec<Sought>,
        user: UserId,
        now: i64,
    ) -> Result<Option<Proposal>, db::Error> {
        for sought in waiting {
            self.arrive(sought, work::Versions::default(), None, now);
        }
        let Some(at) = self.people.get(&user).map(|it| it.at) else { return Ok(None) };
        self.engine.pull(at, Channels::ALL, now, &mut self.out);
        self.settle(now);
        Ok(self.proposals.pop())
    }

    /// Who would get what.
    pub fn given_now(&mut self) -> HashMap<TicketId, UserId> {
        self.take_proposals().iter().filter_map(|it| Some((it.ticket, it.taker()?))).collect()
    }

    pub fn take_proposals(&mut self) -> Vec<Proposal> {
        std::mem::take(&mut self.proposals)
    }
}
