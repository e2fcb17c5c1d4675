//! What happens when nothing happens: moments at which work asks less, offers run out and people have rested.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A binary heap whose entries may have become void: whoever set one knows its number and tells.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub due_ms: i64,
    /// The same for no two timers that are alive together.
    pub number: u32,
    pub of: TimerOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimerOf {
    Item(u32),
    Person(u32),
}

/// Void entries are swept out when there are so many more entries than things that may have one.
const SWEEP_FROM: usize = 4_096;

impl Timers {
    /// The number by which the timer is known.
    pub fn set(&mut self, due_ms: i64, of: TimerOf) -> u32 {
        self.number = self.number.wrapping_add(1).max(1);
        self.heap.push(Reverse(Timer { due_ms, number: self.number, of }));
        self.number
    }

    pub fn next_due(&mut self, alive: impl Fn(&Timer) -> bool) -> Option<i64> {
        while let Some(Reverse(timer)) = self.heap.peek() {
            if alive(timer) {
                return Some(timer.due_ms);
            }
            self.heap.pop();
        }
        None
    }

    pub fn pop_due(&mut self, now_ms: i64) -> Option<Timer> {
        if self.heap.peek()?.0.due_ms > now_ms {
            return None;
        }
        self.heap.pop().map(|it| it.0)
    }

    /// Called now and then with an upper bound of the timers that can be alive.
    pub fn sweep(&mut self, alive_max: usize, alive: impl Fn(&Timer) -> bool) {
        if self.heap.len() > SWEEP_FROM + 2 * alive_max {
            self.heap.retain(|it| alive(&it.0));
        }
    }

    pub fn bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Timer>()
    }
}
