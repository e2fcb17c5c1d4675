//! Queues as live routing takes them: whose work falls into one, who helps out there and when, when its work goes, and what
//! is promised of it. Where a queue names no groups, what stands in a group is for its members.
//!
//! Kinds of work are told apart by where they wait only where somebody is lived with: forecasts and pages keep the plain kinds.

use super::history::{Colleague, History};
use super::turns::{TicketRow, Turn};
use super::{FloorError, FloorSettings, WorkKind, store};
use crate::routing::{Facts, Gate, Queue, QueueKey, Queues};
use crate::{GroupId, SkillId, Tx, UserId, people};
use ::floor::{ContactType, Group, Pick, Promise, Tier};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds within lanes, the most frequent; rarer ones are for everybody.
const IN_LANES_MAX: usize = 60;
/// A group that is set so soon after a customer wrote was there when routing looked: rules and triage set it.
const SET_AT_ONCE_MS: i64 = crate::routing::UNDERSTOOD_WITHIN_MS;
const MINUTE_S: f64 = 60.0;

/// Where work waits together: a queue of the desk, parted by group where it names none of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub name: String,
    /// Places among the colleagues whose work it is; `None`: everybody's.
    pub members: Option<Vec<usize>>,
    /// Colleagues who may have its work as well, once it has waited so many seconds.
    pub helpers: Vec<(Vec<usize>, f64)>,
    /// Among work of the same priority; 0 is usual.
    pub turn: i8,
    /// Of waiting, as a multiple of elsewhere.
    pub wait_cost: f64,
    /// Of all that waits, in relation to the other lanes.
    pub share: f64,
    pub promise: Option<FirstAnswer>,
}

/// What a queue promises of its tickets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstAnswer {
    pub within_s: f64,
    /// 0 to 1.
    pub share: f64,
}

/// The desk's queues, and the lanes that were found in them so far.
pub(super) struct Lanes {
    queues: Queues,
    groups: HashMap<GroupId, String>,
    members: HashMap<GroupId, Vec<usize>>,
    places: HashMap<QueueKey, Option<usize>>,
    pub found: Vec<Lane>,
}

impl Lanes {
    pub fn load(tx: &mut Tx, colleagues: &[Colleague]) -> Result<Lanes, FloorError> {
        let place: HashMap<UserId, usize> =
            colleagues.iter().enumerate().map(|(at, it)| (it.user, at)).collect();
        let mut members: HashMap<GroupId, Vec<usize>> = HashMap::new();
        for (user, group) in store::list_members(tx)? {
            members.entry(group).or_default().extend(place.get(&user));
        }
        Ok(Lanes {
            queues: Queues::load(tx)?,
            groups: people::list_groups(tx)?.into_iter().map(|it| (it.id, it.name)).collect(),
            members,
            places: HashMap::new(),
            found: Vec::new(),
        })
    }

    /// Where a ticket waited, by its fields as they are now but for its group. `None`: where nothing is said of anything.
    pub fn of(&mut self, ticket: &TicketRow, group: Option<GroupId>, skills: &[SkillId]) -> Option<usize> {
        let group = group.filter(|it| self.groups.contains_key(it));
        let queue = self.queues.taking(&Facts {
            channel: ticket.channel,
            brand: ticket.brand,
            tags: &ticket.tags,
            priority: ticket.priority,
            language: ticket.language.as_deref(),
            group,
            skills,
        });
        let key = QueueKey::of(queue, group);
        if let Some(found) = self.places.get(&key) {
            return *found;
        }
        let lane = self.lane(queue, group);
        let place = (!lane.says_nothing()).then_some(self.found.len());
        self.found.extend(place.map(|_| lane));
        self.places.insert(key, place);
        place
    }

