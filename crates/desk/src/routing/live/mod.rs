//! The desk in the owner's memory: the engine, and beside it what is needed to tell what the engine decided.
//!
//! `people.rs` keeps who is here and what they can, `work.rs` what waits and who has it, `told.rs` turns what the engine
//! says into proposals for the database.

mod people;
mod told;
mod work;

use super::PresenceStatus;
use super::commit::Proposal;
use super::policy::{Knobs, RoutingPolicy};
use super::queues::{Gate, QueueKey, Queues};
use super::rebuild::{People, Start};
use super::sought::Sought;
use crate::{GroupId, TicketId, UserId};
use ::routing::engine::{Channels, ClassAt, Engine, Out, PersonAt, WorkAt, WorkClass};
use ::routing::{Channel, How, Policy as Weights, Requirements};
use ::skills::SkillBelief;
use people::Colleague;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) use work::Place;

/// For whom an engine is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole desk: whoever is online gets work.
    Desk,
    /// Nobody gets work by itself: people take it in turn, one piece after the other.
    InTurn,
    /// Nobody gets work, except this person, who asks for it, whatever they hold.
    OneWhoTakes(UserId),
}

pub(super) struct Live {
    engine: Engine,
    knobs: Knobs,
    weights: Weights,
    scope: Scope,
    people: HashMap<UserId, Colleague>,
    /// By the engine's numbers.
    by_number: Vec<UserId>,
    members: HashMap<GroupId, BTreeSet<UserId>>,
    /// Of groups and queues, those whose own pool the engine knows.
    own_pools: HashSet<Gate>,
    /// What the engine calls them.
    queues: HashMap<QueueKey, u16>,
    /// Where each skill starts.
    starts: Vec<SkillBelief>,
    tickets: BTreeMap<TicketId, Known>,
    /// By channel: what somebody has already is all alike.
    in_hands: [ClassAt; Channel::ALL.len()],
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
    /// To whom it is offered according to the database.
    offered: Option<UserId>,
    /// Who has it or is asked according to the engine: somebody else while that is not committed.
    with: Option<UserId>,
    /// Whoever it is with is only asked.
    is_offer: bool,
    channel: Channel,
    /// While it waits or is offered.
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
        let in_hands =
            Channel::ALL.map(|channel| engine.class(&WorkClass::new(channel, Requirements::none())));
        let mut live = Live {
            engine,
            weights: start.knobs.telling(),
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
        let usual = QueueKey::of(live.queues().default_one(), None);
        live.number_of(usual);
        live.meet(people, start.now);
        live
    }

    pub fn knobs(&self) -> &Knobs {
        &self.knobs
    }

    pub fn policy(&self) -> &RoutingPolicy {
        &self.knobs.policy
    }

    pub fn queues(&self) -> &Queues {
        &self.knobs.queues
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
            self.arrive(sought, work::Versions::default(), work::Holds::default(), now);
        }
        let Some(at) = self.people.get(&user).map(|it| it.at) else { return Ok(None) };
        self.engine.pull(at, Channels::ALL, now, &mut self.out);
        self.settle(now);
        Ok(self.proposals.pop())
    }

    /// Who would get what if those who are free took what waits in turn, whoever had nothing for longest first.
    pub fn given_in_turn(&mut self, now: i64) -> HashMap<TicketId, UserId> {
        let online = self.people.values().filter(|it| it.person.status == PresenceStatus::Online);
        let mut turn: Vec<(i64, PersonAt)> = online.map(|it| (it.person.idle_since_ms, it.at)).collect();
        turn.sort_unstable();
        while !turn.is_empty() {
            turn.retain(|(_, at)| self.engine.pull(*at, Channels::ALL, now, &mut self.out).is_some());
            self.settle(now);
        }
        self.given_now()
    }

    /// Who would get what.
    pub fn given_now(&mut self) -> HashMap<TicketId, UserId> {
        self.take_proposals().iter().filter_map(|it| Some((it.ticket, it.taker()?))).collect()
    }

    pub fn take_proposals(&mut self) -> Vec<Proposal> {
        std::mem::take(&mut self.proposals)
    }
}
