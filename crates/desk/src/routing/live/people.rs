//! Who is here, what they can, and to which groups they belong.

use super::super::offers::{ChannelPolicies, OFFERED};
use super::super::queues::{Gate, QueueKey};
use super::super::rebuild::{Changed, People};
use super::super::sought::Sought;
use super::super::store::live::PersonRow;
use super::super::{PresenceStatus, hands};
use super::{Live, Scope};
use crate::{GroupId, TicketId, UserId};
use ::routing::engine::{Channels, Concurrency, Level, NewPerson, PersonAt, QueueId};
use ::routing::requirements::PoolId;
use ::routing::{Beliefs, Channel, Person, PersonId};
use ::skills::SkillBelief;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Somebody who may have work.
pub(super) struct Colleague {
    pub at: PersonAt,
    /// As they are told of.
    pub person: Person,
    /// `None`: they never said whether they are here.
    pub said: Option<PresenceStatus>,
    /// Since when that holds.
    pub since: i64,
    pub may_work: bool,
    pub limit: i64,
    pub takes: Channels,
    /// With what they are offered.
    pub holds: BTreeMap<TicketId, Channel>,
    growing: BTreeSet<i64>,
}

impl Colleague {
    pub fn is_here(&self) -> bool {
        self.person.status != PresenceStatus::Offline
    }

    /// What they hold, for telling.
    pub fn tell(&mut self, channels: &ChannelPolicies) {
        for channel in Channel::ALL {
            let limit = channels.of(channel).map_or(self.limit, |it| it.places);
            let load = self.holds.values().filter(|it| **it == channel).count();
            self.person.set_capacity(channel, load as f64, limit as f64);
        }
    }
}

impl Live {
    pub fn knows(&self, user: UserId) -> bool {
        self.people.contains_key(&user)
    }

    pub fn anybody_here(&self) -> bool {
        self.people.values().any(Colleague::is_here)
    }

    /// Everybody, before anything waits.
    pub(super) fn meet(&mut self, people: People, now: i64) {
        let People { rows, mut beliefs, growing } = people;
        for row in rows {
            let known = beliefs.remove(&row.user).unwrap_or_default();
            self.add(&row, known, now);
        }
        self.set_growing(&growing, None);
    }

    /// What has become of people. Says which tickets are to be looked at for it.
    pub fn apply_people(&mut self, changed: Changed) -> Vec<TicketId> {
        let Changed { now, people: People { rows, mut beliefs, growing }, members, asked, in_hands } =
            changed;
        let anybody_before = self.anybody_here();
        let mut look_at = in_hands;
        let mut seen: HashSet<UserId> = HashSet::new();
        self.set_members(members, asked.as_ref(), now);
        for row in rows {
            seen.insert(row.user);
            match self.people.contains_key(&row.user) {
                true => look_at.extend(self.change(&row, now)),
                false => {
                    let known = beliefs.remove(&row.user).unwrap_or_default();
                    self.add(&row, known, now);
                    self.look(row.user, now);
                }
            }
        }
        let may_be_gone: Vec<UserId> = match &asked {
            Some(asked) => asked.iter().copied().collect(),
            None => self.people.keys().copied().collect(),
        };
        for user in may_be_gone.into_iter().filter(|user| !seen.contains(user)) {
            look_at.extend(self.dismiss(user, now));
        }
        for (user, known) in beliefs {
            self.set_beliefs(user, known, now);
        }
        self.set_growing(&growing, asked.as_ref());
        if anybody_before != self.anybody_here() {
            // Whoever never said has gone as soon as somebody else has come.
            let silent = self.people.values().filter(|it| it.said.is_none());
            look_at.extend(silent.flat_map(|it| it.holds.keys().copied()));
        }
        look_at
    }

