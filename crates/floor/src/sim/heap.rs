//! What happens next: a heap of events, four children to a node, sixteen bytes an event.

/// What a moment brings. The number beside it says to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Arrival,
    ServiceEnd,
    WrapUpEnd,
    GivesUp,
    TriesAgain,
    WiderSearch,
    Period,
    Dialer,
}

/// `turn` guards against what has been overtaken: the event counts only while its contact is in the same turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub at: f64,
    kind_and_turn: u32,
    pub who: u32,
}

const TURN_BITS: u32 = 28;
pub(crate) const TURN_MASK: u32 = (1 << TURN_BITS) - 1;
const KINDS: [Kind; 8] = [
    Kind::Arrival,
    Kind::ServiceEnd,
    Kind::WrapUpEnd,
    Kind::GivesUp,
    Kind::TriesAgain,
    Kind::WiderSearch,
    Kind::Period,
    Kind::Dialer,
];

impl Event {
    #[inline]
    pub(crate) fn new(at: f64, kind: Kind, who: u32, turn: u32) -> Event {
        Event { at, kind_and_turn: (kind as u32) << TURN_BITS | turn & TURN_MASK, who }
    }

    #[inline]
    pub(crate) fn kind(self) -> Kind {
        KINDS[(self.kind_and_turn >> TURN_BITS) as usize & 7]
    }

    #[inline]
    pub(crate) fn turn(self) -> u32 {
        self.kind_and_turn & TURN_MASK
    }
}

#[derive(Debug, Default)]
pub(crate) struct Heap {
    events: Vec<Event>,
}

const CHILDREN: usize = 4;

impl Heap {
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    #[inline]
    pub(crate) fn push(&mut self, event: Event) {
        let mut at = self.events.len();
        self.events.push(event);
        while at > 0 {
            let parent = (at - 1) / CHILDREN;
            if self.events[parent].at <= event.at {
                break;
            }
            self.events[at] = self.events[parent];
            at = parent;
        }
        self.events[at] = event;
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Event> {
        let first = *self.events.first()?;
        let last = self.events.pop()?;
        let events = self.events.as_mut_slice();
        if !events.is_empty() {
            let mut at = 0;
            loop {
                let child = at * CHILDREN + 1;
                if child >= events.len() {
                    break;
                }
                let end = (child + CHILDREN).min(events.len());
                let (mut least, mut least_at) = (child, events[child].at);
                for (offset, other) in events[child + 1..end].iter().enumerate() {
                    if other.at < least_at {
                        (least, least_at) = (child + 1 + offset, other.at);
                    }
                }
                if least_at >= last.at {
                    break;
                }
                events[at] = events[least];
                at = least;
            }
            events[at] = last;
        }
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_in_the_order_of_time() {
        let mut heap = Heap::default();
        let mut x = 12_345_u64;
        for who in 0..5_000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            heap.push(Event::new((x >> 40) as f64, Kind::GivesUp, who, who));
            if who % 3 == 0 {
                heap.pop();
            }
        }
        let mut last = 0.0;
        let mut count = 0;
        while let Some(event) = heap.pop() {
            assert!(event.at >= last);
            assert_eq!((event.kind(), event.turn()), (Kind::GivesUp, event.who));
            last = event.at;
            count += 1;
        }
        assert_eq!(count, 5_000 - 1_667);
    }
}