    fn lane(&self, queue: &Queue, group: Option<GroupId>) -> Lane {
        let policy = &queue.policy;
        let members = |groups: &[GroupId]| {
            let mut all: Vec<usize> =
                groups.iter().filter_map(|it| self.members.get(it)).flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        // A gate to which nobody of those who worked belongs keeps nobody out.
        let gate = Gate::of(queue, group);
        let inside = gate.map(|it| members(it.groups(&self.queues))).filter(|it| !it.is_empty());
        let helpers = |groups: &[crate::routing::Helper]| {
            groups.iter().map(|it| (members(&[it.group]), MINUTE_S * it.after_minutes as f64)).collect()
        };
        let named = group.filter(|_| policy.groups.is_empty()).and_then(|it| self.groups.get(&it));
        Lane {
            name: match named {
                Some(name) if queue.is_default || *name == policy.name => name.clone(),
                Some(name) => format!("{}: {name}", policy.name),
                None => policy.name.clone(),
            },
            helpers: inside.as_ref().map_or_else(Vec::new, |_| helpers(&policy.helpers)),
            members: inside,
            turn: policy.rule().turn,
            wait_cost: policy.weight,
            share: policy.share,
            promise: policy.promise.map(|it| FirstAnswer {
                within_s: MINUTE_S * it.minutes as f64,
                share: it.percent as f64 / 100.0,
            }),
        }
    }
}

impl Lane {
    /// After how long a wait a colleague may have its work; `None`: never.
    fn enters_after_s(&self, colleague: usize) -> Option<f64> {
        match &self.members {
            Some(members) if !members.contains(&colleague) => {
                let helps = |it: &&(Vec<usize>, f64)| it.0.contains(&colleague);
                self.helpers.iter().filter(helps).map(|it| it.1).min_by(f64::total_cmp)
            }
            _ => Some(0.0),
        }
    }

    fn says_nothing(&self) -> bool {
        self.members.is_none()
            && self.promise.is_none()
            && (self.turn, self.wait_cost, self.share) == (0, 1.0, 1.0)
    }
}

/// A history whose kinds are told apart by where they wait, and which kind each of them was before.
pub(super) struct InLanes {
    pub history: History,
    pub base: Vec<usize>,
}

impl InLanes {
    pub fn of(plain: &History) -> InLanes {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for it in &plain.turns {
            if let Some(lane) = it.lane {
                *counts.entry((it.kind, lane)).or_default() += 1;
            }
        }
        let mut kept: Vec<((usize, usize), usize)> = counts.into_iter().collect();
        kept.sort_by_key(|it| std::cmp::Reverse(it.1));
        kept.truncate(IN_LANES_MAX);
        let kept: BTreeSet<(usize, usize)> = kept.into_iter().map(|it| it.0).collect();
        let place_of = |it: &Turn| (it.kind, it.lane.filter(|lane| kept.contains(&(it.kind, *lane))));
        let mut kinds: BTreeMap<(usize, Option<usize>), usize> = BTreeMap::new();
        plain.turns.iter().for_each(|it| {
            kinds.entry(place_of(it)).or_default();
        });
        let mut history = plain.clone();
        let mut base = Vec::new();
        history.kinds.clear();
        for (at, ((kind, lane), place)) in kinds.iter_mut().enumerate() {
            *place = at;
            base.push(*kind);
            let it = &plain.kinds[*kind];
            let name = match lane.and_then(|lane| plain.lanes.get(lane)) {
                Some(lane) => format!("{}, in {}", it.name, lane.name),
                None => it.name.clone(),
            };
            let name = not_taken(name, &history.kinds);
            history.kinds.push(WorkKind { name, lane: *lane, ..it.clone() });
        }
        for it in &mut history.turns {
            it.kind = kinds.get(&place_of(it)).copied().unwrap_or(it.kind);
        }
        InLanes { history, base }
    }
}

/// Two lanes may be called alike.
fn not_taken(name: String, kinds: &[WorkKind]) -> String {
    let taken = |name: &str| kinds.iter().any(|it| it.name == name);
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    std::iter::once(name.clone()).chain(numbered).find(|it| !taken(it)).unwrap_or(name)
}

impl History {
    pub(super) fn lane_of(&self, kind: &WorkKind) -> Option<&Lane> {
        kind.lane.and_then(|lane| self.lanes.get(lane))
    }