    fn add(&mut self, row: &PersonRow, known: Vec<SkillBelief>, now: i64) {
        let status = row.status.unwrap_or(PresenceStatus::Offline);
        let id = PersonId(row.user.0);
        let limit = self.knobs.limit(row.limit);
        let takes = takes(row);
        let new = NewPerson {
            present: status != PresenceStatus::Offline,
            takes: self.comes_by_itself(takes),
            expert_reserve: self.knobs.policy.expert_reserve as f32,
            idle_since_ms: row.idle_since,
            capacity: Channel::ALL.map(|channel| self.concurrency(row.user, channel, limit)),
            ..NewPerson::by_channel(id)
        };
        let at = self.engine.add_person(&new);
        let mut person = Person::new(id, status).idle_since(row.idle_since);
        person.beliefs = Beliefs::new(self.starts.iter().copied().chain(known.iter().copied()));
        person.pools = self
            .members
            .iter()
            .filter(|(_, members)| members.contains(&row.user))
            .map(|(group, _)| PoolId(group.0))
            .collect();
        for pool in &person.pools {
            self.engine.set_pool(at, *pool, true, now, &mut self.out);
        }
        let own_pools: Vec<(PoolId, bool)> =
            self.own_pools.iter().map(|it| (it.pool(), self.may_have_work_of(*it, row.user))).collect();
        for (pool, belongs) in own_pools {
            self.engine.set_pool(at, pool, belongs, now, &mut self.out);
        }
        for key in self.queues.keys().copied().collect::<Vec<_>>() {
            self.rank(key, row.user, at);
        }
        for it in &self.starts {
            let level = Some(Level::from(person.beliefs.of(it.skill)));
            self.engine.set_level(at, it.skill, level, now, &mut self.out);
        }
        debug_assert_eq!(at.index(), self.by_number.len());
        self.by_number.push(row.user);
        let mut colleague = Colleague {
            takes,
            at,
            person,
            said: row.status,
            since: row.since,
            may_work: true,
            limit,
            holds: BTreeMap::new(),
            growing: BTreeSet::new(),
        };
        colleague.tell(&self.knobs.policy.channels);
        self.people.insert(row.user, colleague);
        self.settle(now);
    }

    /// The tickets to look at, if what they said has changed.
    fn change(&mut self, row: &PersonRow, now: i64) -> Vec<TicketId> {
        let status = row.status.unwrap_or(PresenceStatus::Offline);
        let limit = self.knobs.limit(row.limit);
        let concurrency = self.concurrency(row.user, Channel::Email, limit);
        let takes = takes(row);
        let given = self.comes_by_itself(takes);
        let Some(it) = self.people.get_mut(&row.user) else { return Vec::new() };
        let same_limit = it.limit == limit;
        let same_status = it.may_work && it.person.status == status && it.takes == takes;
        let same_standing = same_status && (it.said, it.since) == (row.status, row.since);
        if it.person.status != PresenceStatus::Online && status == PresenceStatus::Online {
            it.person.idle_since_ms = now;
        }
        (it.limit, it.person.status, it.may_work) = (limit, status, true);
        (it.said, it.since, it.takes) = (row.status, row.since, takes);
        it.tell(&self.knobs.policy.channels);
        let held = if same_standing { Vec::new() } else { it.holds.keys().copied().collect() };
        let at = it.at;
        if !same_limit {
            self.engine.set_capacity(at, Channel::Email, concurrency, now, &mut self.out);
        }
        if !same_status {
            let present = status != PresenceStatus::Offline;
            self.engine.set_status(at, present, given, now, &mut self.out);
            self.withdraw_offers(row.user, takes, now);
        }
        self.settle(now);
        held
    }

    /// They may not work here any more.
    fn dismiss(&mut self, user: UserId, now: i64) -> Vec<TicketId> {
        let Some(it) = self.people.get_mut(&user).filter(|it| it.may_work) else { return Vec::new() };
        it.may_work = false;
        it.person.status = PresenceStatus::Offline;
        it.takes = Channels::NONE;
        let (at, held) = (it.at, it.holds.keys().copied().collect());
        self.engine.set_status(at, false, Channels::NONE, now, &mut self.out);
        self.withdraw_offers(user, Channels::NONE, now);
        self.settle(now);
        held
    }

