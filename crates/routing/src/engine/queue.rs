//! What waits and what is held: pieces of work in one slab, linked into lanes by the order of waiting.

use super::predicates::Predicates;
use crate::work::{Channel, Priority, WorkId};

pub(super) const NOBODY: u32 = u32::MAX;
const END: u32 = u32::MAX;
/// People who are kept out of one piece of work; of more, the first are forgotten.
pub const AVOIDED_MAX: usize = 6;

/// Everything that like work has in common.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub channel: Channel,
    pub priority: Priority,
    pub size: f32,
    pub queue: u16,
    pub hostile: bool,
    pub expected_ms: f32,
    pub stages: Vec<ClassStage>,
    /// Which skills decide how it goes: (skill number, share), the shares add up to 1.
    pub profile: Vec<(u32, f32)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ClassStage {
    pub after_ms: i64,
    pub or_if_nobody: bool,
    pub predicate: u32,
    /// The lane of those who wait; and the one for work that leaves the experts' reserve alone.
    pub lane: u32,
    pub routine_lane: u32,
}

/// Like work that asks the same now, the longest waiting first.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub class: u32,
    pub predicate: u32,
    pub stage: u8,
    pub routine: bool,
    pub head: u32,
    pub tail: u32,
    pub length: u32,
    /// Of the head; so that the head itself need not be touched.
    pub head_since_ms: i64,
    pub head_order: u64,
    /// Where it stands among the lanes of its predicate that are not empty.
    place: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Free,
    /// In a lane.
    Waiting,
    /// For one person who is here, outside the lanes.
    Staying,
    Offered,
    Held,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub id: WorkId,
    pub since_ms: i64,
    pub due_ms: i64,
    /// Work that came at the same moment goes by this.
    pub order: u64,
    pub class: u32,
    pub lane: u32,
    prev: u32,
    next: u32,
    /// Who holds it, or is offered it, or whom it waits for.
    pub person: u32,
    pub prefer: u32,
    pub generation: u32,
    pub timer: u32,
    pub difficulty: f32,
    pub stage: u8,
    pub state: State,
    pub reserve_over: bool,
    avoided: u8,
    /// The last so many of `avoid` only let it pass.
    passed: u8,
    /// The last of them at this moment.
    passed_at_ms: i64,
    avoid: [u32; AVOIDED_MAX],
}

impl Item {
    pub fn avoids(&self, person: u32) -> bool {
        self.avoid[..self.avoided as usize].contains(&person)
    }

    pub fn avoid(&mut self, person: u32) {
        if !self.avoids(person) {
            self.make_room();
            let passed_from = (self.avoided - self.passed) as usize;
            self.avoid.copy_within(passed_from..self.avoided as usize, passed_from + 1);
            self.avoid[passed_from] = person;
            self.avoided += 1;
        }
    }

    pub fn let_pass(&mut self, person: u32, now_ms: i64) {
        self.passed_at_ms = now_ms;
        if !self.avoids(person) {
            self.make_room();
            self.avoid[self.avoided as usize] = person;
            self.avoided += 1;
            self.passed += 1;
        }
    }

    fn make_room(&mut self) {
        if self.avoided as usize == AVOIDED_MAX {
            let oldest = if self.passed > 0 { (self.avoided - self.passed) as usize } else { 0 };
            self.avoid.copy_within(oldest + 1.., oldest);
            self.avoided -= 1;
            self.passed = self.passed.saturating_sub(1);
        }
    }

    /// When whoever let it pass may be asked again, after a rest. `None`: nobody did.
    pub fn asks_again_at(&self, rest_ms: i64) -> Option<i64> {
        (self.passed > 0).then(|| self.passed_at_ms.saturating_add(rest_ms))
    }