    /// Until somebody has work of this kind, and for which share of it: what its queue promises of the first answer counts
    /// before what the desk plans with.
    pub(super) fn promise_of(&self, kind: &WorkKind, settings: &FloorSettings) -> Promise {
        let by_queue = self.lane_of(kind).and_then(|it| it.promise).filter(|_| !kind.is_again);
        Promise {
            answered_least: by_queue.map_or(settings.promise_share, |it| it.share),
            within: by_queue.map_or(MINUTE_S * settings.promise_minutes, |it| it.within_s),
            abandoned_most: 1.0,
        }
    }
}

/// What queues say of when their work goes. The share of a lane is parted among its kinds as its work was.
pub(super) fn go_as_queues_say(history: &History, types: &mut [ContactType]) {
    let mut of_kind = vec![0.0_f64; history.kinds.len()];
    history.turns.iter().for_each(|it| of_kind[it.kind] += 1.0);
    let of_lane = |lane: Option<usize>| -> f64 {
        history.kinds.iter().zip(&of_kind).filter(|it| it.0.lane == lane).map(|it| it.1).sum()
    };
    for ((kind, of), count) in history.kinds.iter().zip(types).zip(&of_kind) {
        let lane = history.lane_of(kind);
        of.queue_share = lane.map_or(1.0, |it| it.share) * count / of_lane(kind.lane).max(1.0);
        of.wait_cost = lane.map_or(1.0, |it| it.wait_cost);
        of.turn = lane.map_or(0, |it| it.turn);
    }
}

/// After how long a wait a colleague may have work of each type; `None`: never.
pub(super) fn may_have(
    history: &History,
    types: &[ContactType],
    person: &Group,
    colleague: usize,
) -> Vec<Option<f64>> {
    let after = |(kind, of): (&WorkKind, &ContactType)| {
        let enters = match history.lane_of(kind) {
            Some(lane) => lane.enters_after_s(colleague)?,
            None => 0.0,
        };
        if person.surely_meets(of) {
            Some(enters)
        } else {
            of.gives_way_s.map(|gives_way| enters.max(gives_way))
        }
    };
    history.kinds.iter().zip(types).map(after).collect()
}

/// Says of work that is not everybody's who may have it from when on; `may` by group of the floor. The other types follow
/// from skills.
pub(super) fn keep_to_lanes(history: &History, types: &mut [ContactType], may: &[Vec<Option<f64>>]) {
    for (at, (kind, of)) in history.kinds.iter().zip(types).enumerate() {
        if history.lane_of(kind).is_none_or(|it| it.members.is_none()) {
            continue;
        }
        let mut tiers: Vec<Tier> = Vec::new();
        for (group, may) in may.iter().enumerate() {
            let Some(after_s) = may[at] else { continue };
            match tiers.iter_mut().find(|it| it.after_s == after_s) {
                Some(tier) => tier.groups.push(group),
                None => tiers.push(Tier { groups: vec![group], after_s, pick: Pick::LongestIdle }),
            }
        }
        tiers.sort_by(|a, b| a.after_s.total_cmp(&b.after_s));
        of.tiers = tiers;
    }
}

/// The group in which a ticket stood when its customer wrote, from the changes of its group, in order.
pub(super) fn group_at(
    changes: &[(i64, Option<GroupId>, Option<GroupId>)],
    now: Option<GroupId>,
    (came_at, answered_at): (i64, Option<i64>),
) -> Option<GroupId> {
    let at = answered_at.map_or(i64::MAX, |it| it - 1).min(came_at + SET_AT_ONCE_MS).max(came_at);
    match changes.iter().rev().find(|it| it.0 <= at) {
        Some((_, _, to)) => *to,
        None => changes.first().map_or(now, |it| it.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_stands_in_the_group_it_had_when_its_customer_wrote() {
        let (billing, sales) = (GroupId(1), GroupId(2));
        let changes = [(1_000_000, None, Some(billing)), (9_000_000, Some(billing), Some(sales))];
        let at = |came: i64, answered: Option<i64>| group_at(&changes, Some(sales), (came, answered));
        assert_eq!(at(500_000, Some(1_000_000)), None, "the first answer set it");
        assert_eq!(
            (at(990_000, None), at(2_000_000, None), at(9_500_000, None)),
            (Some(billing), Some(billing), Some(sales))
        );
        assert_eq!(group_at(&[], Some(sales), (5, None)), Some(sales), "it always had it");
    }

    #[test]
    fn members_may_at_once_helpers_later_and_others_never() {
        let lane = Lane {
            name: "Billing".into(),
            members: Some(vec![0]),
            helpers: vec![(vec![1, 0], 600.0), (vec![1, 2], 1_200.0)],
            turn: 0,
            wait_cost: 1.0,
            share: 1.0,
            promise: None,
        };
        let after = |colleague| lane.enters_after_s(colleague);
        assert_eq!((after(0), after(1), after(2), after(3)), (Some(0.0), Some(600.0), Some(1_200.0), None));
        let everybodys = Lane { members: None, ..lane };
        assert_eq!(everybodys.enters_after_s(3), Some(0.0));
        assert!(everybodys.says_nothing());
    }
}