    fn look(&mut self, user: UserId, now: i64) {
        let Some(at) = self.people.get(&user).map(|it| it.at) else { return };
        self.engine.look(at, now, &mut self.out);
        self.settle(now);
    }

    /// Of what they take, what comes to them by itself.
    fn comes_by_itself(&self, takes: Channels) -> Channels {
        if self.scope == Scope::Desk { takes } else { Channels::NONE }
    }

    /// What they are asked for and take no more goes to others.
    fn withdraw_offers(&mut self, user: UserId, takes: Channels, now: i64) {
        let Some(it) = self.people.get(&user) else { return };
        let lost: Vec<TicketId> =
            it.holds.iter().filter(|(_, channel)| !takes.has(**channel)).map(|(ticket, _)| *ticket).collect();
        for ticket in lost {
            if let Some(known) = self.tickets.get(&ticket).filter(|it| it.is_offer) {
                self.engine.decline(known.at, now, &mut self.out);
            }
        }
    }

    fn concurrency(&self, user: UserId, channel: Channel, limit: i64) -> Concurrency {
        if self.scope == Scope::OneWhoTakes(user) {
            return Concurrency { limit: f32::INFINITY, ..Concurrency::of(1) };
        }
        match self.knobs.policy.channels.of(channel) {
            None => Concurrency { limit: limit as f32, ..Concurrency::of(1) },
            Some(policy) => policy.concurrency(),
        }
    }

    fn set_beliefs(&mut self, user: UserId, known: Vec<SkillBelief>, now: i64) {
        let Some(it) = self.people.get_mut(&user) else { return };
        let before = std::mem::take(&mut it.person.beliefs);
        it.person.beliefs = Beliefs::new(self.starts.iter().copied().chain(known));
        for start in &self.starts {
            let belief = it.person.beliefs.of(start.skill);
            if before.of(start.skill) != belief {
                let level = Some(Level::from(belief));
                self.engine.set_level(it.at, start.skill, level, now, &mut self.out);
            }
        }
        self.settle(now);
    }

    /// `asked`: of whom these are all; of everybody, if `None`.
    fn set_growing(&mut self, growing: &[(crate::SkillId, UserId)], asked: Option<&BTreeSet<UserId>>) {
        let mut wanted: HashMap<UserId, BTreeSet<i64>> = HashMap::new();
        for (skill, user) in growing {
            wanted.entry(*user).or_default().insert(skill.0);
        }
        for (user, it) in &mut self.people {
            if asked.is_some_and(|asked| !asked.contains(user)) {
                continue;
            }
            let wanted = wanted.remove(user).unwrap_or_default();
            for skill in it.growing.symmetric_difference(&wanted) {
                let skill = hands::pure(crate::SkillId(*skill));
                self.engine.set_growing(it.at, skill, wanted.contains(&skill.0));
            }
            it.growing = wanted;
        }
    }