    /// Everybody who let it pass may be asked again. True if there was anybody.
    pub fn forget_passed(&mut self) -> bool {
        let any = self.passed > 0;
        self.avoided -= self.passed;
        self.passed = 0;
        any
    }
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    items: Vec<Item>,
    free: Vec<u32>,
    pub lanes: Vec<Lane>,
    /// By predicate: its lanes that are not empty.
    busy: Vec<Vec<u32>>,
    /// Predicates with such a lane.
    pub busy_predicates: super::bits::Bits,
    /// By queue number.
    pub waiting: Vec<u32>,
    pub waiting_total: u32,
    order: u64,
}

pub(super) struct NewItem {
    pub id: WorkId,
    pub class: u32,
    pub since_ms: i64,
    pub due_ms: i64,
    pub difficulty: f32,
    pub prefer: u32,
}

impl Queue {
    pub fn item(&self, slot: u32) -> &Item {
        &self.items[slot as usize]
    }

    pub fn item_mut(&mut self, slot: u32) -> &mut Item {
        &mut self.items[slot as usize]
    }

    pub fn alive(&self, slot: u32, generation: u32) -> bool {
        self.items.get(slot as usize).is_some_and(|it| it.generation == generation && it.state != State::Free)
    }

    pub fn slots(&self) -> usize {
        self.items.len()
    }

