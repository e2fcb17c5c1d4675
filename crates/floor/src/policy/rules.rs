//! Rules that need no lists: longest idle, most capacity, fixed queue ratio, cost of waiting.

use routing::Priority;

use super::Policy;
use crate::sim::{NONE, Queue, State};

/// What goes first whatever it is worth: by priority, then by turn.
type Pressing = (Priority, i8);

/// By its worth alone.
const AS_ANY: Pressing = (Priority::Normal, 0);

#[derive(Default)]
pub(crate) struct LongestIdle;

#[derive(Default)]
pub(crate) struct MostCapacity;

#[derive(Default)]
pub(crate) struct QueueRatio {
    shares: Vec<f64>,
    /// Sums over arrivals, which see what time sees: |queue − its share of all|, halved over types, and all.
    seen: [f64; 2],
}

pub(crate) struct CostOfWaiting {
    pub overloaded: bool,
}

/// The best of all people with room who may serve the contact: the greatest `worth`, ties to the longest idle.
/// `worth` sees the group and the person; within a group of equals only the longest idle counts.
fn best_person(state: &State<'_>, contact: u32, worth: impl Fn(u16, u32) -> f64) -> Option<u32> {
    let mut best: Option<(f64, f64, u32)> = None;
    for (g, group) in state.groups.iter().enumerate() {
        if group.first_ready == NONE || !state.may(contact, g as u16) {
            continue;
        }
        let person = group.first_ready;
        let worth = worth(g as u16, person);
        let since = state.people[person as usize].idle_since;
        let better = best.is_none_or(|(most, longest, _)| worth > most || (worth == most && since < longest));
        if better {
            best = Some((worth, since, person));
        }
    }
    best.map(|(_, _, person)| person)
}

/// The best of the contacts that stand first in a queue this person may serve.
fn best_contact(state: &State<'_>, person: u32, worth: impl Fn(u16, u32) -> (Pressing, f64)) -> Option<u32> {
    let group = state.people[person as usize].group;
    let mut best: Option<(Pressing, f64, u32)> = None;
    for (k, queue) in state.queues.iter().enumerate() {
        if queue.first == NONE || !state.may(queue.first, group) {
            continue;
        }
        let (pressing, worth) = worth(k as u16, queue.first);
        let better = best.is_none_or(|(first, most, _)| (pressing, worth) > (first, most));
        if better {
            best = Some((pressing, worth, queue.first));
        }
    }
    best.map(|(_, _, contact)| contact)
}

fn longest_waiting(state: &State<'_>, person: u32) -> Option<u32> {
    best_contact(state, person, |kind, first| {
        let it = &state.floor.types[usize::from(kind)];
        ((it.priority, it.turn), -state.contacts[first as usize].queued)
    })
}

impl Policy for LongestIdle {
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        best_person(state, contact, |_, person| -state.people[person as usize].idle_since)
    }

    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        longest_waiting(state, person)
    }
}

impl Policy for MostCapacity {
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        let mut best: Option<(u32, f64, u32)> = None;
        for (g, group) in state.groups.iter().enumerate() {
            if group.first_ready == NONE || !state.may(contact, g as u16) {
                continue;
            }
            let mut person = group.first_ready;
            while person != NONE {
                let it = &state.people[person as usize];
                let room = state.room(person);
                if best.is_none_or(|(most, since, _)| room > most || (room == most && it.idle_since < since))
                {
                    best = Some((room, it.idle_since, person));
                }
                // With one contact at a time all the others of the group have as much room and were idle less long.
                person = if state.floor.groups[g].at_once == 1 { NONE } else { it.next };
            }
        }
        best.map(|(_, _, person)| person)
    }

    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        longest_waiting(state, person)
    }
}

impl Policy for QueueRatio {
    fn begin(&mut self, state: &State<'_>, _seed: u64) {
        let sum: f64 = state.floor.types.iter().map(|it| it.queue_share).sum();
        self.shares =
            state.floor.types.iter().map(|it| it.queue_share / sum.max(f64::MIN_POSITIVE)).collect();
    }

    /// The group with the most idle people, which keeps idleness even.
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        if state.queued > 0 {
            let all = f64::from(state.queued);
            let off = |(queue, share): (&Queue, &f64)| (f64::from(queue.length) - share * all).abs();
            self.seen[0] += 0.5 * state.queues.iter().zip(&self.shares).map(off).sum::<f64>();
            self.seen[1] += all;
        }
        best_person(state, contact, |group, _| {
            let group = &state.groups[usize::from(group)];
            f64::from(group.ready) / f64::from(group.present.max(1))
        })
    }

    fn deviation(&mut self) -> [f64; 2] {
        std::mem::take(&mut self.seen)
    }

    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        let all = f64::from(state.queued);
        best_contact(state, person, |kind, _| {
            let above =
                f64::from(state.queues[usize::from(kind)].length) - self.shares[usize::from(kind)] * all;
            (AS_ANY, above)
        })
    }
}

impl CostOfWaiting {
    fn pace(state: &State<'_>, kind: u16, group: u16) -> f64 {
        let cell = state.cell(kind, group);
        let mean = state.floor.types[usize::from(kind)].service.mean_in(state.period);
        state.facts.believed_success[cell] / (mean * state.facts.time_factor[cell]).max(f64::MIN_POSITIVE)
    }
}

impl Policy for CostOfWaiting {
    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        let kind = state.contacts[contact as usize].kind;
        best_person(state, contact, |group, _| CostOfWaiting::pace(state, kind, group))
    }

    /// With a cost that grows with the square of the wait, its rise is proportional to the wait.
    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        let group = state.people[person as usize].group;
        best_contact(state, person, |kind, first| {
            let it = &state.floor.types[usize::from(kind)];
            let worth = it.wait_cost * CostOfWaiting::pace(state, kind, group);
            let factor = match (self.overloaded, &it.patience) {
                (true, Some(patience)) => patience.mean_in(state.period),
                (true, None) => f64::MAX.sqrt(),
                (false, _) => state.waited(first),
            };
            (AS_ANY, worth * factor)
        })
    }
}
