//! By lists: a type's groups in tiers, a group's types in tiers.

use super::Policy;
use crate::chance::{Purpose, Stream, share, stream};
use crate::model::{Pick, Tier};
use crate::sim::{NONE, State};

pub(crate) struct Lists {
    lots: Stream,
}

impl Default for Lists {
    fn default() -> Lists {
        Lists { lots: stream(0, 0, Purpose::Policy, 0) }
    }
}

impl Policy for Lists {
    fn begin(&mut self, _state: &State<'_>, seed: u64) {
        self.lots = stream(seed, 0, Purpose::Policy, 0);
    }

    #[inline]
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        /// Rounding of a moment plus a delay shall not make a search come too early.
        const EARLY_S: f64 = 1e-6;
        let it = &state.contacts[contact as usize];
        let waited = state.now - it.queued + EARLY_S;
        let floor = state.floor;
        for tier in floor.types[usize::from(it.kind)].tiers.iter().filter(|tier| tier.after_s <= waited) {
            let found = match (tier.pick, tier.groups.as_slice()) {
                (_, [group]) => state.groups[*group].first_ready,
                (Pick::LongestIdle, _) => longest_idle(state, tier),
                (Pick::ByLot, _) => self.by_lot(state, tier),
            };
            if found != NONE {
                return Some(found);
            }
        }
        None
    }

    #[inline]
    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        let group = state.people[person as usize].group;
        for tier in &state.floor.groups[usize::from(group)].serves {
            let mut found = NONE;
            let mut since = f64::INFINITY;
            for kind in tier {
                let first = state.queues[*kind].first;
                if first != NONE && state.contacts[first as usize].queued < since && state.may(first, group) {
                    (found, since) = (first, state.contacts[first as usize].queued);
                }
            }
            if found != NONE {
                return Some(found);
            }
        }
        None
    }
}

fn longest_idle(state: &State<'_>, tier: &Tier) -> u32 {
    let mut found = NONE;
    let mut since = f64::INFINITY;
    for group in &tier.groups {
        let first = state.groups[*group].first_ready;
        if first != NONE && state.people[first as usize].idle_since < since {
            (found, since) = (first, state.people[first as usize].idle_since);
        }
    }
    found
}

impl Lists {
    /// A group by the number of its free people, then its longest idle.
    fn by_lot(&mut self, state: &State<'_>, tier: &Tier) -> u32 {
        let free: u32 = tier.groups.iter().map(|group| state.groups[*group].ready).sum();
        let mut lot = (share(&mut self.lots) * f64::from(free)) as u32;
        for group in &tier.groups {
            let ready = state.groups[*group].ready;
            if lot < ready {
                return state.groups[*group].first_ready;
            }
            lot -= ready;
        }
        NONE
    }
}