    pub fn add(&mut self, new: NewItem) -> u32 {
        self.order += 1;
        let item = Item {
            id: new.id,
            since_ms: new.since_ms,
            due_ms: new.due_ms,
            order: self.order,
            class: new.class,
            lane: END,
            prev: END,
            next: END,
            person: NOBODY,
            prefer: new.prefer,
            generation: 0,
            timer: 0,
            difficulty: new.difficulty,
            stage: 0,
            state: State::Staying,
            reserve_over: false,
            avoided: 0,
            passed: 0,
            passed_at_ms: i64::MIN,
            avoid: [NOBODY; AVOIDED_MAX],
        };
        match self.free.pop() {
            Some(slot) => {
                let generation = self.items[slot as usize].generation;
                self.items[slot as usize] = Item { generation, ..item };
                slot
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        }
    }

    pub fn remove(&mut self, slot: u32) {
        let item = &mut self.items[slot as usize];
        item.state = State::Free;
        item.generation = item.generation.wrapping_add(1);
        item.timer = 0;
        self.free.push(slot);
    }

    pub fn add_lane(&mut self, class: u32, stage: u8, predicate: u32, routine: bool) -> u32 {
        self.lanes.push(Lane {
            class,
            predicate,
            stage,
            routine,
            head: END,
            tail: END,
            length: 0,
            head_since_ms: i64::MAX,
            head_order: u64::MAX,
            place: END,
        });
        if self.busy.len() <= predicate as usize {
            self.busy.resize_with(predicate as usize + 1, Vec::new);
        }
        self.lanes.len() as u32 - 1
    }

    /// Into the lane, behind everything that has waited longer.
    pub fn enter(&mut self, slot: u32, lane: u32, queue: u16) {
        let (since, order) = (self.items[slot as usize].since_ms, self.items[slot as usize].order);
        let turn = |item: &Item| (item.since_ms, item.order);
        let (head, tail) = (self.lanes[lane as usize].head, self.lanes[lane as usize].tail);
        // Returned work is among the oldest and new work among the youngest: walk from the nearer end.
        let before = if tail == END || turn(&self.items[tail as usize]) <= (since, order) {
            tail
        } else {
            let head_since = self.items[head as usize].since_ms;
            let tail_since = self.items[tail as usize].since_ms;
            if since.saturating_sub(head_since) < tail_since.saturating_sub(since) {
                let mut before = END;
                let mut at = head;
                while turn(&self.items[at as usize]) <= (since, order) {
                    before = at;
                    at = self.items[at as usize].next;
                }
                before
            } else {
                let mut before = self.items[tail as usize].prev;
                while before != END && turn(&self.items[before as usize]) > (since, order) {
                    before = self.items[before as usize].prev;
                }
                before
            }
        };
        let next = if before == END { head } else { self.items[before as usize].next };
        let item = &mut self.items[slot as usize];
        item.prev = before;
        item.next = next;
        item.lane = lane;
        item.state = State::Waiting;
        if next == END {
            self.lanes[lane as usize].tail = slot;
        } else {
            self.items[next as usize].prev = slot;
        }
        if before == END {
            self.set_head(lane, slot);
        } else {
            self.items[before as usize].next = slot;
        }
        self.lanes[lane as usize].length += 1;
        if self.lanes[lane as usize].length == 1 {
            self.wake(lane);
        }
        self.count(queue, 1);
    }

    pub fn leave(&mut self, slot: u32, queue: u16) {
        let (prev, next, lane) = {
            let item = &self.items[slot as usize];
            (item.prev, item.next, item.lane)
        };
        if next == END {
            self.lanes[lane as usize].tail = prev;
        } else {
            self.items[next as usize].prev = prev;
        }
        if prev == END {
            self.set_head(lane, next);
        } else {
            self.items[prev as usize].next = next;
        }
        let item = &mut self.items[slot as usize];
        item.lane = END;
        item.state = State::Staying;
        self.lanes[lane as usize].length -= 1;
        if self.lanes[lane as usize].length == 0 {
            self.sleep(lane);
        }
        self.count(queue, -1);
    }

    /// Work outside the lanes waits too.
    pub fn count(&mut self, queue: u16, change: i32) {
        if self.waiting.len() <= queue as usize {
            self.waiting.resize(queue as usize + 1, 0);
        }
        let here = &mut self.waiting[queue as usize];
        *here = here.saturating_add_signed(change);
        self.waiting_total = self.waiting_total.saturating_add_signed(change);
    }

    /// The lanes in which something waits that asks for this predicate.
    pub fn busy_lanes(&self, predicate: u32) -> &[u32] {
        self.busy.get(predicate as usize).map_or(&[], Vec::as_slice)
    }

    /// The longest waiting that does not avoid this person.
    pub fn first_for(&self, lane: u32, person: u32) -> Option<u32> {
        let mut at = self.lanes[lane as usize].head;
        while at != END {
            let item = &self.items[at as usize];
            if item.avoided == 0 || !item.avoids(person) {
                return Some(at);
            }
            at = item.next;
        }
        None
    }

    pub fn in_lane(&self, lane: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.lanes[lane as usize].head;
        std::iter::successors((first != END).then_some(first), |at| {
            let next = self.items[*at as usize].next;
            (next != END).then_some(next)
        })
    }

    fn set_head(&mut self, lane: u32, slot: u32) {
        let (since, order) = match slot {
            END => (i64::MAX, u64::MAX),
            slot => (self.items[slot as usize].since_ms, self.items[slot as usize].order),
        };
        let lane = &mut self.lanes[lane as usize];
        lane.head = slot;
        lane.head_since_ms = since;
        lane.head_order = order;
    }

    fn wake(&mut self, lane: u32) {
        let predicate = self.lanes[lane as usize].predicate;
        let busy = &mut self.busy[predicate as usize];
        if busy.is_empty() {
            self.busy_predicates.set(predicate, true);
        }
        self.lanes[lane as usize].place = busy.len() as u32;
        busy.push(lane);
    }

    fn sleep(&mut self, lane: u32) {
        let Lane { predicate, place, .. } = self.lanes[lane as usize];
        let busy = &mut self.busy[predicate as usize];
        busy.swap_remove(place as usize);
        if let Some(moved) = busy.get(place as usize) {
            self.lanes[*moved as usize].place = place;
        }
        if busy.is_empty() {
            self.busy_predicates.set(predicate, false);
        }
    }

    pub fn bytes(&self, predicates: &Predicates) -> usize {
        let busy: usize = self.busy.iter().map(|it| it.capacity() * 4).sum();
        self.items.capacity() * size_of::<Item>()
            + self.free.capacity() * 4
            + self.lanes.capacity() * size_of::<Lane>()
            + busy
            + predicates.count() / 8
    }
}