    /// `asked`: of whom these are all; of everybody, if `None`.
    fn set_members(&mut self, rows: Vec<(GroupId, UserId)>, asked: Option<&BTreeSet<UserId>>, now: i64) {
        let mut wanted: HashMap<GroupId, BTreeSet<UserId>> = HashMap::new();
        for (group, user) in rows {
            wanted.entry(group).or_default().insert(user);
        }
        let groups: BTreeSet<GroupId> = wanted.keys().chain(self.members.keys()).copied().collect();
        for group in groups {
            let before = self.members.get(&group).cloned().unwrap_or_default();
            let mut after = wanted.remove(&group).unwrap_or_default();
            if let Some(asked) = asked {
                after.extend(before.difference(asked).copied());
            }
            if before == after {
                continue;
            }
            for user in before.symmetric_difference(&after) {
                let Some(it) = self.people.get_mut(user) else { continue };
                let (pool, joins) = (PoolId(group.0), after.contains(user));
                it.person.pools.retain(|known| *known != pool);
                if joins {
                    it.person.pools.push(pool);
                }
                self.engine.set_pool(it.at, pool, joins, now, &mut self.out);
            }
            self.members.insert(group, after);
            let own: Vec<Gate> = self
                .own_pools
                .iter()
                .copied()
                .filter(|it| it.groups(self.queues()).contains(&group))
                .collect();
            for gate in own {
                self.fill_own_pool(gate, now);
            }
            let about = |key: &QueueKey| {
                let helped = self.queues().get(key.queue).policy.helpers.iter().any(|it| it.group == group);
                helped || key.gate(self.queues()).is_some_and(|it| it.groups(self.queues()).contains(&group))
            };
            for key in self.queues.keys().copied().filter(about).collect::<Vec<_>>() {
                self.rank_all(key);
            }
            self.settle(now);
        }
    }

    /// The engine learns who may have the work of a group or a queue.
    pub(super) fn know_own_pool(&mut self, gate: Gate, now: i64) {
        if self.own_pools.insert(gate) {
            self.fill_own_pool(gate, now);
            self.settle(now);
        }
    }

    fn fill_own_pool(&mut self, gate: Gate, now: i64) {
        for user in self.by_number.clone() {
            let Some(at) = self.people.get(&user).map(|it| it.at) else { continue };
            let member = self.may_have_work_of(gate, user);
            self.engine.set_pool(at, gate.pool(), member, now, &mut self.out);
        }
    }

    /// Whoever only helps out in a queue comes after its own people.
    pub(super) fn rank_all(&mut self, key: QueueKey) {
        if self.queues().get(key.queue).policy.helpers.is_empty() {
            return;
        }
        for user in self.by_number.clone() {
            let Some(at) = self.people.get(&user).map(|it| it.at) else { continue };
            self.rank(key, user, at);
        }
    }

    fn rank(&mut self, key: QueueKey, user: UserId, at: PersonAt) {
        let Some(queue) = self.queues.get(&key).copied() else { return };
        let gate = key.gate(self.queues());
        if let Some(gate) = gate.filter(|_| !self.queues().get(key.queue).policy.helpers.is_empty()) {
            let rank = u8::from(!self.may_have_work_of(gate, user));
            self.engine.set_rank(at, QueueId(queue), rank);
        }
    }

    /// They belong to one of the groups that help out by this stage.
    pub(super) fn helps_out(&self, sought: &Sought, stage: usize, user: UserId) -> bool {
        sought.helped_by(stage).any(|group| self.members.get(&group).is_some_and(|it| it.contains(&user)))
    }

    pub fn set_resting(&mut self, resting: &[UserId], now: i64) {
        let wanted: HashSet<UserId> = resting.iter().copied().collect();
        let before = std::mem::replace(&mut self.resting, wanted.clone());
        for user in before.symmetric_difference(&wanted) {
            if let Some(it) = self.people.get(user) {
                self.engine.set_calm(it.at, !wanted.contains(user), now, &mut self.out);
            }
        }
        self.settle(now);
    }

    /// Groups without members keep nobody out.
    pub(super) fn may_have_work_of(&self, gate: Gate, user: UserId) -> bool {
        let mut staffed = false;
        for group in gate.groups(self.queues()) {
            let members = self.members.get(group);
            if members.is_some_and(|it| it.contains(&user)) {
                return true;
            }
            staffed |= members.is_some_and(|it| !it.is_empty());
        }
        !staffed
    }
}

/// What their status lets them take.
fn takes(row: &PersonRow) -> Channels {
    let tickets = match row.status {
        Some(PresenceStatus::Online) => Channels::of(&[Channel::Email]),
        _ => Channels::NONE,
    };
    if row.takes_live { OFFERED.into_iter().fold(tickets, Channels::with) } else { tickets }
}
