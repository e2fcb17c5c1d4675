//! Groups as live routing takes them: what stands in a group is for its members, and after a while for those who help out.
//!
//! Kinds of work are told apart by their group only where somebody is lived with: forecasts and pages keep the plain kinds.

use super::history::{Colleague, History};
use super::turns::Turn;
use super::{FloorError, WorkKind, store};
use crate::routing::helpers_of_groups;
use crate::{GroupId, Tx, UserId, people};
use ::floor::{ContactType, Group, Pick, Tier};
use std::collections::{BTreeMap, HashMap};

/// Kinds within groups, the most frequent; rarer ones are for everybody.
const IN_GROUPS_MAX: usize = 60;
/// A group that is set so soon after a customer wrote was there when routing looked: rules and triage set it.
const SET_AT_ONCE_MS: i64 = crate::routing::UNDERSTOOD_WITHIN_MS;
const MINUTE_S: f64 = 60.0;

/// A group with its people.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    pub group: GroupId,
    pub name: String,
    /// Places among the colleagues.
    pub members: Vec<usize>,
    /// Groups whose people may have its work as well, once it has waited so many seconds.
    pub helpers: Vec<(GroupId, f64)>,
}

pub(super) fn list(tx: &mut Tx, colleagues: &[Colleague]) -> Result<Vec<Team>, FloorError> {
    let helped = helpers_of_groups(tx)?;
    let place: HashMap<UserId, usize> = colleagues.iter().enumerate().map(|(at, it)| (it.user, at)).collect();
    let mut members: HashMap<GroupId, Vec<usize>> = HashMap::new();
    for (user, group) in store::list_members(tx)? {
        members.entry(group).or_default().extend(place.get(&user));
    }
    let helpers = |group: GroupId| -> Vec<(GroupId, f64)> {
        let all = helped.get(&group).map_or(&[][..], Vec::as_slice);
        all.iter().map(|it| (it.group, MINUTE_S * it.after_minutes as f64)).collect()
    };
    let groups = people::list_groups(tx)?;
    let team = |it: people::Group| Team {
        members: members.remove(&it.id).unwrap_or_default(),
        helpers: helpers(it.id),
        group: it.id,
        name: it.name,
    };
    Ok(groups.into_iter().map(team).collect())
}

impl Team {
    /// After how long a wait a colleague may have its work; `None`: never.
    fn enters_after_s(&self, colleague: usize, teams: &[Team]) -> Option<f64> {
        if self.members.contains(&colleague) {
            return Some(0.0);
        }
        let helps = |it: &&(GroupId, f64)| {
            teams.iter().any(|team| team.group == it.0 && team.members.contains(&colleague))
        };
        self.helpers.iter().filter(helps).map(|it| it.1).min_by(f64::total_cmp)
    }
}

/// A history whose kinds are told apart by their group, and which kind each of them was before.
pub(super) struct InGroups {
    pub history: History,
    pub base: Vec<usize>,
}

impl InGroups {
    pub fn of(plain: &History) -> InGroups {
        // A group that nobody of those who worked belongs to keeps nobody out.
        let keeps_out = |it: &Turn| {
            let team = plain.teams.iter().find(|team| Some(team.group) == it.group);
            team.filter(|team| !team.members.is_empty()).map(|team| team.group)
        };
        let mut counts: BTreeMap<(usize, Option<GroupId>), usize> = BTreeMap::new();
        for it in &plain.turns {
            *counts.entry((it.kind, keeps_out(it))).or_default() += 1;
        }
        let mut kept: Vec<((usize, GroupId), usize)> =
            counts.iter().filter_map(|(key, count)| Some(((key.0, key.1?), *count))).collect();
        kept.sort_by_key(|it| std::cmp::Reverse(it.1));
        kept.truncate(IN_GROUPS_MAX);
        let place_of = |it: &Turn| {
            let group = keeps_out(it).filter(|group| kept.iter().any(|one| one.0 == (it.kind, *group)));
            (it.kind, group)
        };
        let mut history = plain.clone();
        let mut kinds: BTreeMap<(usize, Option<GroupId>), usize> = BTreeMap::new();
        plain.turns.iter().for_each(|it| {
            kinds.entry(place_of(it)).or_default();
        });
        let mut base = Vec::new();
        history.kinds.clear();
        for (at, ((kind, group), place)) in kinds.iter_mut().enumerate() {
            *place = at;
            base.push(*kind);
            let team = plain.teams.iter().find(|team| Some(team.group) == *group);
            let it = &plain.kinds[*kind];
            let name = match team {
                Some(team) => format!("{}, in {}", it.name, team.name),
                None => it.name.clone(),
            };
            history.kinds.push(WorkKind { name, group: *group, ..it.clone() });
        }
        for it in &mut history.turns {
            it.kind = kinds.get(&place_of(it)).copied().unwrap_or(it.kind);
        }
        InGroups { history, base }
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
        let team = history.teams.iter().find(|team| Some(team.group) == kind.group);
        let enters = match team {
            Some(team) => team.enters_after_s(colleague, &history.teams)?,
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

/// Says of work within a group who may have it from when on; `may` by group of the floor. The other types follow from skills.
pub(super) fn keep_to_groups(history: &History, types: &mut [ContactType], may: &[Vec<Option<f64>>]) {
    for (at, (kind, of)) in history.kinds.iter().zip(types).enumerate() {
        if kind.group.is_none() {
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
        let team = |id: i64, members: &[usize], helpers: &[(i64, f64)]| Team {
            group: GroupId(id),
            name: format!("Group {id}"),
            members: members.to_vec(),
            helpers: helpers.iter().map(|it| (GroupId(it.0), it.1)).collect(),
        };
        let teams =
            [team(1, &[0], &[(2, 600.0), (3, 1_200.0)]), team(2, &[1, 0], &[]), team(3, &[1, 2], &[])];
        let after = |colleague| teams[0].enters_after_s(colleague, &teams);
        assert_eq!((after(0), after(1), after(2), after(3)), (Some(0.0), Some(600.0), Some(1_200.0), None));
    }
}
